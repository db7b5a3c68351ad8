"""Names of organisations made comparable: legal forms, letters and municipal endings taken away."""

from __future__ import annotations

import re

_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "ø": "oe",
        "å": "aa",
        "ä": "ae",
        "ö": "oe",
        "é": "e",
        "è": "e",
        "ü": "u",
        "ð": "d",
        "´": "",
        "'": "",
        "’": "",
    }
)

_COUNTRY = re.compile(r"\s*\((?:denmark|sweden|norway|danmark|sverige|norge)\)$", re.IGNORECASE)

_LEADING = re.compile(
    r"^(?:den selvejende institution|den erhvervsdrivende fond|foreningen|fonden|stiftelsen|ideella foereningen|"
    r"aktieselskabet|aktiebolaget|the)\s+"
)
_TRAILING = re.compile(
    r"\s+(?:aps|a s|as|ab|aktiebolag|publ|svb|i s|k s|amba|a m b a|a m b|f m b a|fmba|v m b a|"
    r"ek foer|ekonomisk foerening|eric|asa|scandinavia ab|filial)$"
)

_MUNICIPALITY = re.compile(r"^(?P<name>.+?)\s+(?:regionskommune|kommune|kommun|stad|municipality)$")


def fold(name: str) -> str:
    """
    A name without case, accents, legal form and country suffix.

    Example:
        >>> fold("BRÜEL & KJÆR A/S"), fold("Novozymes (Denmark)"), fold("Den Selvejende Institution Aqua")
        ('bruel og kjaer', 'novozymes', 'aqua')
    """
    text = _COUNTRY.sub("", name.strip().lower()).translate(_LETTERS).replace("&", " og ")
    text = re.sub(r"\b(?:and|och)\b", "og", text)
    text = " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())
    while True:
        shorter = _TRAILING.sub("", _LEADING.sub("", text))
        if shorter == text or not shorter:
            return text
        text = shorter


def municipality_names(name: str) -> tuple[str, ...]:
    """
    The names a municipality could have if this is one: with and without the genitive s.

    Example:
        >>> municipality_names("Lunds kommun"), municipality_names("Malmö stad"), municipality_names("Gate 21")
        (('lunds', 'lund'), ('malmoe',), ())
    """
    found = _MUNICIPALITY.match(" ".join(re.sub(r"[^a-z0-9]+", " ", name.lower().translate(_LETTERS)).split()))
    if not found:
        return ()
    base = found["name"]
    return (base, base[:-1]) if base.endswith("s") else (base,)


def genitive(name: str) -> str:
    """
    The Swedish form that stands before "kommun".

    Example:
        >>> genitive("Lund"), genitive("Malmö"), genitive("Höganäs")
        ('Lunds', 'Malmö', 'Höganäs')
    """
    return name if name[-1].lower() in "aeiouyåäöæøsxz" else name + "s"
