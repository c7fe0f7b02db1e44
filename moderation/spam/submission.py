"""Owns the submission: a comment not yet stored, and what is read from it once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from moderation.spam import reading, scripts, words
from moderation.spam.reading import Link


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A comment as it was typed, before anything is stored.

    The readings below the fields are computed at first use and kept: any number of
    heuristics may ask for them. All take time linear in the length of the body.
    """

    body: str
    author: str = ""
    email: str = ""
    website: str = ""
    ip: str = ""
    user_agent: str = ""
    posted_at: datetime | None = None
    thread: str = ""
    is_reply: bool = False

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links of the body in the order they stand, none inside another."""
        return reading.find_links(self.body)

    @cached_property
    def link_hosts(self) -> frozenset[str]:
        """The hosts linked to from the body and the website field, without `www.`."""
        hosts = {link.host for link in self.links}
        hosts.add(reading.find_link_host(self.website))
        return frozenset(hosts - {""})

    @cached_property
    def prose(self) -> str:
        """The body with spaces in place of addresses and tags; offsets stay true."""
        return reading.blank_addresses(self.body)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the prose in order, in lower case."""
        return reading.find_words(self.prose)

    @cached_property
    def word_spans(self) -> tuple[tuple[int, int], ...]:
        """Where each of the `words` begins and ends in the body."""
        return reading.find_word_spans(self.prose)

    @cached_property
    def hashes(self) -> Mapping[int, str]:
        """The hashed words (`spam.words`), each with its name for a reason."""
        return words.find_hashes(
            self.body, links=self.links, author=self.author, website=self.website
        )

    @cached_property
    def scripts(self) -> Mapping[str, int]:
        """How many letters of each script the body has, addresses included."""
        return scripts.count_scripts(self.body)
