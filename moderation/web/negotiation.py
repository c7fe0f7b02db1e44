"""Owns the question whether a client wants JSON or a page."""

import re

from flask import Request

JSON_PREFIXES = ("/api/",)
# What the public reads there is JSON, whoever asks; what is posted may be a form.
JSON_READING = re.compile(r"/embed/[^/]*/(?:comments|counts|feed\.json)")

# Only scripts have a use for these.
JSON_ALWAYS = re.compile(r"/embed/[^/]*/preview")


def wants_json(request: Request) -> bool:
    """Return whether the client speaks JSON: by what it sent, or what it accepts.

    A client that accepts anything is taken for a browser without preferences.
    """
    if request.path.startswith(JSON_PREFIXES) or request.mimetype == "application/json":
        return True
    if JSON_ALWAYS.fullmatch(request.path):
        return True
    if request.method != "POST" and JSON_READING.fullmatch(request.path):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
