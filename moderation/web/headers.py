"""Owns the security headers of every answer, error pages included."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Flask, Response, g

from moderation.web.context import get_settings

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'"
)
PERMISSIONS_POLICY = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
)
YEAR_SECONDS = 31_536_000
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cache-Control": "no-store",
}


def init_headers(app: Flask) -> None:
    """Set the headers on every answer of `app`."""
    app.after_request(set_headers)


def allow_framing(origins: Sequence[str]) -> None:
    """Let pages of `origins` (and our own) show this answer in a frame."""
    g.frame_ancestors = tuple(origins)


def allow_form_targets(origins: Sequence[str]) -> None:
    """Let a form of this page lead to `origins`: browsers check redirects as well."""
    g.form_targets = tuple(origins)


def allow_frames() -> None:
    """Let this page show frames of our own."""
    g.has_frames = True


def set_headers(response: Response) -> Response:
    """Add what is not set already: the strictest that the audience allows."""
    headers = response.headers
    ancestors: tuple[str, ...] | None = g.get("frame_ancestors")
    may_frame = " ".join(("'self'", *ancestors)) if ancestors is not None else "'none'"
    may_submit = " ".join(("'self'", *g.get("form_targets", ())))
    policy = f"{CONTENT_POLICY}; form-action {may_submit}; frame-ancestors {may_frame}"
    if g.get("has_frames"):
        policy += "; frame-src 'self'"
    wanted = {**EVERYWHERE, "Content-Security-Policy": policy}
    if ancestors is None:
        wanted["X-Frame-Options"] = "DENY"
    if get_settings().has_https:
        wanted["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
    # By one look at what is there: asked one by one, each looks at all the others.
    given = {name.lower() for name, _ in headers}
    headers.extend(
        (name, value) for name, value in wanted.items() if name.lower() not in given
    )
    if (response.mimetype or "").endswith("json"):
        # Werkzeug names it for texts alone; old browsers guess where none is named.
        response.mimetype_params["charset"] = "utf-8"
    if response.status_code < HTTPStatus.BAD_REQUEST:
        # Flask-Limiter adds it to every answer; who was answered need not wait.
        headers.pop("Retry-After", None)
    return response
