"""The real rules, and a small synthetic contribution that is free of faults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from ecograph.contribute.staging import LeaveOut, Rules, SourceFile, Staged, stage
from ecograph.namespaces import PREFIXES
from ecograph.store.base import Snapshot

REPOSITORY = Path(__file__).parents[3]
PROLOGUE = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())

DESCRIPTION = """
<https://w3id.org/ecograph/id/contribution/{slug}> a eco:Contribution ;
    dcterms:title "Syntetisk"@da , "Syntetisk"@sv , "Synthetic"@en ;
    dcterms:publisher <https://example.org/publisher> ;
    dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ;
    dcterms:rights "Opdigtet til test."@da , "Påhittat för test."@sv , "Made up for tests."@en ;
    dcterms:source <https://example.org/> ; dcterms:issued "2026-11-22"^^xsd:date ; eco:exampleData true {more} .
<https://example.org/publisher> foaf:name "Synthetic publisher" .
"""

TABLES = {
    "municipality.csv": "id,name,code,country\n"
    "dk-synthetic,Synthetic Kommune,9901,dk\n"
    "se-synthetic,Synthetiska kommun,9902,se\n",
    "need.csv": "id,title_da,description_da,topic,country,raised_by,territory\n"
    "n1,Varsling ved skybrud,Kældre bliver oversvømmet.,cloudburst,dk,municipality/dk-synthetic,9901\n",
}

Stage = Callable[..., Staged]


def description(slug: str = "synthetic", more: str = "") -> SourceFile:
    """A complete `dataset.ttl`."""
    return SourceFile("dataset.ttl", (PROLOGUE + DESCRIPTION.format(slug=slug, more=more)).encode())


def files(**tables: str) -> list[SourceFile]:
    """The synthetic contribution, with tables replaced or added: `need=...` is `need.csv`."""
    named = TABLES | {f"{name.replace('_', '-')}.csv": content for name, content in tables.items()}
    return [description(), *(SourceFile(name, content.encode()) for name, content in named.items() if content)]


@pytest.fixture(scope="session")
def rules() -> Rules:
    """The rules that this repository states."""
    return Rules.load(REPOSITORY)


@pytest.fixture(scope="session")
def staged(rules: Rules) -> Stage:
    """Stages the synthetic contribution with some of its tables replaced."""

    def run(
        snapshot: Snapshot | None = None,
        extra: tuple[SourceFile, ...] = (),
        leave_out: LeaveOut | Literal["faulty"] | None = None,
        **tables: str,
    ) -> Staged:
        return stage([*files(**tables), *extra], "synthetic", rules, snapshot, mode="whole", leave_out=leave_out)

    return run


@pytest.fixture(scope="session")
def dataset_file() -> Callable[..., SourceFile]:
    """Makes a complete `dataset.ttl` for a publisher."""
    return description


@pytest.fixture(scope="session")
def prologue() -> str:
    """Every prefix of ours in Turtle."""
    return PROLOGUE
