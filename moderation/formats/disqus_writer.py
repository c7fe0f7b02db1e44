"""Owns how the XML of Disqus is written."""

from collections.abc import Iterable, Iterator

from moderation.domain.statuses import Status
from moderation.formats.exported import ExportedComment, ExportedSite, ExportedThread
from moderation.formats.xml_writing import quote, write_cdata, write_element

HEAD = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com"
 xmlns:dsq="http://disqus.com/disqus-internals"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://disqus.com/api/schemas/1.0/disqus.xsd
 http://disqus.com/api/schemas/1.0/disqus-internals.xsd">
"""
Pages = Iterable[ExportedThread]


def write_disqus(site: ExportedSite, threads: Pages, again: Pages) -> Iterator[str]:
    """Yield the parts of a Disqus export: all threads, and then all comments.

    The threads are gone through twice: `again` are the same.
    """
    yield HEAD
    for thread in threads:
        yield _write_thread(site, thread)
    for thread in again:
        for comment in thread.comments:
            yield _write_post(thread, comment)
    yield "</disqus>\n"


def _write_thread(site: ExportedSite, thread: ExportedThread) -> str:
    return "".join(
        (
            f"<thread dsq:id={quote(thread.id)}>\n",
            write_element("id", thread.key),
            write_element("forum", site.key),
            write_element("link", thread.find_url(site)),
            write_element("title", thread.title),
            "<message />\n",
            write_element("createdAt", f"{thread.created_at:%Y-%m-%dT%H:%M:%SZ}"),
            write_element("isClosed", str(not thread.is_open).lower()),
            write_element("isDeleted", "false"),
            "</thread>\n",
        )
    )


def _write_post(thread: ExportedThread, comment: ExportedComment) -> str:
    is_public = comment.status is Status.APPROVED
    is_spam, is_held = comment.status is Status.SPAM, comment.status is Status.HELD
    parent = f"<parent dsq:id={quote(comment.parent)} />\n" if comment.parent else ""
    return "".join(
        (
            f"<post dsq:id={quote(comment.id)}>\n",
            write_element("id", comment.id),
            write_cdata("message", comment.html),
            write_element("createdAt", f"{comment.created_at:%Y-%m-%dT%H:%M:%SZ}"),
            # Isso and others look at nothing but this: what is not public must not
            # become so.
            write_element("isDeleted", str(not is_public).lower()),
            write_element("isSpam", str(is_spam).lower()),
            # Disqus knows no such element: it tells what is held from what is deleted.
            write_element("isApproved", "false") if is_held else "",
            "<author>\n",
            write_element("email", comment.email),
            write_element("name", comment.name),
            write_element("link", comment.website),
            write_element("isAnonymous", "true"),
            "</author>\n",
            write_element("ipAddress", comment.ip),
            f"<thread dsq:id={quote(thread.id)} />\n",
            parent,
            "</post>\n",
        )
    )
