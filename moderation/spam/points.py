"""Owns the weight of every signal, in log-odds."""

from collections.abc import Mapping
from types import MappingProxyType

POINTS: Mapping[str, float] = MappingProxyType({"baseline": -3.0})
