"""Every page in the states people meet it in: free of barriers, and fit for a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from moderation.delivery.templating import render_mail
from tests.browser.barriers import find_barriers, find_too_wide, leave_few_cards
from tests.browser.tabs import VIEWPORT
from tests.browser.walking import Demo, log_in

pytestmark = pytest.mark.browser

Opener = Callable[[Page, Demo], None]

THREAD = "/embed/demo?thread=first-weeks"
# Text that is wider than a phone if it does not break: an address as spam has them.
LONG = f"https://example.org/{'lanterns-' * 30}"


def open_post(page: Page, _: Demo) -> None:
    page.goto("/demo/")


def open_thread(page: Page, _: Demo) -> None:
    page.goto(THREAD)


def open_reply(page: Page, _: Demo) -> None:
    page.goto(THREAD)
    page.get_by_role("link", name="Reply to Ines").click()
    expect(page.get_by_role("heading", name="Reply to Ines")).to_be_visible()


def open_errors(page: Page, _: Demo) -> None:
    page.goto(THREAD)
    page.get_by_label("Website").fill("no address")
    # Browsers hold back a form with empty fields; what they send may be wrong still.
    page.locator("form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Post Comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Please mend")


def open_preview(page: Page, demo: Demo) -> None:
    """Post a blog's plain form: from a page that hides where it comes from."""
    page.set_content(f"""
        <form method="post" action="{demo.base_url}/embed/demo/comments">
        <input name="thread" value="first-weeks"><input name="name" value="Ada">
        <input name="email" value="ada@example.org">
        <textarea name="comment">{LONG}</textarea><button>Post</button></form>""")
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("not been posted yet")


def open_unknown_site(page: Page, _: Demo) -> None:
    page.goto("/embed/no-such-blog?thread=first-weeks")


def open_missing_page(page: Page, _: Demo) -> None:
    page.goto("/no-such-page")


def open_login(page: Page, _: Demo) -> None:
    page.goto("/login")


def open_failed_login(page: Page, _: Demo) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")


def open_queue(page: Page, demo: Demo) -> None:
    log_in(page, demo)


