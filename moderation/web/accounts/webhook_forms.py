"""Owns what owners fill in about a webhook, and how it is read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from werkzeug.datastructures import MultiDict

from moderation.domain.errors import InvalidInputError
from moderation.domain.presets import Preset
from moderation.services.endpoint_keys import list_public_keys
from moderation.services.endpoint_wishes import Wish
from moderation.storage.models import Endpoint
from moderation.storage.models.base import now

PRESETS: Mapping[Preset, str] = {
    Preset.STANDARD: "Standard Webhooks",
    Preset.CLOUDEVENTS: "CloudEvents",
    Preset.NETLIFY: "Netlify: start a build",
    Preset.GITHUB: "GitHub: repository_dispatch",
    Preset.SLACK: "Slack: a message",
    Preset.DISCORD: "Discord: a message",
    Preset.MATTERMOST: "Mattermost: a message",
    Preset.TEMPLATE: "JSON of your own",
}
YES = "yes"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the fields show. `headers` are as they were typed: kept ones are secret."""

    url: str = ""
    name: str = ""
    sites: Collection[str] = ()
    is_everywhere: bool = False
    types: Collection[str] = ()
    preset: str = Preset.STANDARD
    template: str = ""
    headers: str = ""
    has_no_headers: bool = False
    is_thin: bool = False
    has_private: bool = False
    has_public_key: bool = False

    @classmethod
    def of_form(cls, form: MultiDict[str, str]) -> Self:
        """Return what was typed."""
        return cls(
            url=form.get("url", "").strip(),
            name=form.get("name", ""),
            sites=form.getlist("site"),
            is_everywhere=form.get("everywhere") == YES,
            types=form.getlist("type"),
            preset=form.get("preset", Preset.STANDARD),
            template=form.get("template", ""),
            headers=form.get("headers", ""),
            has_no_headers=form.get("no_headers") == YES,
            is_thin=form.get("thin") == YES,
            has_private=form.get("private") == YES,
            has_public_key=form.get("public_key") == YES,
        )

    @classmethod
    def of_endpoint(cls, endpoint: Endpoint) -> Self:
        """Return what there is, to be changed."""
        return cls(
            url=endpoint.url,
            name="" if endpoint.name == endpoint.url else endpoint.name,
            sites=[site.key for site in endpoint.sites],
            is_everywhere=endpoint.is_everywhere,
            types=endpoint.types,
            preset=endpoint.preset,
            template=endpoint.template,
            is_thin=endpoint.is_thin,
            has_private=endpoint.has_private,
            has_public_key=bool(list_public_keys(endpoint, now())),
        )

    def read(self) -> Wish:
        """Return what is asked for.

        :raises InvalidInputError: if something of it can't be read.
        """
        if not all(text.isprintable() for text in (self.url, self.name, *self.sites)):
            raise InvalidInputError({"url": ["Take out the control characters."]})
        return Wish(
            url=self.url,
            name=self.name,
            site_keys=None if self.is_everywhere else list(self.sites),
            types=list(self.types),
            preset=self._read_preset(),
            template=self.template,
            headers=self._read_headers(),
            is_thin=self.is_thin,
            has_private=self.has_private,
            has_public_key=self.has_public_key,
        )

    def _read_preset(self) -> Preset:
        try:
            return Preset(self.preset)
        except ValueError as error:
            problem = "Choose a form of the body."
            raise InvalidInputError({"preset": [problem]}) from error

    def _read_headers(self) -> Mapping[str, str] | None:
        """Return the headers that are asked for, None for those there are."""
        if self.has_no_headers:
            return {}
        lines = [line for line in self.headers.splitlines() if line.strip()]
        if not lines:
            return None
        headers = {}
        for line in lines:
            name, separator, value = line.partition(":")
            if not separator:
                problem = "Write each header as “Name: value”, on a line of its own."
                raise InvalidInputError({"headers": [problem]})
            headers[name.strip()] = value.strip()
        return headers
