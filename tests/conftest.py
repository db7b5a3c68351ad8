"""The shipped graph, loaded once per test run through the door, and served on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.web.app import create_app

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcoGraph]:
    """An EcoGraph that holds everything that is shipped."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("shipped"), resources_dir=ROOT)
    with EcoGraph.open(settings) as ecograph:
        ecograph.load()
        yield ecograph


@pytest.fixture(scope="session")
def site(loaded: EcoGraph) -> Iterator[str]:
    """The address of a service on the shipped graph."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(create_app(loaded, loaded.settings), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started:
            assert time.monotonic() < deadline, "the service did not start"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(timeout=30)
