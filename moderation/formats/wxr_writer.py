"""Owns how WXR 1.2 is written, as WordPress exports it and others import it."""

from collections.abc import Iterable, Iterator
from email.utils import format_datetime

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.formats.exported import ExportedComment, ExportedSite, ExportedThread
from moderation.formats.xml_writing import write_cdata, write_element, write_instant

APPROVED = {
    Status.APPROVED: "1",
    Status.HELD: "0",
    Status.SPAM: "spam",
    Status.REJECTED: "trash",
}
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0"
\txmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:wfw="http://wellformedweb.org/CommentAPI/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:wp="http://wordpress.org/export/1.2/"
>
<channel>
"""


def write_wxr(site: ExportedSite, threads: Iterable[ExportedThread]) -> Iterator[str]:
    """Yield the parts of a WXR file: a post for each thread, with its comments."""
    yield HEAD
    yield write_element("title", site.name)
    yield write_element("link", site.origin)
    yield write_element("pubDate", format_datetime(site.at))
    yield write_element("wp:wxr_version", "1.2")
    yield write_element("wp:base_site_url", site.origin)
    yield write_element("wp:base_blog_url", site.origin)
    for thread in threads:
        yield from _write_item(site, thread)
    yield "</channel>\n</rss>\n"


def _write_item(site: ExportedSite, thread: ExportedThread) -> Iterator[str]:
    at, url = write_instant(thread.created_at), thread.find_url(site)
    yield "<item>\n"
    yield write_element("title", thread.title or thread.key)
    yield write_element("link", url)
    yield write_element("pubDate", format_datetime(thread.created_at))
    yield write_cdata("dc:creator", "")
    yield f'<guid isPermaLink="false">{write_element("x", url)[3:-5]}</guid>\n'
    yield "<description></description>\n"
    yield write_cdata("content:encoded", "")
    yield write_cdata("excerpt:encoded", "")
    yield write_element("wp:post_id", thread.id)
    yield write_element("wp:post_date", at)
    yield write_element("wp:post_date_gmt", at)
    yield write_element("wp:comment_status", "open" if thread.is_open else "closed")
    yield write_element("wp:ping_status", "closed")
    yield write_cdata("wp:post_name", thread.key.strip("/").rpartition("/")[2])
    yield write_element("wp:status", "publish")
    yield write_element("wp:post_parent", 0)
    yield write_element("wp:menu_order", 0)
    yield write_element("wp:post_type", "post")
    yield write_element("wp:post_password", "")
    yield write_element("wp:is_sticky", 0)
    for comment in thread.comments:
        yield _write_comment(comment)
    yield "</item>\n"


def _write_comment(comment: ExportedComment) -> str:
    at = write_instant(comment.created_at)
    is_ping = comment.kind is not CommentKind.COMMENT
    return "".join(
        (
            "<wp:comment>\n",
            write_element("wp:comment_id", comment.id),
            write_cdata("wp:comment_author", comment.name),
            write_element("wp:comment_author_email", comment.email),
            write_element("wp:comment_author_url", comment.website),
            write_element("wp:comment_author_IP", comment.ip),
            write_element("wp:comment_date", at),
            write_element("wp:comment_date_gmt", at),
            write_cdata("wp:comment_content", comment.html),
            write_element("wp:comment_approved", APPROVED[comment.status]),
            write_element("wp:comment_type", comment.kind.value if is_ping else ""),
            write_element("wp:comment_parent", comment.parent or 0),
            write_element("wp:comment_user_id", 0),
            "</wp:comment>\n",
        )
    )
