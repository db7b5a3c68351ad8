"""A small service to contribute to: the model, one synthetic register, two synthetic partners; served on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn

import once
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute import door, system
from ecograph.ledger.partners import Role
from ecograph.web.app import create_app

ROOT = Path(__file__).parents[1]
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SHORE, HILL, PLACES = "synthetic-shore", "synthetic-hill", "synthetic-places"

# Synthetic: a register that partners refer to.
MUNICIPALITIES = (
    "id,name,code,country\ndk-synthetic,Syntetisk Ærø Kommune,9901,dk\nse-synthetic,Påhittade Åmåls kommun,9902,se\n"
)
DESCRIPTION = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix eco: <https://w3id.org/ecograph/ns#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/ecograph/id/contribution/synthetic-places> a eco:Contribution ;
    dcterms:title "Syntetiske steder"@da , "Påhittade platser"@sv , "Synthetic places"@en ;
    dcterms:publisher <https://example.org/places> ;
    dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ;
    dcterms:rights "Opdigtet til test."@da , "Påhittat för test."@sv , "Made up for tests."@en ;
    dcterms:source <https://example.org/places> ; dcterms:issued "2026-11-22"^^xsd:date ; eco:exampleData true .
<https://example.org/places> foaf:name "Synthetic places" .
"""


@dataclass
class Service:
    """
    A service with what it serves.

    Args:
        ecograph: What is served.
        url: Where.
        secrets: A token per name: `contributor`, `reader` and `sten` (a reviewer) of the shore, `reviewer` and `other`
            (a contributor) of the hill, `administrator`.
    """

    ecograph: EcoGraph
    url: str
    secrets: dict[str, str] = field(default_factory=dict)

    def client(self, name: str | None = None, **headers: str) -> httpx.Client:
        """A client with a token."""
        said = {"Authorization": f"Bearer {self.secrets[name]}"} if name else {}
        return httpx.Client(base_url=self.url, headers={**said, **headers}, timeout=90)


@contextmanager
def small_service(directory: Path, **changed: object) -> Iterator[Service]:
    """A service on a new data directory; settings may be changed."""
    with service_on(filled(directory), **changed) as service:
        yield service


@contextmanager
def service_on(data_dir: Path, **changed: object) -> Iterator[Service]:
    """A service on a data directory that holds the partners."""
    few = {"query_workers": 1, "contribution_workers": 1}  # each takes a second or two to start
    with EcoGraph.open(Settings(data_dir=data_dir, resources_dir=ROOT, **(few | changed))) as ecograph:
        secrets = dict(_tokens(ecograph))
        with serving(ecograph) as url:
            yield Service(ecograph, url, secrets)


def filled(directory: Path) -> Path:
    """A new data directory: the model without other people's vocabularies, the register, and the partners."""
    return once.copied("small", _fill, directory) / "var"


def _fill(directory: Path) -> None:
    with EcoGraph.open(Settings(data_dir=directory / "var", resources_dir=ROOT)) as ecograph:
        with ecograph.publisher.batch():
            for graph in system.graphs(ROOT, ecograph.rules):
                if graph.title.startswith("vocabulary"):
                    break
                ecograph.publisher.publish(graph.approved(ecograph.ledger, "operator"), graph.patch, "operator")
        folder = directory / PLACES
        folder.mkdir()
        (folder / "municipality.csv").write_text(MUNICIPALITIES, encoding="utf-8")
        (folder / "dataset.ttl").write_text(DESCRIPTION, encoding="utf-8")
        door.require(
            door.load([folder], ecograph.rules, ecograph.ledger, ecograph.store, ecograph.publisher, who="operator")
        )
        ecograph.add_partner(SHORE, "Syntetisk Strand Kommune", "https://example.org/shore", LICENCE, "da")
        ecograph.add_partner(HILL, "Påhittade Bergs kommun", "https://example.org/hill", LICENCE, "sv")


@contextmanager
def serving(ecograph: EcoGraph) -> Iterator[str]:
    """The address of a service while it runs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(ecograph, ecograph.settings), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 90
        while not server.started:
            assert time.monotonic() < deadline, "the service did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=30)
        assert not thread.is_alive(), "the service did not stop"


def _tokens(ecograph: EcoGraph) -> Iterator[tuple[str, str]]:
    for name, partner, role in (
        ("reader", SHORE, Role.READER),
        ("contributor", SHORE, Role.CONTRIBUTOR),
        ("sten", SHORE, Role.REVIEWER),
        ("other", HILL, Role.CONTRIBUTOR),
        ("reviewer", HILL, Role.REVIEWER),
        ("administrator", HILL, Role.ADMINISTRATOR),
    ):
        yield name, ecograph.ledger.partners.issue(partner, role, name)[1]
