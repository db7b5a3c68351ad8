"""How good the matching is, measured on judged needs; and what judges read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from ecograph.cli.showing import print_json, print_table
from ecograph.cli.state import err, out, require_local, say, state
from ecograph.errors import BadParameter

if TYPE_CHECKING:
    from ecograph.bootstrap import EcoGraph
    from ecograph.match.evaluation.baselines import Field
    from ecograph.match.evaluation.faithfulness import Check
    from ecograph.match.evaluation.gold import Gold, Split
    from ecograph.match.evaluation.report import Report
    from ecograph.match.evaluation.running import Watch

BLOCK: Final = "evaluation"
"""The marks in a page between which the report is written."""


class Part(StrEnum):
    """Which needs are asked."""

    OPEN = "open"
    LOCKED = "locked"
    ALL = "all"

    @property
    def of_gold(self) -> Split | None:
        """The split of the gold set; None for all of it."""
        return None if self is Part.ALL else "locked" if self is Part.LOCKED else "open"


class Form(StrEnum):
    """How the report looks."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def evaluate(
    gold: Annotated[Path, typer.Option(help="Directory of the judged needs.")] = Path("tests/gold"),
    split: Annotated[
        Part, typer.Option(help="Which needs; the locked ones are for the final figures only.")
    ] = Part.OPEN,
    proofs: Annotated[
        int, typer.Option(min=0, max=1000, help="Also put to the proof what is said, with so many rebuilt graphs.")
    ] = 0,
    form: Annotated[Form, typer.Option("--format", help="The form of the report.")] = Form.TEXT,
    write: Annotated[Path | None, typer.Option(help="Put the report between its marks in this page as well.")] = None,
    pool: Annotated[
        Path | None, typer.Option(help="Measure nothing; write what judges read into this directory.")
    ] = None,
    depth: Annotated[int, typer.Option(min=0, max=100, help="Documents that each system adds for each wording.")] = 25,
    only_unjudged: Annotated[bool, typer.Option(help="Leave out what has a grade already.")] = False,
) -> None:
    """How well matching finds what readers judged to fit, beside simpler ways of finding it."""
    require_local()
    from ecograph.bootstrap import EcoGraph
    from ecograph.match.evaluation import gold as golden
    from ecograph.match.evaluation import report, running, writing
    from ecograph.match.evaluation.baselines import Field

    needs = golden.load(gold)
    asked = needs.only(split.of_gold)
    if pool is None and not any(need.documents for need in asked.needs):
        raise BadParameter(name="--gold", value=gold, expected=f"{gold / golden.JUDGEMENTS}; --pool DIR")
    page = _page(write) if write is not None else ""
    with EcoGraph.read(state.settings) as ecograph:
        ecograph.read_texts()
        field = Field(ecograph.view().matcher)
        if pool is not None:
            _write_pool(field, needs, pool, depth, only_unjudged)
            return
        with _watch() as watch:
            runs = running.run(field, asked, watch)
        checks = _proved(ecograph, field, asked, proofs) if proofs else ()
        found = report.report(field, asked, runs, split.value, checks)
    _show(found, form)
    if write is not None:
        write.write_text(writing.between(page, BLOCK, writing.markdown(found)), encoding="utf-8")
    if not found.holds:
        raise typer.Exit(1)


def _page(path: Path) -> str:
    """
    The page that the report goes into.

    Raises:
        BadParameter: It cannot be read, or has no marks; told before anything is measured.
    """
    from ecograph.match.evaluation import writing

    try:
        page = path.read_text(encoding="utf-8")
        writing.between(page, BLOCK, "")
    except (OSError, ValueError) as error:
        raise BadParameter(name="--write", value=path, expected=str(error)) from error
    return page


def _write_pool(field: Field, needs: Gold, folder: Path, depth: int, only_unjudged: bool) -> None:
    from ecograph.match.evaluation import pooling
    from ecograph.match.evaluation.baselines import BLIND

    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for need in needs.needs:
        pooled = pooling.pool(field, need, depth, only_unjudged)
        (folder / f"{need.id}.txt").write_text(pooling.written(pooled), encoding="utf-8")
        (folder / f"{need.id}.csv").write_text(pooling.to_fill(pooled), encoding="utf-8")
        count += len(pooled.documents)
    systems = ", ".join(name for name in field.systems if name not in BLIND)
    say("evaluation.pooled", needs=len(needs.needs), count=count, folder=folder, systems=systems)


def _proved(ecograph: EcoGraph, field: Field, asked: Gold, proofs: int) -> tuple[Check, ...]:
    """What is said of every match, and of so many needs what rebuilt graphs say."""
    from ecograph.match.evaluation import faithfulness
    from ecograph.match.matcher import Matcher
    from ecograph.store.base import Snapshot

    say("evaluation.proving")
    view = ecograph.view()

    def rebuild(graph: Snapshot) -> Matcher:
        return Matcher.build(graph, view.concepts, today=view.matcher.today, vectors=view.vectors)

    profiles = [field.answered(query).profile for query in asked.queries]
    some = profiles[:: max(1, len(profiles) // proofs)][:proofs]
    return (
        *faithfulness.said(view.matcher, view.snapshot, profiles),
        faithfulness.removed(view.explainer, rebuild, some),
        faithfulness.verified(view.explainer, rebuild, some),
    )


def _show(found: Report, form: Form) -> None:
    from ecograph.match.evaluation import writing

    if form is Form.JSON:
        print_json(writing.as_json(found))
        return
    if form is Form.MARKDOWN:
        out.file.write(writing.markdown(found, state.lang))
        return
    out.print(writing.summary(found, state.lang), markup=False)
    for table in writing.tables(found, state.lang):
        out.print(f"\n{table.title}", markup=False, style="bold")
        print_table(table.heads, table.rows)
    for check in found.checks:
        for example in check.examples:
            err.print(f"{check.name}: {example}", markup=False)


@contextmanager
def _watch() -> Iterator[Watch | None]:
    """A bar on a terminal, nothing elsewhere."""
    if state.quiet or not err.is_terminal:
        yield None
        return
    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err, transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
