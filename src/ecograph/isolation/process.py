"""One worker process, as its pool sees it: asked, waited for until a deadline, killed."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

from ecograph.isolation import allocator, priority
from ecograph.isolation.frames import LENGTHS, Head, pack_head, unpack_head

_START_S: Final = 30.0  # a worker is up in a second or two; on a machine at its limits in some more
_HEAD_BYTES: Final = 1 << 20  # a head names things; what is large is the body
_PIPE_BYTES: Final = 1 << 20  # what an unprivileged process may have; a large answer comes in few pieces
_AT_ONCE_BYTES: Final = 1 << 16  # most answers; room for more takes the system some time to make
_FCNTL_SETPIPE_SZ: Final = 1031
_CPU_CLOCK: Final = 2  # clock_getcpuclockid(3): what a clock's number ends in that counts a whole process
TICK_S: Final = 0.02
"""How often it is looked whether somebody else wants the place."""

_PACKAGE_PARENT: Final = str(Path(__file__).resolve().parents[2])

Cause = Literal["start", "deadline", "stack", "memory", "unknown"]

Tick = Callable[[], float]
"""Called while an answer is waited for; returns seconds that do not count, and ends the waiting by raising."""


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
        low: Start it with what nobody else wants of the processors.
    """

    def __init__(self, engine: Sequence[str], answer_bytes: int, low: bool = False) -> None:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join([_PACKAGE_PARENT, *filter(None, sys.path)]),
            **allocator.environment(),
            "OPENBLAS_NUM_THREADS": "1",  # the cap counts address space, of which every thread reserves some
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
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._answers.fileno(), _FCNTL_SETPIPE_SZ, _PIPE_BYTES)
        self._polls = {self._requests.fileno(): select.poll(), self._answers.fileno(): select.poll()}
        self._polls[self._requests.fileno()].register(self._requests, select.POLLOUT)
        self._polls[self._answers.fileno()].register(self._answers, select.POLLIN)
        self._answer_bytes = answer_bytes
        self._killing = threading.Lock()
        self._deadline = 0.0
        self._ahead = b""  # of an answer, read before it was asked for
        self.isolated: bool | None = None
        self.retiring = False
        self.low = False
        if low:
            self.lower()

    def send(self, head: Head, body: bytes, timeout_s: float) -> None:
        """
        Ask for something; `receive` gets the answer.

        Args:
            head: The request.
            body: What belongs to it.
            timeout_s: How long the answer may take, from when the worker is ready.

        Raises:
            Died: It did not come up, or does not take the request.
        """
        self.retiring = True  # unless all goes well
        if not self.is_ready:
            self._deadline = time.monotonic() + _START_S
            ready, _ = self._receive("start")
            self.isolated = bool(ready["isolated"])
        self._deadline = time.monotonic() + timeout_s
        self._write(pack_head(head, len(body)) + body)

    def receive(self, tick: Tick | None = None) -> tuple[Head, bytes]:
        """
        The answer to what was sent.

        Args:
            tick: Called now and then until the answer begins.

        Raises:
            Died: There is no answer.
        """
        answer = self._receive("deadline", tick)
        self.retiring = bool(answer[0].get("retire"))
        return answer

    async def comes_within(self, seconds: float) -> bool:
        """
        Wait on the event loop, between `send` and `receive`.

        Args:
            seconds: At most so long.

        Returns:
            Whether the whole answer is here, so that `receive` has nothing to wait for.
        """
        loop, descriptor = asyncio.get_running_loop(), self._answers.fileno()
        begun: asyncio.Future[bool] = loop.create_future()

        def settle(comes: bool) -> None:
            if not begun.done():
                begun.set_result(comes)

        loop.add_reader(descriptor, settle, True)
        timer = loop.call_later(seconds, settle, False)
        try:
            if not await begun:
                return False
        finally:
            timer.cancel()
            loop.remove_reader(descriptor)
        self._ahead = os.read(descriptor, _AT_ONCE_BYTES)
        whole_bytes: int = LENGTHS.size + sum(LENGTHS.unpack_from(self._ahead.ljust(LENGTHS.size)))
        while len(self._ahead) < whole_bytes and self._polls[descriptor].poll(0):
            if not (more := os.read(descriptor, _PIPE_BYTES)):
                return False
            self._ahead += more
        return len(self._ahead) >= whole_bytes

    @property
    def cpu_s(self) -> float:
        """The processor time it has used."""
        try:
            return time.clock_gettime((~self.process.pid << 3) | _CPU_CLOCK)
        except OSError:  # it is gone
            return 0.0

    def lower(self) -> None:
        """Let it have what nobody else wants of the processors."""
        self.low = True
        priority.lower(self.process.pid)

    def restore(self) -> bool:
        """Give it its usual share again; False where the system does not allow that."""
        self.low = not priority.restore(self.process.pid)
        return not self.low

    def pause(self) -> None:
        """Stop it where it is; it keeps what memory it has."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    @property
    def is_ready(self) -> bool:
        """Whether it has said that it is up."""
        return self.isolated is not None

    @property
    def is_up(self) -> bool:
        """Whether it has been asked before, or has just said that it can be."""
        return self.is_ready or bool(self._polls[self._answers.fileno()].poll(0))

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

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            descriptor = self._requests.fileno()
            while rest:
                self._await(descriptor, "deadline")
                rest = rest[self._requests.write(rest) or 0 :]
        except (BrokenPipeError, ValueError):  # ValueError: closed by the thread that closed the pool
            raise self._gone() from None

    def _receive(self, cause: Cause, tick: Tick | None = None) -> tuple[Head, bytes]:
        head_bytes, body_bytes = LENGTHS.unpack(self._read(LENGTHS.size, cause, tick))
        if head_bytes > _HEAD_BYTES or body_bytes > self._answer_bytes:
            raise self._killed("memory")
        head = unpack_head(self._read(head_bytes, cause))
        return head, self._read(body_bytes, cause)

    def _read(self, size_bytes: int, cause: Cause, tick: Tick | None = None) -> bytes:
        chunks: list[bytes] = []
        missing = size_bytes
        try:
            descriptor = self._answers.fileno()
        except ValueError:
            raise self._gone() from None
        while missing:
            if self._ahead:
                chunk, self._ahead = self._ahead[:missing], self._ahead[missing:]
            else:
                self._await(descriptor, cause, tick)
                chunk = os.read(descriptor, min(missing, _PIPE_BYTES))
            if not chunk:
                raise self._gone()
            chunks.append(chunk)
            missing -= len(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _await(self, descriptor: int, cause: Cause, tick: Tick | None = None) -> None:
        poll = self._polls[descriptor]
        while True:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise self._killed(cause)
            if poll.poll((min(left, TICK_S) if tick else left) * 1000):
                return
            if tick:
                self._deadline += tick()

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
