"""The commands together, the options of every command, and what an error becomes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from ecograph import __version__
from ecograph.cli import (
    asking,
    consortium,
    contribute,
    evaluating,
    exporting,
    harvesting,
    partners,
    projecting,
    querying,
    review,
    same,
    serving,
    shortlist,
    tables,
)
from ecograph.cli.showing import show_findings
from ecograph.cli.state import err, language, out, state
from ecograph.config import Settings
from ecograph.errors import BadParameter, EcoGraphError
from ecograph.web import logs

_WITH_VALUE: Final = frozenset({"--data", "--endpoint", "--token-file", "--lang"})
_FLAGS: Final = frozenset({"--quiet", "-q"})

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Needs, actors, results, solutions and standards of the Øresund region as one knowledge graph.",
    epilog="The options above may also stand behind the command.",
)
_COMMANDS: Final[Sequence[Callable[..., None]]] = (
    serving.serve,
    serving.load,
    serving.rebuild,
    serving.verify,
    projecting.project,
    serving.stats,
    serving.expire,
    serving.erase,
    tables.template,
    tables.convert,
    exporting.export,
    asking.match,
    asking.why_not,
    asking.explain,
    consortium.consortium,
    same.same_need,
    same.replicate,
    evaluating.evaluate,
    asking.search,
    asking.sparql,
    querying.query,
    asking.who_said,
)
for command in _COMMANDS:
    app.command()(command)
for name, group in (
    ("contribute", contribute.app),
    ("review", review.app),
    ("partner", partners.app),
    ("token", partners.tokens),
    ("shortlist", shortlist.app),
    ("harvest", harvesting.app),
):
    app.add_typer(group, name=name)


def _show_version(wanted: bool) -> None:
    if wanted:
        out.print(__version__)
        raise typer.Exit


@app.callback()
def options(
    data: Annotated[Path | None, typer.Option(help="Directory of the ledger and the store.")] = None,
    endpoint: Annotated[str | None, typer.Option(help="Ask the service at this address instead.")] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="File that holds your token; else the environment's ECOGRAPH_TOKEN.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="Language of the answers: da, sv or en.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only results and errors.")] = False,
    _version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,
) -> None:
    """Options of every command."""
    logs.configure()
    settings = Settings()
    state.lang = language(lang or settings.language)
    state.quiet = quiet
    if data and endpoint:
        raise BadParameter(name="--endpoint", value=endpoint, expected="--data | --endpoint")
    given = {"data_dir": data, "token_file": token_file}
    state.settings = settings.model_copy(update={name: value for name, value in given.items() if value})
    state.endpoint = endpoint or (settings.endpoint if not data else None)
    state.asked_endpoint = endpoint is not None
    state.asked_token_file = token_file is not None


def hoisted(arguments: Sequence[str]) -> list[str]:
    """
    Arguments with the options of every command in front, wherever they stood.

    Example:
        >>> hoisted(["contribute", "check", "need.csv", "--lang", "da", "-q"])
        ['--lang', 'da', '-q', 'contribute', 'check', 'need.csv']
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            rest += (argument, *waiting)
            break
        name, has_value, _ = argument.partition("=")
        if name in _WITH_VALUE:
            front.append(argument)
            front += waiting[:1] if not has_value else ()
            waiting = waiting if has_value else waiting[1:]
        else:
            (front if argument in _FLAGS else rest).append(argument)
    return [*front, *rest]


def main() -> None:
    """The entry point: every foreseen error becomes one sentence and its exit code."""
    try:
        app(hoisted(sys.argv[1:]), standalone_mode=True)
    except EcoGraphError as error:
        err.print(error.message(state.lang), style="bold red", markup=False)
        for note in getattr(error, "__notes__", ()):
            err.print(note, markup=False)
        show_findings(getattr(error, "findings", ()), err)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader has left (`ecograph ... | head`): nothing to say, and nothing more may be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
