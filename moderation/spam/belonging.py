"""Owns what comments can belong together by: domains they promote, and their author.

Nothing here says that a comment is spam. What it leaves out are domains to which
everybody links: they would put strangers together.
"""

from collections.abc import Collection

from moderation.spam.domains import SHORTENERS, find_domain
from moderation.spam.heuristics.known_hosts import DOMAINS as REFERENCES
from moderation.spam.lists import is_listed
from moderation.spam.phrases import split_phrases
from moderation.spam.reading import find_link_host
from moderation.spam.submission import Submission

# Large places with everybody's pages under one name, beside those of reference. Where
# each user has a name of their own (x.blogspot.com), that is a domain of its own.
PLATFORMS = split_phrases(
    """
    about.me, amazon.co.uk, amazon.com, amazon.de, bsky.app, discord.com, discord.gg,
    dropbox.com, ebay.com, etsy.com, facebook.com, fb.com, flickr.com,
    goodreads.com, google.com, gravatar.com, instagram.com, linkedin.com, live.com,
    mastodon.social, medium.com, msn.com, pinterest.com, quora.com, reddit.com,
    skype.com, soundcloud.com, spotify.com, substack.com, tiktok.com, tumblr.com,
    twitch.tv, twitter.com, vimeo.com, whatsapp.com, wordpress.com, x.com, yahoo.com,
    youtu.be, youtube.com
    """
)
# As many of one comment as are looked at: it bounds what storing it costs.
MOST_DOMAINS = 8
LONGEST_DOMAIN = 253


def find_promoted(submission: Submission, own_hosts: Collection[str]) -> list[str]:
    """Return the domains a comment promotes, that of its website field first.

    Left out are those of `own_hosts`, where the blog itself is, and the well-known
    ones. At most `MOST_DOMAINS`, each once, in the order they stand.
    """
    hosts = [find_link_host(submission.website), *(x.host for x in submission.links)]
    own = {find_domain(host.removeprefix("www.")) for host in own_hosts}
    domains: dict[str, None] = {}
    for host in dict.fromkeys(filter(None, hosts)):
        domain = find_domain(host)
        if len(domain) <= LONGEST_DOMAIN and domain not in own and not _is_known(host):
            domains[domain] = None
        if len(domains) == MOST_DOMAINS:
            break
    return list(domains)


def _is_known(host: str) -> bool:
    return any(is_listed(host, hosts) for hosts in (REFERENCES, SHORTENERS, PLATFORMS))
