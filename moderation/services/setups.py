"""Owns the first run: nobody can log in yet, and whoever may begin has the code.

The code stands in the data directory and on the console of `moderation serve`: who can
read either could add a moderator by command as well.
"""

import hmac
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotFoundError
from moderation.domain.roles import Role
from moderation.services.moderators import add_moderator, set_name
from moderation.services.sites import LONGEST_KEY, add_site
from moderation.storage.models import Moderator

CODE_FILE = "setup_code"
CODE_BYTES = 9
WRONG_CODE = (
    "This is not the set-up code. It stands where the service was started, and in the "
    f"file {CODE_FILE} of its data directory."
)


def needs_setup(session: Session) -> bool:
    """Return whether there is no moderator yet, and there never was one."""
    return session.scalar(select(Moderator.id).limit(1)) is None


def keep_setup_code(data_dir: Path) -> str:
    """Return the code kept in `data_dir`, made there on first use (mode 0600).

    :raises OSError: if it can't be read or written there.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / CODE_FILE
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(CODE_BYTES) + "\n")
    return path.read_text(encoding="ascii").strip()


def drop_setup_code(data_dir: Path) -> None:
    """Remove the code: it is good for nothing any more."""
    (data_dir / CODE_FILE).unlink(missing_ok=True)


def is_setup_code(data_dir: Path, code: str) -> bool:
    """Return whether `code` is the one kept, in a time that tells nothing of it."""
    kept = keep_setup_code(data_dir)
    typed = code.strip().encode("utf-8", "surrogatepass")
    return bool(kept) and hmac.compare_digest(kept.encode(), typed)


def set_up(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str,
    site_name: str,
    site_address: str,
    site_key: str = "",
) -> Moderator:
    """Return the first moderator, who owns all sites; the first site is made besides.

    :raises NotFoundError: if there is a moderator already.
    :raises InvalidInputError: naming the field that can't be taken.
    """
    if not needs_setup(session):
        raise NotFoundError("This installation is set up already. Log in.")
    owner = add_moderator(
        session, email=email, password_hash=password_hash, role=Role.OWNER
    )
    set_name(owner, name)
    try:
        add_site(
            session,
            key=site_key or derive_key(site_address),
            name=site_name,
            origins=[find_page_origin(site_address)],
        )
    except InvalidInputError as error:
        names = {"key": "site_key", "name": "site_name", "origin": "site_address"}
        raise InvalidInputError(
            {names.get(field, field): said for field, said in error.errors.items()}
        ) from error
    return owner


def find_page_origin(address: str) -> str:
    """Return the origin of an address as people copy it: a page, or a bare host."""
    text = address.strip()
    if "://" not in text:
        text = f"https://{text}"
    # What is no address is told by whoever takes the origin.
    with suppress(ValueError):
        parts = urlsplit(text)
        return f"{parts.scheme}://{parts.netloc}"
    return text


def derive_key(address: str) -> str:
    """Return a site's key made of its host: blog-example-org."""
    host = find_page_origin(address).partition("://")[2].lower().removeprefix("www.")
    return re.sub(r"[^a-z0-9]+", "-", host)[:LONGEST_KEY].strip("-") or "blog"
