import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.spam.twins import (
    FEWEST_SHARED_KEYS,
    PAIR_BINS,
    SKELETON_BINS,
    Sketch,
    are_twins,
    measure_similarity,
    sketch_text,
)

ARTICLE = """
    Keeping a small garden on the balcony is easier than most people think, and it is
    one of the nicest ways to spend a quiet evening at home. You should begin with
    herbs, because they need only a little soil and will forgive you when you forget
    to water them for a day. Put the pots where they get the morning sun, and turn them
    every week so that all sides of the plants can grow. If you see that the leaves are
    going yellow, it is most often too much water and not too little of it.
"""
RESPUN = """
    Keeping a tiny garden on the terrace is simpler than many folks think, and it is
    one of the finest methods to spend a calm evening at home. You should start with
    herbs, because they require only a bit of soil and will forgive you when you forget
    to water them for a day. Place the containers where they get the early sun, and turn
    them every week so that all sides of the plants can develop. If you notice that the
    foliage is going yellow, it is most often too much moisture and not too little.
"""
SAME_SUBJECT = """
    My grandmother had tomatoes on her balcony, and I have tried for three summers now
    without any luck. The first year they drowned, the second year the wind took the
    whole shelf down, and last year my cat decided that the pots were hers. What I can
    grow is basil. It stands in the kitchen next to the sink, gets whatever is left in
    my glass, and looks better than anything I ever paid for in a shop. So for anyone
    who kills plants as I do: begin there, and be proud of it.
"""
HEADING = "Great post about gardens, I will read more of it soon. "


def test_a_respun_text_is_linked() -> None:
    assert are_twins(sketch_text(ARTICLE), sketch_text(RESPUN))


def test_a_respun_text_is_found_by_its_keys() -> None:
    shared = set(sketch_text(ARTICLE).keys) & set(sketch_text(RESPUN).keys)

    assert len(shared) >= FEWEST_SHARED_KEYS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Two people about one subject.
        (ARTICLE, SAME_SUBJECT),
        # The same greeting before different texts.
        (HEADING + ARTICLE, HEADING + SAME_SUBJECT),
        # Short texts share what everybody says.
        ("Thank you for this great post!", "Thank you for this great post!"),
        # Two languages.
        (ARTICLE, "Ich habe es auf zwei Rechnern versucht, und auf beiden " * 3),
        # The same link in different texts.
        (
            f"{ARTICLE} https://a.example/b-c-d",
            f"{SAME_SUBJECT} https://a.example/b-c-d",
        ),
        ("", ""),
    ],
)
def test_different_texts_are_not_linked(one: str, other: str) -> None:
    assert not are_twins(sketch_text(one), sketch_text(other))


def test_links_slipped_in_change_nothing() -> None:
    linked = ARTICLE.replace(
        "garden", '<a href="https://a.example/shop">garden</a> https://b.example'
    )

    assert sketch_text(linked) == sketch_text(ARTICLE)


def test_keys_are_the_same_in_every_process() -> None:
    code = "from moderation.spam.twins import sketch_text as s; print(s(input()).keys)"
    text = " ".join(ARTICLE.split())

    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=text,
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }

    assert runs == {f"{sketch_text(text).keys}\n"}


def test_keys_stay_what_they_are_in_the_databases_of_our_users() -> None:
    keys = sketch_text(ARTICLE).keys

    assert len(keys) == 41
    assert keys[:2] == (-8_833_155_885_731_476_391, -8_775_334_251_368_904_077)


@given(body=st.text(st.characters(codec=None)))
@settings(deadline=None)
def test_any_text_has_a_few_keys_a_database_can_hold(body: str) -> None:
    keys = sketch_text(body).keys

    assert len(keys) <= PAIR_BINS + SKELETON_BINS
    assert list(keys) == sorted(set(keys))
    assert all(-(2**63) <= key < 2**63 for key in keys)


@given(body=st.text(st.sampled_from("abc the of and ")))
@settings(deadline=None)
def test_likeness_goes_both_ways(body: str) -> None:
    one, other = sketch_text(body), sketch_text(ARTICLE)

    assert are_twins(one, other) == are_twins(other, one)


def make_sketch(*, pairs: range = range(0), skeletons: range = range(0)) -> Sketch:
    return Sketch(pairs=frozenset(pairs), skeletons=frozenset(skeletons))


@pytest.mark.parametrize(
    ("one", "other", "is_linked"),
    [
        # Many pairs: 15 of 100 are enough, 14 of 100 are not.
        (make_sketch(pairs=range(57)), make_sketch(pairs=range(42, 100)), True),
        (make_sketch(pairs=range(57)), make_sketch(pairs=range(43, 100)), False),
        # Less than thirty pairs: it takes 30 of 100.
        (make_sketch(pairs=range(29)), make_sketch(pairs=range(29 * 4)), False),
        (make_sketch(pairs=range(29)), make_sketch(pairs=range(29 * 3)), True),
        (make_sketch(pairs=range(30)), make_sketch(pairs=range(30 * 4)), True),
        # Less than ten are never compared.
        (make_sketch(pairs=range(10)), make_sketch(pairs=range(10)), True),
        (make_sketch(pairs=range(9)), make_sketch(pairs=range(9)), False),
        # Skeletons: one in four, from twelve on.
        (make_sketch(skeletons=range(12)), make_sketch(skeletons=range(48)), True),
        (make_sketch(skeletons=range(12)), make_sketch(skeletons=range(49)), False),
        (make_sketch(skeletons=range(11)), make_sketch(skeletons=range(11)), False),
    ],
)
def test_the_measured_thresholds_hold(
    one: Sketch, other: Sketch, *, is_linked: bool
) -> None:
    assert are_twins(one, other) is is_linked


def test_a_skeleton_is_five_small_words() -> None:
    sketch = sketch_text("it is in the box of her and so on")

    # it is in the of her and so on: nine small words.
    assert len(sketch.skeletons) == 5


@pytest.mark.parametrize(
    ("one", "other", "similarity"),
    [
        ({1, 2}, {1, 2}, 1),
        ({1, 2, 3}, {2, 3, 4}, 0.5),
        ({1}, {2}, 0),
        (set(), {1}, 0),
        (set(), set(), 0),
    ],
)
def test_similarity_is_shared_by_all(
    one: set[int], other: set[int], similarity: float
) -> None:
    assert measure_similarity(frozenset(one), frozenset(other)) == similarity
