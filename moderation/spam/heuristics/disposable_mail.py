"""Looks for mail addresses that are made to be thrown away."""

from moderation.spam.context import Context
from moderation.spam.lists import is_listed, read_list
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

DOMAINS = frozenset(read_list("disposable_mail.txt").split())
# As long as a domain can be (RFC 1035); it bounds the time.
LONGEST_DOMAIN = 253


def find_disposable_mail(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal if the e-mail address is of a published list of such services.

    Catches authors who change their address with every comment. Trips on people who
    must stay unknown, as many do who write about their illness, so it weighs little;
    services that forward mail for good are not on the list. Weight: not measured,
    conservative.
    """
    if not is_listed(_find_mail_domain(submission.email), DOMAINS):
        return None
    return Signal(
        name="disposable_mail",
        weight=POINTS["disposable_mail"],
        reason="The e-mail address is of a service for throw-away addresses.",
        spans=mark("email", [(0, len(submission.email))]),
    )


def _find_mail_domain(email: str) -> str:
    """Return the domain in the form the list has, "" if there is none.

    What is no valid name in other letters than English ones is left as it is.
    """
    _, at, domain = email.strip().rpartition("@")
    domain = domain.rstrip(".").lower() if at else ""
    if len(domain) > LONGEST_DOMAIN or domain.isascii():
        return domain[-LONGEST_DOMAIN:]
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
