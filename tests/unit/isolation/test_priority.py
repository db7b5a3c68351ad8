"""What share of the processors a process has."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecograph.isolation import priority
from lacking import lacking


@pytest.fixture
def pid() -> Iterator[int]:
    """A process with a session of its own, that does nothing."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as process:
        yield process.pid
        process.kill()


class TestPriority:
    def test_lowered_process_gets_what_is_left(self, pid: int) -> None:
        """
        A slow worker's threads, and the group they are counted in, come after everybody else's.
        """
        priority.lower(pid)
        assert os.getpriority(os.PRIO_PROCESS, pid) == 19
        group = Path(f"/proc/{pid}/autogroup")
        if group.exists():
            assert group.read_text().split()[-1] == "19"

    def test_share_comes_back(self, pid: int) -> None:
        """
        A worker that is quick again has its usual share, where the system lets anybody have it back.
        """
        priority.lower(pid)
        if not priority.restore(pid):
            lacking("the system does not give a process its share back")
        assert os.getpriority(os.PRIO_PROCESS, pid) == 0

    def test_process_that_is_gone_is_no_fault(self) -> None:
        """
        A worker may die at any time.
        """
        with subprocess.Popen([sys.executable, "-c", ""], start_new_session=True) as process:
            process.wait()
        priority.lower(process.pid)
        assert not priority.restore(process.pid)
