"""HTTP: one package per audience; views validate, call one service and answer."""

from flask import Flask

from moderation.config import Settings
from moderation.storage.session import Database
from moderation.web.accounts import init_accounts
from moderation.web.akismet import init_akismet
from moderation.web.api import init_api
from moderation.web.assets import init_assets
from moderation.web.context import init_context
from moderation.web.demo import blueprint as demo
from moderation.web.embed import init_embed
from moderation.web.errors import init_errors
from moderation.web.headers import init_headers
from moderation.web.languages import init_languages
from moderation.web.limits import create_limiter
from moderation.web.metrics import init_metrics
from moderation.web.moderator import init_moderator
from moderation.web.ops import init_ops
from moderation.web.paths import init_paths
from moderation.web.request_ids import init_request_ids
from moderation.web.tracing import init_tracing


def init_web(app: Flask, settings: Settings, database: Database) -> None:
    """Register all audiences on `app`, and what every answer shares."""
    init_paths(app)
    init_context(app, settings, database)
    init_metrics(app, database)
    init_tracing(app, settings, database)
    init_request_ids(app)
    init_headers(app)
    init_errors(app)
    init_languages(app)
    init_assets(app)
    init_ops(app)
    limiter = create_limiter(app, settings)
    csrf = init_accounts(app, settings, limiter)
    for audience in init_embed(app, settings, database, limiter):
        csrf.exempt(audience)
    for audience in (*init_api(app, limiter), init_akismet(app, limiter)):
        csrf.exempt(audience)
    csrf.exempt(init_moderator(app))
    if settings.is_demo:
        app.register_blueprint(demo)
