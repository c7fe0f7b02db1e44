"""Owns the check of a blog's page: why what it embeds would fail, in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

from moderation.domain.urls import find_origin
from moderation.services.element import make_element_script

WORDPRESS = "/wp-comments-post.php"
NOTHING = (
    "There is neither <leave-a-reply>, nor a frame, nor a form of this service ({}) on "
    "the page. If a script puts it there, it can't be seen from here; else copy one of "
    "the snippets of docs/embedding.md."
)
# What a policy falls back on (CSP 3, 6.1): nothing stands behind `form-action`.
FALLBACKS = {
    "script-src-elem": ("script-src", "default-src"),
    "connect-src": ("default-src",),
    "frame-src": ("child-src", "default-src"),
    "form-action": (),
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page as it was fetched: `url` is "" if it is not known where it will be."""

    html: str
    url: str = ""
    policies: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Embed:
    """One place where a page shows comments or takes them.

    `kind` is `element`, `frame` or `form`; `needs` are the directives that must allow
    our origin. `site` and `thread` are None where the page names none.
    """

    kind: str
    site: str | None
    thread: str | None
    address: str
    needs: Sequence[str]


@dataclass(kw_only=True)
class Found:
    """What a page holds of ours."""

    embeds: list[Embed] = field(default_factory=list)
    scripts: list[Mapping[str, str]] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)


