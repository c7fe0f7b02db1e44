"""Owns what a blog puts into its pages to show comments: three ways, ready to copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import escape

# What the blog's own template has to put in: its page's address and title.
THREAD = "/my-post/"
URL = "https://…/my-post/"


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """One way: its name, when to take it, and the text to copy."""

    name: str
    title: str
    advice: str
    text: str


def make_snippets(
    base_url: str, site_key: str, *, origin: str = ""
) -> Sequence[Snippet]:
    """Return the ways to embed a site, the best first.

    `origin` is where the blog's pages are, to show a likely address of one.
    """
    page = f"{origin}{THREAD}" if origin else URL
    frame = f"{base_url}/embed/{site_key}?{urlencode({'thread': THREAD, 'url': page})}"
    return [
        Snippet(
            name="element",
            title="An element",
            advice="The comments become part of the page, in its own letters. Give "
            "each page a thread of its own: its path, or its id.",
            text=f'<script type="module" async src="{base_url}/embed.js"></script>\n'
            f'<leave-a-reply site="{site_key}" thread="{THREAD}"></leave-a-reply>',
        ),
        Snippet(
            name="frame",
            title="A frame",
            advice="Works without JavaScript, and keeps apart what is ours and yours. "
            "The script fits its height to the comments; leave it out if you like.",
            text=f'<iframe src="{escape(frame)}"\n'
            '  title="Comments" width="100%" height="700" loading="lazy"></iframe>\n'
            f'<script type="module" src="{base_url}/embed-frame.js"></script>',
        ),
        Snippet(
            name="form",
            title="A plain form",
            advice="Nothing but HTML. Who posts sees a page of ours to check the "
            "comment; show the comments by a frame, or when you build your pages.",
            text=_make_form(base_url, site_key, page),
        ),
    ]


def _make_form(base_url: str, site_key: str, page: str) -> str:
    fields = (
        ("Name", '<input name="name" required maxlength="245">'),
        ("Email", '<input name="email" type="email" required>'),
        ("Website", '<input name="website" type="url">'),
        ("Comment", '<textarea name="comment" required></textarea>'),
    )
    lines = [
        f'<form method="post" action="{base_url}/embed/{site_key}/comments">',
        f'  <input type="hidden" name="thread" value="{THREAD}">',
        f'  <input type="hidden" name="url" value="{page}">',
        *(f"  <label>{label} {field}</label>" for label, field in fields),
        "  <button>Post Comment</button>",
        "</form>",
    ]
    return "\n".join(lines)
