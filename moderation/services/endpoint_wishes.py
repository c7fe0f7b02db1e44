"""Owns what owners ask of an endpoint, and whether it can be."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.domain.errors import InvalidInputError, InvalidURLError
from moderation.domain.events import WANTABLE
from moderation.domain.presets import Preset, check_template
from moderation.domain.urls import parse_web_url
from moderation.services.endpoint_keys import list_public_keys
from moderation.storage.models import Endpoint
from moderation.storage.models.base import now

MOST_HEADERS = 20
LONGEST_HEADER = 2_000
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
# What the client writes itself, and what proves who sends.
_OWN_HEADERS = {
    "accept-encoding", "connection", "content-length", "content-type", "host",
    "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
    "webhook-id", "webhook-signature", "webhook-timestamp",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an owner asks of an endpoint.

    `site_keys` None: all sites, those to come included. `types` (): all events.
    `headers` None: those it has. `has_public_key`: what is sent can be verified with a
    public key, too.
    """

    url: str
    name: str = ""
    site_keys: Sequence[str] | None = None
    types: Sequence[str] = ()
    preset: Preset = Preset.STANDARD
    template: str = ""
    headers: Mapping[str, str] | None = None
    is_thin: bool = False
    has_private: bool = False
    has_public_key: bool = False


def make_wish(endpoint: Endpoint) -> Wish:
    """Return the wish that would leave an endpoint as it is; its headers are kept."""
    return Wish(
        url=endpoint.url,
        name=endpoint.name,
        site_keys=(
            None if endpoint.is_everywhere else [site.key for site in endpoint.sites]
        ),
        types=endpoint.types,
        preset=Preset(endpoint.preset),
        template=endpoint.template,
        is_thin=endpoint.is_thin,
        has_private=endpoint.has_private,
        has_public_key=bool(list_public_keys(endpoint, now())),
    )


def check_url(text: str) -> str:
    """Return a web address as it is kept. :raises InvalidInputError: if it is none."""
    if "://" not in text:
        problem = "Give the whole address, with http:// or https://."
        raise InvalidInputError({"url": [problem]})
    try:
        return parse_web_url(text)
    except InvalidURLError as error:
        raise InvalidInputError({"url": [str(error)]}) from error


def check_types(types: Iterable[str]) -> list[str]:
    """Return which events, each once. :raises InvalidInputError: if one is none."""
    wanted = list(dict.fromkeys(types))
    unknown = [name for name in wanted if name not in set(WANTABLE)]
    if unknown:
        known = ", ".join(WANTABLE)
        problem = f"{', '.join(unknown)}: no such event. There are {known}."
        raise InvalidInputError({"types": [problem]})
    return wanted


def check_form(wish: Wish) -> str:
    """Return the template, "" if unused. :raises InvalidInputError: if it can't be."""
    if wish.preset is not Preset.TEMPLATE:
        return ""
    if not wish.template.strip():
        raise InvalidInputError({"template": ["Write the JSON that is to be sent."]})
    return check_template(wish.template)


def check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers to be sent besides. :raises InvalidInputError: if one can't be."""
    problems = [
        f"{name!r} can't be set."
        for name, value in headers.items()
        if not _HEADER_NAME.fullmatch(name)
        or name.lower() in _OWN_HEADERS
        or not _HEADER_VALUE.fullmatch(value)
        or len(value) > LONGEST_HEADER
    ]
    if len(headers) > MOST_HEADERS:
        problems.append(f"Use at most {MOST_HEADERS} headers.")
    if problems:
        raise InvalidInputError({"headers": problems})
    return dict(headers)
