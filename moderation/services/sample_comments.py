"""Owns the texts of the sample comments: written for this project, about nobody."""

from dataclasses import dataclass

from moderation.domain.statuses import Action


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A comment as somebody might have sent it.

    `name` is also what a later `answers` finds it by. `hours_ago` says when it came,
    `action` what the moderator did about it (None: nothing yet) and `why`.
    """

    name: str
    email: str
    body: str
    hours_ago: float
    website: str = ""
    answers: str = ""
    ip: str = ""
    form_seconds: float = 95.0
    is_honeypot_filled: bool = False
    action: Action | None = None
    why: str = ""


# In the order they came. The addresses are of the networks kept for documentation
# (RFC 5737), the hosts of names that can't be registered (RFC 2606).
SAMPLES = (
    Sample(
        name="Maren",
        email="maren@example.org",
        hours_ago=76,
        ip="192.0.2.14",
        form_seconds=210,
        body=(
            "I am in week two of sertraline and the nausea was worse than I had "
            "expected. I nearly stopped yesterday. Reading that it eased for you in "
            "the third week is exactly what I needed tonight. Thank you for writing "
            "it down so plainly."
        ),
        action=Action.APPROVE,
    ),
    Sample(
        name="Tobias",
        email="tobias@example.net",
        hours_ago=71,
        ip="198.51.100.23",
        form_seconds=160,
        answers="Maren",
        body=(
            "Week two was the low point for me as well. Something small to eat before "
            "the tablet helped, and my pharmacist was glad that I rang to ask instead "
            "of guessing. How are the evenings for you?"
        ),
        action=Action.APPROVE,
    ),
    Sample(
        name="Maren",
        email="maren@example.org",
        hours_ago=69,
        ip="192.0.2.14",
        form_seconds=120,
        answers="Tobias",
        body=(
            "Quieter than last week. I told my sister what I am taking, so somebody "
            "knows, and that alone made the evenings easier. I will ring the pharmacy "
            "tomorrow. Thank you, Tobias."
        ),
    ),
    Sample(
        name="best casino bonus",
        email="promo@jackpot.example",
        website="https://jackpot.example/free-spins",
        hours_ago=58,
        ip="203.0.113.77",
        form_seconds=3,
        body=(
            "Great article! Play online casino slots and win real money today: "
            "https://jackpot.example/slots https://spins.example/bonus "
            '<a href="https://bets.example/poker">poker online</a> - click here, '
            "100% deposit bonus!!!"
        ),
        action=Action.SPAM,
    ),
    Sample(
        name="Ines",
        email="ines@example.org",
        hours_ago=52,
        ip="192.0.2.91",
        form_seconds=300,
        body=(
            "I facilitate a small peer group, and we have no rule about medication "
            "talk yet. We say *what it was like for me* and never *what you should "
            "take*. Does your group write that down anywhere? I would love to "
            "read how others put it."
        ),
        action=Action.APPROVE,
    ),
    Sample(
        name="ResumeWriterPro",
        email="kelly@resumes.example",
        website="https://resumes.example/cheap-essay-writing",
        hours_ago=44,
        ip="203.0.113.5",
        form_seconds=6,
        body=(
            "I really enjoyed reading this wonderful post. You have shared very "
            "useful information on this topic, and I have bookmarked your site to "
            "come back for more quality content soon. Keep up the good work!"
        ),
        action=Action.SPAM,
    ),
    Sample(
        name="J.",
        email="j@example.com",
        hours_ago=40,
        ip="198.51.100.140",
        form_seconds=75,
        body=(
            "I was in your Tuesday group until March. The one who talked about his "
            "divorce all evening should hear that nobody wanted him there."
        ),
        action=Action.REJECT,
        why="Aims at somebody who can be recognised.",
    ),
    Sample(
        name="Ruth",
        email="ruth@example.net",
        hours_ago=30,
        ip="192.0.2.200",
        form_seconds=420,
        body=(
            "Last winter I stopped mine from one day to the next, because I felt well "
            "and was ashamed of needing them. The dizziness and the fear that followed "
            "took weeks. If you want to stop, please do it slowly and with your "
            "doctor. There is no prize for doing it alone."
        ),
    ),
    Sample(
        name="DesignGuru",
        email="mike@logos.example",
        website="https://logos.example/seo-services",
        hours_ago=21,
        ip="203.0.113.61",
        form_seconds=5,
        body=(
            "I truly enjoyed reading this amazing post. You have shared very helpful "
            "information on this topic, and I have bookmarked your site to come back "
            "for more quality content later. Keep up the great work!"
        ),
    ),
    Sample(
        name="Samir",
        email="samir@example.org",
        website="https://samir.example/",
        hours_ago=12,
        ip="198.51.100.9",
        form_seconds=240,
        body=(
            "For those who look for a group: our town keeps a list of free peer "
            "meetings, online ones too, at https://meetings.example/peer-support and "
            "nobody there asks for your surname. My first evening I only listened, "
            "and that was fine."
        ),
    ),
    Sample(
        name="Cheap Meds Online",
        email="sales@pills.example",
        website="https://pills.example/buy",
        hours_ago=7,
        ip="203.0.113.78",
        form_seconds=2,
        is_honeypot_filled=True,
        body=(
            "Buy sertraline, xanax and tramadol without prescription, cheap price and "
            "free shipping! Order now: https://pills.example/order or write to "
            "sales@pills.example, WhatsApp +1 555 010 0199"
        ),
    ),
    Sample(
        name="Web Content Lover",
        email="anna@seo.example",
        website="https://seo.example/backlinks",
        hours_ago=4,
        ip="203.0.113.14",
        form_seconds=4,
        body=(
            "I really loved reading this fantastic post. You have shared very useful "
            "information on this subject, and I have bookmarked your site to come "
            "back for more great content soon. Keep up the good work!"
        ),
    ),
    Sample(
        name="Nobody in particular",
        email="night@example.net",
        hours_ago=2,
        ip="192.0.2.55",
        form_seconds=510,
        body=(
            "The nights are the hardest. I don't need advice, I only wanted to say it "
            "where somebody understands. I have an appointment on Thursday, and I "
            "mean to keep it."
        ),
    ),
)
