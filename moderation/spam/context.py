"""Owns what a heuristic may know besides the submission itself.

A service gathers it from the database and the request before anything is judged.
Every default means "unknown" and is evidence of nothing.
"""

from dataclasses import dataclass

from moderation.spam.flood import is_flooded
from moderation.spam.learning import Learnt
from moderation.spam.rules import SiteRule


@dataclass(frozen=True, kw_only=True, slots=True)
class Twins:
    """How many earlier comments of the site have nearly the same text, by status.

    `other` counts those that moderators rejected or did not decide on.
    `by_same_author` is how many of all of them bear the name and e-mail address of this
    submission: a double click, a second try; `approved_by_same_author` how many of the
    approved ones do. `nearest` is the id of the one most alike, None if there is none
    that is stored.
    """

    spam: int = 0
    approved: int = 0
    other: int = 0
    by_same_author: int = 0
    approved_by_same_author: int = 0
    nearest: int | None = None


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
    # from the same network (/24 or /64; `domain.networks`) and on the whole site. There
    # may be more: they are counted as far as it matters.
    recent_from_network: int | None = None
    recent_on_site: int | None = None
    # The submissions service: comments in ten minutes at this time of day, usually.
    # None if that is not known, or the comments are too few to ask.
    usual_on_site: float | None = None
    # The submissions service, by the bands and links of `twins`.
    twins: Twins | None = None
    # The submissions service: approved comments with this name and e-mail address, and
    # whether the author counts as known by them (`services.authors`).
    author_approved: int | None = None
    is_author_known: bool = False
    # The learning service: what moderators' decisions on the site have taught about
    # this submission. None: the shipped filter judges alone.
    learnt: Learnt | None = None
    # The submissions service, from the author token that the form's view has read: this
    # browser proved to be the author's. Whoever lets authors confirm their mailbox
    # fills it, too.
    is_author_confirmed: bool = False
    # The rules service: the site's active rules, in order of their ids.
    rules: tuple[SiteRule, ...] = ()
    # The care service: phrases that put a comment before a person. Empty: it is off.
    care_phrases: tuple[str, ...] = ()

    @property
    def is_flooded(self) -> bool:
        """Whether so many come that the filter alone must not publish this one.

        Authors who are known, and proved to be themselves, may go on talking.
        """
        is_trusted = self.is_author_known and self.is_author_confirmed
        return not is_trusted and is_flooded(self.recent_on_site, self.usual_on_site)
