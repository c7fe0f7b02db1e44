"""Owns the mails about comments: what stands in them, and the links they hold.

Of a comment nothing but text is put in, made inert: no link, no image, no header. Its
text is never in a subject, which screens show to whoever looks.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urldefrag, urlsplit

from sqlalchemy.orm import Session

from moderation.delivery.templating import make_translate, render_mail
from moderation.domain.plurals import count_in_words
from moderation.domain.scores import find_percent
from moderation.domain.statuses import Action
from moderation.services.digests import HeldLetter
from moderation.services.mail_links import Errand, MailLinks
from moderation.services.mails import COMMENTS_HEADER, queue_mail
from moderation.services.reply_letters import AskLetter, ReplyLetter
from moderation.services.sites import is_own_page
from moderation.spam.care import CARE
from moderation.storage.models import Comment, Site, Subscription, Thread

LONGEST_SINGLE = 4_000
LONGEST_LISTED = 400
MOST_REASONS = 6
# Where comments start, how the score was made, and what is said otherwise.
UNSAID = frozenset({"baseline", "calibration", "site_balance", CARE})
SETTINGS_PATH = "/moderate/account/notices"


def queue_held(session: Session, links: MailLinks, letter: HeldLetter) -> None:
    """Queue a mail that tells a moderator of what waits."""
    moderator_id, site = letter.to.moderator_id, letter.site
    heading = _find_heading(letter)
    values = {
        "subject": heading,
        "heading": heading,
        "site": site.name,
        "needs_care": letter.is_single and _needs_care(letter.comments[0]),
        "is_single": letter.is_single,
        "longest": LONGEST_SINGLE if letter.is_single else LONGEST_LISTED,
        "gatherings": [
            (row.words, links.open(f"/moderate/campaigns/{row.campaign_id}"))
            for row in letter.gatherings
        ],
        "items": [
            {**_describe(links, moderator_id, row), "why": _find_why(letter, row)}
            for row in letter.comments
        ],
        "unlisted": letter.unlisted,
        "spam": letter.spam,
        "queue": links.open("/moderate/"),
        "settings": links.open(SETTINGS_PATH),
        "stop": links.stop(moderator_id, site.id),
    }
    text, html = render_mail("held", values)
    queue_mail(
        session,
        to=letter.to.email,
        subject=f"{heading} on {_join(site.name)}",
        text=text,
        html=html,
        headers=_make_headers(
            str(values["stop"]), "held", site, links, letter.comments
        ),
    )


def queue_ask(session: Session, links: MailLinks, letter: AskLetter) -> None:
    """Queue a mail that asks an author whether to tell of replies."""
    own, site = letter.subscription, letter.site
    unsubscribe = links.unsubscribe(site.key, own.comment_id, own.language)
    translate = make_translate(own.language)
    subject = translate("Replies on {site}: please confirm", site=_join(site.name))
    values = {
        "subject": subject,
        "site": site.name,
        # Nothing that visitors wrote goes to an address that has not confirmed.
        "page": _join(site.name),
        "confirm": links.confirm(site.key, own.comment_id, own.language),
        "unsubscribe": unsubscribe,
    }
    headers = _make_headers(unsubscribe, "replies", site, links, [own.comment])
    _queue(session, own, "ask", values, headers)


def queue_reply(session: Session, links: MailLinks, letter: ReplyLetter) -> None:
    """Queue a mail that tells an author of a reply."""
    own, site, reply = letter.subscription, letter.site, letter.reply
    unsubscribe = links.unsubscribe(site.key, own.comment_id, own.language)
    translate = make_translate(own.language)
    subject = translate("A reply on {site}", site=_join(site.name))
    values = {
        "subject": subject,
        "site": site.name,
        "page": _name_page(own.comment.thread),
        "name": _join(reply.name),
        "body": reply.body,
        "longest": LONGEST_SINGLE,
        "link": _find_place(site, reply),
        "unsubscribe": unsubscribe,
    }
    headers = _make_headers(unsubscribe, "replies", site, links, [reply])
    _queue(session, own, "reply", values, headers)


def _queue(
    session: Session,
    own: Subscription,
    name: str,
    values: Mapping[str, object],
    headers: Mapping[str, str],
) -> None:
    """Queue a mail of a kind to whom a subscription is for."""
    text, html = render_mail(name, values, language=own.language)
    subject = str(values["subject"])
    queue_mail(
        session, to=own.email, subject=subject, text=text, html=html, headers=headers
    )


def _find_heading(letter: HeldLetter) -> str:
    if not letter.is_single:
        number = letter.total
        return (
            f"{count_in_words(number, 'comment')} {'waits' if number == 1 else 'wait'}"
        )
    needs_care = _needs_care(letter.comments[0])
    return "A comment needs a person soon" if needs_care else "A comment waits"


def _needs_care(comment: Comment) -> bool:
    return any(signal.name == CARE for signal in comment.signals)


def _describe(
    links: MailLinks, moderator_id: int, comment: Comment
) -> Mapping[str, object]:
    ways = {
        action.value: links.act(
            Errand(
                comment_id=comment.id,
                version=comment.version,
                action=action,
                moderator_id=moderator_id,
            )
        )
        for action in (Action.APPROVE, Action.REJECT, Action.SPAM)
    }
    signals = [row for row in comment.signals if row.name not in UNSAID]
    reasons = sorted(signals, key=lambda signal: -abs(signal.weight))[:MOST_REASONS]
    return {
        "name": _join(comment.name),
        "page": _name_page(comment.thread),
        "score": comment.score,
        "body": comment.body,
        "against": [_join(row.reason) for row in reasons if row.weight > 0],
        "in_favour": [_join(row.reason) for row in reasons if row.weight < 0],
        "open": links.open(f"/moderate/comments/{comment.id}"),
        **ways,
    }


def _find_why(letter: HeldLetter, comment: Comment) -> str:
    """Return why it was held, as its history has it; the score is told besides."""
    why = letter.whys.get(comment.id, "")
    return _join(why.removeprefix(f"Spam score {find_percent(comment.score)}%."))


def _name_page(thread: Thread) -> str:
    return _join(thread.title or thread.key)


def _find_place(site: Site, reply: Comment) -> str:
    """Return where a reply is shown, "" unless that is a page of the blog's own."""
    url = reply.thread.url
    return f"{urldefrag(url).url}#comment-{reply.id}" if is_own_page(site, url) else ""


def _make_headers(
    unsubscribe: str,
    kind: str,
    site: Site,
    links: MailLinks,
    comments: Iterable[Comment],
) -> Mapping[str, str]:
    """Return what lets mail programs offer to end this (RFC 2369, 8058), and sort it.

    The service answers the one click by POST, without login. By the ids of its
    comments a mail is found that is not sent yet when somebody is erased.
    """
    host = urlsplit(links.open("/")).hostname
    return {
        "List-Id": f"<{site.key}.{kind}.{host}>",
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        COMMENTS_HEADER: " ".join(str(comment.id) for comment in comments),
    }


def _join(text: str) -> str:
    """Return a text on one line, without what can't be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