def check_page(
    page: Page, *, base_url: str, origins: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return what is wrong with a page, a sentence each; [] if all is well.

    `origins` are those of each site, by its key.
    """
    found = read_page(page, base_url=base_url)
    if not found.embeds:
        return [NOTHING.format(base_url)]
    problems = list(_check_scripts(found, base_url))
    for embed in found.embeds:
        problems += _check_embed(embed, page.url, base_url, origins)
        problems += _check_policies(embed, [*page.policies, *found.policies], base_url)
    return list(dict.fromkeys(problems))


def read_page(page: Page, *, base_url: str) -> Found:
    """Return what a page holds of ours, and the policies in it."""
    reader = _Reader(page.url, base_url)
    reader.feed(page.html)
    return reader.found


def allows(policy: str, directive: str, address: str, *, page_url: str) -> bool:
    """Return whether a Content-Security-Policy lets a page use an address (CSP 3)."""
    rules: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        rules.setdefault(name.lower(), sources)
    names = (directive, *FALLBACKS[directive])
    for name in names:
        if name in rules:
            return any(_matches(source, address, page_url) for source in rules[name])
    return True


class _Reader(HTMLParser):
    def __init__(self, page_url: str, base_url: str) -> None:
        super().__init__()
        self._page_url, self._origin = page_url, find_origin(base_url)
        self.found = Found()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "leave-a-reply":
            self._add("element", given.get("site"), given.get("thread"), "")
        elif tag == "script" and self._is_ours(given.get("src", "")):
            self.found.scripts.append(given)
        elif tag == "iframe" and self._is_ours(given.get("src", "")):
            self._add_address("frame", given["src"])
        elif tag == "form" and self._is_ours(given.get("action", "")):
            self._add_address("form", given["action"])
        elif tag == "input" and self._has_thread(given):
            last = self.found.embeds.pop()
            self._add(last.kind, last.site, given.get("value", ""), last.address)
        elif tag == "meta":
            name = given.get("http-equiv", "").lower()
            if name == "content-security-policy":
                self.found.policies.append(given.get("content", ""))

    def _is_ours(self, address: str) -> bool:
        return find_origin(urljoin(self._page_url, address)) == self._origin or (
            # Under the wrong scheme it is ours still, and that is what is wrong.
            urlsplit(address).netloc != ""
            and urlsplit(address).netloc == urlsplit(self._origin).netloc
        )

    def _has_thread(self, given: Mapping[str, str]) -> bool:
        is_in_form = bool(self.found.embeds) and self.found.embeds[-1].kind == "form"
        return is_in_form and given.get("name") in {"thread", "comment_post_ID"}

    def _add_address(self, kind: str, address: str) -> None:
        parts = urlsplit(address)
        query = parse_qs(parts.query)
        thread = query.get("thread", [None])[0]
        if parts.path == WORDPRESS:
            self._add(kind, query.get("site", [""])[0], thread, address)
        elif parts.path.startswith("/embed/"):
            self._add(kind, parts.path.split("/")[2], thread, address)

    def _add(
        self, kind: str, site: str | None, thread: str | None, address: str
    ) -> None:
        needs = {
            "element": ("script-src-elem", "connect-src"),
            "frame": ("frame-src",),
            "form": ("form-action",),
        }
        self.found.embeds.append(
            Embed(
                kind=kind, site=site, thread=thread, address=address, needs=needs[kind]
            )
        )


def _check_scripts(found: Found, base_url: str) -> Iterator[str]:
    has_element = any(embed.kind == "element" for embed in found.embeds)
    if not has_element:
        return
    if not found.scripts:
        yield (
            "There is a <leave-a-reply>, but not its script: add "
            f'<script type="module" async src="{base_url}/embed.js"></script>'
        )
    script = make_element_script()
    for given in found.scripts:
        if "/embed." not in given["src"]:
            continue
        if given.get("type") != "module":
            yield 'The script is not loaded as a module: give it type="module".'
        pinned = given["src"].partition("/embed.")[2] == f"{script.version}.js"
        if given.get("integrity") and not pinned:
            yield (
                "The script is pinned to another version than the newest, or to none: "
                f'use src="{base_url}/embed.{script.version}.js" with '
                f'integrity="{script.integrity}"'
            )
        elif pinned and given.get("integrity") not in {None, script.integrity}:
            yield (
                "The script's integrity is not that of the script: it is "
                f"{script.integrity}"
            )


def _check_embed(
    embed: Embed, page_url: str, base_url: str, origins: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    origin = find_origin(page_url)
    # A WordPress form may leave the site to the page's origin.
    site = embed.site or next(
        (key for key, known in origins.items() if origin in known), ""
    )
    if site not in origins:
        yield (
            f"There is no site {site!r} here. Known: {', '.join(origins) or 'none'}."
            " Add one with: moderation site add KEY --name NAME --origin URL"
        )
    elif origin and origin not in origins[site]:
        yield (
            f"The page lies on {origin}, which is not registered for {site!r}: "
            f"moderation site set {site} "
            + " ".join(f"--origin {known}" for known in [*origins[site], origin])
        )
    if not embed.thread:
        yield (
            "The page does not say which thread its comments belong to: give the "
            f"{embed.kind} a thread, such as the path of the page."
        )
    is_secure = base_url.startswith("https:") and not embed.address.startswith("http:")
    if page_url.startswith("https:") and not is_secure:
        yield (
            "The page is served with https, the service without: browsers refuse that "
            "(mixed content). Serve it with https and set MODERATION_BASE_URL."
        )


def _check_policies(
    embed: Embed, policies: Sequence[str], base_url: str
) -> Iterator[str]:
    origin = find_origin(base_url)
    for directive in embed.needs:
        for policy in policies:
            if not allows(policy, directive, origin, page_url=""):
                name = directive.removesuffix("-elem")
                yield (
                    f"The page's Content-Security-Policy forbids it: add {origin} to "
                    f"{name}."
                )


def _matches(source: str, address: str, page_url: str) -> bool:
    wanted = urlsplit(address)
    if source == "*" or source.rstrip(":") == wanted.scheme:
        return True
    if source == "'self'":
        return find_origin(page_url) == find_origin(address)
    scheme, separator, rest = source.rpartition("://")
    if separator and scheme not in {wanted.scheme, "http"}:
        return False
    host = rest.split("/")[0].lower()
    if host.startswith("*."):
        return wanted.netloc.endswith(host[1:])
    return host.removesuffix(":443") == wanted.netloc
