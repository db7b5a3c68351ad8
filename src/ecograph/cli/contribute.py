"""Commands of those who contribute: check, submit, and what became of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ecograph.cli.office import Checked, Office, office, sources
from ecograph.cli.showing import Json, print_json, show_case, show_check, show_contributions, show_findings
from ecograph.cli.state import err, out, say, state, write
from ecograph.messages import text

app = typer.Typer(no_args_is_help=True, help="Check and send what you contribute.")

Files = Annotated[
    list[Path],
    typer.Argument(help="CSV, XLSX, Turtle or N-Triples; a folder; - for standard input."),
]
Name = Annotated[str | None, typer.Option(help="What standard input is called, such as need.csv.")]
Publisher = Annotated[str | None, typer.Option(help="Whose data it is: a partner's short name.")]
Template = Annotated[str | None, typer.Option(help="Template of the tables; else names and headings tell.")]
Replace = Annotated[bool, typer.Option("--replace", help="What the files leave out of the same kinds goes.")]
Everything = Annotated[bool, typer.Option("--all", help="Show every finding.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, the same as the REST interface.")]
Output = Annotated[Path | None, typer.Option()]
Id = Annotated[str, typer.Argument(help="The contribution.")]
Version = Annotated[
    int | None, typer.Option("--if-version", help="Only if it still has this version, as `status` shows it.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


@app.command()
def check(
    files: Files,
    publisher: Publisher = None,
    template: Template = None,
    replace: Replace = False,
    name: Name = None,
    everything: Everything = False,
    as_json: AsJson = False,
    marked: Annotated[Path | None, typer.Option(help="Write the files back with marked cells, as XLSX.")] = None,
    errors: Annotated[Path | None, typer.Option(help="Write the rows that must be corrected.")] = None,
    turtle: Annotated[Path | None, typer.Option(help="Write the report as RDF (Turtle).")] = None,
) -> None:
    """Check a contribution without sending it: the verdict, how each file was read, and all findings."""
    with office() as at_work:
        if len(files) == 1 and files[0].is_dir():
            checked: Checked = at_work.check_folder(files[0])
        else:
            fields = _fields(publisher, template, replace)
            checked = at_work.check(sources(files, name), fields)
        if checked.alone:
            say("cli.checked-alone", loud=True)
        if as_json:
            print_json(checked.said)
        else:
            show_check(checked.said, out, everything)
        if marked:
            write(checked.marked(), marked, "marked.xlsx")
        if turtle:
            write(checked.turtle(), turtle, "report.ttl")
        _write_errors(checked, errors)
    if not checked.said["conforms"]:
        raise typer.Exit(1)


@app.command()
def submit(
    files: Files,
    publisher: Publisher = None,
    template: Template = None,
    replace: Replace = False,
    name: Name = None,
    good_rows: Annotated[bool, typer.Option(help="Send what is right; what is wrong stays with you.")] = False,
    errors: Annotated[Path | None, typer.Option(help="Write the rows that stay with you.")] = None,
    source: Annotated[str, typer.Option(help="Web address that the data was taken from.")] = "",
    issued: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day the data is from.")] = None,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day on which it is no longer published.")
    ] = None,
    corrects: Annotated[str, typer.Option(help="The contribution that this one puts right.")] = "",
    note: Annotated[str, typer.Option(help="What you say to the reviewer.")] = "",
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Send a contribution to the reviewers. With findings that stop it, nothing is sent."""
    fields = _fields(publisher, template, replace) | {
        "source": source,
        "issued": _day(issued),
        "expires_on": _day(expires),
        "corrects": corrects,
        "note": note,
    }
    given = sources(files, name)
    with office() as at_work:
        checked = at_work.check(given, fields, sending=True)
        show_check(checked.said, err, everything)
        _write_errors(checked, errors)
        if not checked.said["conforms"] and not good_rows:
            say("cli.not-sent", loud=True)
            raise typer.Exit(1)
        received = at_work.receive(given, fields)
        leave_out = {} if checked.said["conforms"] else {"leave_out": "faulty"}
        case = at_work.step(received["id"], "submit", received["version"], leave_out)
    _show_step(case, as_json)


@app.command()
def status(
    contribution_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One of them; else all.")] = None,
    in_state: Annotated[str, typer.Option("--state", help="Only those that are submitted, returned, ...")] = "",
    publisher: Publisher = None,
    expires_before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only published ones whose time ends before that day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Where contributions stand, or what happened to one of them."""
    with office() as at_work:
        if contribution_id is None:
            show_list(at_work, in_state, publisher, _day(expires_before), as_json)
            return
        case = at_work.contribution(contribution_id)
    if as_json:
        print_json(case)
    else:
        show_case(case)


@app.command()
def withdraw(
    contribution_id: Id,
    why: Annotated[str, typer.Option(help="The reason, for the record; needed unless --dry-run.")] = "",
    version: Version = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what it would break for others.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a contribution back: exactly what it changed is undone."""
    take_back(contribution_id, why, version, dry_run, as_json)


@app.command()
def renew(
    contribution_id: Id,
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="First day on which it is no longer published.")
    ],
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Let a published contribution stay longer."""
    with office() as at_work:
        _show_step(at_work.step(contribution_id, "renew", version, {"expires_on": _day(until)}), as_json)


def take(contribution_id: str, step: str, version: int | None, body: Json, as_json: bool) -> None:
    """Take a step with a contribution, and show what became of it."""
    with office() as at_work:
        _show_step(at_work.step(contribution_id, step, version, body), as_json)


def take_back(contribution_id: str, why: str, version: int | None, dry_run: bool, as_json: bool) -> None:
    """Withdraw a contribution, or only show what that would break."""
    if not dry_run and not why.strip():
        raise typer.BadParameter(text("cli.why-needed", state.lang), param_hint="--why")
    with office() as at_work:
        case = at_work.contribution(contribution_id)
        broken = at_work.consequences(contribution_id) if case["state"] == "published" else []
        if broken:
            say("cli.consequences", count=len(broken), loud=True)
            show_findings(broken, err)
        if dry_run:
            if not broken:
                say("cli.no-consequences", loud=True)
            return
        given = case["version"] if version is None else version
        _show_step(at_work.step(contribution_id, "withdraw", given, {"why": why}), as_json)


def show_list(at_work: Office, in_state: str, publisher: str | None, expires_before: str, as_json: bool) -> None:
    """The contributions that are asked for, as a table or as JSON."""
    filters = {"state": in_state, "partner": publisher or "", "expires_before": expires_before}
    found = at_work.contributions({name: value for name, value in filters.items() if value})
    if as_json:
        print_json(found)
    elif found:
        show_contributions(found)
    else:
        say("cli.no-contributions")


def _fields(publisher: str | None, template: str | None, replace: bool) -> dict[str, str]:
    return {"partner": publisher or "", "template": template or "", "mode": "replace" if replace else ""}


def _write_errors(checked: Checked, path: Path | None) -> None:
    if path is None:
        return
    faulty = checked.errors()
    if faulty is None:
        say("cli.no-faulty-rows")
    else:
        write(faulty.data, path, faulty.name)


def _show_step(case: Json, as_json: bool) -> None:
    """What a contribution has become: its number on stdout, the sentence on stderr."""
    if as_json:
        print_json(case)
        return
    out.file.write(f"{case['id']}\n")
    say("cli.is-now", title=case["title"], state=case["state_words"][state.lang])


def _day(given: datetime | None) -> str:
    return given.date().isoformat() if given else ""
