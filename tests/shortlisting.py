"""A synthetic need with candidates whose evidence comes in a contribution of its own, so that it can be withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import once
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.contribute.desk import OPERATOR, Options
from ecograph.contribute.packing import SourceFile
from service import HILL, ROOT, SHORE, Service, filled, service_on

# Synthetic.
NEED = (
    "id,title_da,title_sv,title_en,topic,country,raised_by\n"
    "skybrud,Varsling ved skybrud på Ærø,Varning vid skyfall på Ærø,Cloudburst warning in Ærø,cloudburst,dk,9901\n"
)
COMPANIES = "id,name,country\nvand,Syntetisk Øresund Vand,dk\nregn,Påhittade Regn AB,se\n"
SOLUTIONS = (
    "id,title_da,title_sv,title_en,topic,country,provider\n"
    "maaler,Regnmåler til skybrud,Regnmätare för skyfall,Rain gauge for cloudbursts,cloudburst,dk,"
    "Syntetisk Øresund Vand\n"
    "pumpe,Pumpe mod regn,Pump mot regn,Rain pump,cloudburst,se,Påhittade Regn AB\n"
)
PROJECT = (
    "id,title_da,title_sv,title_en,end,country\n"
    "varsel,Varsling ved skybrud i havnen,Varning vid skyfall i hamnen,Cloudburst warning in the port,2025-12-31,dk\n"
)
PARTICIPATION = "id,project,participant,role\nvarsel-vand,project/synthetic-hill_varsel,Syntetisk Øresund Vand,lead\n"
TOPIC_CLAIM = "id,about,topic,basis,as_of\nvarsel-skybrud,project/synthetic-hill_varsel,cloudburst,person,2026-01-01\n"

NEED_ID = f"{SHORE}_skybrud"
GAUGE = f"solution/{HILL}_maaler"
PUMP = f"solution/{HILL}_pumpe"
WATER = f"organisation/{HILL}_vand"
EVIDENCE = "evidence"


@dataclass
class Office:
    """
    A service with a need and candidates.

    Args:
        service: The service.
        evidence: The contribution that the project comes with.
    """

    service: Service
    evidence: str


@contextmanager
def office(directory: Path) -> Iterator[Office]:
    """A service on a new data directory, with the need and its candidates."""
    once.copied("office", _furnish, directory)
    # Without a model no score changes by itself while texts are still being read.
    with service_on(directory / "var", embedder="none") as service:
        yield Office(service, (directory / EVIDENCE).read_text(encoding="utf-8"))


def _furnish(directory: Path) -> None:
    with EcoGraph.open(Settings(data_dir=filled(directory), resources_dir=ROOT, embedder="none")) as ecograph:
        publish(ecograph, SHORE, **{"need.csv": NEED})
        publish(ecograph, HILL, **{"company.csv": COMPANIES, "solution.csv": SOLUTIONS})
        evidence = publish(
            ecograph,
            HILL,
            **{"project.csv": PROJECT, "participation.csv": PARTICIPATION, "topic-claim.csv": TOPIC_CLAIM},
        )
        (directory / EVIDENCE).write_text(evidence, encoding="utf-8")


def publish(ecograph: EcoGraph, partner: str, **files: str) -> str:
    """Contribute files and approve them; returns the contribution."""
    sent = [SourceFile(name, content.encode()) for name, content in files.items()]
    case = ecograph.desk.receive(sent, Options(), OPERATOR, partner=partner)
    assert case.staged is not None
    assert case.staged.conforms, [each.message("en") for each in case.staged.report.findings]
    ecograph.desk.submit(case.contribution.id, OPERATOR)
    ecograph.desk.approve(case.contribution.id, OPERATOR)
    return case.contribution.id
