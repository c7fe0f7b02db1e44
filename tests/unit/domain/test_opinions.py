import json

import pytest

from moderation.domain.opinions import MalformedOpinionError, Opinion, read_opinion


@pytest.mark.parametrize(
    ("score", "weight"),
    [
        # As many log-odds as the probability says.
        (0.5, 0.0),
        (0.9, 2.197),
        # But never so many that it decides alone: neither way.
        (0.999, 4.0),
        (1.0, 4.0),
        (0.01, -1.0),
        (0.0, -1.0),
    ],
)
def test_an_opinion_weighs_within_bounds(score: float, weight: float) -> None:
    assert Opinion(score=score).weight == pytest.approx(weight, abs=0.001)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"score": true}',
        b'{"score": "0.9"}',
        b'{"score": NaN}',
        b'{"score": 1.01}',
        b'{"score": -1}',
        b'{"score": 1e999}',
        b'{"score": 0.5, "reason": 1}',
        # What parsers recurse into, and what nobody wants to read.
        b"[" * 10_000,
        b'{"score": 0.5, "reason": "' + b"x" * 20_000 + b'"}',
    ],
)
def test_what_is_no_opinion_is_not_taken_for_one(body: bytes) -> None:
    with pytest.raises(MalformedOpinionError):
        read_opinion(body)


def test_a_reason_is_one_line_that_moderators_can_read() -> None:
    given = {"score": 0.7, "reason": "Known\n\x1b[31m campaign\u202e " + "x" * 500}

    found = read_opinion(json.dumps(given).encode())

    assert found.reason.startswith("Known [31m campaign xxx")
    assert len(found.reason) == 200
