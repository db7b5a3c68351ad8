"""One worker process, as its pool sees it: asked, waited for until a deadline, killed."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from ecograph.isolation.frames import LENGTHS, Head, pack_head, unpack_head

_START_S: Final = 30.0  # a worker is up in a second or two; on a machine at its limits in some more
_HEAD_BYTES: Final = 1 << 20  # a head names things; what is large is the body
_CHUNK: Final = 1 << 20
_PACKAGE_PARENT: Final = str(Path(__file__).resolve().parents[2])

Cause = Literal["start", "deadline", "stack", "memory", "unknown"]


class Died(Exception):
    """
    A worker is gone, or had to go.

    Args:
        cause: Why: it did not come up, it was too slow, or its stack or its memory ran out.
        status: Its exit status; negative for a signal.
    """

    def __init__(self, cause: Cause, status: int | None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.status = status


class WorkerProcess:
    """
    One process of `isolation.serving`, used by one thread at a time.

    Args:
        engine: Module and class of its `Engine`, and the arguments it is made with.
        answer_bytes: The longest body it may answer with.
    """

    def __init__(self, engine: Sequence[str], answer_bytes: int) -> None:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join([_PACKAGE_PARENT, *filter(None, sys.path)]),
            "MALLOC_ARENA_MAX": "2",  # the cap counts address space, of which every arena reserves 64 MB
            "OPENBLAS_NUM_THREADS": "1",  # as does every thread
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ecograph.isolation.serving", *engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is for the service, which then closes the pool
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._requests, self._answers = self.process.stdin, self.process.stdout
        os.set_blocking(self._requests.fileno(), False)
        self._answer_bytes = answer_bytes
        self._killing = threading.Lock()
        self.isolated: bool | None = None
        self.retiring = False

    def ask(self, head: Head, body: bytes, timeout_s: float) -> tuple[Head, bytes]:
        """
        The answer to one request; the deadline runs from when the worker is ready.

        Raises:
            Died: There is no answer.
        """
        if not self.is_ready:
            ready, _ = self._receive(time.monotonic() + _START_S, "start")
            self.isolated = bool(ready["isolated"])
        deadline = time.monotonic() + timeout_s
        self._write(pack_head(head, len(body)), deadline)
        self._write(body, deadline)
        answer = self._receive(deadline, "deadline")
        self.retiring = bool(answer[0].get("retire"))
        return answer

    @property
    def is_ready(self) -> bool:
        """Whether it has said that it is up."""
        return self.isolated is not None

    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End the process and leave neither a zombie nor a descriptor behind."""
        with self._killing:
            if self.process.poll() is None:
                self.process.kill()
            self.process.wait()
            with contextlib.suppress(OSError):
                self._requests.close()
            self._answers.close()

    def _write(self, data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        try:
            while rest:
                self._await(self._requests.fileno(), select.POLLOUT, deadline, "deadline")
                rest = rest[self._requests.write(rest) or 0 :]
        except (BrokenPipeError, ValueError):  # ValueError: closed by the thread that closed the pool
            raise self._gone() from None

    def _receive(self, deadline: float, cause: Cause) -> tuple[Head, bytes]:
        head_bytes, body_bytes = LENGTHS.unpack(self._read(LENGTHS.size, deadline, cause))
        if head_bytes > _HEAD_BYTES or body_bytes > self._answer_bytes:
            raise self._killed("memory")
        head = unpack_head(self._read(head_bytes, deadline, cause))
        return head, self._read(body_bytes, deadline, cause)

    def _read(self, size_bytes: int, deadline: float, cause: Cause) -> bytes:
        chunks: list[bytes] = []
        missing = size_bytes
        try:
            descriptor = self._answers.fileno()
        except ValueError:
            raise self._gone() from None
        while missing:
            self._await(descriptor, select.POLLIN, deadline, cause)
            chunk = os.read(descriptor, min(missing, _CHUNK))
            if not chunk:
                raise self._gone()
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)

    def _await(self, descriptor: int, event: int, deadline: float, cause: Cause) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise self._killed(cause)

    def _killed(self, cause: Cause) -> Died:
        self.kill()
        return Died(cause, self.process.returncode)

    def _gone(self) -> Died:
        with contextlib.suppress(subprocess.TimeoutExpired):  # its pipes close a moment before its status is known
            self.process.wait(timeout=5)
        self.kill()
        status = self.process.returncode
        return Died(_CAUSES.get(status, "unknown"), status)


_CAUSES: Final[dict[int | None, Cause]] = {
    -signal.SIGALRM: "deadline",
    -signal.SIGXCPU: "deadline",
    -signal.SIGSEGV: "stack",
    -signal.SIGBUS: "stack",
    -signal.SIGABRT: "memory",  # an allocation refused, by the cap
    -signal.SIGKILL: "memory",  # or by the system
}
