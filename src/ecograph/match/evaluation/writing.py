"""An evaluation as tables to read, in three languages, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from ecograph.match.evaluation.gold import KINDS
from ecograph.match.evaluation.report import CLOSELY, Report
from ecograph.match.evaluation.strata import Across, Exposure
from ecograph.messages import LANGUAGES, Language, text

NOTHING: Final = "–"
SMALLEST_P: Final = 0.001
"""Below it no more digits are told: ten thousand draws tell no more."""

_EXPOSURE: Final[Mapping[str, Callable[[Exposure], float | None]]] = {
    "own-language": lambda found: found.own_language,
    "border": lambda found: found.border,
    "border-fitting": lambda found: found.border_fitting,
    "newcomers": lambda found: found.newcomers,
    "newcomers-fitting": lambda found: found.newcomers_fitting,
    "gini": lambda found: found.gini,
}


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, what its columns are called, and its rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def as_json(report: Report) -> dict[str, Any]:
    """Everything, as numbers."""
    found = asdict(report)
    for name, across in report.across.items():
        found["across"][name]["ratio"] = across.ratio
    return found | {"holds": report.holds}


def tables(report: Report, lang: Language) -> tuple[Table, ...]:
    """The tables of a report, for a reader of `lang`."""
    say = _Words(lang)
    systems = [name for name in CLOSELY if name in report.across]
    named = tuple(say("system", name) for name in systems)
    rows = tuple(
        (
            say("system", row.system),
            *(_share(value) for value in (row.measures.ndcg, row.measures.mrr)),
            *(_share(value) for value in (row.measures.precision, row.measures.recall)),
            _p(row.p),
            _share(row.measures.judged),
            f"{row.query_ms:.0f}",
        )
        for row in report.rows
    )
    found = [
        Table(
            say("title", "systems"),
            (
                *(say("column", name) for name in ("system", "ndcg", "mrr", "precision", "recall")),
                *(say("column", name) for name in ("p", "judged", "ms")),
            ),
            rows,
        ),
        Table(
            say("title", "strata"),
            (say("column", "stratum"), *named),
            tuple((say.stratum(part.name), *(_share(part.ndcg[name]) for name in systems)) for part in report.strata),
        ),
        Table(
            say("title", "across"),
            (say("column", "direction"), say("column", "needs"), *named),
            tuple(_across({name: report.across[name] for name in systems}, say)),
        ),
        Table(
            say("title", "shown"),
            (say("column", "shown"), *named),
            (
                *(
                    (say("shown", f"stability-{part}"), *(_share(report.stability[name][part]) for name in systems))
                    for part in ("all", *KINDS)
                ),
                *(
                    (say("shown", key), *(_share(value(report.exposure[name])) for name in systems))
                    for key, value in _EXPOSURE.items()
                ),
            ),
        ),
        Table(
            say("title", "promises"),
            tuple(say("column", name) for name in ("promise", "measured", "bound", "holds")),
            tuple(
                (
                    say("promise", each.name),
                    _p(each.value) if each.name == "bm25" else _share(each.value),
                    _share(each.bound),
                    say("holds", "yes" if each.holds else "no"),
                )
                for each in report.promises
            ),
        ),
    ]
    if report.checks:
        found.append(
            Table(
                say("title", "checks"),
                tuple(say("column", name) for name in ("check", "checked", "failed", "holds")),
                tuple(
                    (
                        say("check", each.name),
                        str(each.checked),
                        str(each.failed),
                        say("holds", "no" if each.failed or not each.checked else "yes"),
                    )
                    for each in report.checks
                ),
            )
        )
    return tuple(found)


def summary(report: Report, lang: Language) -> str:
    """What was evaluated, in a sentence or two."""
    said = text(
        "evaluation.summary",
        lang,
        needs=report.needs,
        queries=report.queries,
        judgements=report.judgements,
        graded=report.graded,
        split=text(f"evaluation.split.{report.split}", lang),
        weights=report.weights,
    )
    if report.agreement is not None:
        said += " " + text(
            "evaluation.read-twice",
            lang,
            count=report.read_twice,
            kappa=f"{report.agreement:.2f}",
            same=f"{100 * (report.same_grade or 0.0):.0f}",
        )
    return said if report.meaning else said + " " + text("evaluation.lexical", lang)


def markdown(report: Report, lang: Language = "en") -> str:
    """The report as Markdown, for a README."""
    lines = [summary(report, lang)]
    for table in tables(report, lang):
        lines += ["", f"**{table.title}**", "", *_markdown(table)]
    return "\n".join(lines) + "\n"


def between(page: str, name: str, block: str) -> str:
    """
    A page with a block put between the marks `<!-- name... -->` and `<!-- /name -->`.

    Example:
        >>> between("a\\n<!-- x: made by y -->\\nold\\n<!-- /x -->\\nb", "x", "new")
        'a\\n<!-- x: made by y -->\\nnew\\n<!-- /x -->\\nb'

    Raises:
        ValueError: It has no such marks.
    """
    head, mark, rest = page.partition(f"<!-- {name}")
    line, _, rest = rest.partition("\n")
    _, close, tail = rest.partition(f"<!-- /{name} -->")
    if not mark or not close:
        raise ValueError(f"no <!-- {name} --> ... <!-- /{name} -->")
    return f"{head}{mark}{line}\n{block.strip()}\n{close}{tail}"


class _Words:
    """What things are called in one language."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def __call__(self, section: str, name: str) -> str:
        return text(f"evaluation.{section}.{name}", self.lang)

    def stratum(self, name: str) -> str:
        return ", ".join(self("stratum", f"in-{part}" if part in LANGUAGES else part) for part in name.split())


def _across(found: Mapping[str, Across], say: _Words) -> Iterable[tuple[str, ...]]:
    first = next(iter(found.values()))
    for place, direction in enumerate(first.directions):
        name = f"{say.stratum(direction.query)} → {say.stratum(direction.evidence)}"
        yield name, str(direction.needs), *(_share(each.directions[place].value) for each in found.values())
    for key, value in (("same", _same), ("cross", _cross), ("ratio", _ratio)):
        yield say("across", key), "", *(_share(value(each)) for each in found.values())


def _same(found: Across) -> float | None:
    return found.same


def _cross(found: Across) -> float | None:
    return found.cross


def _ratio(found: Across) -> float | None:
    return found.ratio


def _share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"


def _p(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"< {SMALLEST_P}" if value < SMALLEST_P else f"{value:.3f}"


def _markdown(table: Table) -> Sequence[str]:
    rule = ["---", *("---:" for _ in table.heads[1:])]
    return [f"| {' | '.join(row)} |" for row in (table.heads, rule, *table.rows)]
