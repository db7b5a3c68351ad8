"""Who could meet a need together: the command and how its answer looks."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from ecograph.cli.contribute import AsJson
from ecograph.cli.office import office
from ecograph.cli.showing import Json, print_json
from ecograph.cli.state import err, out, state, words
from ecograph.errors import BadParameter


def consortium(
    rules: Annotated[Path, typer.Argument(help="The rules, as TOML or JSON.", exists=True, dir_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Who could meet a need together, within rules: the best by proof, others that differ, what each partner adds."""
    asked = _read(rules)
    with office() as at_work:
        found = at_work.consortium(asked)
    if as_json:
        print_json(found)
    else:
        _show(found)
    if found["status"] not in ("proven", "found"):
        raise typer.Exit(1)


def _read(path: Path) -> Json:
    try:
        text = path.read_text(encoding="utf-8")
        read: object = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BadParameter(name="RULES", value=path, expected=str(error)) from error
    if not isinstance(read, dict):
        raise BadParameter(name="RULES", value=path, expected='{"need": "n09", "max_partners": 6}')
    return read


def _show(found: Json) -> None:
    for place, proposal in enumerate(found["proposals"]):
        kind = "best" if place == 0 and proposal["proven"] else "found" if place == 0 else "other"
        head = words(f"consortium.page.{kind}", number=place)
        out.print(
            f"{head} ({words('consortium.page.points-short', points=proposal['points'])})", markup=False, style="bold"
        )
        for partner in proposal["partners"]:
            _show_partner(partner, place == 0)
        out.print()
    for each in found["additions"]:
        out.print(f"+ {each['sentences'][state.lang]}", markup=False)
    if found["conflict"]:
        key = "conflict" if len(found["conflict"]) > 1 else "conflict-one"
        out.print(words(f"consortium.page.{key}"), markup=False, style="bold")
        for rule in found["conflict"]:
            out.print(f"- {rule['sentences'][state.lang]}", markup=False)
    for note in found["notes"]:
        err.print(note["sentences"][state.lang], markup=False)


def _show_partner(partner: Json, explain: bool) -> None:
    about = [words(f"consortium.role.{partner['role']}"), "/".join(code.upper() for code in partner["countries"])]
    out.print(f"  {partner['labels'][state.lang]} ({', '.join(part for part in about if part)})", markup=False)
    for cover in partner["covers"] if explain else ():
        if cover["speaks"]:
            out.print(f"     {cover['labels'][state.lang]}: {cover['sentences'][state.lang]}", markup=False)
