"""Each way of embedding, on a blog of another origin, under a strict content policy."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Frame,
    FrameLocator,
    Page,
    Request,
    expect,
)

from tests.browser.barriers import find_too_wide
from tests.browser.blog import Blog, open_blog
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.tabs import lending, open_tab
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

Embed = Callable[[Blog, str], str]

TEXT = "I wonder whether a notebook would help me as well."
ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "</bdi><script>alert(1)</script>",
    "[x](javascript:alert(1))",
)
SENT = re.compile("Your comment (is published|awaits moderation)")


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Blog]:
    with open_blog(tmp_path_factory.mktemp("blog"), migrated) as blog:
        # Tests type faster than people do, and are held for that else.
        blog.publish_all()
        yield blog


@pytest.fixture(autouse=True)
def set_policy(blog: Blog) -> None:
    """Allow what docs/embedding.md tells blogs to allow, and nothing else."""
    blog.policy = (
        f"default-src 'none'; script-src {blog.service}; connect-src {blog.service}; "
        f"frame-src {blog.service}; form-action {blog.service}"
    )


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    with open_tab(browser) as tab:
        yield tab


@pytest.fixture(scope="module")
def plain_tab(browser: Browser) -> Iterator[Page]:
    """Open a tab in which no script runs."""
    with open_tab(browser, java_script_enabled=False) as tab:
        yield tab


@pytest.fixture
def strange_page(tab: Page) -> Iterator[Page]:
    """Return a page on which anything may break."""
    with lending(tab) as page:
        yield page


@pytest.fixture
def page(strange_page: Page) -> Iterator[Page]:
    """Return a page on which nothing may break or be refused by the policy."""
    troubles: list[str] = []

    def note_error(error: Error) -> None:
        troubles.append(str(error))

    def note_said(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(message.text)

    strange_page.on("pageerror", note_error)
    strange_page.on("console", note_said)
    yield strange_page
    strange_page.remove_listener("pageerror", note_error)
    strange_page.remove_listener("console", note_said)
    assert [t for t in troubles if "favicon" not in t and "404" not in t] == []


def embed_element(blog: Blog, thread: str, *, attributes: str = "lang=en") -> str:
    return blog.show(
        f'<leave-a-reply site="blog" thread="{thread}"></leave-a-reply>',
        head=f'<script type="module" async src="{blog.service}/embed.js"></script>',
        attributes=attributes,
    )


def embed_frame(blog: Blog, thread: str) -> str:
    return blog.show(
        f'<iframe src="{blog.service}/embed/blog?thread={thread}" title="Comments">'
        "</iframe>",
        head=f'<script type="module" src="{blog.service}/embed-frame.js"></script>',
    )


def embed_form(blog: Blog, thread: str) -> str:
    return blog.show(
        f'<form method="post" action="{blog.service}/embed/blog/comments">'
        f'<input type="hidden" name="thread" value="{thread}">'
        f'<input type="hidden" name="url" value="{blog.origin}/post/">'
        '<label>Name <input name="name"></label>'
        '<label>Email <input name="email"></label>'
        '<label>Comment <textarea name="comment"></textarea></label>'
        "<button>Post Comment</button></form>"
    )


def embed_wordpress(blog: Blog, thread: str) -> str:
    return blog.show(
        f'<form method="post" action="{blog.service}/wp-comments-post.php">'
        f'<input type="hidden" name="comment_post_ID" value="{thread}">'
        '<input type="hidden" name="comment_parent" value="0">'
        f'<input type="hidden" name="redirect_to" value="{blog.origin}/post/">'
        '<label>Name <input name="author"></label>'
        '<label>Email <input name="email"></label>'
        '<label>Comment <textarea name="comment"></textarea></label>'
        '<input type="submit" name="submit" value="Post Comment"></form>'
    )


def fill(page: Page | FrameLocator, text: str = TEXT) -> None:
    page.get_by_label(re.compile("^Comment")).fill(text)
    page.get_by_label(re.compile("^Name")).fill("Ada")
    page.get_by_label(re.compile("^Email")).fill("ada@example.org")


def test_the_element_takes_a_comment_and_shows_it(page: Page, blog: Blog) -> None:
    page.goto(embed_element(blog, "element"))

    fill(page)
    page.get_by_role("button", name="Post Comment").click()

    expect(page.get_by_text(SENT)).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text(TEXT)
    assert blog.list_texts("element") == [TEXT]
    assert page.context.cookies() == []


def test_the_element_answers_a_comment_in_its_place(page: Page, blog: Blog) -> None:
    blog.approve("replies", TEXT)
    page.goto(embed_element(blog, "replies"))

    page.get_by_role("button", name="Reply: Grace").click()
    expect(page.get_by_role("heading", name="Reply to Grace")).to_be_visible()
    fill(page, "Mine lies on the kitchen table, where I see it.")
    page.get_by_role("button", name="Post Comment").click()

    reply = page.get_by_role("article").filter(has_text="kitchen table")
    expect(reply).to_contain_text("in reply to Grace")
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()


def test_errors_stand_at_their_fields_and_nothing_is_lost(
    page: Page, blog: Blog
) -> None:
    page.goto(embed_element(blog, "errors"))

    page.get_by_label(re.compile("^Comment")).fill(TEXT)
    page.get_by_role("button", name="Post Comment").click()

    name = page.get_by_label(re.compile("^Name"))
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Enter your name.")
    page.reload()
    # The draft is kept; who wrote it is not, unless asked to.
    expect(page.get_by_label(re.compile("^Comment"))).to_have_value(TEXT)


def test_a_preview_is_what_the_service_makes_of_it(page: Page, blog: Blog) -> None:
    page.goto(embed_element(blog, "preview"))

    page.get_by_label(re.compile("^Comment")).fill("**bold** <img src=x>")
    page.get_by_role("button", name="Preview").click()

    expect(page.locator("leave-a-reply strong")).to_have_text("bold")
    expect(page.locator("leave-a-reply img")).to_have_count(0)


def test_who_wants_it_is_remembered_and_nobody_else(page: Page, blog: Blog) -> None:
    page.goto(embed_element(blog, "remember"))
    fill(page)
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text(SENT)).to_be_visible()
    page.reload()
    name = page.get_by_label(re.compile("^Name"))
    expect(name).to_have_value("")

    fill(page, "And another thought, about the mornings this time.")
    page.get_by_label(re.compile("Save my name")).check()
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_text(SENT)).to_be_visible()
    page.reload()

    expect(name).to_have_value("Ada")


def test_a_held_comment_can_be_changed_and_withdrawn(page: Page, blog: Blog) -> None:
    with blog.holding_all():
        page.goto(embed_element(blog, "held"))
        fill(page)
        page.get_by_role("button", name="Post Comment").click()
        expect(page.get_by_text("awaits moderation")).to_be_visible()
        page.reload()
        expect(page.get_by_text("awaits moderation")).to_be_visible()

        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Change or withdraw it").click()
        own = opened.value
        own.get_by_label("Comment").fill(f"{TEXT} Or a diary.")
        own.get_by_role("button", name="Save the change").click()
        expect(own.get_by_role("status")).to_contain_text("was changed")
        expect(own.get_by_role("article")).to_contain_text("Or a diary.")
        own.get_by_role("button", name="Withdraw the comment").click()

        expect(own.get_by_text("You withdrew it.")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
        expect(page.get_by_text(TEXT)).to_have_count(0)


def test_a_long_thread_comes_by_pages_and_a_permalink_leads_into_it(
    page: Page, blog: Blog
) -> None:
    blog.approve("long", "One of many thoughts.", number=59)
    last = blog.approve("long", "The last of all thoughts.")

    page.goto(embed_element(blog, "long"))
    expect(page.get_by_role("article")).to_have_count(50)
    page.get_by_role("button", name="Show more comments").click()
    expect(page.get_by_role("article")).to_have_count(60)
    page.goto("about:blank")
    page.goto(f"{embed_element(blog, 'long')}#comment-{last}")

    expect(page.get_by_role("article", name="Grace").last).to_be_in_viewport()
    expect(page.locator("leave-a-reply article.target")).to_contain_text("The last of")


def test_counts_stand_where_the_blog_wants_them(page: Page, blog: Blog) -> None:
    blog.approve("counted", "One for the count.")
    page.goto(
        blog.show(
            '<reply-count site="blog" thread="counted">some</reply-count>',
            head=f'<script type="module" src="{blog.service}/embed.js"></script>',
        )
    )

    expect(page.locator("reply-count")).to_have_text("1")


def open_frame(page: Page, blog: Blog) -> int:
    """Open a page with a frame, and return the height it gets."""
    page.goto(embed_frame(blog, "frame"))
    page.wait_for_function("document.querySelector('iframe').offsetHeight > 400")
    page.evaluate(
        """() => {
            window.heard = [];
            addEventListener('message', (event) => heard.push(event.data.mark));
        }"""
    )
    return measure_frame(page)


def measure_frame(page: Page) -> int:
    height: int = page.evaluate("document.querySelector('iframe').offsetHeight")
    return height


def tell_height(page: Page, teller: Frame, height: str, *, to: str = "parent") -> None:
    """Have a page tell a height, and wait until it was heard."""
    told = f"type: 'leave-a-reply:height', height: {height}, mark: `{height}`"
    teller.evaluate(f"{to}.postMessage({{{told}}}, '*')")
    # Whoever listened before this has heard it as well.
    page.wait_for_function("mark => heard.includes(mark)", arg=height)


def test_the_frame_is_as_high_as_what_is_in_it(page: Page, blog: Blog) -> None:
    open_frame(page, blog)
    expect(
        page.frame_locator("iframe").get_by_label(re.compile("^Comm"))
    ).to_be_visible()

    def is_as_high() -> bool:
        inner = page.frames[1].evaluate("document.documentElement.scrollHeight")
        outer = page.evaluate("document.querySelector('iframe').clientHeight")
        return bool(abs(inner - outer) <= 4)

    assert wait_until(is_as_high)


def test_a_stranger_is_not_told_the_height_and_cannot_set_it(
    page: Page, blog: Blog
) -> None:
    before = open_frame(page, blog)

    # The page itself has the wrong origin, and is not the frame.
    tell_height(page, page.main_frame, "5000", to="window")

    assert measure_frame(page) == before


def test_no_height_from_the_frame_breaks_the_page(page: Page, blog: Blog) -> None:
    open_frame(page, blog)
    read_style = "document.querySelector('iframe').style.cssText"
    before = page.evaluate(read_style)

    for height in (
        "NaN", "'x'", "-1", "0", "1e9", "Infinity", "{}", "'9;color:red'", "null"
    ):  # fmt: skip
        tell_height(page, page.frames[1], height)

        assert (height, page.evaluate(read_style)) == (height, before)


def test_another_frame_of_the_service_sets_its_own_height_only(
    page: Page, blog: Blog
) -> None:
    """A frame that the script did not find has the right origin, but no say."""
    before = open_frame(page, blog)
    page.evaluate(
        """url => new Promise(done => {
            const other = document.createElement('iframe');
            other.onload = done;
            other.src = url;
            document.body.append(other);
        })""",
        f"{blog.service}/embed/blog?thread=other",
    )

    tell_height(page, page.frames[2], "5000")

    first = page.evaluate("document.querySelector('iframe').offsetHeight")
    assert first == before


def test_an_unregistered_page_gets_no_frame_and_hears_no_height(
    browser: Browser, blog: Blog
) -> None:
    inside = f"{blog.service}/embed/blog?thread=frame"
    blog.pages["/evil/"] = f'<iframe src="{inside}"></iframe>'
    # The same server by another name: an origin that nobody registered.
    stranger = blog.origin.replace("blog.", "stranger.")
    blog.policy = ""
    heard = "addEventListener('message', e => document.title = 'heard')"
    said: list[str] = []

    # The script stays in a tab.
    with open_tab(browser) as page:
        page.add_init_script(heard)
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{stranger}/evil/")
        page.evaluate("frames[0].postMessage({type: 'leave-a-reply:ask'}, '*')")
        page.wait_for_timeout(100)

        assert page.frames[1].url.startswith("chrome-error:")
        assert page.title() != "heard"
    assert any("frame-ancestors" in text for text in said)


def test_a_program_that_fills_every_field_is_told_apart(page: Page, blog: Blog) -> None:
    page.goto(embed_element(blog, "trap"))
    fill(page)
    trap = page.locator("leave-a-reply input.unseen")
    expect(trap).not_to_be_in_viewport()

    trap.evaluate("input => { input.value = 'https://example.org' }")
    page.get_by_role("button", name="Post Comment").click()

    expect(page.get_by_text(SENT)).to_be_visible()
    assert {"honeypot", "fast_form"} <= blog.list_signals("trap")


def test_a_site_that_is_not_here_is_told_in_the_language_of_the_page(
    strange_page: Page, blog: Blog
) -> None:
    strange_page.goto(
        blog.show(
            '<leave-a-reply site="none" thread="a"></leave-a-reply>',
            head=f'<script type="module" src="{blog.service}/embed.js"></script>',
            attributes="lang=de",
        )
    )

    status = strange_page.get_by_role("status")
    expect(status).to_contain_text("konnten nicht geladen werden")
    expect(status).to_contain_text("Diese Website gibt es hier nicht.")
    expect(status.get_by_role("link")).to_have_text("Kommentare öffnen")


def test_nothing_is_loaded_before_it_comes_near(page: Page, blog: Blog) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    lines = "<br>" * 200
    page.goto(
        blog.show(
            f'{lines}<leave-a-reply site="blog" thread="near"></leave-a-reply>',
            head=f'<script type="module" src="{blog.service}/embed.js"></script>',
        )
    )
    page.wait_for_function("!!customElements.get('leave-a-reply')")
    page.wait_for_timeout(100)
    before = [url for url in asked if "/embed/blog/comments" in url]

    with page.expect_response("**/embed/blog/comments?*"):
        page.mouse.wheel(0, 100_000)

    page.remove_listener("request", note)
    assert before == []
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()


def test_a_form_in_the_frame_works_without_script(plain_tab: Page, blog: Blog) -> None:
    with lending(plain_tab) as page:
        page.goto(embed_frame(blog, "noscript"))
        frame = page.frame_locator("iframe")
        fill(frame)

        frame.get_by_role("button", name="Post Comment").click()

        expect(frame.get_by_role("status")).to_contain_text("Thank you.")


@pytest.mark.parametrize("embed", [embed_form, embed_wordpress])
@pytest.mark.parametrize("which", ["tab", "plain_tab"])
def test_a_plain_form_is_looked_at_and_leads_back(
    request: pytest.FixtureRequest, blog: Blog, embed: Embed, which: str
) -> None:
    with lending(request.getfixturevalue(which)) as page:
        thread = f"{embed.__name__}-{which}"
        page.goto(embed(blog, thread))
        fill(page)

        page.get_by_role("button", name="Post Comment").click()
        expect(page.get_by_text("It has not been posted yet")).to_be_visible()
        page.get_by_role("button", name="Post Comment").click()

        expect(page).to_have_url(re.compile(rf"^{blog.origin}/post/#comment-"))
        assert blog.list_texts(thread) == [TEXT]


@pytest.mark.parametrize(("direction", "language"), [("ltr", "en"), ("rtl", "ar")])
def test_the_element_has_no_barriers_and_fits(
    page: Page, blog: Blog, direction: str, language: str
) -> None:
    thread = f"fit-{direction}"
    blog.approve(thread, "lanterns-" * 30)
    attributes = f"lang={language} dir={direction}"
    page.goto(embed_element(blog, thread, attributes=attributes))
    expect(page.get_by_role("article").first).to_be_visible()
    page.locator("leave-a-reply button.main").click()
    box = page.locator("leave-a-reply [part=body]")
    widths = (360, 1280)

    too_wide = find_too_wide(page, widths)
    directed = box.evaluate("e => getComputedStyle(e).direction")
    # What axe needs, the policy forbids: it is run where none is set.
    blog.policy = ""
    page.reload()
    expect(page.get_by_role("article").first).to_be_visible()
    page.locator("leave-a-reply button.main").click()
    barriers = {width: find_barriers(page, width) for width in widths}

    assert (too_wide, directed) == ([], direction)
    assert barriers == {360: [], 1280: []}


def find_barriers(page: Page, width: int) -> list[str]:
    """Return what axe finds in the element: the blog is not ours."""
    page.set_viewport_size({"width": width, "height": 900})
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']}"
        for rule in found
        for node in rule["nodes"]
        if "leave-a-reply" in str(node["target"])
    ]


def test_the_element_can_be_used_by_keyboard_alone(page: Page, blog: Blog) -> None:
    page.goto(embed_element(blog, "keys"))
    expect(page.get_by_label(re.compile("^Comment"))).to_be_visible()

    for text in (TEXT, "", "Ada", "ada@example.org"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")

    expect(page.get_by_text(SENT)).to_be_visible()


@pytest.fixture(scope="module")
def refusing_context(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Start a browser that refuses cookies and storage to everybody."""
    profile = tmp_path_factory.mktemp("profile") / "Default"
    profile.mkdir()
    refused = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(refused))
    context = browser.browser_type.launch_persistent_context(
        str(profile.parent), executable_path=CHROMIUM, args=list(ARGUMENTS)
    )
    yield context
    context.close()


