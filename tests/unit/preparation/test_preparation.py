"""What `data/` holds: facts in the template format, every reference resolved, the same bytes from the same sources."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from ecograph.identifiers import SLUG
from ecograph.shacl.contract import Contract, Template
from lacking import beside

ROOT = Path(__file__).parents[3]
DATA = ROOT / "data"
PREPARATION = DATA / "preparation"

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(r"(?:\+4[567][ \d]{8,}|\btlf\b|\btel\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """One row of a committed table."""

    folder: str
    template: Template
    cells: dict[str, str]

    @property
    def thing(self) -> str:
        """The `kind/slug` that it describes."""
        return f"{self.template.iri_kind}/{self.cells['id']}"

    def values(self, key: str) -> list[str]:
        """The values of a cell."""
        return [value for value in self.cells.get(key, "").split("|") if value]


@cache
def contract() -> Contract:
    return Contract.load(ROOT)


def folders() -> list[Path]:
    """The publishers' folders that the preparation makes."""
    made = [path.parent for path in DATA.glob("*/dataset.ttl") if path.parent.name != "vocabularies"]
    return [*sorted(made), ROOT / "examples" / "people"]


@cache
def lines() -> tuple[Line, ...]:
    return tuple(_lines())


def _lines() -> Iterator[Line]:
    for folder in folders():
        for path in sorted(folder.glob("*.csv")):
            template = contract().template(path.name.split(".")[0])
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    yield Line(folder.name, template, row)


def of(template: str) -> list[Line]:
    return [line for line in lines() if line.template.slug == template]


@cache
def concepts() -> frozenset[str]:
    """`scheme/slug` of each of our concepts."""
    found: set[str] = set()
    for path in (ROOT / "ontology" / "concepts").glob("*.ttl"):
        found |= set(re.findall(r"concept/([a-z0-9-]+/[a-z0-9-]+)>", path.read_text(encoding="utf-8")))
        prefixes = re.findall(
            r"@prefix\s+([\w-]+):\s+<https://w3id\.org/ecograph/concept/([a-z0-9-]+)/>",
            path.read_text(encoding="utf-8"),
        )
        for prefix, scheme in prefixes:
            slugs = re.findall(rf"(?<![\w-]){prefix}:([a-z0-9-]+)", path.read_text(encoding="utf-8"))
            found |= {f"{scheme}/{slug}" for slug in slugs}
    return frozenset(found)


