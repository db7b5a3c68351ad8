"""A mapping that shares with the one it was made from whatever has not changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_GONE: Final = object()
_MERGED_FROM: Final = 1_000
"""Changes up to which it is never worth copying the whole."""
_MERGED_SHARE: Final = 4
"""The whole is copied when a fourth of it has changed, so that copying costs each change the same, however many."""


class Layered(Mapping[K, V]):
    """
    A mapping with changes on top; what it was made from stays as it is.

    Example:
        >>> first = Layered({"a": 1, "b": 2})
        >>> second = first.changed({"c": 3}, gone=["a"])
        >>> sorted(second.items()), len(second), sorted(first)
        ([('b', 2), ('c', 3)], 2, ['a', 'b'])
    """

    def __init__(self, base: Mapping[K, V]) -> None:
        self._base: Mapping[K, V] = base
        self._over: dict[K, object] = {}
        self._size = len(base)

    def changed(self, put: Mapping[K, V], gone: Iterable[K] = ()) -> Layered[K, V]:
        """The mapping with other values for some keys, and without others."""
        found = Layered(self._base)
        found._over = {**self._over, **{key: _GONE for key in gone if key in self or key in self._over}, **put}
        if len(found._over) > max(_MERGED_FROM, len(self._base) // _MERGED_SHARE):
            return Layered(dict(found.items()))
        found._size = len(self._base) + sum(
            (value is not _GONE) - (key in self._base) for key, value in found._over.items()
        )
        return found

    def __getitem__(self, key: K) -> V:
        if key in self._over:
            value = self._over[key]
            if value is _GONE:
                raise KeyError(key)
            return value  # type: ignore[return-value]
        return self._base[key]

    def __contains__(self, key: object) -> bool:
        if key in self._over:
            return self._over[key] is not _GONE
        return key in self._base

    def __iter__(self) -> Iterator[K]:
        yield from (key for key in self._base if key not in self._over)
        yield from (key for key, value in self._over.items() if value is not _GONE)

    def __len__(self) -> int:
        return self._size


def layered(mapping: Mapping[K, V]) -> Layered[K, V]:
    """A mapping to which changes can be added without copying it."""
    return mapping if isinstance(mapping, Layered) else Layered(mapping)
