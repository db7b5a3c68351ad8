"""Commands about tables: templates to fill in, and tables as Turtle and back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ecograph.cli.contribute import Name, Template
from ecograph.cli.office import TEMPLATE_ENDINGS, office, sources
from ecograph.cli.showing import columns, print_table, show_findings
from ecograph.cli.state import err, language, out, say, state, words, write
from ecograph.errors import BadParameter
from ecograph.shacl.contract import Contract, template_rows

Headings = Annotated[str | None, typer.Option(help="Headings in da, sv or en; default: machine headings.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file or folder.")]


class Target(StrEnum):
    """What a file can become."""

    TURTLE = "ttl"
    CSV = "csv"
    XLSX = "xlsx"


def template(
    kind: Annotated[str | None, typer.Argument(help="Template, such as need, solution or company.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=f"Write a file that ends in {', '.join(TEMPLATE_ENDINGS)}.")
    ] = None,
    headings: Headings = None,
) -> None:
    """The columns of a template, read from its shape; or the template as a file to fill in."""
    chosen = language(headings) if headings else None
    with office() as at_work:
        if kind is None:
            print_table(columns("template", "name"), [[slug, names[state.lang]] for slug, names in _kinds()])
            return
        if output or headings or state.endpoint or not out.is_terminal:
            ending = _ending(output) if output else "csv"
            write(at_work.template(kind, ending, chosen), output, f"{kind}.{ending}")
            return
    rows = template_rows(Contract.load(state.settings.resources_dir).template(kind), state.lang)
    print_table(
        columns("column", "name", "required", "values"),
        [[note.key, note.heading, words("cli.yes") if note.required else "", note.kind] for note in rows],
    )


def convert(
    file: Annotated[Path, typer.Argument(help="A table, Turtle or N-Triples; - for standard input.")],
    to: Annotated[Target, typer.Option(help="The form wanted.")],
    output: Output = None,
    headings: Headings = None,
    template: Template = None,
    name: Name = None,
) -> None:
    """A table as Turtle, or Turtle as tables."""
    with office() as at_work:
        given = sources([file], name)
        if len(given) != 1:
            raise BadParameter(name="FILE", value=file, expected="need.csv")
        found = at_work.convert(given[0], to.value, language(headings) if headings else None, template)
    write(found.data, output, found.name)
    show_findings(found.lost, err, None)
    if found.count:
        say("cli.not-carried-over", count=found.count, loud=True)
        raise typer.Exit(1)


def _kinds() -> list[tuple[str, dict[str, str]]]:
    with office() as at_work:
        return sorted(at_work.kinds().items())


def _ending(output: Path) -> str:
    name = output.name.lower()
    for ending in TEMPLATE_ENDINGS:
        if name.endswith(f".{ending}"):
            return ending
    if output.is_dir():
        return "csv"
    raise BadParameter(name="--output", value=output, expected=", ".join(TEMPLATE_ENDINGS))