class TestTables:
    def test_columns_are_those_of_the_template(self) -> None:
        """
        Every column of our own tables is one that a property shape makes.
        """
        unknown = {
            (line.folder, line.template.slug, key)
            for line in lines()
            for key in line.cells
            if key != "id" and key not in line.template.by_key
        }
        assert unknown == set()

    def test_required_columns_are_filled(self) -> None:
        """
        Each row has what its template requires; a text in at least one language.
        """
        missing = []
        for line in lines():
            required = {
                column.base_key
                for column in line.template.columns
                if column.required and column.severity.name == "VIOLATION"
            }
            for key in required:
                if not any(line.cells.get(column.key) for column in line.template.of_base(key)):
                    missing.append((line.thing, key))
        assert missing == []

    def test_ids_are_slugs(self) -> None:
        """
        An id is a slug, or slugs joined by two hyphens.
        """
        assert [
            line.thing for line in lines() if not all(SLUG.fullmatch(part) for part in line.cells["id"].split("--"))
        ] == []

    def test_a_thing_is_described_once_in_a_folder_and_alike_everywhere(self) -> None:
        """
        An id stands once in a folder, and with one name, class and country in all of them.
        """
        within = Counter((line.folder, line.thing) for line in lines())
        assert [key for key, count in within.items() if count > 1] == []
        said: dict[str, set[tuple[str, ...]]] = {}
        for line in lines():
            if "name" in line.cells:
                said.setdefault(line.thing, set()).add((line.template.slug, line.cells["name"], line.cells["country"]))
        assert {thing: rows for thing, rows in said.items() if len(rows) > 1} == {}

    def test_references_resolve(self) -> None:
        """
        Every reference names a thing that a folder describes.
        """
        known = {line.thing for line in lines()}
        unknown = set()
        for line in lines():
            for column in line.template.columns:
                if column.kind == "reference":
                    unknown |= {
                        (line.folder, column.key, value) for value in line.values(column.key) if value not in known
                    }
        assert unknown == set()

    def test_concepts_exist(self) -> None:
        """
        Every concept is in its scheme.
        """
        unknown = set()
        for line in lines():
            for column in line.template.columns:
                if column.kind == "concept":
                    unknown |= {
                        (line.folder, column.key, value)
                        for value in line.values(column.key)
                        if f"{column.scheme}/{value}" not in concepts()
                    }
        assert unknown == set()

    def test_no_folder_refers_to_one_it_does_not_require(self) -> None:
        """
        What a folder refers to is in itself or in a folder that it requires.
        """
        home: dict[str, set[str]] = {}
        for line in lines():
            home.setdefault(line.thing, set()).add(line.folder)
        required = {
            folder.name: set(
                re.findall(r"id/contribution/([a-z0-9-]+)>", (folder / "dataset.ttl").read_text(encoding="utf-8"))
            )
            for folder in folders()
        }
        outside = set()
        for line in lines():
            for column in line.template.columns:
                if column.kind == "reference":
                    for value in line.values(column.key):
                        if not home.get(value, set()) & required[line.folder]:
                            outside.add((line.folder, value))
        assert outside == set()


