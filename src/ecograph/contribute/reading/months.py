"""Names of months as Danes, Swedes and the English write them, whole and short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_NAMES: Final = (
    "januar januari january jan",
    "februar februari february feb febr",
    "marts mars march mar mrt",
    "april apr",
    "maj may",
    "juni june jun",
    "juli july jul",
    "august augusti aug",
    "september sep sept",
    "oktober october okt oct",
    "november nov",
    "december dec",
)

MONTHS: Final[Mapping[str, int]] = {
    name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()
}
"""The number of each month by its name in lower case."""
