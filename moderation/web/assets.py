"""Owns the addresses of static files: each names the content it was made for."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

DIGEST_CHARACTERS = 12
FOREVER = "public, max-age=31536000, immutable"
# In a sandboxed frame our own page counts as somebody else's; the files are public.
EVERYWHERE = "cross-origin"


def init_assets(app: Flask) -> None:
    """Give templates `asset_url(name)`, and let browsers keep what it names for good.

    Each file is read once per app. A request that names another version, or none,
    keeps Flask's own answer: to be asked for again every time.
    """
    folder = Path(app.static_folder or "")

    @cache
    def find_version(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[
            :DIGEST_CHARACTERS
        ]

    @app.template_global()
    def asset_url(name: str) -> str:
        """Return the address of a static file, its version in the query."""
        return url_for("static", filename=name, v=find_version(name))

    @app.after_request
    def set_static_headers(response: Response) -> Response:
        """Let any page use a static file, and keep one asked for by its version."""
        if request.endpoint == "static" and response.status_code < 400:  # noqa: PLR2004
            response.headers["Cross-Origin-Resource-Policy"] = EVERYWHERE
            name = (request.view_args or {})["filename"]
            if request.args.get("v") == find_version(name):
                response.headers["Cache-Control"] = FOREVER
        return response
