"""What workers take their memory with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecograph.isolation import allocator
from lacking import lacking

from .probes import Probes


class TestAllocator:
    def test_workers_have_it(self, probes: Probes) -> None:
        """
        A worker runs with the allocator that comes with EcoGraph, the service without.
        """
        if sys.platform != "linux":
            lacking("where a process's libraries can be read off")
        probes.ask("echo")
        (worker,) = probes.pids
        assert "libmimalloc" in Path(f"/proc/{worker}/maps").read_text()
        assert "libmimalloc" not in Path("/proc/self/maps").read_text()

    @pytest.mark.usefixtures("_no_packages")
    def test_do_without(self) -> None:
        """
        Without the package, the system's allocator may not reserve more than the cap on memory bears.
        """
        assert allocator.environment() == {"MALLOC_ARENA_MAX": "2"}


@pytest.fixture
def _no_packages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", [])
    allocator.environment.cache_clear()
    yield
    allocator.environment.cache_clear()
