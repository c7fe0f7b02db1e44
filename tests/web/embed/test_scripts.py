"""What blogs load: small, the same for everybody, and pinned for good if wanted."""

import base64
import gzip
import hashlib
import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from moderation.config import Settings
from moderation.services.element import Script, keep_script, make_element_script
from moderation.web.languages import FOLDER, LANGUAGES, load_language

PACKAGE = FOLDER.parents[1]
TEMPLATES = PACKAGE.parent / "templates" / "embed"
MOST_BYTES = 8 * 1024


def test_form_and_thread_in_one_language_fit_in_8_kilobytes(
    client: FlaskClient,
) -> None:
    script = client.get("/embed.js").data

    for tag in LANGUAGES[1:]:
        words = client.get(f"/embed/words.{tag}.json").data
        size = len(gzip.compress(script, 9)) + len(gzip.compress(words, 9))
        assert size <= MOST_BYTES, tag


def test_any_page_may_load_the_script(client: FlaskClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    answer = client.get("/embed.js", headers=packed)

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert gzip.decompress(answer.data).startswith(b"const home")
    known = {"If-None-Match": answer.headers["ETag"]}
    again = client.get("/embed.js", headers=packed | known)
    assert again.status_code == HTTPStatus.NOT_MODIFIED


def test_the_script_does_what_strict_policies_allow(client: FlaskClient) -> None:
    text = client.get("/embed.js").text

    # No code from text, no inline style, no cookie; nothing left to put in.
    assert not re.search(r"\beval\(|new Function|\.cssText|document\.cookie", text)
    assert "@embed-element.css" not in text
    assert "'omit'" in text


def test_a_pinned_version_is_what_its_integrity_says(client: FlaskClient) -> None:
    script = make_element_script()

    answer = client.get(f"/embed.{script.version}.js")

    digest = hashlib.sha384(answer.data).digest()
    assert f"sha384-{base64.b64encode(digest).decode()}" == script.integrity
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_version_that_pages_pin_is_served_after_the_next_release(
    client: FlaskClient, settings: Settings
) -> None:
    old = Script(text="old()", version="abc123", integrity="")
    keep_script(settings.data_dir, old)

    answer = client.get("/embed.abc123.js")

    assert answer.text == "old()"


@pytest.mark.parametrize("version", ["none", "..%2fsecret_key", "%2e%2e/secret", "é"])
def test_a_version_that_never_was_is_404(client: FlaskClient, version: str) -> None:
    assert client.get(f"/embed.{version}.js").status_code == HTTPStatus.NOT_FOUND


def test_a_place_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    keep_script(blocked, make_element_script())

    assert blocked.read_text() == ""


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_language_has_every_text_and_no_other(tag: str) -> None:
    english, language = load_language("en"), load_language(tag)

    for name in ("element", "page"):
        texts, ours = getattr(english, name), getattr(language, name)
        assert list(ours) == list(texts)
        assert all(ours.values())
        for text, translated in ours.items():
            assert find_values(translated) == find_values(text), text


def find_values(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def test_english_says_what_it_means() -> None:
    language = load_language("en")

    assert all(text == said for text, said in language.page.items())
    assert all(text == said for text, said in language.element.items())


def test_every_text_of_the_element_is_in_the_files() -> None:
    source = (PACKAGE / "static" / "embed.js").read_text()
    said = set(re.findall(r"say\(\s*'([^']+)'", source))
    said |= set(re.findall(r"field\('\w+', '([^']+)'", source))
    said |= set(re.findall(r": '([A-Z][^']+\.)'", source))

    known = set(load_language("en").element)

    assert len(said) > 20
    assert said - known == set()


def test_every_text_of_the_pages_is_in_the_files() -> None:
    said = {
        text
        for path in TEMPLATES.glob("*.html")
        for text in re.findall(r'\b(?:t|address)\("([^"]+)"', path.read_text())
    }
    language = load_language("en")

    assert len(said) > 20
    assert said - set(language.page) - set(language.element) == set()


def test_the_words_are_data_and_nothing_else(client: FlaskClient) -> None:
    answer = client.get("/embed/words.ar.json")

    words = json.loads(answer.text)
    assert words["Reply"] == "ردّ"
    assert set(words) == set(load_language("en").element)


@pytest.mark.parametrize(
    ("query", "accepted", "tag"),
    [
        # The page's own language comes first, whatever its country.
        ("de-AT", "fr", "de"),
        # One we don't speak: what the reader prefers.
        ("tlh", "fr-CA, en;q=0.5", "fr"),
        ("", "ja", "ja"),
        ("", "xx", "en"),
        ("", "", "en"),
        ("<script>", "", "en"),
    ],
)
@pytest.mark.usefixtures("thread")
def test_a_page_is_in_its_readers_language(
    client: FlaskClient, query: str, accepted: str, tag: str
) -> None:
    answer = client.get(
        "/embed/blog",
        query_string={"thread": "post-1", "lang": query},
        headers={"Accept-Language": accepted},
    )

    assert answer.status_code == HTTPStatus.OK
    assert f'<html lang="{tag}" dir="ltr">' in answer.text
    assert load_language(tag).find("Leave a Reply") in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.usefixtures("thread")
def test_arabic_is_written_from_right_to_left(client: FlaskClient) -> None:
    page = client.get("/embed/blog?thread=post-1&lang=ar").text

    assert '<html lang="ar" dir="rtl">' in page


@pytest.mark.usefixtures("thread")
def test_refusals_are_in_the_readers_language(client: FlaskClient) -> None:
    answers = [
        client.get("/embed/none?thread=a&lang=de"),
        client.get("/embed/blog/comments?lang=de"),
        client.post("/embed/blog/comments?lang=de", data={"name": ""}),
    ]

    assert "Diese Website gibt es hier nicht." in answers[0].text
    assert "Nenne den Thread" in json.loads(answers[1].text)["errors"]["thread"][0]
    assert "Gib deinen Namen ein." in answers[2].text


def test_moderators_are_spoken_to_in_english(app: Flask) -> None:
    answer = app.test_client().get("/none", headers={"Accept-Language": "de"})

    assert '<html lang="en"' in answer.text
