"""Owns what a heuristic may know besides the submission itself.

A service gathers it from the database and the request before anything is judged.
Every default means "unknown" and is evidence of nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Twins:
    """How many earlier comments of the site have nearly the same text, by status.

    `other` counts held and rejected ones. `by_same_author` is how many of all of them
    bear the name and e-mail address of this submission: a double click, a second try.
    """

    spam: int = 0
    approved: int = 0
    other: int = 0
    by_same_author: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What is known around a submission when it is judged.

    Each line says who fills it.
    """

    # The submissions service: `scripts.find_main_scripts` of the thread's title and
    # approved comments. Empty: nothing to compare with.
    thread_scripts: frozenset[str] = frozenset()
    # The form's view, from the token: seconds between showing and sending the form.
    form_seconds: float | None = None
    # The form's view: the field people don't see was filled; None: it was not sent.
    is_honeypot_filled: bool | None = None
    # The submissions service: comments of the last ten minutes, this one not counted,
    # from the same network (/24 or /64; `domain.networks`) and on the whole site.
    recent_from_network: int | None = None
    recent_on_site: int | None = None
    # The submissions service, by the bands and links of `twins`.
    twins: Twins | None = None
    # The submissions service: earlier comments with this name and e-mail address.
    author_approved: int | None = None
    author_spam: int | None = None
    # The submissions service: `submission.link_hosts` that earlier comments of the
    # site linked to, with the number of spam and of approved comments that did.
    link_hosts_spam: Mapping[str, int] = field(default_factory=dict)
    link_hosts_approved: Mapping[str, int] = field(default_factory=dict)
    # The form's view: this browser or mailbox proved to be the author's.
    is_author_confirmed: bool = False
