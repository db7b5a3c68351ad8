"""Commands that fetch from other knowledge graphs what they know of our actors."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ecograph.cli.contribute import AsJson
from ecograph.cli.progress import progress
from ecograph.cli.showing import number, print_json, print_table
from ecograph.cli.state import err, require_local, say, state, words
from ecograph.errors import BadParameter

if TYPE_CHECKING:
    from ecograph.federate.harvest import Harvest, Harvester

app = typer.Typer(no_args_is_help=True, help="Fetch what others know of our actors, as a contribution to review.")

_SHOWN: Final = 20  # remarks on a terminal; JSON has all

Name = Annotated[str, typer.Argument(help="The source, as `harvest list` shows it.")]


@app.command(name="list")
def sources(as_json: AsJson = False) -> None:
    """The sources that can be harvested, and where each would be asked."""
    found = {name: _endpoint(name) for name in _harvesters()}
    if as_json:
        print_json(
            [
                {"name": name, "what": words(f"federate.source.{name}.what"), "endpoint": url}
                for name, url in found.items()
            ]
        )
        return
    print_table(
        _heads("name", "what", "endpoint"),
        [
            [name, words(f"federate.source.{name}.what"), url or words("federate.none-set")]
            for name, url in found.items()
        ],
    )


@app.command()
def run(
    name: Name,
    endpoint_url: Annotated[str | None, typer.Option(help="The SPARQL endpoint to ask; else the setting.")] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The contribution goes into a folder of the source's name in here.")
    ] = Path(),
    dry_run: Annotated[bool, typer.Option(help="Only say what would be asked.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask a source about our actors, and write what it says as a contribution; run again, it goes on where it was."""
    require_local()
    from ecograph.bootstrap import EcoGraph
    from ecograph.federate.endpoint import Endpoint, Manners
    from ecograph.federate.harvest import Known, require_own
    from ecograph.federate.harvest import run as harvest

    harvesters = _harvesters()
    if name not in harvesters:
        raise BadParameter(name="NAME", value=name, expected=", ".join(harvesters))
    harvester, folder, settings = harvesters[name], output / name, state.settings
    with EcoGraph.read(settings) as ecograph:
        known = Known.of(ecograph.view().snapshot, ecograph.rules, harvester.source)
        if dry_run:
            _show_plan(name, harvester, known, as_json)
            return
        url = endpoint_url or _endpoint(name)
        if url is None:
            setting = f"ECOGRAPH_HARVEST_{name.upper()}_URL"
            raise BadParameter(name="--endpoint-url", value="", expected=setting)
        manners = Manners(
            contact=settings.harvest_contact,
            delay_s=settings.harvest_delay_s,
            timeout_s=settings.harvest_timeout_s,
            answer_bytes=settings.harvest_answer_bytes,
        )
        require_own(folder)
        today = datetime.now(UTC).date().isoformat()
        with progress() as watch:

            def told(done: int, total: int, batch: str) -> None:
                if watch:
                    watch(done, total, f"{name} {batch}".strip())

            found = harvest(harvester, known, Endpoint(url, manners), folder, today, told)
    _show(found, as_json)
    if not found.tables:
        say("federate.nothing", loud=True)
        return
    say("federate.written", folder=folder, loud=True)
    say("federate.next")
    for line in _steps(harvester, folder):
        if not state.quiet:
            err.print(f"  {line}", markup=False)


def _harvesters() -> dict[str, Harvester]:
    from ecograph.federate.cordis import Cordis
    from ecograph.federate.wikidata import Wikidata

    known: tuple[Harvester, ...] = (Wikidata(), Cordis())
    return {harvester.source.name: harvester for harvester in known}


def _endpoint(name: str) -> str | None:
    urls = {"wikidata": state.settings.harvest_wikidata_url, "cordis": state.settings.harvest_cordis_url}
    return urls[name] or None


def _show_plan(name: str, harvester: Harvester, known: object, as_json: bool) -> None:
    from ecograph.federate.harvest import Known

    assert isinstance(known, Known)
    batches = harvester.plan(known)
    if as_json:
        print_json([{"batch": each.name, "values": len(each.asked), "query": each.query} for each in batches])
        return
    asked: dict[str, int] = {}
    for each in batches:
        asked[each.name] = asked.get(each.name, 0) + len(each.asked)
    print_table(_heads("batch", "values"), [[batch, number(count)] for batch, count in asked.items()])
    say("federate.planned", count=len(batches), name=name, loud=True)


def _show(found: Harvest, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "tables": {template: len(rows) for template, rows in found.tables.items()},
                "outcomes": dict(found.tally),
                "remarks": [vars(remark) for remark in found.remarks],
            }
        )
        return
    rows = [[words(f"federate.outcome.{code}"), number(count)] for code, count in found.tally.items() if count]
    print_table(_heads("outcome", "count"), rows)
    if found.remarks:
        shown = found.remarks[:_SHOWN]
        print_table(
            _heads("outcome", "about", "detail"),
            [[words(f"federate.outcome.{each.code}"), each.about, each.detail] for each in shown],
        )


def _steps(harvester: Harvester, folder: Path) -> tuple[str, ...]:
    """What to do with the folder: the same as with any contribution."""
    source, place = harvester.source, shlex.quote(str(folder))
    return (
        f"ecograph contribute check {place}",
        f"ecograph partner add {source.name} --name {source.publisher_name} --homepage {source.homepage.value}"
        f" --licence {source.licence.value}",
        f"ecograph contribute submit {place} --publisher {source.name} --source {source.homepage.value}",
    )


def _heads(*names: str) -> list[str]:
    return [words(f"federate.column.{name}") for name in names]
