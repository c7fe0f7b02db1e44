"""Judging must take time linear in the length of any text, and so must each step."""

from collections.abc import Mapping
from itertools import pairwise
from time import process_time

import pytest

from moderation.spam.context import Context, Twins
from moderation.spam.learning import Learnt, Tally, find_domains, find_words
from moderation.spam.pipeline import judge
from moderation.spam.registry import HEURISTICS
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text

LONGEST = 65_525
# Far above the 40 ms measured, so that a busy machine does not fail; quadratic code
# takes seconds.
MOST_SECONDS = 1.0
HOSTILE = (
    "<a ",
    "<a href=",
    "<a href=x>",
    "</a>",
    "[",
    "[a",
    "](",
    "[url=",
    "[url]",
    "[a](http://b ",
    "http://",
    "http:/",
    "www.",
    "www.a.ru ",
    "@",
    "a@",
    "a@b.",
    "(",
    "1",
    "1 ",
    "+1",
    "call: 1",
    "text me ",
    "a.",
    "a.b(",
    "`a",
    "$1",
    "1,",
    "\u0301",
    "a\u0301",
    " ",
    "\n",
    "a ",
    "a'",
    "\u0430a",
    "\U0001d400",
    "\u4e2d",
    "\ud800",
    "\x00",
    "buy now ",
    "online casino ",
    "my ",
    "i'm ",
    "check ",
    "subscribe to ",
    "please like ",
    "free gift ",
    "your blog ",
    "great ",
    "whatsapp ",
    "a (at) ",
    "dr ",
    "a \n",
    "a-",
    "aA",
    "a.a",
    "&lt;",
    "$ a ",
    "cheap-cheap-",
    "bcdfg ",
    # Brackets, tags and addresses that never end, or end too often.
    "]",
    "[]",
    "][",
    "[[a]",
    "[url=http://a.example]",
    "[url=http://a",
    "<>",
    "</",
    "<b ",
    '<a href="http://a.example">',
    "<a href=http://a.example>b</a>",
    "http://a/",
    "http://a:b@",
    "http://[::1]",
    "https://http://",
    "www.a",
    "@a@",
    "a@b.example ",
    "...a",
    "a.b.",
    # Quotes, marks, ends of lines.
    '"',
    "\u201ca\u201d",
    "--",
    "-a",
    "\r\n",
    " \r\n",
    "\n\n> ",
    "&amp;",
    "&#x41;",
    "?!",
    ",",
    "%41",
    "\\\\",
    "*_",
    # What is not seen, goes the other way, grows when lowered, or joins.
    "\u200b",
    "a\u200bb",
    "\u202ea\u202c",
    "\u05d0",
    "\u0130",
    "\ufb01",
    "\U0001f600",
    "\U0001f468\u200d\U0001f469",
    "\u4e2d\u6587 ",
    # No space, and nothing else.
    "a",
    "ab1",
    "12345 ",
    "1-",
    "1.1.",
    # Beginnings of phrases that patterns look for.
    "call me ",
    "my name is ",
    "a(at)b(dot)c ",
    "a at b dot com ",
    "earn $1 ",
    "thanks for sharing ",
    "buy viagra ",
)


def make_submission(body: str) -> Submission:
    """Return a submission all of whose fields are hostile."""
    return Submission(body=body, author=body, email=body, website=body)


def know_everything(body: str) -> Context:
    """Return a context in which every heuristic has something to look at."""
    submission = make_submission(body)
    learnt = Learnt(
        totals=Tally(spam=50, ham=50),
        words=dict.fromkeys(find_words(submission), Tally(spam=9, ham=1)),
        signals={"html_anchor": Tally(spam=9), "bbcode": Tally(spam=9)},
        domains=dict.fromkeys(find_domains(submission), Tally(spam=9)),
        author=Tally(spam=3),
    )
    return Context(
        thread_scripts=frozenset({"Latin"}),
        form_seconds=1.0,
        is_honeypot_filled=True,
        recent_from_network=50,
        recent_on_site=500,
        usual_on_site=1.0,
        twins=Twins(spam=2),
        author_approved=1,
        learnt=learnt,
    )


def measure_steps(body: str, *, runs: int) -> Mapping[str, float]:
    """Return the processor time of each step, the shortest of so many runs.

    A reading that several heuristics share counts for the first that asks.
    """
    context = know_everything(body)
    names = ["judge", "sketch_text", *(step.__name__ for step in HEURISTICS)]
    each = zip(*(_run_steps(body, context) for _ in range(runs)), strict=True)
    return dict(zip(names, map(min, each), strict=True))


def _run_steps(body: str, context: Context) -> list[float]:
    submission = make_submission(body)
    instants = [process_time()]
    judgement = judge(make_submission(body), context)
    assert judgement.failures == ()
    instants.append(process_time())
    sketch_text(body)
    instants.append(process_time())
    for heuristic in HEURISTICS:
        heuristic(submission, context)
        instants.append(process_time())
    return [end - start for start, end in pairwise(instants)]


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_texts_break_nothing_and_take_linear_time(piece: str) -> None:
    whole = (LONGEST * piece)[:LONGEST]

    # Most are quick the first time; a busy machine may take longer, but not thrice.
    slow = find_slow(whole, runs=1) and find_slow(whole, runs=3)

    assert slow == {}


def find_slow(whole: str, *, runs: int) -> Mapping[str, tuple[float, float]]:
    """Return the steps that take too long, or longer than the length accounts for.

    Four times the text may take four times as long, not sixteen times; the constant
    evens out what a busy machine adds.
    """
    quarter = measure_steps(whole[: LONGEST // 4], runs=runs)
    steps = measure_steps(whole, runs=runs)
    return {
        name: (quarter[name], seconds)
        for name, seconds in steps.items()
        if seconds > 6 * quarter[name] + 0.05
        or (name == "judge" and seconds >= MOST_SECONDS)
    }
