"""What the durability tests need from the machine."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture
def strace() -> str:
    """The system call tracer, which `make setup` and `make test` bring along."""
    found = shutil.which("strace")
    if found is None:
        pytest.fail("strace is missing; install it (Debian: apt-get install strace), or run `make test`, which does")
    return found
