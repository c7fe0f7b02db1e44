"""`moderation check`: why the comments of a page would fail, in plain words."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from moderation.services.element import make_element_script
from moderation.services.embed_checks import Page, allows, check_page
from tests.cli.running import Run

BASE = "https://comments.example.org"
ORIGINS = {"blog": ["https://blog.example"]}
URL = "https://blog.example/a/"
SCRIPT = f'<script type="module" async src="{BASE}/embed.js"></script>'
ELEMENT = '<leave-a-reply site="blog" thread="/a/"></leave-a-reply>'
FRAME = f'<iframe src="{BASE}/embed/blog?thread=a"></iframe>'
FORM = (
    f'<form action="{BASE}/embed/blog/comments"><input name="thread" value="a"></form>'
)
WORDPRESS = (
    f'<form action="{BASE}/wp-comments-post.php">'
    '<input name="comment_post_ID" value="1"></form>'
)
PINNED = SCRIPT.replace(" async", ' integrity="sha384-x"')
GOOD_POLICY = (
    f"default-src 'none'; script-src {BASE}; connect-src {BASE}; frame-src {BASE}; "
    f"form-action {BASE}"
)


def check(html: str, *, url: str = URL, policy: str = "", base: str = BASE) -> str:
    page = Page(html=html, url=url, policies=[policy] if policy else [])
    return "\n".join(check_page(page, base_url=base, origins=ORIGINS))


@pytest.mark.parametrize("html", [SCRIPT + ELEMENT, FRAME, FORM, WORDPRESS])
def test_a_page_that_embeds_well_is_told_so(html: str) -> None:
    assert check(html, policy=GOOD_POLICY) == ""


@pytest.mark.parametrize(
    ("html", "url", "policy", "said"),
    [
        # Nothing of ours, or of another service.
        ("<p>Hello</p>", URL, "", "neither <leave-a-reply>"),
        ('<iframe src="https://other.example/embed/blog">', URL, "", "neither"),
        # The element without its script, or with one that is no module.
        (ELEMENT, URL, "", "not its script"),
        (f'<script src="{BASE}/embed.js"></script>{ELEMENT}', URL, "", "as a module"),
        # A page nobody registered; a site nobody added.
        (FRAME, "https://www.blog.example/", "", "not registered for 'blog'"),
        (FRAME.replace("blog?", "none?"), URL, "", "no site 'none'"),
        # No thread.
        (SCRIPT + '<leave-a-reply site="blog">', URL, "", "which thread"),
        (FRAME.replace("?thread=a", ""), URL, "", "which thread"),
        # http within https.
        (FRAME.replace("https:", "http:"), URL, "", "mixed content"),
        # Policies, each for what it is about, and the one behind it.
        (SCRIPT + ELEMENT, URL, "script-src 'self'; connect-src *", "to script-src"),
        (SCRIPT + ELEMENT, URL, f"script-src {BASE}; connect-src x", "to connect-src"),
        (FRAME, URL, "default-src 'self'", "to frame-src"),
        (FORM, URL, "form-action 'self'", "to form-action"),
        # In the page itself.
        (
            '<meta http-equiv="Content-Security-Policy" content="frame-src x">' + FRAME,
            URL, "", "to frame-src",
        ),
        # Pinned to what is not served.
        (PINNED + ELEMENT, URL, "", "pinned to another version"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_what_to_do(
    html: str, url: str, policy: str, said: str
) -> None:
    assert said in check(html, url=url, policy=policy)


def test_a_pinned_script_is_fine() -> None:
    script = make_element_script()
    tag = (
        f'<script type="module" src="{BASE}/embed.{script.version}.js" '
        f'integrity="{script.integrity}" crossorigin></script>'
    )

    assert check(tag + ELEMENT) == ""


@pytest.mark.parametrize(
    ("policy", "is_allowed"),
    [
        ("", True),
        ("form-action 'none'", True),
        ("default-src https:", True),
        ("frame-src *.example.org", True),
        ("frame-src *.example.com", False),
        ("frame-src comments.example.org", True),
        ("frame-src https://comments.example.org:444", False),
        ("child-src 'none'", False),
        ("default-src 'none'; frame-src *", True),
    ],
)
def test_policies_are_read_as_browsers_do(policy: str, *, is_allowed: bool) -> None:
    assert allows(policy, "frame-src", BASE, page_url="") is is_allowed


def test_a_file_is_checked_as_if_it_lay_where_it_will(run: Run, tmp_path: Path) -> None:
    run("site", "add", "blog", "--name", "A", "--origin", "http://blog.example")
    path = tmp_path / "page.html"
    path.write_text('<iframe src="http://127.0.0.1:8000/embed/blog?thread=a"></iframe>')

    good = run("check", "--url", str(path), "--page-url", "http://blog.example/a/")
    bad = run("check", "--url", str(path), "--page-url", "http://other.example/")

    assert (good.status, good.out) == (0, ["The page embeds its comments well."])
    assert bad.status == 1
    assert "http://other.example, which is not registered" in bad.err[0]


def test_an_address_is_fetched_where_that_is_allowed(
    run: Run, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/post").respond_with_data(
        "<p>Hello</p>", headers={"Content-Security-Policy": "default-src 'none'"}
    )
    url = httpserver.url_for("/post")

    refused = run("check", "--url", url)
    monkeypatch.setenv("MODERATION_WEBHOOK_ALLOW", "127.0.0.0/8,::1/128")
    looked_at = run("check", "--url", url)

    assert refused.status == looked_at.status == 1
    assert "neither <leave-a-reply>" not in refused.err[0]
    assert "neither <leave-a-reply>" in looked_at.err[0]


def test_without_a_page_it_says_what_blogs_need(run: Run) -> None:
    outcome = run("check")

    assert outcome.status == 0
    assert outcome.out[0].startswith("Content-Security-Policy: script-src http://")
    assert make_element_script().integrity in outcome.out[2]
