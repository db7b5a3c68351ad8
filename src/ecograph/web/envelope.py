"""What surrounds every request: its id, limits on its body, security headers, CORS, one line in the log."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecograph.web.conditions import JSON, KEPT, fresh, represented
from ecograph.web.problems import Refused
from ecograph.web.uploads import MAX_UPLOAD_BYTES

_log = structlog.get_logger("ecograph.web")

MAX_BODY_BYTES: Final = 1 << 20
"""What a request may send, unless its path is for files."""

FILES: Final = re.compile(r"/api/v1/(contributions(/check/marked)?|convert)|/(da|sv|en)/contribute(/[a-z/-]*)?")
"""The paths that files are sent to."""

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_OPEN: Final = (
    "/sparql", "/api/", "/id/", "/concept/", "/graph/", "/ns", "/shapes", "/openapi.json", "/problems/",
    "/context.jsonld", "/dataset", "/dumps", "/.well-known/void", "/rdf-graph-store", "/queries",
    "/reconcile", "/da/reconcile", "/sv/reconcile", "/en/reconcile",
)  # fmt: skip
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY: Final = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_PREFLIGHT: Final = {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "Accept, Accept-Language, Content-Type, If-Modified-Since, If-None-Match",
    "access-control-max-age": "86400",
}
_EXPOSED: Final = (
    b"ETag, Link, Memento-Datetime, Retry-After, X-Request-Id, EcoGraph-Revision, EcoGraph-Truncated, EcoGraph-Findings"
)
_SHARED: Final = ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _EXPOSED))


class Envelope:
    """
    ASGI middleware around the whole application.

    Args:
        app: What is inside.
        answer: Turns an error that nothing inside has handled into a response.
        max_body_bytes: What a request may send.
        max_upload_bytes: What a request with files may send.
    """

    def __init__(
        self,
        app: ASGIApp,
        answer: Callable[[Request, Exception], Response],
        max_body_bytes: int = MAX_BODY_BYTES,
        max_upload_bytes: int = MAX_UPLOAD_BYTES,
    ) -> None:
        self.app = app
        self.answer = answer
        self.max_body_bytes = max_body_bytes
        self.max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its response back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        scope["request_id"] = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request_id=scope["request_id"])
        started, status, empty = time.monotonic(), 0, scope["method"] == "HEAD"
        limit = self._limit(scope)

        async def sending(message: Message) -> None:
            nonlocal status, empty
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                if "etag" in given and "Accept" in _varied(given):
                    given["etag"] = represented(given["etag"], given.get("content-type", JSON))
                if message["status"] == 200 and _is_conditional(scope) and fresh(headers, given):
                    message, empty = _not_modified(message), True
                status = message["status"]
                message = {**message, "headers": _dressed(scope, message["headers"])}
            elif empty:
                message = {**message, "body": b""}
            await send(message)

        try:
            if _is_preflight(scope, headers):
                await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, sending)
            elif _announced(headers) > limit:
                await self.answer(Request(scope), _too_large(limit))(scope, receive, sending)
            else:
                inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
                await self.app(inner, _limited(receive, limit), sending)
        except Exception as error:
            if status:  # too late for another answer
                raise
            await self.answer(Request(scope), error)(scope, receive, sending)
        finally:
            _log.info(  # the path, not the question: what people ask is their own
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                ms=round((time.monotonic() - started) * 1000, 1),
            )
            structlog.contextvars.unbind_contextvars("request_id")

    def _limit(self, scope: Scope) -> int:
        is_upload = scope["method"] == "POST" and FILES.fullmatch(scope["path"])
        return self.max_upload_bytes if is_upload else self.max_body_bytes


def _limited(receive: Receive, limit: int) -> Receive:
    received = 0

    async def receiving() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _too_large(limit)
        return message

    return receiving


def _is_conditional(scope: Scope) -> bool:
    """Pages look different to those who are signed in, so that their tags say too little."""
    return scope["method"] in ("GET", "HEAD") and str(scope["path"]).startswith(_OPEN)


def _varied(headers: Headers) -> list[str]:
    return [name.strip() for name in headers.get("vary", "").split(",")]


def _not_modified(message: Message) -> Message:
    kept = [(name, value) for name, value in message["headers"] if name.decode("latin-1").lower() in KEPT]
    return {**message, "status": 304, "headers": kept}


def _too_large(limit: int) -> Refused:
    shown = f"{limit // 1_000_000} MB" if limit >= 10_000_000 else f"{limit >> 10} kB"
    return Refused(413, "too-large-body", limit=shown)


def _announced(headers: Headers) -> int:
    announced = headers.get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() else 0


def _dressed(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    dressed = [*headers, (b"x-request-id", scope["request_id"].encode())]
    given = {name for name, _ in dressed}
    shared = _SHARED if scope["path"].startswith(_OPEN) else ()
    return dressed + [header for header in (*_SECURITY, *shared) if header[0] not in given]


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    return (
        scope["method"] == "OPTIONS"
        and "access-control-request-method" in headers
        and str(scope["path"]).startswith(_OPEN)
    )
