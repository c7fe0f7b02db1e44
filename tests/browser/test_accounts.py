"""Getting in: the first run, a second step, passkeys, people, as a browser does it."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from moderation.app import create_app
from moderation.config import Settings
from moderation.domain.one_time_codes import STEP_SECONDS, compute_code
from moderation.services.setups import keep_setup_code
from moderation.storage.models.base import now
from moderation.web.context import DATABASE
from tests.apps import QUICK_HASHES
from tests.browser.barriers import find_barriers, find_too_wide
from tests.browser.serving import get_port, open_listener, serving
from tests.browser.tabs import VIEWPORT, lending, open_tab
from tests.browser.walking import enter, press, type_into
from tests.factories import SECRET_KEY

pytestmark = pytest.mark.browser

PASSWORD = "a calm reading room"
EMAIL = "owner@example.org"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Settings:
    folder = tmp_path_factory.mktemp("accounts")
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{shutil.copy(migrated, folder)}",
        secret_key=SECRET_KEY,
        limits_enabled=False,
    )


@pytest.fixture(scope="module")
def base_url(settings: Settings) -> Iterator[str]:
    """Serve by a name: browsers allow passkeys at no number."""
    with open_listener() as listener:
        url = f"http://localhost:{get_port(listener)}"
        app = create_app(replace(settings, base_url=url))
        app.extensions["security"].pwd_context.update(**QUICK_HASHES)
        with serving(app, listener):
            yield url
        app.extensions[DATABASE].close()


@pytest.fixture(scope="module")
def tab(browser: Browser, base_url: str) -> Iterator[Page]:
    with open_tab(browser, base_url=base_url) as tab:
        yield tab


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    with lending(tab) as page:
        yield page


@pytest.fixture(scope="module", autouse=True)
def set_up(tab: Page, settings: Settings) -> None:
    """Go through the first run, by keyboard alone."""
    with lending(tab) as page:
        page.goto("/moderate/")
        welcome = page.get_by_role("heading", name=re.compile("^Welcome"))
        expect(welcome).to_be_visible()
        assert_accessible(page)
        fill_setup(page, keep_setup_code(settings.data_dir))


def fill_setup(page: Page, code: str) -> None:
    page.goto("/moderate/")
    expect(page.get_by_label("Set-up code")).to_be_focused()
    page.keyboard.type(code)
    type_into(page, page.get_by_label("Your name"), "Olga")
    type_into(page, page.get_by_label("E-mail address"), EMAIL)
    type_into(page, page.get_by_label("Password"), PASSWORD)
    type_into(page, page.get_by_label("The same again"), PASSWORD)
    type_into(page, page.get_by_label("Its name"), "A blog")
    type_into(page, page.get_by_label("Its address"), "https://blog.example.org")
    press(page, page.get_by_role("button", name="Set up"))
    expect(page).to_have_url(re.compile(r"/moderate/$"))


def assert_accessible(page: Page) -> None:
    barriers, too_wide = find_barriers(page), find_too_wide(page)
    assert not barriers
    assert not too_wide
    page.set_viewport_size(VIEWPORT)


def log_in(page: Page) -> None:
    enter(page, email=EMAIL, password=PASSWORD)


def fill_login(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page: Page) -> None:
    page.goto("/moderate/account")
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile(r"/login"))


def add_authenticator(page: Page) -> None:
    """Give the browser a phone that always knows its owner's finger."""
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.fixture
def page_with_phone(browser: Browser, base_url: str) -> Iterator[Page]:
    # The phone stays in a tab.
    with open_tab(browser, base_url=base_url) as page:
        add_authenticator(page)
        yield page


