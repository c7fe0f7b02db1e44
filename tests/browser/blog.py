"""Owns a blog on an origin of its own, beside a real service: as readers meet them."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import select, update

from moderation.domain.statuses import Status
from moderation.services.rendering import render_markdown
from moderation.services.sites import find_site
from moderation.services.threads import find_thread
from moderation.storage.models import Comment, SignalEvidence, Site, Thread
from moderation.storage.session import Database
from tests.cli.running import start_service
from tests.factories import make_comment, make_thread

MODERATION = (sys.executable, "-m", "moderation")


@dataclass(kw_only=True)
class Blog:
    """A blog's server: what it serves is put into `pages` (HTML by path).

    `policy` is the Content-Security-Policy of its pages, "" for none.
    """

    origin: str
    service: str
    home: Path
    policy: str = ""
    pages: dict[str, str] = field(default_factory=dict)

    def show(self, body: str, *, head: str = "", attributes: str = "lang=en") -> str:
        """Make a page of `body` and return its address."""
        self.pages["/post/"] = (
            f"<!doctype html><html {attributes}><head><meta charset=utf-8>"
            '<meta name=viewport content="width=device-width, initial-scale=1">'
            f"<title>A post</title>{head}</head><body><main><h1>A post</h1>"
            f"<p>Words.</p>{body}</main></body></html>"
        )
        return f"{self.origin}/post/"

    def run(self, *arguments: str) -> str:
        """Run a command of the service's and return what it says."""
        settings = {"MODERATION_DATA_DIR": str(self.home / "data")}
        done = subprocess.run(
            [*MODERATION, *arguments],
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    @property
    def database_url(self) -> str:
        """The address of the service's database."""
        return f"sqlite:///{self.home / 'data' / 'moderation.sqlite3'}"

    def publish_all(self) -> None:
        """Publish what no policy holds, whatever the filter makes of it."""
        database = Database(self.database_url)
        with database.write() as session:
            opened = update(Site).where(Site.key == "blog")
            session.execute(opened.values(publish_below=1.0, spam_above=1.0))
        database.close()

    def approve(
        self, thread: str, body: str, *, number: int = 1, name: str = "Grace"
    ) -> int:
        """Store approved comments, and return the id of the last one."""
        database = Database(self.database_url)
        with database.write() as session:
            site = find_site(session, "blog")
            found = find_thread(session, site, thread)
            found = found or make_thread(session, site, key=thread)
            for _ in range(number):
                comment = make_comment(
                    session, found, status=Status.APPROVED, name=name, body=body
                )
                comment.html = render_markdown(body)
        database.close()
        return comment.id

    def list_signals(self, thread: str) -> set[str]:
        """Return what was found of any comment in a thread."""
        database = Database(self.database_url)
        with database.read() as session:
            found = session.scalars(
                select(SignalEvidence.name)
                .join(Comment, Comment.id == SignalEvidence.comment_id)
                .join(Thread, Thread.id == Comment.thread_id)
                .where(Thread.key == thread)
            ).all()
        database.close()
        return set(found)

    def list_texts(self, thread: str) -> list[str]:
        """Return what was written in a thread, whatever became of it."""
        database = Database(self.database_url)
        with database.read() as session:
            found = session.scalars(
                select(Comment.body)
                .join(Thread, Thread.id == Comment.thread_id)
                .where(Thread.key == thread)
            ).all()
        database.close()
        return list(found)


@contextmanager
def open_blog(home: Path, *, policy: str = "hold_suspect") -> Iterator[Blog]:
    """Serve a blog at blog.localhost, and the service at comments.localhost."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    origin = f"http://blog.localhost:{server.server_port}"
    blog = Blog(origin=origin, service="", home=home)
    server.blog = blog  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    blog.run(
        "site", "add", "blog", "--name", "A blog",
        "--origin", origin, "--policy", policy,
    )  # fmt: skip
    settings = {
        "MODERATION_LIMITS_ENABLED": "0",
        "MODERATION_DATA_DIR": str(home / "data"),
    }
    try:
        with start_service("serve", "--port", "0", cwd=home, settings=settings) as run:
            blog.service = f"http://comments.localhost:{run.port}"
            yield blog
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        blog: Blog = self.server.blog  # type: ignore[attr-defined]
        page = blog.pages.get(self.path.partition("?")[0])
        body = (page or "").encode()
        self.send_response(200 if page is not None else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if blog.policy:
            self.send_header("Content-Security-Policy", blog.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the tests say what matters."""
