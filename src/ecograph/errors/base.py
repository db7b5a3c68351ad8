"""What every error EcoGraph raises on purpose has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ecograph.messages import Language, text


class EcoGraphError(Exception):
    """
    Anything that goes wrong on purpose: a stable `code`, the values of its message, and the exit code of the CLI.

    The keyword arguments are the placeholders of the message `error.<code>`.
    """

    code: ClassVar[str] = "error"
    exit_code: int = 3
    in_words: ClassVar[Mapping[str, str]] = {}
    """Placeholders that are messages themselves, each with its key, in which a value stands: `ledger.fault.{fault}`."""

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.message("en"))

    def message(self, lang: Language) -> str:
        """What happened and what to do, in the reader's language."""
        said = {name: text(key.format(**self.values), lang, **self.values) for name, key in self.in_words.items()}
        return text(f"error.{self.code}", lang, **{**self.values, **said})


def known(base: type[EcoGraphError] = EcoGraphError) -> tuple[type[EcoGraphError], ...]:
    """Every error with a code of its own, those below the same class together."""
    found: list[type[EcoGraphError]] = []
    for child in base.__subclasses__():
        found += [child] if "code" in vars(child) else []
        found += known(child)
    return tuple(found)
