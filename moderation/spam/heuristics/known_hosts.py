"""Looks for links to places of reference alone (a cue for honesty)."""

from moderation.spam.context import Context
from moderation.spam.lists import is_listed
from moderation.spam.phrases import split_phrases
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# Sites on which nobody sells, or on which what is sold would be taken down.
DOMAINS = split_phrases(
    """
    acm.org, apple.com, archive.org, arxiv.org, asp.net, askubuntu.com, bbc.co.uk,
    bitbucket.org, codepen.io, codeplex.com, debian.org, doi.org, github.com,
    github.io, gitlab.com, gnu.org, ieee.org, ietf.org, imgur.com, jsfiddle.net,
    kernel.org, microsoft.com, mozilla.org, nature.com, nih.gov, npmjs.com, nuget.org,
    nytimes.com, oracle.com, php.net, pypi.org, python.org, readthedocs.io,
    rubygems.org, serverfault.com, sourceforge.net, stackexchange.com,
    stackoverflow.com, superuser.com, theguardian.com, ubuntu.com, w3.org, who.int,
    wikimedia.org, wikipedia.org, xkcd.com
    """
)


def find_known_hosts(submission: Submission, _context: Context) -> Signal | None:
    """Return a signal against spam if every link leads to a place of reference.

    Speaks for people who give their sources. Easily added to spam, but not beside a
    link that sells. Capped; weight: fitted, see docs/model-card.md.
    """
    links = submission.links
    if not links or not all(is_listed(link.host, DOMAINS) for link in links):
        return None
    return Signal(
        name="known_hosts",
        weight=POINTS["known_hosts"],
        reason="All links lead to well-known places of reference.",
        spans=mark("body", ((link.start, link.end) for link in links)),
    )
