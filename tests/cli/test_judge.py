import io
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
