"""Owns the settings: frozen values read once from the environment."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from email.headerregistry import Address
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import (
    EnvError,
    EnvValidationError,
    FileAwareEnv,
    ValidationError,
    validate,
)

PREFIX = "MODERATION_"
SECRET_KEY_FILE = "secret_key"  # noqa: S105 a file's name
LEAST_SECRET_CHARACTERS = 32
# A hundred years: more is a slip, and no date has room for it.
MOST_DAYS = 36_500
# As large as importers read.
MOST_MEGABYTES = 8_000
# Of whom more than a password is asked.
NOBODY, OWNERS, EVERYBODY = "none", "owners", "all"
LOG_FORMATS = ("console", "json")
MAIL_SCHEMES = ("smtp", "smtps")
QUEUE_SCHEMES = ("sqlite", "redis", "rediss", "postgresql")

_ADDRESS = r"[^\s<>@,;:\"]+@[^\s<>@,;:\"]+"
# A bare address, or a name with the address in brackets behind it.
_SENDER = re.compile(
    rf"(?P<bare>{_ADDRESS})"
    rf"|(?P<name>[^<>@\"\x00-\x1f\x7f]*?) *<(?P<address>{_ADDRESS})>"
)

IPNetwork = IPv4Network | IPv6Network


class SettingsError(Exception):
    """Settings that can't be used; one message per problem, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an operator can set; README.md has the same table for people.

    Each field but `is_demo` is the variable `MODERATION_` + its name in capitals.
    """

    data_dir: Path
    database_url: str
    secret_key: str
    old_secret_keys: tuple[str, ...] = ()
    base_url: str = "http://127.0.0.1:8000"
    limits_url: str = "memory://"
    limits_enabled: bool = True
    post_limit: str = "6 per minute; 60 per hour"
    login_limit: str = "10 per minute; 60 per hour"
    require_second_step: str = NOBODY
    trusted_proxies: int = 0
    log_format: str = "console"
    queue_url: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    webhook_allow: tuple[IPNetwork, ...] = ()
    retention_address_days: int = 30
    retention_spam_days: int = 30
    retention_rejected_days: int = 30
    import_megabytes: int = 2_000
    backup_dir: str = ""
    backup_hours: int = 24
    backup_keep: int = 7
    metrics_token: str = ""
    metrics_allow: tuple[IPNetwork, ...] = ()
    otel_endpoint: str = ""
    is_demo: bool = False

    @property
    def has_https(self) -> bool:
        """Whether the service is reached over https, as `base_url` says."""
        return self.base_url.startswith("https://")

    @property
    def has_mail(self) -> bool:
        """Whether mail can be sent: what needs it is not offered otherwise."""
        return bool(self.smtp_url)

    @property
    def has_address(self) -> bool:
        """Whether `base_url` was set: links in mails lead nowhere otherwise."""
        return self.base_url != Settings.base_url

    @property
    def can_notify(self) -> bool:
        """Whether mails about comments can be sent, with links that lead here."""
        return self.has_mail and self.has_address

    @property
    def sender(self) -> Address:
        """Return the address mails come from. :raises ValueError: if none is set."""
        found = _SENDER.fullmatch(self.mail_from)
        if found is None:
            raise ValueError("No mail can be sent: MODERATION_MAIL_FROM is not set.")
        return Address(
            display_name=found["name"] or "",
            addr_spec=found["bare"] or found["address"],
        )

    @property
    def signing_keys(self) -> list[str]:
        """Return the keys of signed tokens, oldest first, as itsdangerous takes them.

        The last one signs; all of them verify.
        """
        return [*self.old_secret_keys, self.secret_key]


SETTING_NAMES = tuple(
    PREFIX + field.name.upper() for field in fields(Settings) if field.name != "is_demo"
)


def load_settings() -> Settings:
    """Return the settings of the process's environment.

    Each may also be given as the name of a file that holds it, in the variable
    with `_FILE` behind its name. Makes the data directory and, unless one is
    given, the secret key in it.

    :raises SettingsError: naming every variable that can't be used, and why.
    """
    env = FileAwareEnv(prefix=PREFIX, eager=False, strip_whitespace=True)
    try:
        settings = _read_settings(env)
        env.seal()
        _check_mail(settings)
    except EnvValidationError as error:
        raise SettingsError(_list_problems(error)) from error
    except (EnvError, ValueError) as error:
        raise SettingsError([str(error)]) from error
    _refuse_unknown()
    return settings


def keep_secret_key(data_dir: Path) -> str:
    """Return the secret key kept in `data_dir`, made there on first use (mode 0600).

    :raises SettingsError: if the directory can't be written or read.
    """
    path = data_dir / SECRET_KEY_FILE
    try:
        make_data_dir(data_dir)
        _write_once(path, secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        problem = (
            f"{PREFIX}DATA_DIR: {path} can't be kept ({error.strerror}); name a "
            f"directory this user can write, or set {PREFIX}SECRET_KEY"
        )
        raise SettingsError([problem]) from error


def make_data_dir(data_dir: Path) -> None:
    """Make the data directory if it is not there (mode 0700: it holds addresses).

    :raises SettingsError: if it can't be made.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        problem = (
            f"{PREFIX}DATA_DIR: {data_dir} can't be made ({error.strerror}); name a "
            "directory this user can write"
        )
        raise SettingsError([problem]) from error


