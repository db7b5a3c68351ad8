"""Why somebody is in the list for a need, or not, for people who read and for programs that count."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ecograph.client.asking import Json
from ecograph.client.results import shortened
from ecograph.client.rows import Kind, Rows, Value
from ecograph.messages import Language

_REASONS: Final[Mapping[str, Kind]] = {"signal": "text", "points": "number", "reason": "text"}
_EVIDENCE: Final[Mapping[str, Kind]] = {
    "reason": "integer",
    "subject": "text",
    "property": "text",
    "value": "text",
    "language": "text",
    "publisher": "text",
}


@dataclass(frozen=True, repr=False)
class Explanation:
    """
    Why a candidate is in the list for a need, or not.

    Args:
        candidate: The IRI of the candidate.
        label: Its name.
        verdict: `listed`, `below`, `weak`, `rule` or `kind`.
        sentence: The verdict in words.
        rank: Its rank in its group; 0 for none.
        score: From 0 to 1; None where no score was given.
        points: Per signal its share of the score; they sum to it.
        reasons: The reasons in words: signal, the points that it gives, sentence.
        evidence: The statements behind each reason: its number, subject, property, value, language, publisher.
        against: What speaks against it.
        unknown: What nobody knows.
        changes: The smallest changes that would bring it to the rank asked for, each verified by matching again.
        json: The whole answer, as REST gives it.
    """

    candidate: str
    label: str
    verdict: str
    sentence: str
    rank: int
    score: float | None
    points: Mapping[str, float]
    reasons: Rows
    evidence: Rows
    against: tuple[str, ...]
    unknown: tuple[str, ...]
    changes: tuple[str, ...]
    json: Json = field(compare=False)

    @classmethod
    def of(cls, said: Json, lang: Language) -> Explanation:
        """What REST answers, for a reader of a language."""
        match: Json = said["match"] or {}
        return cls(
            candidate=said["candidate"],
            label=said["labels"][lang],
            verdict=said["verdict"],
            sentence=said["sentences"][lang],
            rank=said["rank"],
            score=match.get("score"),
            points=match.get("contributions", {}),
            reasons=Rows.of(_reasons(match, lang), _REASONS),
            evidence=Rows.of(_evidence(match), _EVIDENCE),
            against=tuple(each["sentences"][lang] for each in match.get("against", ())),
            unknown=tuple(each["sentences"][lang] for each in match.get("unknown", ())),
            changes=tuple(" ".join(row["sentences"][lang] for row in change["rows"]) for change in said["changes"]),
            json=said,
        )

    def __repr__(self) -> str:
        return "\n".join([self.label, self.sentence, *(f"{sign} {text}" for sign, text in self._lines())])

    def _repr_html_(self) -> str:
        lines = "".join(f"<li>{sign} {html.escape(text)}</li>" for sign, text in self._lines())
        return f"<h4>{html.escape(self.label)}</h4><p>{html.escape(self.sentence)}</p><ul>{lines}</ul>"

    def _lines(self) -> Iterator[tuple[str, str]]:
        yield from (("+", str(reason["reason"])) for reason in self.reasons)
        yield from (("−", text) for text in self.against)
        yield from (("?", text) for text in self.unknown)
        yield from (("→", text) for text in self.changes)


def _reasons(match: Json, lang: Language) -> Iterator[Mapping[str, Value]]:
    for reason in match.get("reasons", ()):
        yield {"signal": reason["signal"], "points": reason["contribution"], "reason": reason["sentences"][lang]}


def _evidence(match: Json) -> Iterator[Mapping[str, Value]]:
    for number, reason in enumerate(match.get("reasons", ()), start=1):
        for each in reason["path"]:
            yield {
                "reason": number,
                "subject": each["subject"],
                "property": shortened(each["predicate"]),
                "value": each["object"],
                "language": each["lang"],
                "publisher": each["graph"].rpartition("/")[2],
            }
