"""HTTP for other machines: how the service is, and figures about it."""

from flask import Blueprint, Flask

from moderation.web.ops import gauges, health, scraping


def init_ops(app: Flask) -> None:
    """Register what machines ask on `app`."""
    ops = Blueprint("ops", __name__)
    ops.get("/healthz")(health.show_health)
    ops.get("/readyz")(health.show_readiness)
    ops.get("/metrics")(scraping.show_metrics)
    app.register_blueprint(ops)
    gauges.init_gauges(app)
