"""Commands of those who review: what waits, what it changes, and the decision."""

from __future__ import annotations

from typing import Annotated

import typer

from ecograph.cli import contribute
from ecograph.cli.contribute import AsJson, Everything, Id, Publisher, Version, take, take_back
from ecograph.cli.office import office
from ecograph.cli.showing import columns, print_json, print_table, show_case, show_check, show_difference
from ecograph.cli.state import out, require_local, say, state
from ecograph.namespaces import ID

app = typer.Typer(no_args_is_help=True, help="Decide about what others contribute.")

_DECIDED = frozenset({"published", "withdrawn", "expired"})
_AT_ONCE = 500  # things checked before the next look at what waits


@app.command("list")
def list_(publisher: Publisher = None, as_json: AsJson = False) -> None:
    """The contributions that wait for a decision, oldest first."""
    with office() as at_work:
        contribute.show_list(at_work, "submitted", publisher, "", as_json)


@app.command()
def show(
    contribution_id: Id,
    triples: Annotated[bool, typer.Option(help="The statements that come (+) and go (-).")] = False,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """A contribution: what happened to it, what it changes, and what was found in it."""
    with office() as at_work:
        case = at_work.contribution(contribution_id)
        difference = at_work.difference(contribution_id)
        report = None if case["state"] in _DECIDED else at_work.report(contribution_id)
    if as_json:
        print_json({**case, "check": report, "difference": difference})
        return
    if not triples:
        show_case(case)
        out.print()
    show_difference(difference, triples)
    if report is not None and not triples:
        out.print()
        show_check(report, out, everything)


@app.command()
def approve(
    contribution_id: Id,
    why: Annotated[str, typer.Option(help="A reason, where one is welcome.")] = "",
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Approve a contribution and publish it: it is what the next reader sees."""
    take(contribution_id, "approve", version, {"why": why}, as_json)


@app.command("return")
def return_(
    contribution_id: Id,
    why: Annotated[str, typer.Option(help="What is to be put right.")],
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Send a contribution back to its contributor."""
    take(contribution_id, "return", version, {"why": why}, as_json)


@app.command()
def withdraw(
    contribution_id: Id,
    why: Annotated[str, typer.Option(help="The reason, for the record; needed unless --dry-run.")] = "",
    version: Version = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what it would break for others.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a published contribution out of the graph: exactly what it changed is undone."""
    take_back(contribution_id, why, version, dry_run, as_json)


@app.command()
def queue(
    work_off: Annotated[bool, typer.Option(help="Check them now.")] = False,
    as_json: AsJson = False,
) -> None:
    """Things that others' contributions may have affected, and that are still to be checked."""
    require_local()
    from ecograph.cli.engine import Engine

    with Engine(state.settings, state.lang) as engine:
        ecograph = engine.writing
        if work_off:
            done = 0
            while count := ecograph.desk.work_off(_AT_ONCE):
                done += count
            say("cli.worked-off", count=done, loud=True)
            return
        waiting = [node.value for node in ecograph.ledger.queued_checks(_AT_ONCE)]
    if as_json:
        print_json(waiting)
    elif waiting:
        print_table(columns("thing"), [[iri.removeprefix(ID.iri)] for iri in waiting])
    else:
        say("cli.nothing-waits")
