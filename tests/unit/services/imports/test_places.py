from pathlib import Path

import pytest

from moderation.domain.errors import InvalidInputError
from moderation.formats.records import BrokenFileError, ImportedThread
from moderation.services.imports.places import (
    PlaceRules,
    find_page,
    read_keys,
    read_rewrite,
)

HOME = "https://blog.example"


@pytest.mark.parametrize(
    ("url", "key", "expected"),
    [
        ("https://old.example/2011/03/a.html", "", "/2011/03/a.html"),
        ("https://old.example/a/?utm_source=x#top", "", "/a/"),
        # Old blogs name pages by number.
        ("https://old.example/?p=12", "", "/?p=12"),
        ("https://old.example", "", "/"),
        # Isso names them by path, our own export by key.
        ("/a/", "/a/", "/a/"),
        ("https://blog.example/a/", "post-1", "/a/"),
        ("", "post-1", "post-1"),
    ],
)
def test_a_thread_is_named_by_the_path_of_its_page(
    url: str, key: str, expected: str
) -> None:
    page = find_page(ImportedThread(id="7", url=url, key=key), PlaceRules(), home=HOME)

    assert page.key == expected


def test_addresses_are_rewritten_before_they_name_a_thread() -> None:
    rules = PlaceRules(
        rewrites=[("http://old.example/blog", HOME), ("http://old.example", "x")]
    )

    page = find_page(ImportedThread(id="7", url="http://old.example/blog/a/"), rules)

    assert (page.key, page.url) == ("/a/", "https://blog.example/a/")


@pytest.mark.parametrize("name", ["https://old.example/a/", "/a/", "7"])
def test_a_list_names_threads_by_anything_a_page_is_known_by(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / "pages.csv"
    path.write_text(f'\ufeff"{name}",post-1\n\n')
    url = name if "/" in name else "https://x.example/"

    page = find_page(ImportedThread(id="7", url=url), PlaceRules(keys=read_keys(path)))

    assert page.key == "post-1"


@pytest.mark.parametrize("line", ["only one", "a,", "a,b,c"])
def test_a_line_that_is_no_pair_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "pages.csv"
    path.write_text(f"a,b\n{line}\n")

    with pytest.raises(BrokenFileError, match="line 2"):
        read_keys(path)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("http://a=https://b", ("http://a", "https://b")),
        ("http://a/?p=1=http://b/x", ("http://a/?p=1", "http://b/x")),
        ("/old=/new", ("/old", "/new")),
    ],
)
def test_a_rule_has_two_sides(text: str, rule: tuple[str, str]) -> None:
    assert read_rewrite(text) == rule


def test_what_has_no_two_sides_is_no_rule() -> None:
    with pytest.raises(InvalidInputError):
        read_rewrite("http://a")


def test_a_page_without_any_key_is_refused() -> None:
    with pytest.raises(BrokenFileError, match="--map"):
        find_page(ImportedThread(id="x", url=HOME + "/" + "a" * 600), PlaceRules())
