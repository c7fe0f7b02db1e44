"""Owns the codes of authenticator apps (RFC 6238: SHA-1, six digits, 30 seconds)."""

import base64
import hmac
import secrets
import struct
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
# RFC 4226, 4: as long as the digest.
SECRET_BYTES = 20
ISSUER = "Leave a Reply"
# A phone may be slow by one step, or somebody slow to type (RFC 6238, 5.2).
TOLERATED_STEPS = 1


def make_secret() -> str:
    """Return a new secret as apps show it: base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def compute_code(secret: str, step: int) -> str:
    """Return the code of a step (RFC 4226, 5.3)."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack_from(">I", digest, offset)[0] & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def find_step(secret: str, code: str, *, at: float, after: int | None) -> int | None:
    """Return the step whose code this is, None if it is none of about now.

    `at` is in seconds since 1970. What is not `after` the last step taken counts no
    more: a code seen over somebody's shoulder is worth nothing.
    """
    present = int(at // STEP_SECONDS)
    typed = "".join(code.split())
    for step in range(present - TOLERATED_STEPS, present + TOLERATED_STEPS + 1):
        is_new = after is None or step > after
        expected = compute_code(secret, step)
        if is_new and hmac.compare_digest(expected.encode(), typed.encode()):
            return step
    return None


def make_address(secret: str, account: str) -> str:
    """Return the address that apps read from a QR code (otpauth)."""
    label = quote(f"{ISSUER}:{account}", safe="@")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"
