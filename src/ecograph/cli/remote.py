"""
The work of commands done by a service at another address, over its REST interface.

Source:
    docs/api.md, "Contributions".
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from ecograph.cli.office import Converted, Fields
from ecograph.cli.shortlist_there import ShortlistThere
from ecograph.cli.showing import Json
from ecograph.client.asking import MatchAsked, Result, WhyAsked
from ecograph.client.service import API, Service
from ecograph.client.there import There
from ecograph.contribute.folders import files_of
from ecograph.contribute.packing import SourceFile
from ecograph.errors import UnknownThing
from ecograph.identifiers import NAME
from ecograph.messages import Language
from ecograph.rdf.formats import GRAPH_FORMATS, by_suffix

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FINDINGS_HEADER: Final = "EcoGraph-Findings"
_FILE_NAME: Final = re.compile(r'filename="([^"]+)"')


class CheckedThere:
    """Files that a service has checked; other forms of the result are asked for when somebody wants them."""

    alone = False

    def __init__(self, remote: Remote, files: Sequence[SourceFile], fields: Fields) -> None:
        self._remote = remote
        self._files = files
        self._fields = fields
        self.said: Json = self._form("application/json").json()

    def marked(self) -> bytes:
        """The files as a workbook with marked cells."""
        return self._form(_XLSX).content

    def errors(self) -> SourceFile | None:
        """Only the rows that must be corrected; None if there are none."""
        answer = self._remote.send("contributions/check/errors", self._files, self._fields)
        return None if answer.status_code == 204 else SourceFile(_name_of(answer), answer.content)

    def turtle(self) -> bytes:
        """The report as RDF."""
        return self._form("text/turtle").content

    def _form(self, accept: str) -> httpx.Response:
        return self._remote.send("contributions?dry_run=true", self._files, self._fields, {"Accept": accept})


class Remote:
    """
    A service at another address.

    Args:
        endpoint: Its address, such as `https://example.org/`.
        token: Whom to ask as; None asks as anybody.
        lang: The language of its answers.

    Raises:
        BadParameter: The address is none, or a token would travel in the open.
    """

    def __init__(self, endpoint: str, token: str | None, lang: Language) -> None:
        self._lang = lang
        self._service = Service(endpoint, token, lang, names=("--endpoint", "ECOGRAPH_TOKEN"))
        self._there = There(self._service)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._there.close()

    def check(self, files: Sequence[SourceFile], fields: Fields, *, sending: bool = False) -> CheckedThere:
        """Check files and keep nothing."""
        return CheckedThere(self, files, fields)

    def check_folder(self, folder: Path) -> CheckedThere:
        """Check the files of a folder."""
        return CheckedThere(self, files_of(folder), {})

    def receive(self, files: Sequence[SourceFile], fields: Fields) -> Json:
        """Keep files as a contribution; asked again with the same key, the service keeps it once."""
        return self._json(self.send("contributions", files, fields, {"Idempotency-Key": str(uuid.uuid4())}))

    def step(self, contribution_id: str, step: str, version: int | None, body: Json) -> Json:
        """Take a step with a contribution, if it still has that version."""
        headers = {"If-Match": f'"{version}"' if version is not None else "*"}
        path = f"contributions/{quote(contribution_id, safe='')}/{step}"
        return self._json(self._ask("POST", path, again=False, json=body, headers=headers))

    def contributions(self, filters: Fields) -> list[Json]:
        """The contributions that are shown to whoever asks, page by page."""
        return list(self.items("contributions", filters))

    def items(self, path: str, filters: Fields) -> Iterator[Json]:
        """The items of a list, page by page."""
        return self._service.items(f"{API}/{path}", {name: value for name, value in filters.items() if value})

    def contribution(self, contribution_id: str) -> Json:
        """One contribution."""
        return self._get(f"contributions/{quote(contribution_id, safe='')}")

    def report(self, contribution_id: str) -> Json:
        """What is found in a contribution that is not yet decided."""
        return self._get(f"contributions/{quote(contribution_id, safe='')}/report")

    def difference(self, contribution_id: str) -> Json:
        """What a contribution changes, or changed."""
        return self._get(f"contributions/{quote(contribution_id, safe='')}/diff")

    def consequences(self, contribution_id: str) -> list[Json]:
        """What withdrawing a contribution would break."""
        found: list[Json] = self._get(f"contributions/{quote(contribution_id, safe='')}/consequences")["findings"]
        return found

    def partners(self) -> list[Json]:
        """Every partner."""
        return self._list("partners")

    def add_partner(self, partner: Json) -> Json:
        """Add a partner."""
        return self._json(self._ask("POST", "partners", again=False, json=partner))

    def tokens(self, partner: str | None) -> list[Json]:
        """Tokens, without their secrets."""
        return self._list("tokens", {"partner": partner} if partner else {})

    def issue(self, token: Json) -> Json:
        """Make a token."""
        return self._json(self._ask("POST", "tokens", again=False, json=token))

    def revoke(self, token_id: str) -> Json:
        """Take a token back."""
        return self._json(self._ask("POST", f"tokens/{quote(token_id, safe='')}/revoke"))

    def kinds(self) -> dict[str, dict[str, str]]:
        """What the things of each template are called."""
        return self._get("templates")

    def template(self, kind: str, ending: str, headings: Language | None) -> bytes:
        """A template to fill in, or its description, by the ending of its name."""
        lang = headings or (None if ending == "csv" else self._lang)
        path = f"templates/{quote(kind, safe='')}.{quote(ending, safe='')}"
        return self._ask("GET", path, params={"lang": lang} if lang else {}).content

    def convert(self, file: SourceFile, to: str, headings: Language | None, template: str | None) -> Converted:
        """A file in another form; how much could not be carried over is counted, not listed."""
        fields = {"template": template or "", "lang": headings or ""}
        answer = self.send(f"convert?to={quote(to)}", [file], fields)
        return Converted(_name_of(answer), answer.content, int(answer.headers.get(_FINDINGS_HEADER, "0")))

    def tables(self, publisher: str) -> list[str]:
        """The templates of which a publisher has published anything."""
        return [str(each["template"]) for each in self._list(f"publishers/{quote(publisher, safe='')}")]

    def export(self, publisher: str, kind: str, form: str, headings: Language | None) -> bytes:
        """What a publisher has published of a template."""
        lang = headings or (self._lang if form == "xlsx" else None)
        path = f"publishers/{quote(publisher, safe='')}/{quote(kind, safe='')}.{form}"
        return self._ask("GET", path, params={"lang": lang} if lang else {}).content

    def who_said(self, asked: Fields) -> Json:
        """Statements, with who said them."""
        return self._json(self._ask("GET", "statements", params=dict(asked)))

    def match(self, asked: MatchAsked) -> Json:
        """Who fits a need: one in the graph, or else as it is written out."""
        return self._there.match(asked)

    def match_graph(self, asked: MatchAsked, form: str) -> bytes:
        """Who fits a need, as RDF in a format."""
        known = by_suffix(form, GRAPH_FORMATS)
        return self._there.matches(asked, known.media_type if known else form).content

    def why(self, asked: WhyAsked) -> Json:
        """Why somebody is in the list for a need, or not."""
        return self._there.why(asked)

    def consortium(self, asked: Json) -> Json:
        """Who could meet a need together, within rules as REST is asked for them."""
        return self._there.consortium(asked)

    def same_need(self, need: str) -> Json:
        """Who else has a need: one in the graph, or else as it is written out."""
        return self._of_need(need, "same", {}, {})

    def replicate(self, need: str, place: str | None) -> Json:
        """What already runs elsewhere that fits a need, for a municipality or region."""
        return self._of_need(need, "replicable", {"for": place} if place else {}, {"place": place})

    def shortlist(self, partner: str | None) -> ShortlistThere:
        """What is done with the shortlists of the token's partner."""
        return ShortlistThere(self, partner)

    def search(self, query: str, limit: int) -> list[Json]:
        """Things by name or words."""
        found = self._there.search(query, limit, self._lang)
        return [{name: each[name] for name in ("iri", "kind", "label")} for each in found]

    def sparql(self, query: str, accept: str) -> bytes:
        """The answer to a query."""
        return self._there.sparql(query, accept).body

    def questions(self) -> list[Json]:
        """The questions of the catalogue."""
        return self._there.questions()

    def question(self, slug: str, values: Mapping[str, Sequence[str]], accept: str) -> Result:
        """The answer to a question of the catalogue."""
        return self._there.question(slug, values, accept, self._lang)

    def send(
        self, path: str, files: Sequence[SourceFile], fields: Fields, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Files and fields as a form."""
        return self._there.send(path, files, {"lang": self._lang, **fields}, headers)

    def call(self, method: str, path: str, *, again: bool = False, **more: Any) -> Json:
        """The answer to one request of REST; `again` says that it does no harm to ask twice."""
        return self._json(self._ask(method, path, again=again, **more))

    def _of_need(self, need: str, question: str, parameters: Json, more: Json) -> Json:
        """The answer to a question about a need in the graph, or else about one that is written out."""
        if NAME.fullmatch(need):
            try:
                return self._json(self._ask("GET", f"needs/{need}/{question}", params=parameters))
            except UnknownThing as problem:
                found = self._written_out(need, question, more)
                if not found["need"]["concepts"]:
                    raise problem
                return found
        return self._written_out(need, question, more)

    def _written_out(self, need: str, question: str, more: Json) -> Json:
        return self._json(self._ask("POST", f"matches/{question}", json={"text": need, **more}))

    def _get(self, path: str) -> Json:
        return self._json(self._ask("GET", path))

    def _list(self, path: str, parameters: Mapping[str, str] | None = None) -> list[Json]:
        found: list[Json] = self._json(self._ask("GET", path, params=dict(parameters or {})))  # type: ignore[assignment]
        return found

    def _json(self, answer: httpx.Response) -> Json:
        found: Json = self._service.read(answer)
        return found

    def _ask(self, method: str, path: str, *, again: bool = True, **more: Any) -> httpx.Response:
        return self._service.ask(method, f"{API}/{path}", again=again, **more)


def _name_of(answer: httpx.Response) -> str:
    """The name of a file that a service sends, without any folder."""
    found = _FILE_NAME.search(answer.headers.get("Content-Disposition", ""))
    return found[1].replace("\\", "/").rpartition("/")[2] if found else "answer"
