"""Looks for what keeps people from a page: by axe, and on a narrow screen."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONES = (360, 320)
# Of forty cards that look the same (all are looked at in the queue): axe takes as long
# over each of them.
MOST_CARDS = 2


def find_barriers(page: Page) -> list[str]:
    """Return what axe finds: everything in light, what hangs on colours in dark."""
    # At once: a button that fades from light to dark has poor contrast meanwhile.
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = Axe().run(page).response
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate("axe.run({runOnly: ['color-contrast']})")
    return [
        f"{scheme}: {violation['id']}: {violation['nodes'][0]['html']}"
        for scheme, found in (("light", light), ("dark", dark))
        for violation in found["violations"]
    ]


def find_too_wide(page: Page, among: Sequence[int] = PHONES) -> list[int]:
    """Return the widths at which one would have to scroll sideways.

    320 is that of a screen of 1280 at 400 %, as WCAG 2.2 has it (1.4.10).
    """
    widths = []
    for width in among:
        page.set_viewport_size({"width": width, "height": 740})
        content: int = page.evaluate("document.documentElement.scrollWidth")
        if content > width:
            widths.append(width)
    return widths


def leave_few_cards(page: Page) -> None:
    """Take away what is much like the rest: all cards are looked at in the queue."""
    page.evaluate(
        """most => {
            const touched = '[open], form.box, [role=alert], :focus';
            const cards = [...document.querySelectorAll('article.card')];
            cards.slice(most).forEach(card => card.querySelector(touched)
                || card.matches('[aria-current=true], :focus') || card.remove());
        }""",
        MOST_CARDS,
    )
