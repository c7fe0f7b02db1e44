"""Owns what may stand in a path: nothing that not every database can look for."""

from typing import Any

from flask import Flask
from werkzeug.routing import Map, UnicodeConverter


class KeyConverter(UnicodeConverter):
    """A part of a path without NUL: PostgreSQL refuses it wherever it stands."""

    def __init__(self, map: Map, **lengths: Any) -> None:  # noqa: A002, ANN401 - Werkzeug's names
        super().__init__(map, **lengths)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


def init_paths(app: Flask) -> None:
    """Let no route match what has a NUL in it; to be called before routes are added."""
    app.url_map.converters["default"] = KeyConverter
    app.url_map.converters["string"] = KeyConverter
