"""One small service for every client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service import Service, small_service


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The model, and a synthetic register of two municipalities with Nordic letters."""
    with small_service(tmp_path_factory.mktemp("interop")) as service:
        yield service


@pytest.fixture(scope="session")
def endpoint(small: Service) -> str:
    """The address of the SPARQL endpoint."""
    return f"{small.url}/sparql"
