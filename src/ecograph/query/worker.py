"""
One process that answers queries from a read-only generation: `python -m ecograph.query.worker`.

It is started and killed by `query.workers`. It has no network, a cap on its memory, and a timer that ends it should the
pool be gone. It reads requests from stdin and answers on what was its stdout, until stdin ends.
"""

from __future__ import annotations

import ctypes
import gc
import os
import re
import resource
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO, Final

from pyoxigraph import NamedNode, QueryTriples, Store

from ecograph.query.frames import LENGTHS, pack, unpack_head
from ecograph.rdf.formats import GRAPH_FORMATS, RESULT_FORMATS
from ecograph.rdf.serializing import SizeLimitReached, write_result

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000

STACK_BYTES: Final = 512 << 20
"""
Address space for the stack queries run on. An expression of the longest admitted query (200,000 characters, `1+1+...`)
recurses once for each of its terms.
"""

_GRACE_S: Final = 2.0  # after the deadline, in case nobody is left to kill this process
_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
# A set of characters in the parser's own notation, which helps nobody: ['0' ..= '9' | ...].
_CLASS: Final = re.compile(r",?\s*\[(?:'[^']*'|[^\]'])*\]")
_FORMATS: Final = {one.name: one for one in (*RESULT_FORMATS, *GRAPH_FORMATS)}


def main() -> None:
    """Serve requests until stdin ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing printed by accident gets between the answers
    isolated = leave_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=_serve, args=(requests, answers, isolated))
    thread.start()
    thread.join()


def leave_network() -> bool:
    """
    Move this process into a network namespace with nothing in it.

    Returns:
        False where the system does not allow it; the guard's refusal of SERVICE then stands alone.
    """
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET))
    except (AttributeError, OSError):
        return False


def _serve(requests: BinaryIO, answers: BinaryIO, isolated: bool) -> None:
    engine = _Engine()
    answers.write(pack({"ready": True, "isolated": isolated}))
    answers.flush()
    while lengths := requests.read(LENGTHS.size):
        head_size, _ = LENGTHS.unpack(lengths)
        head, body = engine.answer(unpack_head(requests.read(head_size)))
        head["retire"] = "retire" in head or engine.has_grown()
        answers.write(pack(head, body))
        answers.flush()
        del body
        if head["retire"]:
            return


class _Engine:
    """The open generation, and how much memory it had taken before the first query."""

    def __init__(self) -> None:
        self.directory = ""
        self.store: Store | None = None
        self.memory_bytes = 0
        self.base_bytes = 0

    def answer(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The head and the body of the answer to one request."""
        started = time.monotonic()
        try:
            self._open(request["directory"], request["memory_bytes"])
            signal.setitimer(signal.ITIMER_REAL, request["timeout_s"] + _GRACE_S)  # SIGALRM ends the process
            try:
                head, body = self._run(request)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except SyntaxError as error:
            return _syntax(error), b""
        except SizeLimitReached:
            return {"error": "too-big", "what": "size"}, b""
        except MemoryError:
            return {"error": "too-big", "what": "memory", "retire": True}, b""
        except Exception as error:
            return {"error": "failed", "detail": f"{type(error).__name__}: {error}"}, b""
        return head | {"seconds": time.monotonic() - started}, body

    def _open(self, directory: str, memory_bytes: int) -> None:
        if directory != self.directory:
            _limit_memory(None)
            self.store, self.directory = None, ""
            gc.collect()
            self.store = Store.read_only(directory)
            self.directory, self.memory_bytes, self.base_bytes = directory, memory_bytes, _address_space()
            _limit_memory(self.base_bytes + memory_bytes)

    def _run(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        assert self.store is not None
        default_graphs, named_graphs = request["default_graphs"], request["named_graphs"]
        for graph in (*(default_graphs or ()), *(named_graphs or ())):
            if not self._holds(graph):
                return {"error": "graph", "graph": graph}, b""
        result = self.store.query(
            request["text"],
            use_default_graph_as_union=default_graphs is None,
            default_graph=None if default_graphs is None else [NamedNode(graph) for graph in default_graphs],
            named_graphs=None if named_graphs is None else [NamedNode(graph) for graph in named_graphs],
        )
        target = _FORMATS[request["format"]]
        assert isinstance(result, QueryTriples) == (target in GRAPH_FORMATS)
        body, cut = write_result(result, target, rows=request["rows"], limit_bytes=request["result_bytes"])
        return {"truncated": cut}, body

    def _holds(self, graph: str) -> bool:
        assert self.store is not None
        try:
            return self.store.contains_named_graph(NamedNode(graph))
        except ValueError:  # not an IRI
            return False

    def has_grown(self) -> bool:
        """Whether queries have left so much behind that the next one would have too little."""
        return _address_space() - self.base_bytes > self.memory_bytes // 2


def _syntax(error: SyntaxError) -> dict[str, Any]:
    place = _PLACE.match(str(error))
    line, column, detail = place.groups() if place else ("1", "1", str(error))
    detail = re.sub(r"\s+", " ", _CLASS.sub("", detail)).strip(" ,")
    return {"error": "syntax", "line": int(line), "column": int(column), "detail": detail or "…"}


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _limit_memory(size_bytes: int | None) -> None:
    if _address_space():  # without it no fair cap can be set
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY if size_bytes is None else size_bytes, hard))


if __name__ == "__main__":
    main()
