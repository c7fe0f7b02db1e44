"""Owns the blog that is attacked, beside a service that runs as its owner starts it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from moderation.storage.session import Database
from tests.browser.blog import KEY, Blog, open_server
from tests.cli.running import start_service


@dataclass(kw_only=True)
class AttackedBlog(Blog):
    """A blog whose service keeps what it has at `home`."""

    home: Path

    def run(self, *arguments: str) -> str:
        """Run a command of the service's and return what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "moderation", *arguments],
            env={**os.environ, "MODERATION_DATA_DIR": str(self.home / "data")},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@contextmanager
def open_attacked(home: Path) -> Iterator[AttackedBlog]:
    """Serve a blog at blog.localhost, and run the service at comments.localhost."""
    settings = {"MODERATION_LIMITS_ENABLED": "0"}
    command = ("serve", "--port", "0")
    with (
        open_server() as server,
        start_service(*command, cwd=home, settings=settings) as service,
    ):
        blog = AttackedBlog(
            origin=f"http://blog.localhost:{server.server_port}",
            service=f"http://comments.localhost:{service.port}",
            database=Database(f"sqlite:///{home / 'data' / 'moderation.sqlite3'}"),
            home=home,
        )
        server.blog = blog
        blog.run("site", "add", KEY, "--name", "A blog", "--origin", blog.origin)
        yield blog
        blog.database.close()
