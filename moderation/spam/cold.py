"""Owns what is known of a comment that comes alone, without site, thread or form."""

from moderation.spam.context import Context
from moderation.spam.scripts import find_main_scripts
from moderation.spam.submission import Submission


def make_cold_context(submission: Submission) -> Context:
    """Return the context of a comment of which only its own fields are known.

    The script of the thread's key or title is taken for the thread's.
    """
    return Context(thread_scripts=find_main_scripts(submission.thread))
