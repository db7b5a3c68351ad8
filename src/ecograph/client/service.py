"""
A service at another address, asked over HTTP: the one client of the command line, of notebooks and of scripts.

Source:
    docs/client.md, "When something goes wrong"; RFC 9110, section 10.2.3.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final, Self
from urllib.parse import SplitResult, urlsplit

import httpx

from ecograph import __version__, errors
from ecograph.client.asking import Json
from ecograph.errors import BadParameter, EcoGraphError, Unreachable
from ecograph.messages import Language

API: Final = "api/v1"
TIMEOUT_S: Final = 150.0
"""A check may wait for a worker as long as it may take, a minute each."""
PAGE: Final = 200
"""Items of one page of a list: the most there are."""

_CONNECT_S: Final = 10.0
_TRIES: Final = 2  # of what may be asked twice: a connection that was kept open may be gone
_WAITS: Final = 4  # a service that is busy for longer than that is not busy but too small
_LONGEST_WAIT_S: Final = 30.0
_SAME: Final = {"invalid-request": "bad-parameter", "token-needed": "bad-token"}
"""What only a request can get wrong, as the error that it is to whoever called."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Service:
    """
    A service at another address.

    Args:
        endpoint: Its address, such as `https://example.org/`.
        token: Whom to ask as; None asks as anybody.
        lang: The language of its answers.
        timeout_s: How long an answer may take, seconds.
        names: What the address and the token are called where they were given.

    Raises:
        BadParameter: The address is none, or a token would travel in the open.
    """

    def __init__(
        self,
        endpoint: str,
        token: str | None = None,
        lang: Language = "en",
        *,
        timeout_s: float = TIMEOUT_S,
        names: tuple[str, str] = ("url", "token"),
    ) -> None:
        self.endpoint = endpoint
        parts = _parts(endpoint, names[0])
        if token and (not token.isascii() or not token.isprintable()):
            raise BadParameter(name=names[1], value="…", expected="eg_…")
        if token and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise BadParameter(name=names[0], value=endpoint, expected="https://…")
        headers = {"Accept-Language": lang, "User-Agent": f"ecograph/{__version__}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S))
        self._http = httpx.Client(base_url=endpoint, headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def ask(self, method: str, path: str, *, again: bool = True, **more: Any) -> httpx.Response:
        """
        The answer to a request.

        Args:
            method: Of HTTP.
            path: Below the address.
            again: Whether it does no harm to ask twice. Then a service that is busy is asked again when it says so.
            more: As httpx takes it.

        Raises:
            Unreachable: Nobody answers, or not as an EcoGraph does.
            EcoGraphError: What the service says went wrong, of the same class as here.
        """
        for waits in range(_WAITS):
            answer = self._send(method, path, _TRIES if again else 1, more)
            if answer.is_success:
                return answer
            wait_s = _wait_s(answer) if again and waits < _WAITS - 1 else None
            if wait_s is None:
                break
            time.sleep(wait_s)
        raise self._problem(answer)

    def json(self, method: str, path: str, *, again: bool = True, **more: Any) -> Any:
        """
        The answer to a request, read as JSON.

        Raises:
            Unreachable: Nobody answers, or not as an EcoGraph does.
            EcoGraphError: What the service says went wrong.
        """
        return self.read(self.ask(method, path, again=again, **more))

    def read(self, answer: httpx.Response) -> Any:
        """
        An answer read as JSON.

        Raises:
            Unreachable: It is none.
        """
        try:
            return answer.json()
        except ValueError as error:
            raise Unreachable(endpoint=self.endpoint) from error

    def items(self, path: str, parameters: Mapping[str, Any], most: int | None = None) -> Iterator[Json]:
        """
        The items of a list, page by page.

        Args:
            path: Of the list.
            parameters: What it is narrowed to.
            most: How many are wanted; None for all.
        """
        asked = {**parameters, "limit": PAGE}
        while True:
            asked["limit"] = min(PAGE, most) if most is not None else PAGE
            page = self.json("GET", path, params=asked)
            yield from page["items"]
            most = None if most is None else most - len(page["items"])
            if not page["next"] or most == 0:
                return
            asked["cursor"] = page["next"]

    def _send(self, method: str, path: str, tries: int, more: Mapping[str, Any]) -> httpx.Response:
        for left in reversed(range(tries)):
            try:
                return self._http.request(method, path, **more)
            except httpx.TimeoutException as error:
                raise Unreachable(endpoint=self.endpoint) from error
            except (httpx.TransportError, httpx.InvalidURL) as error:
                if not left:
                    raise Unreachable(endpoint=self.endpoint) from error
        raise AssertionError("at least one try")

    def _problem(self, answer: httpx.Response) -> EcoGraphError:
        """What the service says went wrong, with the exit code that the same error has here."""
        try:
            said = answer.json()
            code, detail = str(said["code"]), str(said["detail"])
        except (ValueError, KeyError, TypeError):
            return Unreachable(endpoint=self.endpoint)
        error = errors.told(_SAME.get(code, code), self.endpoint, detail, said)
        if isinstance(error, errors.RemoteProblem):
            error.exit_code = 3 if answer.status_code >= 500 or answer.status_code == 429 else 2
        return error


def _wait_s(answer: httpx.Response) -> float | None:
    """How long a busy service asks to wait; None where waiting would not help, or would take too long."""
    said = answer.headers.get("Retry-After", "")
    if answer.status_code != 503 or not (said.isascii() and said.isdigit()):
        return None
    return float(said) if float(said) <= _LONGEST_WAIT_S else None


def _parts(endpoint: str, name: str) -> SplitResult:
    try:
        parts = urlsplit(endpoint)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:  # asking for the port checks it
            return parts
    except ValueError:
        pass
    raise BadParameter(name=name, value=endpoint, expected="https://…")