def open_selection(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.get_by_role("link", name="Select all on this page").click()
    expect(page.get_by_text(" selected:")).to_be_visible()


def open_campaigns(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/campaigns")
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()


def open_campaign(page: Page, demo: Demo) -> None:
    """Leave one out: what is not selected looks otherwise."""
    open_campaigns(page, demo)
    page.get_by_role("link", name="12 comments with nearly the same text").click()
    page.get_by_label("Select the comment by Odette Farrow").uncheck()


def open_preview_of_selection(page: Page, demo: Demo) -> None:
    open_selection(page, demo)
    page.locator("#bulk").get_by_role("button", name="Spam").click()
    page.get_by_text(re.compile("^The other|^All ")).click()
    expect(page.get_by_role("heading", name=re.compile("^Spam"))).to_be_visible()


def open_help(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def open_writing(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.get_by_role("link", name="Reply", exact=True).first.click()
    expect(page.get_by_label("Your reply")).to_be_focused()


def open_undo(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_role("status")).to_contain_text("Approved")
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("Undone")


def open_failure(page: Page, demo: Demo) -> None:
    log_in(page, demo)
    page.route("**/decisions", lambda route: route.abort())
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_role("alert")).to_contain_text("No answer came")


def open_comment(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/?status=rejected")
    page.get_by_role("link", name="History").first.click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def open_empty_tab(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/?status=held&after=2999-01-01T00:00:00Z_1")


def open_conflict(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/?status=approved")
    card = page.get_by_role("article", name="Comment by Tobias")
    card.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    colleague = page.context.new_page()
    colleague.goto(page.url)
    for one in (colleague, page):
        one.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("heading", name="Already decided")).to_be_visible()
    colleague.get_by_role("button", name="Undo").first.click()
    colleague.close()


def open_sites(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites")
    expect(page.get_by_role("heading", name="Sites")).to_be_visible()


def open_rules(page: Page, demo: Demo) -> None:
    """Save a rule that is too wide for a phone, then a word that is none."""
    for value in (f"@{'lanterns-' * 5}.example", "!"):
        log_in(page, demo, "/moderate/sites/demo/rules")
        kind = "email" if value.startswith("@") else "word"
        page.get_by_label("If there is").select_option(kind)
        page.get_by_label("Which").fill(value)
        page.get_by_role("button", name="Try it first").click()
        save = page.get_by_role("button", name="Save the rule")
        # Where the rule is there already, that is told instead.
        expect(save.or_(page.get_by_role("alert")).first).to_be_visible()
        if save.count():
            with page.expect_navigation():
                save.click()
    expect(page.get_by_role("alert")).to_contain_text("Give a word")


def open_tried_rule(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites/demo/rules")
    page.get_by_label("Which").fill("medication")
    page.get_by_role("button", name="Try it first").click()
    expect(page.get_by_role("heading", name="What it would have done")).to_be_visible()


def open_tried_filter(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites/demo/filter")
    page.get_by_label("Publish below").fill("60")
    page.get_by_role("button", name="Try it first").click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()


def open_filter(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites/demo/filter")


def open_accuracy(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites/demo/accuracy")
    expect(page.get_by_role("img", name="Comments by week")).to_be_visible()


def open_statistics(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites/demo/statistics?span=month")
    for summary in page.get_by_text("Show the numbers").all():
        summary.click()
    expect(page.get_by_role("img", name="Comments that came in")).to_be_visible()


def open_all_statistics(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/statistics?span=year")


def open_new_site(page: Page, demo: Demo) -> None:
    """Give a key that is taken."""
    log_in(page, demo, "/moderate/sites/new")
    page.get_by_label("Name").fill("Garden notes")
    page.get_by_label("Address of the blog").fill("garden.example")
    page.get_by_label("Key").fill("demo")
    page.get_by_role("button", name="Add the site").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a site demo already.")


def open_setup(page: Page, demo: Demo) -> None:
    """Add an origin that is too wide for a phone, then one that is none."""
    log_in(page, demo, "/moderate/sites/demo/setup")
    for origin in (f"https://{'lanterns-' * 6}x.example", "javascript:alert(1)"):
        page.get_by_label("One more").fill(origin)
        page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_be_visible()


def open_embed(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites/demo/embed")
    page.get_by_role("button", name="Copy An element").click()
    expect(page.get_by_role("status").first).to_contain_text(
        re.compile("Copied|Select")
    )
    sample = page.frame_locator("iframe.sample")
    expect(sample.get_by_role("button", name="Post Comment")).to_be_visible()


def open_threads(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites/demo/threads")
    page.get_by_role("button", name="Close the thread").first.click()
    expect(page.get_by_role("button", name="Open the thread")).to_be_visible()
    page.get_by_role("button", name="Open the thread").click()


def open_care(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/sites/demo/care")
    page.get_by_label("Phrases").fill("!?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("has no words in it")


def open_notices(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/account/notices")
    page.get_by_label("A digest after").first.fill("0")
    page.locator("form.fields").first.evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Give a number from 1")


def open_broken_link(page: Page, _: Demo) -> None:
    """Follow a link of a mail that was broken in two."""
    page.goto("/m/act/WzEsMSwi")
    expect(page.get_by_role("link", name="Open the queue")).to_be_visible()


def open_mail(page: Page, _: Demo) -> None:
    values = {"subject": "A reply", "site": "A blog", "page": LONG, "name": LONG}
    more = {"body": LONG, "longest": 4_000, "link": LONG, "unsubscribe": LONG}
    page.set_content(render_mail("reply", {**values, **more})[1])


def open_refused_request(page: Page, demo: Demo) -> None:
    log_in(page, demo, "/moderate/?status=nonsense")


OPENERS: tuple[Opener, ...] = (
    open_post,
    open_thread,
    open_reply,
    open_errors,
    open_preview,
    open_unknown_site,
    open_missing_page,
    open_login,
    open_failed_login,
    open_queue,
    open_selection,
    open_campaigns,
    open_campaign,
    open_preview_of_selection,
    open_help,
    open_writing,
    open_undo,
    open_failure,
    open_comment,
    open_empty_tab,
    open_conflict,
    open_refused_request,
    open_sites,
    open_rules,
    open_tried_rule,
    open_filter,
    open_tried_filter,
    open_accuracy,
    open_statistics,
    open_all_statistics,
    open_new_site,
    open_setup,
    open_embed,
    open_threads,
    open_care,
    open_notices,
    open_broken_link,
    open_mail,
)


@pytest.mark.parametrize("opener", OPENERS, ids=lambda opener: opener.__name__)
def test_a_page_has_no_barriers_and_fits_a_phone(
    page: Page, demo: Demo, opener: Opener
) -> None:
    opener(page, demo)
    too_wide = find_too_wide(page)
    page.set_viewport_size(VIEWPORT)
    if opener not in {open_queue, open_campaign}:
        leave_few_cards(page)

    barriers = find_barriers(page)

    assert not barriers
    assert not too_wide
