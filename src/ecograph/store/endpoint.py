"""
A SPARQL 1.1 server, as `store.remote` and `query.remote` speak to it: Protocol, Update and Graph Store over HTTP.

Results are asked for as XML: the one format in which every engine tried writes each kind of literal as the
specification says (docs/scaling.md, "Where engines deviate").
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Final, Literal, cast

import httpx
from pyoxigraph import Quad, QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from ecograph.errors import StoreUnavailable

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

CONNECT_S: Final = 5.0
"""A server that does not even take the connection for so long is not there."""

_SOLUTIONS: Final = "application/sparql-results+xml"
_TRIPLES: Final = "application/n-triples"
# Virtuoso's word that it has cut the result; nothing in the body says so.
_CUT: Final = "x-sparql-maxrows"
_PLACE: Final = re.compile(r"(?:error at |line )(\d+)(?::(\d+))?")
_SHOWN: Final = 300  # characters of an error that a server explains itself with


@dataclass(frozen=True)
class Address:
    """
    Where a SPARQL server is.

    Args:
        query: Its query URL.
        update: Its update URL; None where it is only read, or the same as the query URL.
        graphs: Its Graph Store Protocol URL, by which much is loaded quickest; None to load by updates.
        user: Who may write; None where everybody may.
        password: Of that user.
    """

    query: str
    update: str | None = None
    graphs: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class Endpoint:
    """
    One SPARQL server, over connections that are kept. Thread-safe.

    Args:
        address: Where it is.
        timeout_s: How long one request may take; a large update takes minutes.
    """

    def __init__(self, address: Address, timeout_s: float = 600.0) -> None:
        self.address = address
        login = _Login(address.user, address.password or "") if address.user else None
        self._client = httpx.Client(auth=login, timeout=httpx.Timeout(timeout_s, connect=CONNECT_S), trust_env=False)

    def solutions(self, text: str) -> Iterator[Mapping[str, object]]:
        """The rows of a SELECT, as they arrive; a caller that leaves early ends the transfer."""
        with self.asking(text) as result:
            assert isinstance(result, QuerySolutions)
            names = [variable.value for variable in result.variables]
            for row in result:
                yield {name: row[name] for name in names}

    def holds(self, text: str) -> bool:
        """The answer to an ASK."""
        with self.asking(text, "ASK") as result:
            return bool(cast(QueryBoolean, result))

    @contextmanager
    def asking(
        self,
        text: str,
        form: Form = "SELECT",
        *,
        dataset: Mapping[str, Sequence[str]] | None = None,
        timeout_s: float | None = None,
    ) -> Iterator[QuerySolutions | QueryBoolean | Iterator[Quad]]:
        """
        The result of a query, read while it arrives.

        Args:
            text: The query.
            form: What kind of query it is.
            dataset: The dataset parameters of the protocol.
            timeout_s: Deadline of the whole answer, if it is not the endpoint's.

        Raises:
            SyntaxError: The server cannot parse the query; `lineno` and `offset` where it says them.
            TimeoutError: It took longer than the deadline.
            StoreUnavailable: The server does not answer, refuses, or breaks off.
        """
        fields = {"query": text, **{name: list(values) for name, values in (dataset or {}).items()}}
        graph = form in ("CONSTRUCT", "DESCRIBE")
        headers = {"Accept": _TRIPLES if graph else _SOLUTIONS}
        deadline = time.monotonic() + timeout_s if timeout_s else None
        limit = httpx.Timeout(timeout_s, connect=CONNECT_S) if timeout_s else httpx.USE_CLIENT_DEFAULT
        body: _Body | None = None
        try:
            with self._client.stream(
                "POST", self.address.query, data=fields, headers=headers, timeout=limit
            ) as response:
                self._check(response)
                body = _Body(response, deadline)
                readable = cast(IO[bytes], body)
                if graph:
                    yield parse(readable, RdfFormat.N_TRIPLES, lenient=True)
                else:
                    result = parse_query_results(readable, QueryResultsFormat.XML)
                    yield _boolean(result) if form == "ASK" and isinstance(result, QuerySolutions) else result
        except httpx.TimeoutException as error:
            if isinstance(error, httpx.ConnectTimeout):
                raise self._unavailable("silent", error) from error
            raise TimeoutError(str(error)) from error
        except httpx.TransportError as error:
            raise self._unavailable("silent", error) from error
        except Exception as error:
            # What goes wrong while reading comes out of the parser as its own error.
            if body is not None and body.fault is not None:
                if isinstance(body.fault, TimeoutError | httpx.TimeoutException):
                    raise TimeoutError(str(body.fault)) from error
                raise self._unavailable("broken", body.fault) from error
            if body is not None and isinstance(error, SyntaxError) and not _is_of_query(error):
                raise self._unavailable("broken", error) from error
            raise

    def update(self, text: str) -> None:
        """
        Change the store by a SPARQL update.

        Raises:
            StoreUnavailable: The server does not answer, or refuses.
        """
        url = self.address.update or self.address.query
        self._send("POST", url, content=text.encode(), headers={"Content-Type": "application/sparql-update"})

    def add(self, lines: bytes, graph: str | None) -> None:
        """
        Add triples to a graph by the Graph Store Protocol.

        Args:
            lines: N-Triples.
            graph: The graph's IRI; None for the default graph.
        """
        assert self.address.graphs is not None
        where = {"graph": graph} if graph else {"default": ""}
        self._send("POST", self.address.graphs, params=where, content=lines, headers={"Content-Type": _TRIPLES})

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def _send(self, method: str, url: str, **request: object) -> None:
        try:
            response = self._client.request(method, url, **request)  # type: ignore[arg-type]
        except httpx.TransportError as error:
            raise self._unavailable("silent", error) from error
        if not response.is_success:
            fault = "forbidden" if response.status_code in (401, 403) else "refused"
            raise self._unavailable(fault, f"{response.status_code} {response.text[:_SHOWN].strip()}")

    def _check(self, response: httpx.Response) -> None:
        if response.status_code == httpx.codes.BAD_REQUEST:
            said = response.read().decode(errors="replace")[:_SHOWN].strip()
            raise _of_query(said)
        if response.status_code in (401, 403):
            raise self._unavailable("forbidden", response.status_code)
        if not response.is_success:
            said = response.read().decode(errors="replace")[:_SHOWN].strip()
            raise self._unavailable("refused", f"{response.status_code} {said}")
        if _CUT in response.headers:
            raise self._unavailable("cut", response.headers[_CUT])

    def _unavailable(self, fault: str, detail: object) -> StoreUnavailable:
        return StoreUnavailable(url=self.address.query, fault=fault, detail=str(detail) or type(detail).__name__)


class _Body:
    """The body of a response as a file; remembers why reading ended, because parsers wrap what they meet."""

    def __init__(self, response: httpx.Response, deadline: float | None) -> None:
        self._parts = response.iter_bytes()
        self._deadline = deadline
        self._left = b""
        self.fault: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """The next bytes; at most `size`."""
        try:
            while not self._left:
                if self._deadline is not None and time.monotonic() > self._deadline:
                    raise TimeoutError("the answer took too long")
                part = next(self._parts, None)
                if part is None:
                    return b""
                self._left = part
        except Exception as error:
            self.fault = error
            raise OSError(str(error)) from error
        size = len(self._left) if size < 0 else size
        taken, self._left = self._left[:size], self._left[size:]
        return taken


class _Login(httpx.Auth):
    """Basic or digest authentication, whichever the server asks for; nothing is shown before it asks."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = httpx.BasicAuth(user, password)
        self._digest = httpx.DigestAuth(user, password)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        flow = self._digest.auth_flow(request)
        response = yield next(flow)
        if response.headers.get("www-authenticate", "").lower().startswith("basic"):
            yield from self._basic.auth_flow(request)
            return
        try:
            while True:
                response = yield flow.send(response)
        except StopIteration:
            return


def _boolean(rows: QuerySolutions) -> QueryBoolean:
    """What an engine means that answers ASK with rows: one for yes, none for no."""
    said = "true" if next(rows, None) is not None else "false"
    return cast(QueryBoolean, parse_query_results(f'{{"head":{{}},"boolean":{said}}}', QueryResultsFormat.JSON))


_QUERY: Final = "query"


def _of_query(said: str) -> SyntaxError:
    place = _PLACE.search(said)
    line, column = (int(place[1]), int(place[2] or 1)) if place else (1, 1)
    return SyntaxError(said, (_QUERY, line, column, None))


def _is_of_query(error: SyntaxError) -> bool:
    return error.filename == _QUERY
