import io
import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from moderation.cli.json_lines import MOST_LINE_BYTES
from tests.cli.running import Run

SPAM = "Play online casino slots https://a.example https://b.example bonus: click here"


def read_answers(out: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out]


def test_each_line_is_judged_in_its_order(run: Run) -> None:
    lines = [{"id": 7, "body": SPAM}, {"id": "b", "body": "It helped me. Thank you."}]
    given = "\n".join(map(json.dumps, lines)).encode()

    done = run("judge", given=given)

    spam, ham = read_answers(done.out)
    assert done.status == 0
    assert (spam["id"], ham["id"]) == (7, "b")
    assert spam["score"] > 0.5 > ham["score"]
    assert (spam["verdict"], ham["verdict"]) == ("hold", "publish")
    assert {"name", "weight", "reason", "spans"} == set(spam["signals"][0])


def test_spans_point_into_the_body(run: Run) -> None:
    given = json.dumps({"id": 1, "body": f"🙂 {SPAM}"}).encode()

    (answer,) = read_answers(run("judge", given=given).out)

    spans = {
        signal["name"]: [
            f"🙂 {SPAM}"[span["start"] : span["end"]] for span in signal["spans"]
        ]
        for signal in answer["signals"]
    }
    assert spans["link_to_home"][0] == "https://a.example"


def test_nothing_is_filed_as_spam_before_anything_was_learnt(run: Run) -> None:
    body = f"{SPAM} buy viagra <a href=https://x.example>here</a> me@x.example"
    given = json.dumps({"id": 1, "body": body, "author": "casino bonus"}).encode()

    (answer,) = read_answers(run("judge", given=given).out)

    assert answer["score"] > 0.99
    assert answer["verdict"] == "hold"


@pytest.mark.parametrize(
    ("line", "id_", "words"),
    [
        # What is echoed must be an id.
        (b'{"id": "x"}', "x", '"body"'),
        (b'{"id": NaN, "body": "a"}', None, '"id"'),
        (b'{"id": true, "body": "a"}', None, '"id"'),
        (b'{"id": [1], "body": "a"}', None, '"id"'),
        # No object.
        (b"", None, "JSON"),
        (b"[]", None, "object"),
        (b'{"id": 1, "body": "a"', None, "JSON"),
        # Python's json raises RecursionError.
        (b"[" * 200_000, None, "deep"),
        # Python refuses to read such a number.
        (b'{"id": ' + b"9" * 5_000 + b"}", None, "number"),
        (b'{"id": 1, "body": "\xff"}', None, "UTF-8"),
        (b'{"id": 1, "body": "' + b"a" * MOST_LINE_BYTES + b'"}', None, "bytes"),
    ],
    ids=range(11),
)
def test_a_bad_line_is_answered_and_the_run_goes_on(
    run: Run, line: bytes, id_: str | None, words: str
) -> None:
    good = b'{"id": 2, "body": "It helped me."}'

    done = run("judge", given=line + b"\n" + good + b"\n")

    bad, judged = read_answers(done.out)
    assert done.status == 1
    assert bad["id"] == id_
    assert words in bad["error"]
    assert judged["id"] == 2
    assert "score" in judged


def test_a_lone_surrogate_is_written_as_it_was_read(run: Run) -> None:
    done = run("judge", given=b'{"id": "\\ud800", "body": "a \\udfff b"}')

    assert done.status == 0
    assert json.loads(done.out[0])["id"] == "\ud800"


def test_a_byte_order_mark_and_windows_line_ends_are_passed_over(run: Run) -> None:
    done = run("judge", given=b'\xef\xbb\xbf{"id": 1, "body": "Hello"}\r\n')

    assert done.status == 0
    assert len(done.out) == 1


def make_lines(*labels: str | None) -> bytes:
    """Return spam and ham in turn, each with its label of those given."""
    bodies = itertools.cycle(["Our slots pay out", "My vim plugins start faster"])
    rows = [
        {"id": n, "body": f"{body} {n}", "label": label}
        for n, (label, body) in enumerate(zip(labels, bodies, strict=False))
    ]
    return "\n".join(map(json.dumps, rows)).encode()


def test_a_label_is_learnt_after_its_line_was_judged(run: Run) -> None:
    given = make_lines(*["spam", "ham"] * 25)

    cold = read_answers(run("judge", given=given).out)
    warm = read_answers(run("judge", "--learn", given=given).out)

    assert warm[0] == cold[0]
    assert warm[-2]["score"] > 0.9
    assert cold[-2]["score"] < 0.5
    assert warm[-1]["score"] < cold[-1]["score"]
    assert "site_words" in {signal["name"] for signal in warm[-1]["signals"]}


def test_labels_are_learnt_only_if_asked_for(run: Run) -> None:
    labelled = run("judge", given=make_lines(*["spam", "ham"] * 5))
    bare = run("judge", "--learn", given=make_lines(*[None] * 10))

    assert labelled.out == bare.out
    assert labelled.status == bare.status == 0


def test_a_label_that_is_none_is_named(run: Run) -> None:
    done = run("judge", "--learn", given=make_lines("spam", "eggs"))

    good, bad = read_answers(done.out)
    assert done.status == 1
    assert "score" in good
    assert '"label"' in bad["error"]


def test_a_site_keeps_what_it_learnt(run: Run) -> None:
    run("site", "add", "blog", "--name", "A", "--origin", "https://blog.example")
    lines = make_lines(*["spam", "ham"] * 25)
    cold = read_answers(run("judge", "--site", "blog", given=lines).out)

    run("judge", "--learn", "--site", "blog", given=lines)

    warm = read_answers(run("judge", "--site", "blog", given=lines).out)
    again = read_answers(run("judge", "--site", "blog", given=lines).out)
    assert warm == again
    assert warm[0]["score"] > cold[0]["score"]
    assert warm[1]["score"] < cold[1]["score"]


def test_judging_for_a_site_and_in_memory_come_to_the_same(run: Run) -> None:
    run("site", "add", "blog", "--name", "A", "--origin", "https://blog.example")
    lines = make_lines(*["spam", "ham"] * 5)

    kept = run("judge", "--learn", "--site", "blog", given=lines)
    forgotten = run("judge", "--learn", given=lines)

    scores = [
        [answer["score"] for answer in read_answers(done.out)]
        for done in (kept, forgotten)
    ]
    assert scores[0] == pytest.approx(scores[1])


def test_a_site_that_is_not_there_is_named(run: Run) -> None:
    done = run("judge", "--site", "nowhere", given=make_lines("spam"))

    assert (done.status, done.out) == (1, [])
    assert "site" in done.err[0]


def test_no_line_is_answered_by_none(run: Run) -> None:
    done = run("judge", given=b"")

    assert (done.status, done.out, done.err) == (0, [], [])


def test_each_answer_comes_before_the_next_question(tmp_path: Path) -> None:
    process = start_judge(tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None

    with process:
        for number in range(3):
            process.stdin.write(b'{"id": %d, "body": "Hello"}\n' % number)
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert answer["id"] == number
        process.stdin.close()

    assert process.returncode == 0


def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path) -> None:
    process = start_judge(tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None

    with process:
        process.stdout.close()
        lines = io.BytesIO(b'{"id": 1, "body": "Hello"}\n' * 100)
        process.stdin.write(lines.getvalue())
        process.stdin.close()
        complaint = process.stderr.read()

    assert complaint == b""
    assert process.returncode == 1


def start_judge(cwd: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "moderation", "judge"],
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
