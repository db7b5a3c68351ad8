"""Every number that steers a match: a resource with a reason, read once, and wrong nowhere without being told."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Triple, parse
from typer.testing import CliRunner

from ecograph.cli import app
from ecograph.errors import BadParameter, WeightsFault
from ecograph.match import weights
from ecograph.match.model import GROUPS, SIGNALS
from ecograph.match.numbers import Numbers
from ecograph.messages import LANGUAGES
from ecograph.namespaces import ID
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.validation import results

ROOT = Path(__file__).parents[3]
SCHEMES = ("basis", "capability-level", "participation-role", "scale-stage")
FILE = "ontology/matching.ttl"

VALUES = {"2026-11.3": "42e4de"}
"""What each version's values amount to: whoever changes a number gives it, and adds here, the next version."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Resources of which the numbers may be changed."""
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    return tmp_path


def change(folder: Path, pattern: str, by: str) -> None:
    path = folder / FILE
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
    assert count == 1
    path.write_text(text, encoding="utf-8")


def of(slug: str, property: str) -> str:
    return rf"(weight:{slug} a eco:Weight ;.*?{property}\s)([^;]+?)( [;.]\n)"


def fault(folder: Path) -> WeightsFault:
    """What is wrong with the numbers: of the file, or when they are asked for as matching does."""
    with pytest.raises(WeightsFault) as caught:
        asked(folder)
    return caught.value


def asked(folder: Path) -> None:
    read = Numbers.load(folder, SCHEMES)
    read.profiles()
    read.shares("scale-stage", "stage")
    read.share("joint")
    read.number("half-life-years", 0.5, 100.0)


class TestNumbers:
    def test_a_missing_number_is_named(self, folder: Path) -> None:
        """
        A number that is not there stops EcoGraph at the start, by its name.
        """
        change(folder, r"weight:joint a eco:Weight ;.*?\n\n", "\n")
        found = fault(folder)
        assert found.values["reason"] == "missing"
        for lang in LANGUAGES:
            assert "joint" in found.message(lang)

    def test_a_missing_stage_is_named(self, folder: Path) -> None:
        """
        Each role, stage, level and basis of the lists has its number.
        """
        change(folder, r"weight:stage-pilot a eco:Weight ;.*?\n\n", "\n")
        assert (fault(folder).values["name"], fault(folder).values["reason"]) == ("stage-pilot", "missing")

    @pytest.mark.parametrize(
        ("slug", "property", "value", "reason"),
        [
            ("joint", "eco:value", "0.5, 0.6", "twice"),
            ("joint", "eco:value", '"half"', "number"),
            ("joint", "eco:value", "1.2", "range"),
            ("half-life-years", "eco:value", "0.0", "range"),
            ("joint", "owl:versionInfo", '"new"', "version"),
            ("narrower-loss", "rdfs:comment", '"Fordi."@da', "reason"),
            ("stage-pilot", "eco:weighs", "stage:idea", "concept"),
            ("balanced-text", "eco:value", "0.5", "sum"),
            ("balanced-text", "eco:signal", "signal:concept", "signal"),
        ],
    )
    def test_a_wrong_number_is_named(self, folder: Path, slug: str, property: str, value: str, reason: str) -> None:
        """
        A number that is none, is there twice, outside its range or without its reason is told by its name.
        """
        change(folder, of(slug, property), rf"\g<1>{value}\g<3>")
        found = fault(folder)
        assert found.values["reason"] == reason
        assert found.values["name"] in (slug, "balanced")

    def test_the_same_name_twice_is_named(self, folder: Path) -> None:
        """
        Two numbers of one name are told, as nobody could know which holds.
        """
        change(folder, of("narrower-loss", "skos:notation"), r'\g<1>"joint"\g<3>')
        assert (fault(folder).values["name"], fault(folder).values["reason"]) == ("joint", "twice")

    def test_a_group_left_out_is_told(self, folder: Path) -> None:
        """
        A profile orders every group of candidates.
        """
        change(folder, r"eco:groupOrder \( eco:ResearchOrganisation ", "eco:groupOrder ( ")
        assert fault(folder).values["reason"] == "groups"

    def test_a_number_that_steers_nothing_is_told(self) -> None:
        """
        What nothing asks for is no number of matching: it would mislead whoever reads it.
        """
        with pytest.raises(WeightsFault) as caught:
            Numbers.load(ROOT, SCHEMES).complete()
        assert caught.value.values["reason"] == "unknown"

    @pytest.mark.parametrize("content", [None, "not Turtle"])
    def test_a_file_that_cannot_be_read_is_named(self, folder: Path, content: str | None) -> None:
        """
        Without the file nothing is matched by guesswork.
        """
        (folder / FILE).unlink()
        if content:
            (folder / FILE).write_text(content, encoding="utf-8")
        assert fault(folder).values == {"name": "matching.ttl", "reason": "file"}


