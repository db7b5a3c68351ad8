"""A process that publishes, is watched, and is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

SCRIPT = Path(__file__).with_name("publisher.py")


class PublisherProcess:
    """A script such as `publisher.py` at work; `acknowledged` and `faults` grow while it runs."""

    def __init__(
        self, directory: Path, threads: int, *arguments: str, prefix: tuple[str, ...] = (), script: Path = SCRIPT
    ) -> None:
        command = [*prefix, sys.executable, str(script), str(directory), str(threads), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
        self.acknowledged: list[str] = []
        self.faults: list[str] = []
        self.ready = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            # The last line may be cut off by the kill; then nothing was acknowledged.
            if line.endswith(b"\n") and line.startswith(b"ack "):
                self.acknowledged.append(line[4:-1].decode())
            elif line.startswith(b"fault "):
                self.faults.append(line.decode())
            self.ready.set()
        self.ready.set()

    def kill(self) -> list[str]:
        """End it as a power switch would, as far as the process can tell; returns what it had acknowledged."""
        os.killpg(self.process.pid, signal.SIGKILL)
        return self.wait()

    def wait(self) -> list[str]:
        """Wait for its end; returns what it had acknowledged."""
        self._reader.join()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()
        return self.acknowledged