@pytest.mark.parametrize("embed", [embed_element, embed_frame])
def test_it_works_where_others_may_keep_nothing(
    refusing_context: BrowserContext, blog: Blog, embed: Embed
) -> None:
    page = refusing_context.new_page()
    thread = f"refused-{embed.__name__}"
    page.goto(embed(blog, thread))
    is_refused = page.evaluate(
        "() => { try { localStorage.length; return false } catch { return true } }"
    )
    inner = page.frame_locator("iframe") if embed is embed_frame else page
    fill(inner)
    inner.get_by_role("button", name="Post Comment").click()
    expect(inner.get_by_role("status").filter(visible=True)).to_be_visible()
    page.close()

    assert is_refused
    assert blog.list_texts(thread) == [TEXT]


def test_nothing_a_visitor_writes_runs_in_the_element(
    strange_page: Page, blog: Blog
) -> None:
    page, ran = strange_page, list[str]()

    def note(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    for attack in ATTACKS:
        blog.approve("attacked", attack, name=attack)
    # No policy of the blog's stands in the way.
    url, blog.policy = embed_element(blog, "attacked"), ""

    page.goto(url)
    expect(page.get_by_role("article")).to_have_count(len(ATTACKS))
    page.wait_for_timeout(300)

    page.remove_listener("dialog", note)
    assert ran == []
    assert (
        page.locator("leave-a-reply").locator("script, img, svg, iframe").count() == 0
    )


def test_a_closed_thread_says_so(page: Page, blog: Blog) -> None:
    with blog.closed():
        page.goto(embed_element(blog, "closed"))

        expect(page.get_by_text("Comments are closed")).to_be_visible()
