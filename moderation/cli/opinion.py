"""Owns `moderation site opinion`: the classifier outside that a site asks."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace

import click

from moderation.cli.database import open_database
from moderation.config import Settings, load_settings
from moderation.delivery.opinions import NoOpinionError, make_classifiers, make_example
from moderation.delivery.targets import check_target
from moderation.delivery.transport import Transport
from moderation.domain.errors import NotFoundError
from moderation.domain.opinions import Opinion
from moderation.domain.scores import find_percent
from moderation.services.access import OPERATOR
from moderation.services.advisers import (
    NONE_SET,
    AdviserWish,
    check_url,
    find_adviser,
    renew_secret,
    set_adviser,
)
from moderation.services.sealing import Sealer
from moderation.storage.models import Adviser
from moderation.storage.session import Database


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the command is to change, None for what it is not."""

    url: str | None
    is_on: bool | None
    sends_email: bool | None


NOTHING = Given(url=None, is_on=None, sends_email=None)


@click.command("opinion")
@click.argument("key")
@click.option("--url", help="Where the classifier is; switches it on, the first time.")
@click.option("--on/--off", "is_on", default=None, help="Ask it, or not any more.")
@click.option(
    "--email/--no-email",
    "sends_email",
    default=None,
    help="Tell it authors' e-mail addresses, too; off by default.",
)
@click.option(
    "--new-secret",
    is_flag=True,
    help="Sign by a new secret, too; a day later by it alone.",
)
@click.option("--try", "is_trial", is_flag=True, help="Ask it about an example, now.")
def opinion(
    key: str,
    *,
    url: str | None,
    is_on: bool | None,
    sends_email: bool | None,
    new_secret: bool,
    is_trial: bool,
) -> None:
    """Ask a classifier outside before a comment on the site KEY is published.

    Without options it prints what is set. A secret that was made stands alone on the
    last line, and is never shown again. See docs/external-opinion.md.
    """
    settings = load_settings()
    if url is not None:
        url = check_url(url)
        check_target(Transport(allowed=settings.webhook_allow), url)
    secret = ""
    with open_database() as database:
        given = Given(url=url, is_on=is_on, sends_email=sends_email)
        if given != NOTHING:
            secret = _set(database, settings, key, given)
        if new_secret:
            with database.write() as session:
                sealer = Sealer(settings.signing_keys)
                secret = renew_secret(session, OPERATOR, key, sealer=sealer)
        with database.read() as session:
            adviser = find_adviser(session, OPERATOR, key)
    click.echo(describe_adviser(adviser) if adviser else "nobody is asked")
    if is_trial:
        _try(settings, key, adviser)
    if secret:
        click.echo(secret)


def describe_adviser(adviser: Adviser) -> str:
    """Return whom a site asks, and how that goes, between tabs."""
    if adviser.failing_since is not None:
        health = f"failing since {adviser.failing_since:%Y-%m-%d %H:%M}"
    elif adviser.answered_at is not None:
        health = f"answered {adviser.answered_at:%Y-%m-%d %H:%M}"
    else:
        health = "never asked"
    parts = [
        "on" if adviser.is_on else "off",
        adviser.url,
        "with e-mail" if adviser.sends_email else "without e-mail",
        health,
    ]
    return "\t".join(parts + ([adviser.problem] if adviser.problem else []))


def describe_answers(
    settings: Settings, advisers: Mapping[str, Adviser]
) -> Iterator[str]:
    """Yield whether those asked by sites (by key) answer; asks about an example."""
    for key, adviser in advisers.items():
        try:
            _ask(settings, key, adviser)
        except NoOpinionError as error:
            yield (
                f"Outside opinion of {key}: none. {error} All that would be published "
                f"is held meanwhile; moderation site opinion {key} --off ends that."
            )
        else:
            yield f"Outside opinion of {key}: the classifier answers."


def _set(database: Database, settings: Settings, key: str, given: Given) -> str:
    """Set what is given, and return the secret if one was made."""
    with database.write() as session:
        current = find_adviser(session, OPERATOR, key)
        wish = _make_wish(given, current)
        sealer = Sealer(settings.signing_keys)
        return set_adviser(session, OPERATOR, key, wish, sealer=sealer)


def _make_wish(given: Given, current: Adviser | None) -> AdviserWish:
    """Return what is wanted: what was given, else what is set, else the default."""
    if current is None and given.url is None:
        raise NotFoundError(NONE_SET)
    base = AdviserWish(url="")
    if current is not None:
        base = AdviserWish(
            url=current.url, is_on=current.is_on, sends_email=current.sends_email
        )
    wanted = {name: value for name, value in asdict(given).items() if value is not None}
    return replace(base, **wanted)


def _try(settings: Settings, key: str, adviser: Adviser | None) -> None:
    """Ask about an example, and print what was answered."""
    if adviser is None:
        raise NotFoundError(NONE_SET)
    try:
        found = _ask(settings, key, adviser)
    except NoOpinionError as error:
        raise click.ClickException(f"No opinion came. {error}") from error
    click.echo(f"{find_percent(found.score)}%\t{found.reason or 'no reason given'}")


def _ask(settings: Settings, key: str, adviser: Adviser) -> Opinion:
    """Return what is answered about an example. :raises NoOpinionError: if nothing."""
    message = make_example(key, sends_email=adviser.sends_email)
    return make_classifiers(settings).ask(adviser, message, uid="opinion_example")
