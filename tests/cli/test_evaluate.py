import json
import math
from pathlib import Path

import pytest

from moderation.cli.measures import (
    Scores,
    compute_auc,
    compute_held,
    compute_recall,
)
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

    rows = [line.split() for line in done.out[1:]]
    assert done.status == 0
    assert rows == [
        ["blog", "1", "1", "1.000", "1.000", "1.000", "0.000"],
        ["videos", "0", "2", "-", "-", "-", "0.000"],
        ["all", "1", "3", "1.000", "1.000", "1.000", "0.000"],
    ]


@pytest.mark.parametrize(
    "line", ["nonsense", '{"id": 1, "body": "a"}', '{"id": 1, "label": "spam"}']
)
def test_a_line_without_label_or_text_is_named(
    run: Run, tmp_path: Path, line: str
) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(f'{{"id": 0, "label": "ham", "body": "a"}}\n{line}\n')

    done = run("evaluate", str(path))

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
    assert f"{path}:2: " in done.err[0]


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
