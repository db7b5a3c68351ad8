from __future__ import annotations

from collections.abc import Iterator

import pytest

from .probes import Probes


@pytest.fixture
def probes() -> Iterator[Probes]:
    """A pool of workers that try things."""
    with Probes() as pool:
        yield pool