def _read_settings(env: FileAwareEnv) -> Settings:
    data_dir = Path(env.str("DATA_DIR", "data")).absolute()
    default_url = f"sqlite:///{data_dir / 'moderation.sqlite3'}"
    database_url = env.str("DATABASE_URL", default_url)
    if database_url == default_url:
        make_data_dir(data_dir)
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        secret_key=env.str("SECRET_KEY", None, validate=_check_secret)
        or keep_secret_key(data_dir),
        old_secret_keys=tuple(env.list("OLD_SECRET_KEYS", []) or ()),
        base_url=str(
            env.str("BASE_URL", Settings.base_url, validate=_check_url)
        ).rstrip("/"),
        limits_url=env.str("LIMITS_URL", Settings.limits_url),
        limits_enabled=env.bool("LIMITS_ENABLED", Settings.limits_enabled),
        post_limit=env.str("POST_LIMIT", Settings.post_limit),
        login_limit=env.str("LOGIN_LIMIT", Settings.login_limit),
        require_second_step=env.str(
            "REQUIRE_SECOND_STEP",
            Settings.require_second_step,
            validate=validate.OneOf((NOBODY, OWNERS, EVERYBODY)),
        ),
        trusted_proxies=env.int(
            "TRUSTED_PROXIES", Settings.trusted_proxies, validate=validate.Range(min=0)
        ),
        log_format=env.str(
            "LOG_FORMAT", Settings.log_format, validate=validate.OneOf(LOG_FORMATS)
        ),
        queue_url=env.str("QUEUE_URL", Settings.queue_url, validate=_check_queue),
        smtp_url=env.str("SMTP_URL", Settings.smtp_url, validate=_check_smtp),
        mail_from=env.str("MAIL_FROM", Settings.mail_from, validate=_check_sender),
        webhook_allow=_read_networks(env, "WEBHOOK_ALLOW"),
        **_read_upkeep(env),
        **_read_watching(env),
    )


def _read_upkeep(env: FileAwareEnv) -> dict[str, Any]:
    """Return how long what is kept, and how often it is backed up."""
    days = validate.Range(min=0, max=MOST_DAYS)
    return {
        "retention_address_days": env.int(
            "RETENTION_ADDRESS_DAYS", Settings.retention_address_days, validate=days
        ),
        "retention_spam_days": env.int(
            "RETENTION_SPAM_DAYS", Settings.retention_spam_days, validate=days
        ),
        "retention_rejected_days": env.int(
            "RETENTION_REJECTED_DAYS", Settings.retention_rejected_days, validate=days
        ),
        "import_megabytes": env.int(
            "IMPORT_MEGABYTES",
            Settings.import_megabytes,
            validate=validate.Range(min=0, max=MOST_MEGABYTES),
        ),
        "backup_dir": env.str("BACKUP_DIR", Settings.backup_dir),
        "backup_hours": env.int(
            "BACKUP_HOURS", Settings.backup_hours, validate=validate.Range(min=1)
        ),
        "backup_keep": env.int(
            "BACKUP_KEEP", Settings.backup_keep, validate=validate.Range(min=1)
        ),
    }


