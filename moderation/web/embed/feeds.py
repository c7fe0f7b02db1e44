"""Owns the feeds: Atom (RFC 4287) with threading (RFC 4685), and JSON Feed 1.1."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, request, url_for

from moderation.domain.errors import InvalidInputError
from moderation.services.feeds import Entry, list_newest
from moderation.storage.models import Site
from moderation.web.context import get_settings, reading
from moderation.web.embed.fields import FORBIDDEN
from moderation.web.embed.forms import LONGEST_THREAD
from moderation.web.embed.places import find_page, get_site
from moderation.web.embed.states import pack_body, pack_json
from moderation.web.embed.tokens import make_tag
from moderation.web.embed.views import format_date, revalidate
from moderation.web.languages import speak_as_asked, translate

ATOM = "http://www.w3.org/2005/Atom"
THREADING = "http://purl.org/syndication/thread/1.0"
ATOM_TYPE, JSON_TYPE = "application/atom+xml", "application/feed+json"
# XML 1.0, 2.2: what no document may hold, however it is written.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# When nobody has written yet: a feed has to say when it was updated.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def show_atom(site_key: str) -> Response:
    """Answer with the newest comments as Atom; of one thread, if the query names it.

    :raises InvalidInputError: if it names something that is no thread.
    """
    del site_key
    speak_as_asked()
    thread, entries = _read_entries()
    tag = _make_tag("atom", entries)
    if request.if_none_match.contains_weak(tag):
        return revalidate(Response(status=HTTPStatus.NOT_MODIFIED), tag)
    text = _write_atom(get_site(), thread, entries)
    return revalidate(pack_body(text, mimetype=ATOM_TYPE), tag)


def show_json_feed(site_key: str) -> Response:
    """Answer with the newest comments as JSON Feed.

    :raises InvalidInputError: as `show_atom`.
    """
    del site_key
    speak_as_asked()
    thread, entries = _read_entries()
    tag = _make_tag("json", entries)
    if request.if_none_match.contains_weak(tag):
        return revalidate(Response(status=HTTPStatus.NOT_MODIFIED), tag)
    site = get_site()
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _find_title(site, thread, entries),
        "home_page_url": _find_home(site, thread, entries),
        "feed_url": _link("embed.show_json_feed", site, thread),
        "items": [_describe(site, entry) for entry in entries],
    }
    answer = pack_json(document)
    answer.mimetype = JSON_TYPE
    return revalidate(answer, tag)


def _read_entries() -> tuple[str, Sequence[Entry]]:
    """Return the thread that is asked for, "" for all, and its newest comments."""
    asked = request.args.getlist("thread")
    thread = asked[0] if asked else ""
    is_wrong = len(asked) > 1 or len(thread) > LONGEST_THREAD
    if is_wrong or FORBIDDEN.search(thread):
        raise InvalidInputError({"thread": ["Name one thread, or none for all."]})
    with reading() as session:
        return thread, list_newest(session, get_site(), thread_key=thread)


def _make_tag(kind: str, entries: Sequence[Entry]) -> str:
    return make_tag(get_settings().signing_keys, kind, get_site().name, entries)


def _write_atom(site: Site, thread: str, entries: Sequence[Entry]) -> str:
    feed = Element("feed", {"xmlns": ATOM, "xmlns:thr": THREADING})
    own = _link("embed.show_atom", site, thread)
    _add(feed, "id", own)
    _add(feed, "title", _find_title(site, thread, entries))
    _add(feed, "updated", format_date(entries[0].date if entries else NEVER))
    SubElement(feed, "link", {"rel": "self", "type": ATOM_TYPE, "href": own})
    home = _find_home(site, thread, entries)
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": home})
    for entry in entries:
        _add_entry(feed, site, entry)
    text = tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _add_entry(feed: Element, site: Site, entry: Entry) -> None:
    element = SubElement(feed, "entry")
    _add(element, "id", _link_comment(site, entry, entry.id, is_id=True))
    _add(element, "title", translate("Comment by {name}", name=entry.name))
    _add(element, "published", format_date(entry.date))
    _add(element, "updated", format_date(entry.date))
    address = _link_comment(site, entry, entry.id)
    SubElement(element, "link", {"rel": "alternate", "href": address})
    author = SubElement(element, "author")
    _add(author, "name", entry.name)
    if entry.website:
        _add(author, "uri", entry.website)
    if entry.parent is not None:
        reference = _link_comment(site, entry, entry.parent, is_id=True)
        href = _link_comment(site, entry, entry.parent)
        SubElement(
            element,
            "thr:in-reply-to",
            {"ref": reference, "href": href, "type": "text/html"},
        )
    _add(element, "content", entry.html, type="html")


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    element = SubElement(parent, name, attributes)
    element.text = NOT_XML.sub("\ufffd", text)


def _describe(site: Site, entry: Entry) -> dict[str, object]:
    author = {"name": entry.name}
    if entry.website:
        author["url"] = entry.website
    parent = None
    if entry.parent is not None:
        parent = _link_comment(site, entry, entry.parent, is_id=True)
    return {
        "id": _link_comment(site, entry, entry.id, is_id=True),
        "url": _link_comment(site, entry, entry.id),
        "title": translate("Comment by {name}", name=entry.name),
        "content_html": entry.html,
        "date_published": format_date(entry.date),
        "authors": [author],
        # An extension of ours, as the format allows; the same as Atom's threading.
        "_thread": {"in_reply_to": parent},
    }


def _find_title(site: Site, thread: str, entries: Sequence[Entry]) -> str:
    title = next((entry.title for entry in entries if entry.title), "")
    if thread and title:
        return f"{translate('Comments on {title}', title=title)} – {site.name}"
    return f"{translate('Comments')} – {site.name}"


def _find_home(site: Site, thread: str, entries: Sequence[Entry]) -> str:
    """Return the page that a feed belongs to: the thread's, or the blog itself."""
    if thread:
        page = find_page(site, entries[0].page_url) if entries else ""
        return page or _link_page(site, thread)
    return f"{site.origins[0].origin}/" if site.origins else get_settings().base_url


def _link_comment(
    site: Site, entry: Entry, comment_id: int, *, is_id: bool = False
) -> str:
    """Return where a comment can be read; its id never changes, whatever the page."""
    page = "" if is_id else find_page(site, entry.page_url)
    return f"{page or _link_page(site, entry.thread)}#comment-{comment_id}"


def _link_page(site: Site, thread: str) -> str:
    path = url_for("embed.show_page", site_key=site.key, thread=thread)
    return get_settings().base_url + path


def _link(endpoint: str, site: Site, thread: str) -> str:
    path = url_for(endpoint, site_key=site.key, thread=thread or None)
    return get_settings().base_url + path
