"""Owns how the parts are put together: the one composition root."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from moderation.config import Settings, load_settings
from moderation.delivery.templating import find_templates
from moderation.delivery.worker import WORKER, Worker
from moderation.services.resealing import seal_again
from moderation.services.sealing import Sealer
from moderation.storage.migrations import ensure_schema
from moderation.storage.session import Database
from moderation.storage.upkeep import require_writable
from moderation.web import init_web
from moderation.web.logs import set_up_logs

PACKAGE = Path(__file__).parent
# A comment of 65,525 characters, each four bytes and each byte written as %XX, fits.
MOST_BODY_BYTES = 1_048_576
MOST_FORM_PARTS = 50


def create_app(settings: Settings | None = None) -> Flask:
    """Return the service as a WSGI application; settings default to the environment.

    Brings an SQLite database up to date by itself.

    :raises SettingsError: if a setting can't be used.
    :raises SchemaError: if another database is out of date.
    """
    settings = settings or load_settings()
    set_up_logs(settings)
    database = Database(settings.database_url)
    try:
        ensure_schema(database)
        require_writable(database)
        seal_again(database, Sealer(settings.signing_keys))
        return _make_app(settings, database)
    except Exception:
        database.close()
        raise


def _make_app(settings: Settings, database: Database) -> Flask:
    app = Flask(
        "moderation",
        root_path=str(PACKAGE),
        template_folder=str(find_templates()),
        static_folder="static",
    )
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BODY_BYTES,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    init_web(app, settings, database)
    worker = Worker(settings, database)
    database.on_work = worker.tell
    app.extensions[WORKER] = worker
    return app
