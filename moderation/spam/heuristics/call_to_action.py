"""Looks for texts that tell the reader where to go and whom to call."""

from moderation.spam.context import Context
from moderation.spam.phrases import find_phrases, find_ranges, make_book, split_phrases
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

BOOK = make_book(
    split_phrases("""
    click here, click this link, click on this link, click the link, click on the
    link, click below, check out my, check out our, check out this site, check out
    this website, check my website, check my channel, check our, visit my, visit
    our, visit us, visit this site, visit this website, visit the site, visit here,
    visit now, visit website, follow this link, my website, my web site, my
    homepage, my home page, my webpage, my web page, my weblog, my page, my site,
    also visit, feel free to visit, feel free to surf, feel free to contact, contact
    us, contact him, contact her, contact now, contact via, contact through, call
    us, call now, call today, email us, email him, email her, mail him, whatsapp,
    reach him, reach out to him, reach them, sign up now, register now, join now,
    apply now, order now, order here, order today, buy now, buy here, shop now, book
    now, download now, download here, get it here, get it now, get yours, watch
    here, read more here, more info here, more information here, more details here,
    for more info, for more details, for more information, try it now, try now, act
    now, hurry up, subscribe to my, sign up here, contact me on, contact me at,
    contact me via, email me at, mail me at
    """)
)


def find_call_to_action(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the text asks for a click, a call or an order.

    Catches advertisements of all kinds. Trips on honest pointers to one's own site
    ("I wrote it up on my site"). Weight: measured (design, section 6).
    """
    hits = find_phrases(submission.words, BOOK)
    if not hits:
        return None
    return Signal(
        name="call_to_action",
        weight=POINTS["call_to_action"],
        reason=f"The text asks readers to act: “{hits[0].phrase}”.",
        spans=mark("body", find_ranges(hits, submission.word_spans)),
    )
