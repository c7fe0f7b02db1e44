"""Owns the submission: a comment not yet stored, and what is read from it once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.spam import reading, scripts, words
from moderation.spam.contacts import Contact, find_contacts
from moderation.spam.lists import PHRASE_INDEX, find_entries
from moderation.spam.once import Reading
from moderation.spam.patterns import Beginnings, Ranges, find_beginnings
from moderation.spam.praise import BLOG_TALK
from moderation.spam.promotion import Promotion, find_promotions
from moderation.spam.reading import Link, Words
from moderation.spam.words import Hashes


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

    @Reading
    def links(self) -> tuple[Link, ...]:
        """The links of the body in the order they stand, none inside another."""
        if not self._may_link:
            return ()
        return reading.find_links(self.body, page=self.thread)

    @Reading
    def link_hosts(self) -> frozenset[str]:
        """The hosts linked to from the body and the website field, without `www.`."""
        hosts = {link.host for link in self.links}
        hosts.add(reading.find_link_host(self.website))
        return frozenset(hosts - {""})

    @Reading
    def text(self) -> str:
        """The body, of a long one only beginning and end; offsets stay true."""
        return reading.blank_middle(self.body)

    @Reading
    def low_text(self) -> str:
        """The text in lower case; offsets stay true."""
        return reading.lower(self.text)

    @Reading
    def prose(self) -> str:
        """The text with spaces in place of addresses and tags; offsets stay true."""
        return reading.blank_addresses(self.text) if self._may_link else self.text

    @Reading
    def low_prose(self) -> str:
        """The prose in lower case; offsets stay true."""
        is_all = self.prose is self.text
        return self.low_text if is_all else reading.lower(self.prose)

    @Reading
    def beginnings(self) -> Beginnings:
        """Where the words of the prose in lower case begin."""
        words, starts, _ = self._words
        return find_beginnings(self.low_prose, words, starts)

    @Reading
    def words(self) -> Sequence[str]:
        """The words of the prose in order, in lower case."""
        return self._words.texts

    @Reading
    def vocabulary(self) -> Mapping[str, None]:
        """The different ones of the `words`, in the order they stand first."""
        return dict.fromkeys(self.words)

    @Reading
    def word_spans(self) -> Sequence[tuple[int, int]]:
        """Where each of the `words` begins and ends in the body."""
        _, starts, ends = self._words
        return list(zip(starts, ends, strict=True))

    @Reading
    def _words(self) -> Words:
        return reading.split_words(self.low_prose)

    @Reading
    def _may_link(self) -> bool:
        low = self.low_text if self.text is self.body else ""
        return reading.may_link(self.body, low=low)

    @Reading
    def contacts(self) -> Mapping[Contact, Ranges]:
        """Where the text names ways to get in touch."""
        return find_contacts(self.beginnings)

    @Reading
    def promotions(self) -> Mapping[Promotion, Ranges]:
        """Where the text promotes its author, by the way it does."""
        return find_promotions(self.beginnings)

    @Reading
    def blog_talk(self) -> Ranges:
        """Where the text talks about blogs and posts in general."""
        return BLOG_TALK.find(self.beginnings)

    @Reading
    def listed_phrases(self) -> Mapping[str, tuple[int, int]]:
        """Where phrases of the published lists stand in the body."""
        is_prose = self.prose is self.text
        runs = reading.split_runs(self.words) if is_prose else None
        return find_entries(self.low_text, PHRASE_INDEX, runs=runs)

    @Reading
    def counted_words(self) -> Sequence[str]:
        """The words of the body that are counted (`spam.words`), in order."""
        return words.read_words(self.body, self.links)

    @Reading
    def hashes(self) -> Hashes:
        """The hashed words (`spam.words`), each with its name for a reason."""
        return words.find_hashes(
            self.counted_words,
            links=self.links,
            author=self.author,
            website=self.website,
        )

    @Reading
    def scripts(self) -> Mapping[str, int]:
        """How many letters of each script the body has, addresses included."""
        return scripts.count_scripts(self.body)
