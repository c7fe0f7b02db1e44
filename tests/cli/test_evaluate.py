import json
import math
from pathlib import Path

import pytest

from moderation.cli.measures import (
    Scores,
    compute_auc,
    compute_calibration_error,
    compute_error,
    compute_held,
    compute_recall,
    count_ways,
    sort_three_ways,
)
from moderation.spam.verdict import Verdict
from tests.cli.running import Run

SPAM = "Online casino bonus https://a.example https://b.example: click here now"
HAM = "It helped me. What was it like for you?"


def write_lines(path: Path, *rows: tuple[str, str]) -> str:
    lines = [
        json.dumps({"id": number, "label": label, "body": body})
        for number, (label, body) in enumerate(rows)
    ]
    path.write_text("\n".join(lines))
    return str(path)


def test_each_file_and_all_together_are_measured(run: Run, tmp_path: Path) -> None:
    blog = write_lines(tmp_path / "blog.jsonl", ("spam", SPAM), ("ham", HAM))
    videos = write_lines(tmp_path / "videos.jsonl", ("ham", HAM), ("ham", "Thanks!"))

    done = run("evaluate", blog, videos)

    rows = [line.split() for line in done.out[1:5]]
    assert done.status == 0
    assert [row[:7] for row in rows] == [
        ["blog", "1", "1", "1.000", "1.000", "1.000", "0.000"],
        ["videos", "0", "2", "-", "-", "-", "0.000"],
        ["all", "1", "3", "1.000", "1.000", "1.000", "0.000"],
        ["mean", *["1.000"] * 3, "0.000", rows[0][7], "0.000"],
    ]
    assert [row[8] for row in rows[:3]] == ["0.000", "-", "0.000"]


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        '{"id": 1, "body": "a", "la',
        "\0",
        "[1]",
        '{"id": 1, "body": "a"}',
        '{"id": 1, "label": "spam"}',
        # Of the wrong type.
        '{"id": 1, "body": "a", "label": ["spam"]}',
        '{"id": 1, "body": "a", "label": {}}',
        '{"id": 1, "body": "a", "label": 1}',
        '{"id": 1, "body": 1, "label": "spam"}',
        '{"id": 1, "body": "a", "label": "spam", "author": 1}',
    ],
)
def test_a_line_without_label_or_text_is_named_and_passed_over(
    run: Run, tmp_path: Path, line: str
) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(f'{line}\n{{"id": 0, "label": "ham", "body": "a"}}\n')

    done = run("evaluate", str(path))

    assert (done.status, len(done.err)) == (1, 1)
    assert f"{path}:1: " in done.err[0]
    assert done.out[1].split()[:3] == ["set", "0", "1"]


def test_a_group_left_out_is_judged_by_what_the_others_teach(
    run: Run, tmp_path: Path
) -> None:
    taught = [("spam", f"frobnicate {n}") for n in range(6)]
    one = write_lines(tmp_path / "blog_a.jsonl", *taught, ("ham", HAM))
    two = write_lines(tmp_path / "blog_b.jsonl", *taught, ("ham", "Hello you."))

    done = run("evaluate", "--leave-one-out", "--cold", one, "--also-fit", two)

    assert done.status == 0
    assert done.out[1].split()[:4] == ["blog_a", "6", "1", "1.000"]


def test_files_may_be_judged_by_what_others_teach_alone(
    run: Run, tmp_path: Path
) -> None:
    taught = [("spam", f"frobnicate {n}") for n in range(6)]
    judged = write_lines(tmp_path / "blog_a.jsonl", *taught, ("ham", HAM))
    other = write_lines(tmp_path / "blog_b.jsonl", ("ham", HAM))
    options = ("--leave-one-out", "--judge-only", "--also-fit", other)

    done = run("evaluate", judged, *options)

    assert (done.status, done.out) == (1, [])
    assert "without a there is no spam or no ham" in done.err[0]


# Neither sells nor helps: only labels can tell them apart.
FIRST, SECOND = "The frobs were quuxed", "A blarg has zorped here"


def read_learning(out: list[str]) -> list[str]:
    """Return the first row of the table for learning, by its columns."""
    return out[out.index("") + 2].split()


def test_what_labels_teach_is_measured(run: Run, tmp_path: Path) -> None:
    rows = [("spam", FIRST), ("ham", SECOND)]
    path = write_lines(tmp_path / "blog.jsonl", *rows * 60)

    done = run("evaluate", path)

    cold, learning = done.out[1].split(), read_learning(done.out)
    assert done.status == 0
    assert learning[:3] == ["blog", "60", "60"]
    # Half of them are wrong before anything was learnt, none later.
    assert cold[5] == "0.000"
    assert float(learning[5]) < 0.3
    assert learning[6] == "0.000"