class TestFacts:
    def test_municipalities(self) -> None:
        """
        All 98 Danish and 290 Swedish municipalities are there, and the 100 Norwegian ones of the programme area.
        """
        counted = Counter(line.cells["country"] for line in of("municipality"))
        assert counted == {"dk": 98, "se": 290, "no": 100}

    def test_greater_copenhagen(self) -> None:
        """
        Greater Copenhagen has 46 Danish and 39 Swedish municipalities and four regions.
        """
        member = "organisation/greater-copenhagen"
        counted = Counter(line.cells["country"] for line in of("municipality") if member in line.values("member_of"))
        assert counted == {"dk": 46, "se": 39}
        assert sum(member in line.values("member_of") for line in of("region")) == 4

    def test_counts(self) -> None:
        """
        Projects, calls, needs, data models and organisations of ROR are complete.
        """
        projects = Counter(line.folder for line in of("project"))
        assert projects["erhvervsstyrelsen-structural-funds-2007-2013"] == 479
        assert projects["tillvaxtverket-structural-funds-2014-2020"] == 94
        assert projects["interreg-oks"] == 57
        assert len(of("call")) == 72
        assert len(of("need")) == 19
        assert len(of("data-model")) == 1118
        assert len(of("principle")) + len(of("mechanism")) == 17
        # Of three organisations the registry has two records: one thing, its second record named as a source.
        records = {value for line in lines() for value in line.values("ror")}
        seconds = {value for line in lines() for value in line.values("source") if value.startswith("https://ror.org/")}
        assert (len(records), len(seconds), len(records | seconds)) == (881, 3, 884)

    def test_research_projects_keep_each_statement(self) -> None:
        """
        The 337 records of SweCRIS are 253 projects and 337 statements about money; two of a project name two funders.
        """
        said: dict[str, list[str]] = {}
        for line in of("funding-statement"):
            if line.folder == "swecris":
                said.setdefault(line.cells["about"], []).append(line.cells["funder"] or line.cells["funder_text"])
        assert len(said) == len([line for line in of("project") if line.folder == "swecris"]) == 253
        assert sum(map(len, said.values())) == 337
        assert Counter(len(set(funders)) for funders in said.values()) == {1: 169, 2: 84}

    def test_needs_speak_three_languages(self) -> None:
        """
        Each curated need has a title in Danish, Swedish and English, a topic and a capability.
        """
        keys = ("title_da", "title_sv", "title_en", "topic", "capability")
        assert [line.thing for line in of("need") if not all(line.cells[key] for key in keys)] == []

    def test_programmes_of_the_region(self) -> None:
        """
        InnoTech and Smart Greater Copenhagen are there with partners, amounts kept apart, and a goal has an indicator.
        """
        roles = {
            (line.cells["participant"], line.cells["role"])
            for line in of("participation")
            if line.cells["project"] in {"project/innotech", "project/smart-greater-copenhagen"}
        }
        assert {
            ("organisation/gate-21", "lead"),
            ("organisation/dtu-engineering-technology", "steering"),
            ("organisation/kommunernes-landsforening", "supporter"),
            ("region/dk-hovedstaden", "lead"),
            ("municipality/dk-taarnby", "expected-partner"),
            ("organisation/clean", "working-group"),
        } <= roles
        amounts = {(line.cells["about"], line.cells["kind"]): line.cells["amount"] for line in of("funding-statement")}
        assert amounts["project/innotech", "support"] == "1600000"
        assert amounts["project/smart-greater-copenhagen", "total-budget"] == "1900000"
        assert {line.thing for line in of("goal")} == {line.cells["goal"] for line in of("indicator")}

    def test_most_projects_have_a_topic(self) -> None:
        """
        At least 85 % of the projects have a topic, none more than seven, and each claim says how it was found.
        """
        about = Counter(line.cells["about"] for line in of("topic-claim"))
        projects = {line.thing for line in of("project")}
        assert len(projects & about.keys()) >= 0.85 * len(projects)
        assert max(about.values()) <= 7
        assert {line.cells["basis"] for line in of("topic-claim")} == {"rule", "text", "source", "person"}

    def test_nobody_is_shipped(self) -> None:
        """
        No person is in `data/`, and nothing in it looks like an e-mail address or a telephone number.
        """
        assert {line.folder for line in of("person")} == {"people"}
        assert all(line.cells["name"].startswith("Example researcher") for line in of("person"))
        for line in lines():
            for key, value in line.cells.items():
                if key not in {"source", "website", "schema"}:
                    assert not EMAIL.search(value.replace("wireless@kth", "")), (line.thing, value)
                    assert not PHONE.search(value), (line.thing, value)

    def test_no_source_text_is_copied(self) -> None:
        """
        Only the curated facts and two things of the first folder have descriptions, which are our own sentences.
        """
        described = {
            line.folder for line in lines() for key in ("da", "sv", "en") if line.cells.get(f"description_{key}")
        }
        assert described <= {"administrative-divisions", "oresund-facts"}


class TestPreparation:
    def test_examples_of_the_preparation_run(self) -> None:
        """
        The examples in the docstrings of the preparation hold.
        """
        for name in (
            "folders",
            "names",
            "classifier",
            "participants",
            "places",
            "projects",
            "research",
            "swecris",
            "data_models",
        ):
            done = subprocess.run(
                [sys.executable, "-m", "doctest", str(PREPARATION / f"{name}.py")],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.slow
    def test_same_sources_give_the_same_bytes(self, tmp_path: Path) -> None:
        """
        Preparing again gives every committed file to the byte, and no other.
        """
        sources = beside("data-sources")
        data, examples = tmp_path / "data", tmp_path / "examples"
        data.mkdir()
        command = [sys.executable, str(PREPARATION / "prepare.py"), "--sources", str(sources)]
        subprocess.run([*command, "--data", str(data), "--examples", str(examples)], check=True)
        made = {path.relative_to(tmp_path): path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
        committed = {
            path.relative_to(ROOT): path.read_bytes()
            for folder in folders()
            for path in sorted(folder.iterdir())
            if path.is_file()
        }
        committed[Path("data/README.md")] = (DATA / "README.md").read_bytes()
        assert made.keys() == committed.keys()
        assert [path for path in made if made[path] != committed[path]] == []
