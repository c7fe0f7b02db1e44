"""Owns what is known of a comment that comes alone, without site, thread or form."""

from functools import lru_cache

from moderation.spam.context import Context
from moderation.spam.scripts import find_main_scripts
from moderation.spam.submission import Submission


def make_cold_context(submission: Submission) -> Context:
    """Return the context of a comment of which only its own fields are known.

    The script of the thread's key or title is taken for the thread's.
    """
    return _make_context(find_main_scripts(submission.thread))


@lru_cache(maxsize=64)
def _make_context(thread_scripts: frozenset[str]) -> Context:
    """Return a context; those of the same scripts are one, as it never changes."""
    return Context(thread_scripts=thread_scripts)
