"""Who does the work of a command: this process on a data directory, or a service at another address."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from ecograph.cli.showing import Json
from ecograph.cli.state import state
from ecograph.client.asking import MatchAsked, Result, WhyAsked
from ecograph.contribute.packing import SourceFile
from ecograph.errors import BadParameter
from ecograph.messages import Language

TEMPLATE_ENDINGS: Final = ("csv-metadata.json", "table-schema.json", "schema.json", "xlsx", "csv")
"""How the name of a template's file may end; the longer before the shorter."""

Fields = Mapping[str, str]
"""How files are to be read, and whose they are, as REST names it."""


class Checked(Protocol):
    """Files that were checked, and the other forms that the result comes in."""

    said: Json
    alone: bool
    """Whether nothing was published to hold them against."""

    def marked(self) -> bytes:
        """The files as a workbook with marked cells."""

    def errors(self) -> SourceFile | None:
        """Only the rows that must be corrected; None if there are none."""

    def turtle(self) -> bytes:
        """The report as RDF."""


@dataclass(frozen=True)
class Converted:
    """A file in another form; `lost` says what could not be carried over, as far as whoever did it tells."""

    name: str
    data: bytes
    count: int
    lost: Sequence[Json] = ()


class ShortlistWork(Protocol):
    """What commands do with the shortlists of one partner; entries are what REST writes."""

    def entries(self, filters: Fields) -> list[Json]:
        """The entries, the last changed first."""

    def add(self, body: Json) -> Json:
        """Put a candidate on the list."""

    def change(self, entry: Json, body: Json) -> Json:
        """Say something else of it, if it still has the version of `entry`."""

    def remove(self, entry: Json) -> Json:
        """Take it off the list."""

    def restore(self, entry: Json) -> Json:
        """Bring it back."""

    def share(self, entry: Json, body: Json, *, dry_run: bool) -> Json:
        """Send a verdict to others, or only say what would be sent."""

    def unshare(self, entry: Json, why: str) -> Json:
        """Take it back."""

    def export(self) -> list[Json]:
        """Everything that is kept."""

    def delete_all(self) -> int:
        """Delete everything for good; how many there were."""


class Office(Protocol):
    """What commands ask for. What is given is what REST writes."""

    def check(self, files: Sequence[SourceFile], fields: Fields, *, sending: bool = False) -> Checked:
        """Check files and keep nothing; `sending` as those who are about to send them."""

    def check_folder(self, folder: Path) -> Checked:
        """Check a contribution folder."""

    def receive(self, files: Sequence[SourceFile], fields: Fields) -> Json:
        """Keep files as a contribution."""

    def step(self, contribution_id: str, step: str, version: int | None, body: Json) -> Json:
        """Take a step with a contribution, if it still has that version; None for whichever it has."""

    def contributions(self, filters: Fields) -> list[Json]:
        """The contributions that are shown to whoever asks."""

    def contribution(self, contribution_id: str) -> Json:
        """One contribution."""

    def report(self, contribution_id: str) -> Json:
        """What is found in a contribution that is not yet decided."""

    def difference(self, contribution_id: str) -> Json:
        """What a contribution changes, or changed."""

    def consequences(self, contribution_id: str) -> list[Json]:
        """What withdrawing a contribution would break."""

    def partners(self) -> list[Json]:
        """Every partner."""

    def add_partner(self, partner: Json) -> Json:
        """Add a partner."""

    def tokens(self, partner: str | None) -> list[Json]:
        """Tokens, without their secrets."""

    def issue(self, token: Json) -> Json:
        """Make a token; the secret is in the answer and nowhere else."""

    def revoke(self, token_id: str) -> Json:
        """Take a token back."""

    def kinds(self) -> dict[str, dict[str, str]]:
        """What the things of each template are called."""

    def template(self, kind: str, ending: str, headings: Language | None) -> bytes:
        """A template to fill in, or its description, by the ending of its name."""

    def convert(self, file: SourceFile, to: str, headings: Language | None, template: str | None) -> Converted:
        """A file in another form."""

    def tables(self, publisher: str) -> list[str]:
        """The templates of which a publisher has published anything."""

    def export(self, publisher: str, kind: str, form: str, headings: Language | None) -> bytes:
        """What a publisher has published of a template."""

    def who_said(self, asked: Fields) -> Json:
        """Statements, with who said them."""

    def match(self, asked: MatchAsked) -> Json:
        """Who fits a need."""

    def match_graph(self, asked: MatchAsked, form: str) -> bytes:
        """Who fits a need, as RDF in a format."""

    def why(self, asked: WhyAsked) -> Json:
        """Why somebody is in the list for a need, or not."""

    def consortium(self, asked: Json) -> Json:
        """Who could meet a need together, within rules as REST is asked for them."""

    def same_need(self, need: str) -> Json:
        """Who else has a need: one in the graph, or else as it is written out."""

    def replicate(self, need: str, place: str | None) -> Json:
        """What already runs elsewhere that fits a need, for a municipality or region."""

    def shortlist(self, partner: str | None) -> ShortlistWork:
        """What is done with a partner's shortlists; a token says whose, the operator of a directory names it."""

    def search(self, query: str, limit: int) -> list[Json]:
        """Things by name or words."""

    def sparql(self, query: str, accept: str) -> bytes:
        """The answer to a query."""

    def questions(self) -> list[Json]:
        """The questions of the catalogue."""

    def question(self, slug: str, values: Mapping[str, Sequence[str]], accept: str) -> Result:
        """The answer to a question of the catalogue."""


@contextmanager
def office() -> Iterator[Office]:
    """
    Whoever does the work, as the options say.

    Raises:
        BadParameter: The address is none, or the token would travel in the open.
    """
    if state.endpoint:
        from ecograph.cli.remote import Remote

        with Remote(state.endpoint, _token(), state.lang) as remote:
            yield remote
        return
    from ecograph.cli.engine import Engine

    with Engine(state.settings, state.lang) as engine:
        yield engine


def sources(paths: Sequence[Path], name: str | None = None) -> tuple[SourceFile, ...]:
    """
    The files that arguments name; `-` is standard input, a folder all data in it.

    Raises:
        BadParameter: Nobody says what standard input is called, or a file cannot be read.
    """
    found: list[SourceFile] = []
    for path in paths:
        try:
            if str(path) == "-":
                if not name:
                    raise BadParameter(name="--name", value="", expected="need.csv")
                found.append(SourceFile(name, sys.stdin.buffer.read()))
            elif path.is_dir():
                from ecograph.contribute.folders import files_of

                found += files_of(path)
            else:
                found.append(SourceFile.at(path))
        except OSError as error:
            raise BadParameter(name="FILE", value=path, expected=error.strerror or "FILE") from error
    return tuple(found)


def _token() -> str | None:
    """The token: from the file that the flag names, else the environment, else the file that the environment names."""
    settings = state.settings
    if settings.token is not None and not state.asked_token_file:
        return settings.token.get_secret_value().strip() or None
    if settings.token_file is None:
        return None
    try:
        return settings.token_file.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise BadParameter(name="--token-file", value=settings.token_file, expected="eg_…") from error
