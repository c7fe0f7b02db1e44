"""Owns the submission: a comment not yet stored, and what is read from it once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from moderation.spam import reading, scripts, words
from moderation.spam.contacts import Contact, find_contacts
from moderation.spam.lists import PHRASE_INDEX, find_entries
from moderation.spam.patterns import Beginnings, Ranges, find_beginnings
from moderation.spam.praise import BLOG_TALK
from moderation.spam.promotion import Promotion, find_promotions
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
        return reading.find_links(self.body, page=self.thread)

    @cached_property
    def link_hosts(self) -> frozenset[str]:
        """The hosts linked to from the body and the website field, without `www.`."""
        hosts = {link.host for link in self.links}
        hosts.add(reading.find_link_host(self.website))
        return frozenset(hosts - {""})

    @cached_property
    def text(self) -> str:
        """The body, of a long one only beginning and end; offsets stay true."""
        return reading.blank_middle(self.body)

    @cached_property
    def low_text(self) -> str:
        """The text in lower case; offsets stay true."""
        return reading.lower(self.text)

    @cached_property
    def prose(self) -> str:
        """The text with spaces in place of addresses and tags; offsets stay true."""
        return reading.blank_addresses(self.text)

    @cached_property
    def low_prose(self) -> str:
        """The prose in lower case; offsets stay true."""
        return reading.lower(self.prose)

    @cached_property
    def beginnings(self) -> Beginnings:
        """Where the words of the prose in lower case begin."""
        starts = [start for start, _ in self.word_spans]
        return find_beginnings(self.low_prose, self.words, starts)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the prose in order, in lower case."""
        return tuple([match[0] for match in self._words])

    @cached_property
    def word_spans(self) -> tuple[tuple[int, int], ...]:
        """Where each of the `words` begins and ends in the body."""
        return tuple([match.span() for match in self._words])

    @cached_property
    def _words(self) -> Sequence[re.Match[str]]:
        return reading.match_words(self.low_prose)

    @cached_property
    def contacts(self) -> Mapping[Contact, Ranges]:
        """Where the text names ways to get in touch."""
        return find_contacts(self.beginnings)

    @cached_property
    def promotions(self) -> Mapping[Promotion, Ranges]:
        """Where the text promotes its author, by the way it does."""
        return find_promotions(self.beginnings)

    @cached_property
    def blog_talk(self) -> Ranges:
        """Where the text talks about blogs and posts in general."""
        return BLOG_TALK.find(self.beginnings)

    @cached_property
    def listed_phrases(self) -> Mapping[str, tuple[int, int]]:
        """Where phrases of the published lists stand in the body."""
        return find_entries(self.low_text, PHRASE_INDEX)

    @cached_property
    def counted_words(self) -> Sequence[str]:
        """The words of the body that are counted (`spam.words`), in order."""
        return words.read_words(self.body, self.links)

    @cached_property
    def hashes(self) -> Mapping[int, str]:
        """The hashed words (`spam.words`), each with its name for a reason."""
        return words.find_hashes(
            self.counted_words,
            links=self.links,
            author=self.author,
            website=self.website,
        )

    @cached_property
    def scripts(self) -> Mapping[str, int]:
        """How many letters of each script the body has, addresses included."""
        return scripts.count_scripts(self.body)
