"""The command that asks a question of the catalogue."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, Final

import typer

from ecograph.cli.contribute import AsJson
from ecograph.cli.office import office
from ecograph.cli.showing import columns, print_json, print_table
from ecograph.cli.state import out, say, state, write
from ecograph.errors import BadParameter
from ecograph.query.parameters import given_by
from ecograph.rdf.formats import CSV, JSON, QUESTION_FORMATS, Format, by_suffix

_ENDINGS: Final = ", ".join(each.suffix for each in QUESTION_FORMATS)


def query(
    name: Annotated[str | None, typer.Argument(help="A question, such as needs-in-topic; none lists them.")] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A value; may be repeated.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=f"Write a file that ends in {_ENDINGS}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The answer to a question of the catalogue, or the questions there are."""
    values = given_by([_pair(each) for each in param or ()])
    with office() as at_work:
        if name is None:
            _show([*at_work.questions()], as_json)
            return
        target = JSON if as_json else _target(output)
        found = at_work.question(name, values, target.media_type)
    if output is None and target is CSV and out.is_terminal:
        heads, *rows = csv.reader(io.StringIO(found.body.decode()))
        print_table(heads, rows)
    else:
        write(found.body, output, f"{name}.{target.suffix}")
    if found.truncated:
        say("queries.truncated", loud=True)


def _pair(given: str) -> tuple[str, str]:
    """
    A value as it is given on the command line.

    Raises:
        BadParameter: It has no name.

    Example:
        >>> _pair("country=dk")
        ('country', 'dk')
    """
    name, equals, value = given.partition("=")
    if not equals or not name:
        raise BadParameter(name="--param", value=given, expected="country=dk")
    return name, value


def _target(output: Path | None) -> Format:
    if output is None or str(output) == "-" or output.is_dir():
        return CSV
    found = by_suffix(output.suffix.removeprefix("."), QUESTION_FORMATS)
    if found is None:
        raise BadParameter(name="--output", value=output, expected=_ENDINGS)
    return found


def _show(questions: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print_json(questions)
        return
    rows = []
    for each in questions:
        summaries, asked = each["summaries"], each["parameters"]
        assert isinstance(summaries, dict)
        assert isinstance(asked, list)
        names = [
            f"[{one['name']}]" if one["optional"] or one["default"] is not None else one["name"]
            for one in asked
            if one["kind"] != "language"
        ]
        rows.append([str(each["slug"]), " ".join(names), summaries[state.lang]])
    print_table(columns("slug", "values", "title"), rows)
