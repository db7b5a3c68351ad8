"""
The work of commands done by a service at another address, over its REST interface.

Source:
    docs/api.md, "Contributions".
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import SplitResult, quote, urlsplit

import httpx

from ecograph import __version__, errors
from ecograph.cli.office import Converted, Fields, MatchAsked
from ecograph.cli.shortlist_there import ShortlistThere
from ecograph.cli.showing import Json
from ecograph.contribute.folders import files_of
from ecograph.contribute.packing import SourceFile
from ecograph.errors import BadParameter, RemoteProblem, Unreachable
from ecograph.identifiers import NAME
from ecograph.messages import Language
from ecograph.namespaces import ID
from ecograph.rdf.formats import GRAPH_FORMATS, by_suffix

_API: Final = "api/v1"
_JSON: Final = "application/json"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TIMEOUT: Final = httpx.Timeout(
    150.0, connect=10.0
)  # a check may wait for a worker as long as it may take, a minute each
_TRIES: Final = 2  # of what may be asked twice: a connection that was kept open may be gone
_FINDINGS_HEADER: Final = "EcoGraph-Findings"
_PAGE: Final = 200
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
        self._endpoint = endpoint
        self._lang = lang
        parts = _parts(endpoint)
        if token and (not token.isascii() or not token.isprintable()):
            raise BadParameter(name="ECOGRAPH_TOKEN", value="…", expected="eg_…")
        if token and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise BadParameter(name="--endpoint", value=endpoint, expected="https://…")
        headers = {"Accept-Language": lang, "User-Agent": f"ecograph/{__version__}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(base_url=endpoint, headers=headers, timeout=_TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

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
        return self._json(self._ask("POST", path, tries=1, json=body, headers=headers))

    def contributions(self, filters: Fields) -> list[Json]:
        """The contributions that are shown to whoever asks, page by page."""
        found: list[Json] = []
        parameters: dict[str, Any] = {**{name: value for name, value in filters.items() if value}, "limit": _PAGE}
        while True:
            page = self._json(self._ask("GET", "contributions", params=parameters))
            found += page["items"]
            if not page["next"]:
                return found
            parameters["cursor"] = page["next"]

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
        return self._json(self._ask("POST", "partners", tries=1, json=partner))

    def tokens(self, partner: str | None) -> list[Json]:
        """Tokens, without their secrets."""
        return self._list("tokens", {"partner": partner} if partner else {})

    def issue(self, token: Json) -> Json:
        """Make a token."""
        return self._json(self._ask("POST", "tokens", tries=1, json=token))

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
        return self._json(self._matches(asked, _JSON))

    def match_graph(self, asked: MatchAsked, form: str) -> bytes:
        """Who fits a need, as RDF in a format."""
        known = by_suffix(form, GRAPH_FORMATS)
        return self._matches(asked, known.media_type if known else form).content

    def why(
        self, need: str, who: str, countries: Sequence[str] | None, goal: int | None, weighting: str | None
    ) -> Json:
        """Why somebody is in the list for a need, or not."""
        given = {"goal": goal, "weighting": weighting}
        parameters: dict[str, object] = {
            "country": list(countries or ()),
            **{name: value for name, value in given.items() if value},
        }
        if NAME.fullmatch(need):
            return self._json(self._ask("GET", f"needs/{need}/matches/{self._id_of(who)}", params=parameters))
        return self._json(self._ask("GET", "matches/why", params={**parameters, "text": need, "who": who}))

    def _id_of(self, who: str) -> str:
        """Kind and slug of whoever is called so, as the service knows it; the words themselves where nobody is."""
        if "/" in who:
            return quote(who.removeprefix(ID.iri))
        items = self._json(self._ask("GET", "search", params={"q": who, "limit": 20}))["items"]
        same = (each for each in items if who.casefold() in {name.casefold() for name in each["labels"].values()})
        return quote(next((str(each["id"]) for each in same), f"actor/{who}"))

    def consortium(self, asked: Json) -> Json:
        """Who could meet a need together, within rules as REST is asked for them."""
        return self._json(self._ask("POST", "consortia", json=asked))

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
        answer = self._ask("GET", "search", params={"q": query, "limit": limit, "lang": self._lang})
        return [{name: each[name] for name in ("iri", "kind", "label")} for each in self._json(answer)["items"]]

    def sparql(self, query: str, accept: str) -> bytes:
        """The answer to a query."""
        headers = {"Accept": accept, "Content-Type": "application/sparql-query"}
        return self._ask("POST", "sparql", within="", content=query.encode(), headers=headers).content

    def send(
        self, path: str, files: Sequence[SourceFile], fields: Fields, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Files and fields as a form."""
        form = {"lang": self._lang, **{name: value for name, value in fields.items() if value}}
        parts = [("file", (file.name, file.data)) for file in files]
        return self._ask("POST", path, files=parts, data=form, headers=dict(headers or {}))

    def call(self, method: str, path: str, *, tries: int = 1, **more: Any) -> Json:
        """The answer to one request of REST."""
        return self._json(self._ask(method, path, tries=tries, **more))

    def _matches(self, asked: MatchAsked, accept: str) -> httpx.Response:
        if NAME.fullmatch(asked.need):
            chosen = {"country": list(asked.countries or ()), "group": list(asked.groups or ()), **_given(asked)}
            try:
                return self._ask("GET", f"needs/{asked.need}/matches", params=chosen, headers={"Accept": accept})
            except RemoteProblem as problem:
                if not self._json(self._typed(asked, _JSON))["need"]["concepts"]:
                    raise problem from None
        return self._typed(asked, accept)

    def _typed(self, asked: MatchAsked, accept: str) -> httpx.Response:
        chosen = {"countries": asked.countries or None, "groups": asked.groups or None, **_given(asked)}
        return self._ask("POST", "matches", json={"text": asked.need, **chosen}, headers={"Accept": accept})

    def _of_need(self, need: str, question: str, parameters: Json, more: Json) -> Json:
        """The answer to a question about a need in the graph, or else about one that is written out."""
        if NAME.fullmatch(need):
            try:
                return self._json(self._ask("GET", f"needs/{need}/{question}", params=parameters))
            except RemoteProblem as problem:
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
        try:
            found: Json = answer.json()
        except ValueError as error:
            raise Unreachable(endpoint=self._endpoint) from error
        return found

    def _ask(self, method: str, path: str, *, tries: int = _TRIES, within: str = _API, **more: Any) -> httpx.Response:
        address = f"{within}/{path}".lstrip("/")
        for left in reversed(range(tries)):
            try:
                answer = self._http.request(method, address, **more)
                break
            except httpx.TimeoutException as error:
                raise Unreachable(endpoint=self._endpoint) from error
            except (httpx.TransportError, httpx.InvalidURL) as error:
                if not left:
                    raise Unreachable(endpoint=self._endpoint) from error
        if answer.is_success:
            return answer
        raise self._problem(answer)

    def _problem(self, answer: httpx.Response) -> errors.EcoGraphError:
        """What the service says went wrong, with the exit code that the same error has here."""
        try:
            said = answer.json()
            code, detail = str(said["code"]), str(said["detail"])
        except (ValueError, KeyError, TypeError):
            return Unreachable(endpoint=self._endpoint)
        problem = RemoteProblem(endpoint=self._endpoint, detail=detail)
        unavailable = answer.status_code >= 500 or answer.status_code == 429
        exit_codes = {error.code: error.exit_code for error in errors.known()}
        problem.exit_code = exit_codes.get(code, 3 if unavailable else 2)
        problem.findings = [each for each in said.get("errors", ()) if isinstance(each, dict) and "severity" in each]
        return problem


def _parts(endpoint: str) -> SplitResult:
    try:
        parts = urlsplit(endpoint)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:  # asking for the port checks it
            return parts
    except ValueError:
        pass
    raise BadParameter(name="--endpoint", value=endpoint, expected="https://…")


def _name_of(answer: httpx.Response) -> str:
    """The name of a file that a service sends, without any folder."""
    found = _FILE_NAME.search(answer.headers.get("Content-Disposition", ""))
    return found[1].replace("\\", "/").rpartition("/")[2] if found else "answer"


def _given(asked: MatchAsked) -> dict[str, object]:
    return {"top": asked.top, **({"weighting": asked.weighting} if asked.weighting else {})}