def test_a_passkey_is_added_used_and_removed(page_with_phone: Page) -> None:
    page = page_with_phone
    log_in(page)
    page.goto("/moderate/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("A name for it").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("The passkey is added")
    assert_accessible(page)

    log_out(page)
    press(page, page.get_by_role("button", name="Log in with a passkey"))
    expect(page).to_have_url(re.compile(r"/moderate/$"))

    page.goto("/moderate/account/confirm?next=/moderate/account")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("last used")).to_be_visible()
    page.get_by_role("button", name="Remove My phone").click()
    expect(page.get_by_role("status")).to_contain_text("removed")

    log_out(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("The passkey was not taken")).to_be_visible()
    page.goto("/moderate/")
    expect(page).to_have_url(re.compile(r"/login"))


def test_a_browser_without_a_passkey_says_so(page: Page) -> None:
    page.goto("/login")
    page.evaluate(
        "() => { navigator.credentials.get = () => "
        "Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )

    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("Try again")
    assert_accessible(page)


def test_an_app_is_set_up_and_asked_for(page: Page) -> None:
    log_in(page)
    page.goto("/moderate/account/app")
    assert_accessible(page)
    secret = "".join((page.locator(".secret").text_content() or "").split())
    step = int(now().timestamp()) // STEP_SECONDS
    page.get_by_label(re.compile("Type the code")).fill(compute_code(secret, step))
    page.get_by_role("button", name="Turn it on").click()
    code = page.locator(".codes code").first.text_content() or ""
    assert_accessible(page)

    log_out(page)
    fill_login(page)
    expect(page.get_by_label("Code")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Code").fill("000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Code").fill(code)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/moderate/$"))

    page.goto("/moderate/account")
    expect(page.get_by_text("9 recovery codes are left")).to_be_visible()
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("status")).to_contain_text("no longer asked for")


def test_somebody_is_invited_comes_and_goes(page: Page, browser: Browser) -> None:
    log_in(page)
    page.goto("/moderate/people")
    page.get_by_label("E-mail address").fill("new@example.org")
    page.get_by_label("Of", exact=True).select_option(label="A blog")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("code.link").text_content() or ""
    assert_accessible(page)

    guest = browser.new_page(java_script_enabled=False)
    guest.goto(link)
    guest.get_by_label("Your name").fill("Nia")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_label("The same again").fill(PASSWORD)
    guest.get_by_role("button", name="Accept").click()
    expect(guest.get_by_role("status")).to_contain_text("Welcome")
    guest.close()

    page.goto("/moderate/people")
    page.get_by_label("Role of new@example.org").select_option("viewer")
    page.get_by_role("button", name="Change the role of new@example.org").click()
    expect(page.get_by_role("status")).to_contain_text("changed")
    page.get_by_role("button", name="Remove new@example.org").click()
    expect(page.get_by_text("Nia")).to_have_count(0)


def open_reset(page: Page) -> None:
    page.goto("/login/reset")


def open_confirm(page: Page) -> None:
    log_in(page)
    page.goto("/moderate/account/confirm")


def open_wrong_name(page: Page) -> None:
    log_in(page)
    page.goto("/moderate/account")
    page.get_by_label("Your name").fill(" ")
    page.get_by_role("button", name="Save").click()


def open_late_form(page: Page) -> None:
    log_in(page)
    page.goto("/moderate/account")
    page.context.clear_cookies()
    page.get_by_label("Your name").fill("Typed in vain?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("nothing is lost")).to_be_visible()


def open_resend(page: Page) -> None:
    open_late_form(page)
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Typed in vain?")).to_be_visible()


def open_dead_link(page: Page) -> None:
    page.goto("/login/invitation/none")


@pytest.mark.parametrize(
    "opener",
    [
        open_reset,
        open_confirm,
        open_wrong_name,
        open_late_form,
        open_resend,
        open_dead_link,
    ],
    ids=lambda opener: opener.__name__,
)
def test_a_page_has_no_barriers_and_fits_a_phone(
    page: Page, opener: Callable[[Page], None]
) -> None:
    opener(page)

    assert_accessible(page)


def test_what_was_typed_survives_the_end_of_a_login(page: Page) -> None:
    open_resend(page)

    page.get_by_role("button", name="Send it now").click()

    expect(page.get_by_label("Your name")).to_have_value("Typed in vain?")
