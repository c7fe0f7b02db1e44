import json
from pathlib import Path

import pytest

from moderation.spam.prior import read_prior
from moderation.spam.words import hash_token
from tests.cli.running import Run


def write_rows(path: Path, *rows: tuple[str, str, str]) -> str:
    """Write a file of label, author and body."""
    lines = [
        json.dumps({"id": number, "label": label, "author": author, "body": body})
        for number, (label, author, body) in enumerate(rows)
    ]
    path.write_text("\n".join(lines))
    return str(path)


def write_blog(path: Path) -> str:
    spam = [("spam", f"Bot {n}", "frobnicate https://a.example") for n in range(6)]
    ham = [("ham", f"Ann {n}", "gladly answered") for n in range(6)]
    return write_rows(path, *spam, *ham)


def test_words_and_signals_are_learnt(run: Run, tmp_path: Path) -> None:
    blog, out = write_blog(tmp_path / "blog_a.jsonl"), tmp_path / "prior.json"

    done = run("train", blog, "--out", str(out))

    prior = read_prior(out.read_text())
    assert (done.status, done.out, done.err) == (0, [], [])
    assert prior.blog_words[hash_token("frobnicate")] > 0
    assert prior.blog_words[hash_token("gladly")] < 0
    assert prior.points["no_link"] < 0 < prior.points["link_at_end"]


def test_the_same_files_give_the_same_prior(run: Run, tmp_path: Path) -> None:
    one = write_blog(tmp_path / "blog_a.jsonl")
    two = write_blog(tmp_path / "blog_b.jsonl")

    run("train", one, two, "--out", str(tmp_path / "first"))
    run("train", two, one, "--out", str(tmp_path / "second"))

    first, second = tmp_path / "first", tmp_path / "second"
    assert first.read_bytes() == second.read_bytes()


def test_a_word_of_one_author_is_not_learnt(run: Run, tmp_path: Path) -> None:
    spam = [("spam", "Bot", f"frobnicate {n}") for n in range(9)]
    ham = [("ham", f"Ann {n}", "gladly answered") for n in range(9)]
    blog, out = write_rows(tmp_path / "a.jsonl", *spam, *ham), tmp_path / "prior.json"

    run("train", blog, "--out", str(out))

    words = read_prior(out.read_text()).blog_words
    assert hash_token("frobnicate") not in words
    assert hash_token("gladly") in words


def test_under_videos_the_letters_of_words_are_learnt(run: Run, tmp_path: Path) -> None:
    spam = [("spam", f"Bot {n}", f"subscribe{n} to my channel") for n in range(6)]
    ham = [("ham", f"Ann {n}", "gladly answered") for n in range(6)]
    video = write_rows(tmp_path / "youtube_a.jsonl", *spam, *ham)
    out = tmp_path / "prior.json"

    run("train", video, "--out", str(out))

    prior = read_prior(out.read_text())
    assert prior.sum_letters(["subscribers"]) > 0
    assert hash_token("subscribers") not in prior.video_words


def test_a_group_left_out_teaches_nothing(run: Run, tmp_path: Path) -> None:
    one = write_blog(tmp_path / "blog_a_2020.jsonl")
    rows = [("spam", f"Bot {n}", "xyzzy") for n in range(6)]
    two = write_rows(tmp_path / "blog_b.jsonl", *rows)
    out = tmp_path / "prior.json"

    run("train", one, two, "--leave-out", "b", "--out", str(out))

    words = read_prior(out.read_text()).blog_words
    assert hash_token("frobnicate") in words
    assert hash_token("xyzzy") not in words


def test_a_broken_line_is_named_and_the_rest_is_learnt(
    run: Run, tmp_path: Path
) -> None:
    blog, out = write_blog(tmp_path / "blog.jsonl"), tmp_path / "prior.json"
    with Path(blog).open("a") as file:
        file.write('\n{"id": 1, "body": "a", "label": "maybe"}\n')

    done = run("train", blog, "--out", str(out))

    assert (done.status, len(done.err)) == (1, 1)
    assert f'{blog}:13: Give a "label"' in done.err[0]
    assert read_prior(out.read_text()).blog_words


# Nothing is written, and what stood there stays.
@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        # Its licence allows no more than measuring.
        (
            "ham_empathy_reddit.jsonl",
            [("ham", "Ann", "a"), ("spam", "Bot", "b")],
            "may not be used for fitting",
        ),
        # Nothing to tell apart.
        ("blog.jsonl", [("ham", "Ann", "a")], "both spam and ham"),
    ],
)
def test_what_cannot_be_fitted_on_leaves_the_old_prior(
    run: Run,
    tmp_path: Path,
    name: str,
    rows: list[tuple[str, str, str]],
    words: str,
) -> None:
    folder = tmp_path / "fitted"
    folder.mkdir()
    out = folder / "prior.json"
    out.write_text("old")

    done = run("train", write_rows(folder / name, *rows), "--out", str(out))

    assert (done.status, len(done.err)) == (1, 1)
    assert words in done.err[0]
    assert out.read_text() == "old"
    assert {path.name for path in folder.iterdir()} == {name, "prior.json"}


def test_a_folder_that_is_not_there_is_named_at_once(run: Run, tmp_path: Path) -> None:
    blog = write_blog(tmp_path / "blog.jsonl")
    folder = tmp_path / "none"

    done = run("train", blog, "--out", str(folder / "prior.json"))

    assert (done.status, len(done.err)) == (1, 1)
    assert f"{folder} can't be written to" in done.err[0]
