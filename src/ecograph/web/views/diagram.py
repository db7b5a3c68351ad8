"""The drawing of the model: its parts as boxes with their classes, and arrows where one part refers to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "event": ("Event",),
    "strategy": ("Strategy", "Goal", "Indicator", "Observation"),
    "process": ("Process", "Phase", "Gate", "Requirement", "GateResult"),
    "match": ("Match", "Reason", "ShortlistEntry", "Feedback", "Weight", "WeightingProfile"),
    "provenance": ("Contribution", "Publication"),
    "project": ("Programme", "Project", "Call", "Participation", "FundingStatement", "CofundingRate"),
    "result": ("ResearchResult",),
    "solution": ("Solution", "Deployment", "ConformanceClaim"),
    "need": ("Need",),
    "standard": ("Standard", "Principle", "Mechanism", "DataModel"),
    "claim": ("CapabilityClaim", "TopicClaim"),
    "actor": (
        "Actor", "Municipality", "Region", "ResearchOrganisation", "Company", "Network", "PublicBody", "Organisation",
        "Person", "Membership",
    ),
}  # fmt: skip
"""Which classes make up each part, as the files of `ontology/` have them."""

# Column of each box, and its row. The upper row stands over the gaps of the middle one, so that its arrows to the
# actors at the bottom pass between the boxes.
_PLACES: Final[Mapping[str, tuple[float, int]]] = {
    "event": (0.5, 0), "strategy": (1.5, 0), "process": (2.5, 0), "match": (3.5, 0), "provenance": (4.5, 0),
    "project": (0, 1), "result": (1, 1), "solution": (2, 1), "need": (3, 1), "standard": (4, 1), "claim": (5, 1),
    "actor": (2.5, 2),
}  # fmt: skip
_PITCH: Final = 190
_BOX: Final = 170
_LINE: Final = 20
_HEAD: Final = 30
_PAD: Final = 10
_ROW_GAP: Final = 70
_ACTOR_COLUMNS: Final = 5
_ARROW: Final = 7
_LETTERS: Final = 20  # what fits into a box; a longer name is drawn narrower


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text at a point; `squeezed` is the width that a long one is drawn in."""

    x: float
    y: float
    text: str

    @property
    def squeezed(self) -> float | None:
        """The width of the box for a text that would not fit into it."""
        return _BOX - 2 * _PAD if len(self.text) > _LETTERS else None


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the model."""

    part: str
    x: float
    y: float
    width: float
    height: float
    heading: Line
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a part to one that it refers to, as SVG path data; `title` says in words what it is."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """The drawing, in units of its own view box."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(
    names: Mapping[str, str], classes: Mapping[str, str], references: Iterable[tuple[str, str]], arrow: str
) -> Diagram:
    """
    The drawing in one language.

    Args:
        names: What each part is called.
        classes: What each class is called, by local name; one that is not here is left out.
        references: Pairs of parts, the first of which refers to the second.
        arrow: The words of an arrow, with `{0}` and `{1}` for the names of its parts.
    """
    lists = {part: [classes[name] for name in PARTS[part] if name in classes] for part in PARTS}
    heights = [
        max(_height(lists[part]) for part, place in _PLACES.items() if place[1] == row and part != "actor")
        for row in (0, 1)
    ]
    tops = [_PAD, _PAD + heights[0] + _ROW_GAP, _PAD + sum(heights) + 2 * _ROW_GAP]
    boxes = {part: _box(part, names[part], lists[part], tops) for part in PARTS}
    pairs = sorted({(one, other) for one, other in references if one != other and one in boxes and other in boxes})
    arrows = [Arrow(_path(boxes, one, other), arrow.format(names[one], names[other])) for one, other in pairs]
    bottom = boxes["actor"].y + boxes["actor"].height + _PAD
    return Diagram(6 * _PITCH, bottom, tuple(boxes.values()), tuple(arrows))


def _height(lines: Sequence[str]) -> float:
    return _HEAD + _LINE * len(lines) + _PAD


def _box(part: str, name: str, lines: Sequence[str], tops: Sequence[float]) -> Box:
    column, row = _PLACES[part]
    if part == "actor":
        width, x = 6 * _PITCH - (_PITCH - _BOX), (_PITCH - _BOX) / 2
        rows = -(-len(lines) // _ACTOR_COLUMNS)
        step = width / _ACTOR_COLUMNS
        placed = [
            Line(x + _PAD + step * (i % _ACTOR_COLUMNS), tops[row] + _HEAD + _LINE * (i // _ACTOR_COLUMNS + 0.7), text)
            for i, text in enumerate(lines)
        ]
        height: float = _HEAD + _LINE * rows + _PAD
    else:
        width, x = _BOX, column * _PITCH + (_PITCH - _BOX) / 2
        placed = [Line(x + _PAD, tops[row] + _HEAD + _LINE * (i + 0.7), text) for i, text in enumerate(lines)]
        height = _height(lines)
    return Box(part, x, tops[row], width, height, Line(x + _PAD, tops[row] + 20, name), tuple(placed))


def _path(boxes: Mapping[str, Box], one: str, other: str) -> str:
    start, end = boxes[one], boxes[other]
    if other == "actor":
        # Straight down; the upper row's boxes stand over the gaps.
        x = start.x + start.width / 2
        return _arrow_down(x, start.y + start.height, end.y)
    if _PLACES[one][1] < _PLACES[other][1]:
        # Those that come from further right arrive further right.
        share = 0.3 + 0.2 * (_PLACES[one][0] - _PLACES[other][0])
        x1 = start.x + start.width * (0.25 if _PLACES[one][0] > _PLACES[other][0] else 0.75)
        x2 = end.x + end.width * min(max(share, 0.15), 0.85)
        middle = end.y - _ROW_GAP / 2
        bend = f"M{x1:g} {start.y + start.height:g} C{x1:g} {middle:g} {x2:g} {middle - 20:g} {x2:g} {end.y:g}"
        return bend + _head(x2, end.y)
    if _PLACES[one][1] > _PLACES[other][1]:
        x, y = end.x + end.width * 0.25, end.y + end.height
        return f"M{x:g} {start.y:g} V{y:g} M{x - 4:g} {y + _ARROW:g} L{x:g} {y:g} L{x + 4:g} {y + _ARROW:g}"
    return _beside(start, end)


def _beside(start: Box, end: Box) -> str:
    """Between neighbours straight across; past others, over their heads."""
    forward = end.x > start.x
    apart = round(abs(end.x - start.x) / _PITCH)
    if apart == 1:
        x1 = start.x + (start.width if forward else 0)
        x2 = end.x + (0 if forward else end.width)
        y = start.y + 15
        side = -_ARROW if forward else _ARROW
        return f"M{x1:g} {y:g} H{x2:g} M{x2 + side:g} {y - 4:g} L{x2:g} {y:g} L{x2 + side:g} {y + 4:g}"
    x1, x2 = start.x + start.width * 0.8, end.x + end.width * 0.25
    top = start.y - 22
    return f"M{x1:g} {start.y:g} C{x1:g} {top:g} {x2:g} {top:g} {x2:g} {end.y:g}" + _head(x2, end.y)


def _arrow_down(x: float, top: float, bottom: float) -> str:
    return f"M{x:g} {top:g} V{bottom:g}" + _head(x, bottom)


def _head(x: float, y: float) -> str:
    return f" M{x - 4:g} {y - _ARROW:g} L{x:g} {y:g} L{x + 4:g} {y - _ARROW:g}"
