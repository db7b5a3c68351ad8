"""
One worker process: `python -m ecograph.isolation.serving MODULE CLASS ARGUMENT...`.

It is started and killed by `isolation.pool`. It confines itself before it loads anything else, makes its engine,
reads requests from stdin and answers them on what was its stdout, until stdin ends.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO, Protocol

from ecograph.isolation.confinement import Deadline, MemoryCap, confine, write_nothing
from ecograph.isolation.frames import LENGTHS, Head, pack_head, unpack_head


class Engine(Protocol):
    """What a worker does. Made once per process from the arguments it was started with."""

    stack_bytes: int
    """Address space for the stack that requests are answered on."""

    def prepare(self, request: Head, cap: MemoryCap) -> None:
        """Load what the request needs beside itself, with the cap lifted; it does not count as the request's."""
        ...

    def answer(self, request: Head, body: bytes) -> tuple[Head, bytes]:
        """Head and body of the answer. A head with `retire` ends the process after it."""
        ...


def main(module: str, name: str, *arguments: str) -> None:
    """Confine this process, and serve requests until stdin ends."""
    requests, answers = sys.stdin.buffer, os.dup(1)
    os.dup2(2, 1)  # nothing printed by accident gets between the answers
    nowhere = os.open(os.devnull, os.O_WRONLY)
    isolated = confine()
    kind = getattr(import_module(module), name)

    def make() -> Engine:
        engine: Engine = kind(*arguments)
        write_nothing(nowhere)  # it is up; what goes wrong from now on is said in answers
        return engine

    threading.stack_size(kind.stack_bytes)
    thread = threading.Thread(target=_serve, args=(requests, answers, make, isolated))
    thread.start()
    thread.join()


def _serve(requests: BinaryIO, answers: int, make: Callable[[], Engine], isolated: bool) -> None:
    engine, cap = make(), MemoryCap()
    _send(answers, {"ready": True, "isolated": isolated})
    while lengths := requests.read(LENGTHS.size):
        head, body = _answer(requests, lengths, engine, cap)
        head["retire"] = "retire" in head or cap.is_strained
        _send(answers, head, body)
        del body
        if head["retire"]:
            return


def _answer(requests: BinaryIO, lengths: bytes, engine: Engine, cap: MemoryCap) -> tuple[Head, bytes]:
    head_bytes, body_bytes = LENGTHS.unpack(lengths)
    try:
        request = unpack_head(requests.read(head_bytes))
        body = requests.read(body_bytes)
        engine.prepare(request, cap)
        cap.put(request["memory_bytes"])
        with Deadline(request["timeout_s"]):
            return engine.answer(request, body)
    except MemoryError:
        return {"error": "too-big", "what": "memory", "retire": True}, b""
    except BaseException as error:  # a panic of a native library is no Exception
        ended = {} if isinstance(error, Exception) else {"retire": True}
        detail, trace = f"{type(error).__name__}: {error}", traceback.format_exc()
        return {"error": "failed", "detail": detail, "trace": trace, **ended}, b""


def _send(answers: int, head: Head, body: bytes = b"") -> None:
    """Both at once: who reads the head finds the body there, as far as it fits into the pipe."""
    rest = [memoryview(pack_head(head, len(body))), memoryview(body)]
    while rest:
        written = os.writev(answers, rest)
        while rest and written >= len(rest[0]):
            written -= len(rest.pop(0))
        if rest:
            rest[0] = rest[0][written:]


if __name__ == "__main__":
    main(*sys.argv[1:])
