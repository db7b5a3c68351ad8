"""An engine that does what a process taken over by a file would try, and a pool of its workers."""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

from ecograph.errors import ContributionBusy
from ecograph.isolation.confinement import MemoryCap
from ecograph.isolation.frames import Head
from ecograph.isolation.pool import ProcessPool


class ProbeEngine:
    """Does what the request's `what` names."""

    stack_bytes: Final = 16 << 20

    def prepare(self, request: Head, cap: MemoryCap) -> None:
        """Nothing is shared between requests."""

    def answer(self, request: Head, body: bytes) -> tuple[Head, bytes]:
        """What came of it."""
        try:
            return {"did": str(getattr(self, request["what"])(*request["arguments"]))}, body
        except OSError as error:
            return {"refused": error.strerror}, b""

    def echo(self) -> str:
        return ""

    def connect(self, port: int) -> str:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return "connected"

    def write(self, path: str) -> int:
        return Path(path).write_text("written")

    def append(self, path: str) -> int:
        with Path(path).open("a") as file:
            return file.write("written")

    def remove(self, path: str) -> None:
        Path(path).unlink()

    def rename(self, path: str) -> Path:
        return Path(path).rename(f"{path}.new")

    def empty(self, path: str) -> None:
        os.truncate(path, 0)

    def read(self, path: str) -> str:
        return Path(path).read_text()

    def run(self) -> int:
        return subprocess.run([sys.executable, "--version"], check=True).returncode

    def fork(self) -> str:
        if os.fork() == 0:
            os._exit(0)
        return "forked"

    def signal(self, pid: int) -> None:
        os.kill(pid, 0)

    def peek(self, pid: int) -> bytes:
        return Path(f"/proc/{pid}/environ").read_bytes()

    def thread(self) -> str:
        done: list[str] = []
        thread = threading.Thread(target=lambda: done.append("done"))
        thread.start()
        thread.join()
        return done[0]

    def allocate(self) -> int:
        return len(bytearray(4 << 30))

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def answer_much(self) -> str:
        return "x" * 500_000

    def loop(self) -> None:
        while True:
            time.sleep(0.01)

    def exhaust_stack(self) -> int:
        # sorting calls back into itself through native code, without the interpreter's own limit
        sys.setrecursionlimit(10**9)

        def deeper(_: int) -> int:
            return len(sorted([1], key=deeper))

        return deeper(0)

    def crash(self) -> int:
        return int(ctypes.string_at(0)[0])

    def panic(self) -> None:
        raise BaseException("a native library gave up")

    def chatter(self) -> str:
        print("printed by accident")
        os.write(1, b"written by accident")
        return "quiet"


class Probes(ProcessPool):
    """Two workers with little time, memory and room."""

    def __init__(self, keep: bool = False) -> None:
        super().__init__(
            ("isolation.probes", "ProbeEngine"),
            ContributionBusy,
            size=2,
            queue=1,
            timeout_s=1.0,
            memory_bytes=256 << 20,
            answer_bytes=1 << 20,
            keep=keep,
        )

    def ask(self, what: str, *arguments: object, body: bytes = b"") -> tuple[Head, bytes]:
        """Have a worker do something."""
        return self._ask({"what": what, "arguments": arguments}, body, self.timeout_s)

    def ask_on_loop(self, what: str, *arguments: object, body: bytes = b"") -> tuple[Head, bytes]:
        """The same from an event loop."""
        return asyncio.run(self.asking(what, *arguments, body=body))

    async def asking(self, what: str, *arguments: object, body: bytes = b"") -> tuple[Head, bytes]:
        """The same for those who are on one."""
        return await self._ask_on_loop({"what": what, "arguments": arguments}, body, self.timeout_s, None)