class TestWeights:
    def test_what_changes_gets_a_new_version(self) -> None:
        """
        An answer's version says which numbers it was worked out with: no number changes without it.
        """
        values = sorted(f"{number.slug} {number.value}" for number in weights.NUMBERS)
        values += [f"{slug} {each.group_order} {each.other_side_first}" for slug, each in weights.PROFILES.items()]
        found = hashlib.sha256("\n".join(values).encode()).hexdigest()[:6]
        assert VALUES.get(weights.VERSION) == found, f"give what changed a new version, and add it here: {found}"

    def test_numbers_keep_their_shapes(self) -> None:
        """
        Each number and profile of the ontology is as the shapes ask.
        """
        triples: list[Triple] = []
        for path in (ROOT / FILE, *sorted((ROOT / "ontology" / "concepts").glob("*.ttl"))):
            triples += [quad.triple for quad in parse(path.read_bytes(), RdfFormat.TURTLE, rename_blank_nodes=True)]
        found = results([Quad(*triple) for triple in triples], Shapes.load(ROOT))
        assert [each for each in found if "/id/weight" in each.focus.value] == []

    def test_a_number_is_called_by_its_address(self) -> None:
        """
        The name that the code asks for is the end of the number's own address.
        """
        assert all(number.iri == ID[f"weight/{number.slug}"] for number in weights.NUMBERS)
        assert all(profile.iri == ID[f"weighting/{slug}"] for slug, profile in weights.PROFILES.items())

    def test_everything_speaks_three_languages(self) -> None:
        """
        Each number and profile has a name and a reason in Danish, Swedish and English, no two alike.
        """
        said = [(each.labels, each.reasons) for each in weights.NUMBERS]
        said += [(each.labels, each.reason) for each in weights.PROFILES.values()]
        for labels, reasons in said:
            assert set(labels) == set(reasons) == set(LANGUAGES)
            assert len({reasons[lang] for lang in LANGUAGES}) == len(LANGUAGES), reasons
        for lang in LANGUAGES:
            names = [each.labels[lang] for each in weights.NUMBERS]
            assert len(names) == len(set(names))

    def test_profiles_weigh_all_signals_and_order_all_groups(self) -> None:
        """
        There are four profiles; the shares of each sum to 1, and each shows every group.
        """
        assert list(weights.PROFILES) == ["balanced", "research-first", "ready-to-buy", "cross-border-project"]
        for profile in weights.PROFILES.values():
            assert set(profile.signals) == set(SIGNALS)
            assert sum(profile.signals.values()) == pytest.approx(1.0, abs=1e-9)
            assert sorted(profile.group_order) == sorted(GROUPS)

    def test_profiles_count_most_what_their_names_say(self) -> None:
        """
        Whoever puts research first gets research first, and whoever is to buy gets what has been shown in use.
        """
        assert weights.PROFILES["research-first"].group_order[0] == "research"
        assert weights.PROFILES["ready-to-buy"].group_order[:1] == ("solution",)
        assert next(iter(weights.PROFILES["ready-to-buy"].numbers)) == "evidence"
        assert [slug for slug, profile in weights.PROFILES.items() if profile.other_side_first] == [
            "cross-border-project"
        ]

    def test_an_unknown_profile_is_told_with_those_there_are(self) -> None:
        """
        A profile that does not exist is no silent default.
        """
        with pytest.raises(BadParameter, match="ready-to-buy"):
            weights.profile("cheapest")

    def test_the_command_line_names_every_profile(self) -> None:
        """
        `ecograph match --help` names the profiles there are.
        """
        shown = re.sub(r"[\s│]+", "", CliRunner().invoke(app, ["match", "--help"], env={"COLUMNS": "200"}).output)
        assert all(slug in shown for slug in weights.PROFILES)
