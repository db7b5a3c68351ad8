"""Facts about the page of the model: in step with ontology and shapes, and its drawing with its table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ecograph.contribute.rules import Rules
from ecograph.namespaces import ECO, OWL, RDF, RDFS
from ecograph.web.views.diagram import PARTS, draw
from ecograph.web.views.model import class_rows

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules.load(ROOT)


class TestModel:
    def test_every_class_has_a_part(self, rules: Rules) -> None:
        """
        Each class of the ontology is in one part of the drawing, the one whose file defines it.
        """
        drawn = [name for names in PARTS.values() for name in names]
        classes = {
            ECO.local(quad.subject)
            for quad in rules.ontology.quads
            if quad.predicate == RDF.type and quad.object in (OWL.Class, RDFS.Class) and quad.subject in ECO
        }
        assert sorted(drawn) == sorted(classes)
        for part, names in PARTS.items():
            text = (ROOT / "ontology" / f"{part}.ttl").read_text(encoding="utf-8")
            assert [name for name in names if not re.search(rf"^eco:{name}\b", text, re.MULTILINE)] == []

    def test_document_is_in_step(self, rules: Rules) -> None:
        """
        docs/model.md lists the classes with the templates and columns that the shapes state.
        """
        page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
        listed = page.partition("<!-- classes:")[2].partition("<!-- /classes -->")[0].splitlines()[3:]
        assert listed == [
            f"| `{name}` | {f'`{slug}`' if slug else '–'} | {columns or '–'} |"
            for name, slug, columns in class_rows(rules)
        ]

    def test_drawing_shows_what_refers_to_what(self) -> None:
        """
        Each pair of parts has one arrow that says in words what it is; a part has none to itself.
        """
        names = {part: part.title() for part in PARTS}
        pairs = [("need", "actor"), ("need", "actor"), ("solution", "need"), ("need", "need"), ("actor", "project")]
        drawn = draw(names, {"Need": "Behov"}, pairs, "{0} → {1}")
        assert [arrow.title for arrow in drawn.arrows] == ["Actor → Project", "Need → Actor", "Solution → Need"]
        assert [line.text for box in drawn.boxes for line in box.lines] == ["Behov"]

    def test_boxes_do_not_overlap(self, rules: Rules) -> None:
        """
        Every box is inside the drawing and apart from the others, whatever the names are.
        """
        classes = {name: "Interoperabilitetsmekanisme" for names in PARTS.values() for name in names}
        drawn = draw({part: part for part in PARTS}, classes, [], "")
        for box in drawn.boxes:
            assert box.x >= 0
            assert box.x + box.width <= drawn.width
            assert box.y + box.height <= drawn.height
            for other in drawn.boxes:
                assert (
                    box is other
                    or box.x + box.width <= other.x
                    or other.x + other.width <= box.x
                    or box.y + box.height <= other.y
                    or other.y + other.height <= box.y
                )
