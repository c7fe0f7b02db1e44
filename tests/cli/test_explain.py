from pathlib import Path

import pytest

from moderation.cli.explain import LONGEST_QUOTE
from moderation.spam.points import POINTS
from tests.cli.running import Run

SPAM = "Play online casino slots https://a.example https://b.example bonus: click here"


def test_score_verdict_and_each_signal_with_what_it_matched_are_shown(run: Run) -> None:
    done = run("explain", SPAM)

    assert done.status == 0
    assert done.out[0].startswith("Score 0.")
    assert "hold" in done.out[0]
    row = next(n for n, line in enumerate(done.out) if "  link_to_home  " in line)
    weight = POINTS["link_to_home"]
    assert done.out[row].strip().startswith(f"{weight:+.2f}")
    assert done.out[row].endswith(
        "A link leads to a whole site, not to a page on the topic."
    )
    assert done.out[row + 1].strip() == "“https://a.example”"


def test_a_dash_reads_standard_input(run: Run) -> None:
    given = run("explain", "-", given=SPAM.encode())

    assert given.out == run("explain", SPAM).out


# A text must not steer the terminal of whoever looks at it, nor break the run.
@pytest.mark.parametrize(
    "text",
    [
        b"see https://a.example/\x1b[2J\x1b]0;title\x07 and https://b.example",
        b"https://a.example/\xff\xfe https://b.example",
        b"\xf0\x9f\x99\x82 \xe2\x80\xaehttps://a.example/x https://b.example",
    ],
)
def test_what_steers_a_terminal_is_not_shown(run: Run, text: bytes) -> None:
    done = run("explain", "-", given=text)

    assert done.status == 0
    assert all(line.isprintable() for line in done.out)


def test_long_quotes_are_cut(run: Run) -> None:
    done = run("explain", f"https://a.example/{'x' * 500} https://b.example")

    assert max(line.count("x") for line in done.out) < LONGEST_QUOTE


def test_a_text_that_no_form_would_take_is_refused(run: Run, tmp_path: Path) -> None:
    del tmp_path

    done = run("explain", "-", given=b"a" * 65_526)

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
