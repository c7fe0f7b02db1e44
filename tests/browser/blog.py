"""Owns a blog on an origin of its own, beside a real service: as readers meet them."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import select, update

from moderation.app import create_app
from moderation.config import Settings
from moderation.domain.policy import Policy
from moderation.domain.statuses import Status
from moderation.services.access import OPERATOR
from moderation.services.controls import read_controls, set_controls
from moderation.services.rendering import render_markdown
from moderation.services.site_setups import read_basics, set_basics
from moderation.services.sites import find_site
from moderation.services.threads import find_thread
from moderation.storage.models import Comment, SignalEvidence, Site, Thread
from moderation.storage.session import Database
from moderation.web.context import DATABASE
from tests.browser.serving import get_port, open_listener, serving
from tests.factories import SECRET_KEY, make_comment, make_site, make_thread

KEY = "blog"


@dataclass(kw_only=True)
class Blog:
    """A blog's server: what it serves is put into `pages` (HTML by path).

    `policy` is the Content-Security-Policy of its pages, "" for none.
    """

    origin: str
    service: str
    database: Database
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

    def publish_all(self) -> None:
        """Publish what no policy holds, whatever the filter makes of it."""
        with self.database.write() as session:
            opened = update(Site).where(Site.key == KEY)
            session.execute(opened.values(publish_below=1.0, spam_above=1.0))

    @contextmanager
    def holding_all(self) -> Iterator[None]:
        """Hold all comments meanwhile."""
        with self.database.write() as session:
            before = read_controls(find_site(session, KEY))
            held = replace(before, policy=Policy.HOLD_ALL)
            set_controls(session, OPERATOR, KEY, held)
        yield
        with self.database.write() as session:
            set_controls(session, OPERATOR, KEY, before)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Take no comments meanwhile."""
        with self.database.write() as session:
            before = read_basics(find_site(session, KEY))
            set_basics(session, OPERATOR, KEY, replace(before, is_open=False))
        yield
        with self.database.write() as session:
            set_basics(session, OPERATOR, KEY, before)

    def approve(
        self, thread: str, body: str, *, number: int = 1, name: str = "Grace"
    ) -> int:
        """Store approved comments, and return the id of the last one."""
        with self.database.write() as session:
            site = find_site(session, KEY)
            found = find_thread(session, site, thread)
            found = found or make_thread(session, site, key=thread)
            for _ in range(number):
                comment = make_comment(
                    session, found, status=Status.APPROVED, name=name, body=body
                )
                comment.html = render_markdown(body)
        return comment.id

    def list_signals(self, thread: str) -> set[str]:
        """Return what was found of any comment in a thread."""
        with self.database.read() as session:
            found = session.scalars(
                select(SignalEvidence.name)
                .join(Comment, Comment.id == SignalEvidence.comment_id)
                .join(Thread, Thread.id == Comment.thread_id)
                .where(Thread.key == thread)
            ).all()
        return set(found)

    def list_texts(self, thread: str) -> list[str]:
        """Return what was written in a thread, whatever became of it."""
        with self.database.read() as session:
            found = session.scalars(
                select(Comment.body)
                .join(Thread, Thread.id == Comment.thread_id)
                .where(Thread.key == thread)
            ).all()
        return list(found)


@contextmanager
def open_blog(home: Path, migrated: Path) -> Iterator[Blog]:
    """Serve a blog at blog.localhost, and the service at comments.localhost."""
    app = create_app(
        Settings(
            data_dir=home,
            database_url=f"sqlite:///{shutil.copy(migrated, home)}",
            secret_key=SECRET_KEY,
            limits_enabled=False,
        )
    )
    with open_server() as server, open_listener() as listener:
        blog = Blog(
            origin=f"http://blog.localhost:{server.server_port}",
            service=f"http://comments.localhost:{get_port(listener)}",
            database=app.extensions[DATABASE],
        )
        server.blog = blog
        with blog.database.write() as session:
            policy = Policy.HOLD_SUSPECT
            make_site(session, key=KEY, origins=[blog.origin], policy=policy)
        with serving(app, listener):
            yield blog
        blog.database.close()


class BlogServer(ThreadingHTTPServer):
    """Serves the pages of its blog, once it has one."""

    blog: Blog


@contextmanager
def open_server() -> Iterator[BlogServer]:
    server = BlogServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, BlogServer)
        blog = self.server.blog
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
