"""How good the matching is, measured on judged needs; and what judges read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ecograph.cli.state import require_local, say, state

if TYPE_CHECKING:
    from ecograph.match.evaluation.baselines import Field
    from ecograph.match.evaluation.gold import Gold


def evaluate(
    gold: Annotated[Path, typer.Option(help="Directory of the judged needs.")] = Path("tests/gold"),
    pool: Annotated[
        Path | None, typer.Option(help="Measure nothing; write what judges read into this directory.")
    ] = None,
    depth: Annotated[int, typer.Option(min=1, max=100, help="Candidates of each system for each wording.")] = 10,
    only_unjudged: Annotated[bool, typer.Option(help="Leave out what has a grade already.")] = False,
) -> None:
    """How well matching finds what readers judged to fit, beside simpler ways of finding it."""
    require_local()
    from ecograph.bootstrap import EcoGraph
    from ecograph.match.evaluation import gold as golden
    from ecograph.match.evaluation.baselines import Field

    needs = golden.load(gold)
    with EcoGraph.read(state.settings) as ecograph:
        field = Field(ecograph.view().matcher)
        if pool is not None:
            _write_pool(field, needs, pool, depth, only_unjudged)


def _write_pool(field: Field, needs: Gold, folder: Path, depth: int, only_unjudged: bool) -> None:
    from ecograph.match.evaluation import pooling

    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for need in needs.needs:
        pooled = pooling.pool(field, need, depth, only_unjudged)
        (folder / f"{need.id}.txt").write_text(pooling.written(pooled), encoding="utf-8")
        (folder / f"{need.id}.csv").write_text(pooling.to_fill(pooled), encoding="utf-8")
        count += len(pooled.shown)
    say("evaluation.pooled", needs=len(needs.needs), count=count, folder=folder, systems=", ".join(field.systems))
