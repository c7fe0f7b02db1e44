import json
from itertools import pairwise

import pytest

from moderation.spam.beliefs import BELIEFS, WEAKER, find_bounds
from moderation.spam.prior import (
    CURVE,
    MOST_KEPT,
    SHIPPED,
    STEP,
    KnownWords,
    Prior,
    PriorFormatError,
    calibrate,
    read_prior,
    write_prior,
)
from moderation.spam.submission import Submission
from moderation.spam.words import hash_token

PRIOR = Prior(
    points={"baseline": -1.5, "website": 0.5, "blog_words": 2.0, "video_words": 1.0},
    blog_words={0: -127, 7: 64, 0xFFFFFF: 127},
    video_words={7: 32, 9: -32},
    video_letters={hash_token("<su"): 40, hash_token("sub>"): 24},
)


def test_a_prior_survives_its_file() -> None:
    assert read_prior(write_prior(PRIOR)) == PRIOR


@pytest.mark.parametrize(
    "text",
    [
        # No JSON.
        "nonsense",
        # Another version.
        write_prior(PRIOR).replace('"version": 2', '"version": 1'),
        # A part is missing.
        json.dumps({"version": 2, "points": {}}),
        # Cut off.
        json.dumps({"version": 2, "points": {}, "blog_words": "00", "video_words": ""}),
        # Something else.
        "[]",
    ],
)
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(PriorFormatError, match="Fit the prior again"):
        read_prior(text)


def test_the_sum_is_that_of_points_and_damped_words() -> None:
    hashes = frozenset({7, 8})

    log_odds = PRIOR.add_up(["website", "unheard_of"], hashes)

    damped = 22**0.5
    assert log_odds == pytest.approx(
        -1.5 + 0.5 + 2.0 * (64 * STEP / damped) + 1.0 * (32 * STEP / damped)
    )


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        (["sub"], 40 + 24),
        # Each different word counts once.
        (["sub", "sub", "nub"], 40 + 24),
        (["subscribe"], 40),
        # Too long to be kept, but counted all the same.
        (["su" + "x" * 90], 40),
        ([], 0),
    ],
)
def test_letters_in_a_row_count_where_words_are_spelt_anew(
    words: list[str], steps: int
) -> None:
    log_odds = PRIOR.weigh_words(frozenset({1, 2}), words)

    assert log_odds == pytest.approx(steps * STEP / 22**0.5)


def test_what_is_known_of_words_is_kept_within_bounds() -> None:
    known = KnownWords({hash_token("<su"): 40}, {hash_token("su"): 7})

    for n in range(MOST_KEPT + 1):
        assert known[f"n{n}"] == (0, 0, 0)
    assert known["su" * 50] == known["su" * 50]

    assert known["su"] == (40, 7, 0)
    assert len(known) == 2


def test_the_words_of_a_comment_weigh_what_their_hashes_weigh() -> None:
    submission = Submission(body="Subscribe to my channel for cheap watches, sub!")

    known = SHIPPED.find_words(submission.hashes)

    assert SHIPPED.weigh(known) == SHIPPED.weigh_words(
        frozenset(submission.hashes), submission.counted_words
    )


def test_no_number_of_words_buys_a_publication_or_a_verdict() -> None:
    prior = Prior(
        points={"blog_words": 1.0, "video_words": 1.0},
        blog_words=dict.fromkeys(range(900), -127)
        | dict.fromkeys(range(900, 1800), 127),
        video_words=dict.fromkeys(range(900), -127),
    )

    assert prior.weigh_words(frozenset(range(900))) == -1.5
    assert prior.weigh_words(frozenset(range(900, 1800))) == 3.0


def test_the_curve_rises_and_goes_on_at_both_ends() -> None:
    sums = [-9.0, *(x for x, _ in CURVE), 9.0]

    calibrated = [calibrate(x) for x in sums]

    assert all(low < high for low, high in pairwise(calibrated))
    assert calibrated[1:-1] == pytest.approx([y for _, y in CURVE])
    assert calibrate(-10) - calibrate(-9) == pytest.approx(-1)
    assert calibrate(10) - calibrate(9) == pytest.approx(1)


def test_the_shipped_points_keep_their_bounds() -> None:
    for name, points in SHIPPED.points.items():
        least, most = find_bounds(name)
        share = points - sum(
            SHIPPED.points[weaker]
            - sum(SHIPPED.points[w] for w in WEAKER.get(weaker, ()))
            for weaker in WEAKER.get(name, ())
        )
        assert least - 0.02 <= share <= most + 0.02, name


def test_the_shipped_prior_knows_every_signal() -> None:
    assert SHIPPED.points.keys() == BELIEFS.keys()
    assert len(SHIPPED.blog_words) > 5_000
    assert len(SHIPPED.video_words) > 1_000
    assert len(SHIPPED.video_letters) > 1_000


def test_the_shipped_file_is_small_and_holds_no_words() -> None:
    text = write_prior(SHIPPED)

    assert len(text) <= 300_000
    assert all(0 <= number < 1 << 24 for number in SHIPPED.blog_words)
    assert all(-127 <= steps <= 127 for steps in SHIPPED.blog_words.values())
    assert all(0 <= number < 1 << 24 for number in SHIPPED.video_letters)
