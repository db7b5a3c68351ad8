"""
What a worker sends back: a value or an error, read so that nothing else can come of it.

Pickle names what it calls. Here only values can be named: frozen dataclasses, enumerations and named tuples of our own
packages, RDF terms, dates and numbers. Nothing is imported for it, and nothing looked up through another name.
"""

from __future__ import annotations

import io
import pickle
import sys
from dataclasses import is_dataclass
from enum import Enum
from importlib import import_module
from typing import Any, Final

from ecograph.errors import EcoGraphError, known

_OTHERS: Final = frozenset(
    {
        ("builtins", "bytearray"),
        ("builtins", "complex"),
        ("builtins", "frozenset"),
        ("builtins", "range"),
        ("builtins", "set"),
        ("collections", "Counter"),
        ("collections", "OrderedDict"),
        ("collections", "deque"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
        ("pyoxigraph", "BlankNode"),
        ("pyoxigraph", "DefaultGraph"),
        ("pyoxigraph", "Literal"),
        ("pyoxigraph", "NamedNode"),
        ("pyoxigraph", "Quad"),
        ("pyoxigraph", "Triple"),
    }
)


def write_value(value: object) -> bytes:
    """A value for `read_value`."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def read_value(data: bytes, packages: tuple[str, ...]) -> Any:
    """
    The value that a worker pickled.

    Args:
        data: The pickle.
        packages: Packages or modules of ours whose values it may hold.

    Raises:
        pickle.UnpicklingError: It names something that is no such value, or is no pickle.

    Example:
        >>> read_value(pickle.dumps({"rows": (1, 2)}), ())
        {'rows': (1, 2)}
        >>> read_value(pickle.dumps(print), ())
        Traceback (most recent call last):
        ...
        _pickle.UnpicklingError: builtins.print is not a value
    """
    try:
        return _Reader(io.BytesIO(data), packages).load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # whatever the wrong bytes lead to
        raise pickle.UnpicklingError(f"{type(error).__name__}: {error}") from error


def write_error(error: EcoGraphError) -> bytes:
    """An error of ours for `read_error`: its code, the values of its message, and what else it carries."""
    plain = str | int | float | None
    values = {name: value if isinstance(value, plain) else str(value) for name, value in error.values.items()}
    return write_value((error.code, values, {name: each for name, each in vars(error).items() if name != "values"}))


def read_error(data: bytes, packages: tuple[str, ...]) -> EcoGraphError:
    """
    The error that a worker wrote, as it was raised there.

    Args:
        data: From `write_error`.
        packages: Packages or modules of ours whose values it may carry.

    Raises:
        pickle.UnpicklingError: It carries something that is no value.

    Example:
        >>> from ecograph.errors import DiskFull
        >>> error = DiskFull(directory="var")
        >>> type(read_error(write_error(error), ())) is type(error)
        True
    """
    code, values, carried = read_value(data, packages)
    error = {kind.code: kind for kind in known()}[code](**values)
    vars(error).update(carried)
    return error


class _Reader(pickle.Unpickler):
    def __init__(self, data: io.BytesIO, packages: tuple[str, ...]) -> None:
        super().__init__(data)
        self._packages = packages

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _OTHERS:
            return getattr(import_module(module), name)
        if any(module == package or module.startswith(f"{package}.") for package in self._packages):
            found = vars(sys.modules[module]).get(name) if module in sys.modules else None  # to import is to run
            if isinstance(found, type) and found.__module__ == module and _is_value(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not a value")


def _is_value(found: type) -> bool:
    is_frozen = is_dataclass(found) and bool(getattr(found, "__dataclass_params__").frozen)  # noqa: B009
    is_named_tuple = issubclass(found, tuple) and hasattr(found, "_fields")
    return is_frozen or is_named_tuple or issubclass(found, Enum)