def _read_watching(env: FileAwareEnv) -> dict[str, Any]:
    """Return who may see figures, and where traces go."""
    return {
        "metrics_token": env.str(
            "METRICS_TOKEN", Settings.metrics_token, validate=_check_token
        ),
        "metrics_allow": _read_networks(env, "METRICS_ALLOW"),
        "otel_endpoint": env.str(
            "OTEL_ENDPOINT", Settings.otel_endpoint, validate=_check_collector
        ),
    }


def _check_token(value: str) -> None:
    if value:
        _check_secret(value)


def _check_secret(value: str) -> None:
    if len(value) < LEAST_SECRET_CHARACTERS:
        raise ValidationError(
            f"Needs at least {LEAST_SECRET_CHARACTERS} random characters."
        )


def _check_url(value: str) -> None:
    parts = urlsplit(value)
    is_web = parts.scheme in {"http", "https"} and parts.hostname
    if not is_web or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValidationError(
            "Give an address without a path, like https://comments.example.org."
        )


def _check_collector(value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValidationError("Give an address like http://127.0.0.1:4318.")


def _check_queue(value: str) -> None:
    if value and urlsplit(value).scheme not in QUEUE_SCHEMES:
        raise ValidationError(
            "Give an address like sqlite:////srv/queue.sqlite3, redis://host:6379/0 "
            "or postgresql://user@host/name."
        )


def _read_networks(env: FileAwareEnv, name: str) -> tuple[IPNetwork, ...]:
    values: list[str] = env.list(name, [], validate=_check_networks) or []
    return tuple(ip_network(value.strip()) for value in values)


def _check_networks(values: list[str]) -> None:
    for value in values:
        try:
            ip_network(value.strip())
        except ValueError as error:
            raise ValidationError(
                f"{value.strip()!r} is no network; give some like 10.1.0.0/16,::1/128."
            ) from error


def _check_smtp(value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.scheme not in MAIL_SCHEMES or not parts.hostname):
        raise ValidationError(
            "Give an address like smtp://user:password@mail.example.org:587 or "
            "smtps://mail.example.org."
        )


def _check_sender(value: str) -> None:
    if value and not _SENDER.fullmatch(value):
        raise ValidationError(
            "Give an address like comments@example.org or "
            "A blog <comments@example.org>."
        )


def _check_mail(settings: Settings) -> None:
    """Refuse a mail server without a sender: it would take no mail.

    :raises SettingsError: if so.
    """
    if settings.has_mail and not settings.mail_from:
        raise SettingsError(
            [f"{PREFIX}MAIL_FROM: say whom mails come from, as comments@example.org"]
        )


def _list_problems(error: EnvValidationError) -> list[str]:
    messages = error.error_messages
    if not isinstance(messages, Mapping):
        return list(messages)
    return [f"{name}: {' '.join(map(str, found))}" for name, found in messages.items()]


def _refuse_unknown() -> None:
    """Refuse variables that begin like ours and are none: a slip of the pen.

    :raises SettingsError: naming each.
    """
    known = {*SETTING_NAMES, *(f"{name}_FILE" for name in SETTING_NAMES)}
    unknown = [n for n in sorted(os.environ) if n.startswith(PREFIX) and n not in known]
    if unknown:
        raise SettingsError(
            [f"{n}: no such setting; README.md lists them all" for n in unknown]
        )


def _write_once(path: Path, text: str) -> None:
    """Write `path` unless it is there; of two processes at once, one wins whole."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
