"""
Every sentence a person reads, in Danish, Swedish and English, from `locales/*.toml`.

A message has a key and one text per language; the three stand together so that none is forgotten. Placeholders use
`str.format` names and are the same in all three.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal, cast, get_args

Language = Literal["da", "sv", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def language_of(tag: str) -> Language | None:
    """
    The one of our three languages that serves a reader of `tag`.

    Args:
        tag: A BCP 47 language tag, such as `sv-FI` or `nb`.

    Returns:
        `da`, `sv` or `en`; Norwegian readers get Danish; None for any other language.

    Example:
        >>> language_of("sv-FI"), language_of("nb"), language_of("fr")
        ('sv', 'da', None)

    Source:
        docs/languages.md; BCP 47.
    """
    primary = tag.lower().replace("_", "-").split("-")[0]
    if primary in ("nb", "nn", "no"):
        return "da"
    return next((lang for lang in LANGUAGES if lang == primary), None)


def text(key: str, lang: Language, /, **values: object) -> str:
    """
    The message `key` in `lang`, with its placeholders filled.

    Args:
        key: `file.section.name` style key, as written in `locales/`.
        lang: The reader's language.
        values: One value per placeholder; numbers and dates are formatted by the caller.

    Raises:
        KeyError: No such message, or a placeholder without a value: both are faults of ours.
    """
    return catalogue()[key][lang].format(**values)


def texts(key: str, /, **values: object) -> dict[Language, str]:
    """The message `key` in all three languages."""
    return {lang: text(key, lang, **values) for lang in LANGUAGES}


@cache
def catalogue() -> Mapping[str, Mapping[Language, str]]:
    """
    Every message by key.

    Raises:
        ValueError: A message lacks a language or its placeholders differ between languages.
    """
    found: dict[str, Mapping[Language, str]] = {}
    for entry in sorted(resources.files("ecograph").joinpath("locales").iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            for key, message in _flatten("", tomllib.loads(entry.read_text(encoding="utf-8"))):
                if key in found:
                    raise ValueError(f"{entry.name}: the message {key} is written twice")
                found[key] = _checked(key, message)
    return found


def _flatten(prefix: str, node: Mapping[str, object]) -> list[tuple[str, Mapping[str, object]]]:
    if set(node) & set(LANGUAGES):
        return [(prefix, node)]
    return [
        pair
        for name, child in node.items()
        for pair in _flatten(f"{prefix}.{name}".lstrip("."), cast(Mapping[str, object], child))
    ]


def _checked(key: str, message: Mapping[str, object]) -> Mapping[Language, str]:
    missing = [lang for lang in LANGUAGES if not message.get(lang)]
    if missing:
        raise ValueError(f"the message {key} is missing in {', '.join(missing)}")
    fields = [{name for _, name, _, _ in string.Formatter().parse(str(message[lang])) if name} for lang in LANGUAGES]
    if any(names != fields[0] for names in fields):
        raise ValueError(f"the placeholders of {key} differ between languages: {fields}")
    return {lang: str(message[lang]) for lang in LANGUAGES}
