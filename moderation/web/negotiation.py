"""Owns the question whether a client wants JSON or a page."""

from flask import Request

JSON_PREFIXES = ("/api/",)


def wants_json(request: Request) -> bool:
    """Return whether the client speaks JSON: by what it sent, or what it accepts.

    A client that accepts anything is taken for a browser without preferences.
    """
    if request.path.startswith(JSON_PREFIXES) or request.mimetype == "application/json":
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]