def test_labels_learnt_the_wrong_way_round_do_harm(run: Run, tmp_path: Path) -> None:
    rows = [("spam", FIRST), ("ham", SECOND)]
    path = write_lines(tmp_path / "blog.jsonl", *rows * 60)

    done = run("evaluate", "--flip", "1", path)
    again = run("evaluate", "--flip", "1", path)

    assert float(read_learning(done.out)[6]) > 0.9
    assert again.out == done.out


def test_later_comments_are_sorted_by_verdict(run: Run, tmp_path: Path) -> None:
    rows = [("spam", SPAM), ("ham", HAM)]
    few = write_lines(tmp_path / "few.jsonl", *rows * 15)
    many = write_lines(tmp_path / "many.jsonl", *rows * 60)

    done = run("evaluate", few, many)

    start = done.out.index("") + 2
    few_row, many_row = (line.split() for line in done.out[start : start + 2])
    # Before the 51st comment nothing is counted.
    assert few_row[8:] == ["-", "-", "-"]
    assert many_row[8:] == ["0.000", "0.000", "0.000"]


def test_nothing_is_fitted_if_only_one_kind_is_left(run: Run, tmp_path: Path) -> None:
    one = write_lines(tmp_path / "blog_a.jsonl", ("spam", SPAM), ("ham", HAM))
    two = write_lines(tmp_path / "blog_b.jsonl", ("ham", HAM))

    done = run("evaluate", "--leave-one-out", one, two)

    assert (done.status, done.out) == (1, [])
    assert "without a there is no spam or no ham" in done.err[0]


def test_a_damaged_prior_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "prior.json"
    path.write_text('{"version": 1}')
    one = write_lines(tmp_path / "blog.jsonl", ("spam", SPAM), ("ham", HAM))

    done = run("evaluate", "--prior", str(path), one)

    assert (done.status, done.out) == (1, [])
    assert f"{path}: Fit the prior again" in done.err[0]


def test_a_prior_that_is_no_text_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "prior.json"
    path.write_bytes(b"\xff\xfe")
    one = write_lines(tmp_path / "blog.jsonl", ("spam", SPAM), ("ham", HAM))

    done = run("evaluate", "--prior", str(path), one)

    assert (done.status, done.out) == (1, [])
    assert f"{path} is no prior" in done.err[0]


def test_a_mark_and_line_ends_of_windows_are_passed_over(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "set.jsonl"
    row = b'{"id": 0, "label": "ham", "body": "a"}\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + row + row)

    done = run("evaluate", "--cold", str(path))

    assert (done.status, done.err) == (0, [])
    assert done.out[1].split()[:3] == ["set", "0", "2"]


def test_the_auc_counts_ties_half() -> None:
    scores = Scores(spam=[0.9, 0.5], ham=[0.5, 0.1])

    assert compute_auc(scores) == 0.875


def test_the_recall_lets_at_most_one_in_a_hundred_ham_through() -> None:
    ham = [0.95, 0.4, *[0.1] * 98]
    scores = Scores(spam=[0.96, 0.9, 0.4, 0.3], ham=ham)

    assert compute_recall(scores) == 0.5


def test_a_score_of_one_half_is_held() -> None:
    assert compute_held([0.5, 0.49]) == 0.5


def test_nothing_is_measured_on_nothing() -> None:
    assert math.isnan(compute_auc(Scores(spam=[1.0])))
    assert math.isnan(compute_recall(Scores(ham=[1.0])))
    assert math.isnan(compute_held([]))
    assert math.isnan(compute_calibration_error(Scores()))
    assert math.isnan(sort_three_ways(Scores()).queued)


def test_scores_that_hold_true_have_no_calibration_error() -> None:
    honest = Scores(spam=[0.75] * 3, ham=[0.75])
    boasting = Scores(spam=[0.95], ham=[0.95])

    assert compute_calibration_error(honest) == 0
    assert compute_calibration_error(boasting) == pytest.approx(0.45)


def test_scores_on_the_thresholds_are_queued() -> None:
    scores = Scores(spam=[0.05, 0.10, 0.99, 0.995], ham=[0.05, 0.999, 0.3])

    ways = sort_three_ways(scores)

    assert ways.spam_leaked == 1 / 4
    assert ways.queued == 3 / 7
    assert ways.ham_lost == 1 / 3


def test_both_kinds_of_mistakes_are_errors() -> None:
    assert compute_error(Scores(spam=[0.9, 0.4], ham=[0.5, 0.1])) == 0.5


def test_verdicts_are_counted_by_what_the_comments_are() -> None:
    ways = count_ways(
        [Verdict.PUBLISH, Verdict.HOLD, Verdict.SPAM, Verdict.SPAM],
        [Verdict.PUBLISH, Verdict.SPAM],
    )

    assert ways.spam_leaked == 1 / 4
    assert ways.queued == 1 / 6
    assert ways.ham_lost == 1 / 2
