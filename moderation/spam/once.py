"""Owns readings: what is worked out of a value at first use and kept with it."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

S = TypeVar("S")
T = TypeVar("T")


class Reading(Generic[S, T]):
    """A property that is computed once, and then found with its value.

    As `functools.cached_property`, whose lock in Python 3.11 makes the threads of a
    server wait for each other, and takes longer than many a reading. Two threads that
    ask for the same at once both compute it, to the same effect.
    """

    def __init__(self, read: Callable[[S], T]) -> None:
        """Take the function that reads."""
        self._read = read
        self.__doc__ = read.__doc__

    def __set_name__(self, owner: type[S], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[S]) -> Self: ...

    @overload
    def __get__(self, instance: S, owner: type[S]) -> T: ...

    def __get__(self, instance: Any, owner: type[S]) -> Any:
        if instance is None:
            return self
        found = instance.__dict__[self._name] = self._read(instance)
        return found
