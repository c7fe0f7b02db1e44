"""Owns web addresses: what people type becomes one safe canonical form.

The grammar is deliberately narrower than the WHATWG URL Standard: whatever two
parsers could read differently (backslashes, control characters, credentials,
numbers as hosts) is refused, so that what is stored means the same everywhere.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from unicodedata import normalize, ucd_3_2_0
from urllib.parse import quote

from moderation.domain.errors import InvalidOriginError, InvalidURLError

LONGEST_URL = 2_000
SCHEMES = ("http", "https")
DEFAULT_PORTS = {"http": 80, "https": 443}
# RFC 3986, 2.2 and 2.3: what may stand unquoted in path, query and fragment. Quotes
# are quoted too, so that no template has to be trusted with them.
UNQUOTED = "%/?:@!$&()*+,;=-._~"

_PARTS = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"`{}|^\u2028\u2029\ud800-\udfff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_PORT = re.compile(r"[0-9]{1,5}")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
# Letters that IDNA 2003 and 2008 map to different hosts (RFC 5894, 7.2).
_DEVIATIONS = re.compile("[\u00df\u03c2\u200c\u200d]")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, kw_only=True)
class WebAddress:
    """Where a web address leads, in the parts a client connects and asks with.

    `host` is a name or an IP address without brackets; `authority` is as a Host header
    has it. `target` is path and query.
    """

    scheme: str
    host: str
    port: int
    authority: str
    target: str


def split_web_url(text: str) -> WebAddress:
    """Return the parts of an absolute http or https address, after `parse_web_url`.

    :raises InvalidURLError: if it is no such address.
    """
    scheme, host, port, rest = _split(parse_web_url(text))
    return WebAddress(
        scheme=scheme,
        host=host.strip("[]"),
        port=DEFAULT_PORTS[scheme] if port is None else port,
        authority=host if port is None else f"{host}:{port}",
        target=rest.partition("#")[0],
    )


def parse_web_url(text: str) -> str:
    """Return the canonical form of an absolute http or https address.

    A missing scheme is taken as https, as browsers do.

    :raises InvalidURLError: if it is no such address.
    """
    text = text.strip(" \t\r\n")
    if "://" not in text and not text.startswith("/"):
        text = f"https://{text}"
    scheme, host, port, rest = _split(text)
    path = quote(_LONE_PERCENT.sub("%25", rest), safe=UNQUOTED + "#")
    if not path.startswith("/"):
        path = f"/{path}"
    url = _join(scheme, host, port) + path
    if len(url) > LONGEST_URL:
        raise InvalidURLError(f"The address has more than {LONGEST_URL} characters.")
    return url


def parse_origin(text: str) -> str:
    """Return the canonical origin (scheme, host, port if not the default; RFC 6454).

    :raises InvalidOriginError: if `text` is anything but an http(s) origin.
    """
    try:
        scheme, host, port, rest = _split(text)
    except InvalidURLError as error:
        raise InvalidOriginError(str(error)) from error
    if rest not in {"", "/"}:
        raise InvalidOriginError(
            f"{text!r} has a path; an origin is like https://blog.example.org"
        )
    return _join(scheme, host, port)


def find_origin(url: str) -> str:
    """Return the origin of a web address, "" if it is none."""
    try:
        scheme, host, port, _ = _split(url)
    except InvalidURLError:
        return ""
    return _join(scheme, host, port)


def find_host(url: str) -> str:
    """Return the host of a web address, "" if it is none."""
    try:
        return _split(url)[1]
    except InvalidURLError:
        return ""


def _split(text: str) -> tuple[str, str, int | None, str]:
    """Return scheme, host, port (None if the default) and all that follows."""
    if _FORBIDDEN.search(text):
        raise InvalidURLError("The address has characters that no web address has.")
    match = _PARTS.fullmatch(text)
    if match is None or match["scheme"].lower() not in SCHEMES:
        raise InvalidURLError("Give an address that begins with http:// or https://.")
    scheme = match["scheme"].lower()
    host, port = _split_authority(match["authority"])
    is_default = port is None or port == DEFAULT_PORTS[scheme]
    return scheme, host, None if is_default else port, match["rest"]


def _split_authority(authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise InvalidURLError("The address must not hold a user name or password.")
    host, separator, port = authority, "", ""
    if not authority.endswith("]") and ":" in authority:
        host, separator, port = authority.rpartition(":")
    if port and (not _PORT.fullmatch(port) or int(port) > 65_535):  # noqa: PLR2004
        raise InvalidURLError("The port in the address is not a number up to 65535.")
    return _parse_host(host), int(port) if separator and port else None


def _parse_host(host: str) -> str:
    if host.startswith("[") and host.endswith("]"):
        try:
            return f"[{IPv6Address(host[1:-1])}]"
        except AddressValueError as error:
            raise InvalidURLError("The address has no valid host name.") from error
    name = _to_ascii(host).removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):  # noqa: PLR2004
        raise InvalidURLError("The address has no valid host name.")
    if _NUMERIC.fullmatch(labels[-1]):
        return _parse_ipv4(name)
    return name


def _to_ascii(host: str) -> str:
    # Python's codec knows the Unicode of 2002; where normalisation was mended since,
    # browsers ask for another host.
    is_mended = ucd_3_2_0.normalize("NFKC", host) != normalize("NFKC", host)
    if is_mended or _DEVIATIONS.search(host.lower()):
        raise InvalidURLError("Write the host name in its xn-- form.")
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InvalidURLError("The address has no valid host name.") from error


def _parse_ipv4(name: str) -> str:
    """Return `name` if it is a dotted quad: other numbers mean different hosts."""
    try:
        return str(IPv4Address(name))
    except AddressValueError as error:
        raise InvalidURLError("The address has no valid host name.") from error


def _join(scheme: str, host: str, port: int | None) -> str:
    return f"{scheme}://{host}" + (f":{port}" if port is not None else "")
