"""Owns how our own export is written: JSON lines, whole (docs/export.md)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from moderation.formats.exported import ExportedComment, ExportedSite, ExportedThread
from moderation.formats.jsonl_reader import FORMAT, VERSION


def write_jsonl(site: ExportedSite, threads: Iterable[ExportedThread]) -> Iterator[str]:
    """Yield the lines of an export: what describes it, pages with comments, the end.

    The last line says how many there were, so that a file that was cut is told.
    """
    yield _write(
        {
            "type": "export",
            "format": FORMAT,
            "version": VERSION,
            "site": site.key,
            "name": site.name,
            "origin": site.origin,
            "exported_at": site.at.isoformat(),
            "has_end": True,
        }
    )
    threads_written = comments_written = 0
    for thread in threads:
        threads_written += 1
        yield _write(
            {
                "type": "thread",
                "key": thread.key,
                "url": thread.url,
                "title": thread.title,
                "open": thread.is_open,
                "created_at": thread.created_at.isoformat(),
            }
        )
        for comment in thread.comments:
            comments_written += 1
            yield _write(_describe(thread, comment))
    yield _write(
        {"type": "end", "threads": threads_written, "comments": comments_written}
    )


def _describe(thread: ExportedThread, comment: ExportedComment) -> Mapping[str, Any]:
    return {
        "type": "comment",
        "id": str(comment.id),
        "thread": thread.key,
        "parent": "" if comment.parent is None else str(comment.parent),
        "status": comment.status.value,
        "kind": comment.kind.value,
        "version": comment.version,
        "name": comment.name,
        "email": comment.email,
        "website": comment.website,
        "body": comment.body,
        "html": comment.html,
        "ip": comment.ip,
        "user_agent": comment.user_agent,
        "score": comment.score,
        "verdict": comment.verdict,
        "created_at": comment.created_at.isoformat(),
        "note": comment.note,
        "signals": list(comment.signals),
        "history": list(comment.history),
    }


def _write(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"
