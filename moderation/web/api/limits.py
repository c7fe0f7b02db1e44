"""Owns how often a program may ask, and telling it how often it still may."""

import time

from flask import Response, g
from flask_limiter import Limiter

from moderation.web.limits import find_client

LIMIT = "600 per minute"


def find_caller() -> str:
    """Return whom the limit counts: a token, or an address without a good one."""
    grant = g.get("grant")
    return find_client() if grant is None else f"token-{grant.token_id}"


def add_rate(limiter: Limiter, response: Response) -> Response:
    """Tell what is left, as draft-ietf-httpapi-ratelimit-headers-10 has it."""
    current = limiter.current_limit
    if current is not None:
        quota, window = current.limit.amount, current.limit.get_expiry()
        wait = max(0, int(current.reset_at - time.time()))
        response.headers["RateLimit-Policy"] = f'"api";q={quota};w={window}'
        response.headers["RateLimit"] = f'"api";r={current.remaining};t={wait}'
    return response
