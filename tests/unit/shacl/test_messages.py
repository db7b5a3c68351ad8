"""Facts about what people read when a constraint is not met."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from ecograph.messages import LANGUAGES, catalogue
from ecograph.namespaces import CONCEPT, ECO, ECOSH, ID
from ecograph.shacl.messages import component_of, messages_of, shown
from ecograph.shacl.report import Finding
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.validation import available, findings, results

Read = Callable[[str], tuple[Quad, ...]]

# By constraint: the constraint, what the thing says, and what a reader of English is told.
CONSTRAINTS: Mapping[str, tuple[str, str, str]] = {
    "class": ("sh:class eco:Harbour", "eco:p <urn:x>", "“urn:x” in “Port” must be known in EcoGraph as: Harbour. "),
    "datatype": ("sh:datatype xsd:date", "eco:p 'soon'", "“soon” in “Port” must be written as: date with year"),
    "node-kind": ("sh:nodeKind sh:IRI", "eco:p 'x'", "“x” in “Port” must be: a reference or a web address."),
    "min-count": ("sh:minCount 1", "eco:q 1", "“Port” is missing. Fill it in."),
    "max-count": ("sh:maxCount 1", "eco:p 1, 2", "“Port” may have only one value."),
    "min-inclusive": ("sh:minInclusive 2", "eco:p 1", "“1” in “Port” must be at least 2."),
    "max-inclusive": ("sh:maxInclusive 2", "eco:p 3", "“3” in “Port” must be at most 2."),
    "min-exclusive": ("sh:minExclusive 2", "eco:p 2", "“2” in “Port” must be more than 2."),
    "max-exclusive": ("sh:maxExclusive 2", "eco:p 2", "“2” in “Port” must be less than 2."),
    "min-length": ("sh:minLength 3", "eco:p 'ab'", "“ab” in “Port” is too short. Write at least 3"),
    "max-length": ("sh:maxLength 1", "eco:p 'ab'", "“ab” in “Port” is too long. Write at most 1"),
    "pattern": ("sh:pattern '^[A-Z]+$'", "eco:p 'ab'", "“ab” in “Port” does not have the right form. Write it so."),
    "language-in": (
        "sh:languageIn ( 'da' 'fi' )",
        "eco:p 'ab'@en",
        "must be in one of these languages: Danish (da), Finnish",
    ),
    "unique-lang": ("sh:uniqueLang true", "eco:p 'a'@da, 'b'@da", "“Port” may be given only once in each language."),
    "equals": ("sh:equals eco:q", "eco:p 1", "“Port” and “Quay” must be the same, but “1” is in only one of them."),
    "disjoint": ("sh:disjoint eco:q", "eco:p 1 ; eco:q 1", "“1” is both in “Port” and in “Quay”."),
    "less-than": ("sh:lessThan eco:q", "eco:p 2 ; eco:q 1", "“2” in “Port” must come before “Quay”."),
    "less-than-or-equals": (
        "sh:lessThanOrEquals eco:q",
        "eco:p 2 ; eco:q 1",
        "“2” in “Port” must not come after “Quay”.",
    ),
    "not": ("sh:not [ sh:class eco:Boat ]", "eco:p <urn:b>", "“urn:b” in “Port” must not be: Boat."),
    "and": ("sh:and ( [ sh:class eco:Boat ] ecosh:Flag )", "eco:p <urn:x>", "must meet all of these: Boat, Flag."),
    "or": (
        "sh:or ( [ sh:datatype xsd:date ] [ sh:datatype xsd:gYear ] )",
        "eco:p 1",
        "at least one of these: date with",
    ),
    "xone": (
        "sh:xone ( [ sh:class eco:Boat ] [ sh:class eco:Harbour ] )",
        "eco:p 1",
        "exactly one of these: Boat, Harbour.",
    ),
    "node": ("sh:node ecosh:Flag", "eco:p <urn:x>", "“urn:x” in “Port” does not fit. Choose something from: Flag."),
    "qualified-min-count": (
        "sh:qualifiedValueShape [ sh:class eco:Harbour ] ; sh:qualifiedMinCount 2",
        "eco:p 1",
        "“Port” must have at least 2 of the kind: Harbour.",
    ),
    "qualified-max-count": (
        "sh:qualifiedValueShape [ sh:class eco:Boat ] ; sh:qualifiedMaxCount 0",
        "eco:p <urn:b>",
        "“Port” may have at most 0 of the kind: Boat.",
    ),
    "closed": (
        "sh:closed true ; sh:ignoredProperties ( rdf:type )",
        "eco:p <urn:b>",
        "“Quay” does not belong here. Delete “9” or move it",
    ),
    "has-value": (
        "sh:hasValue <https://w3id.org/ecograph/concept/colour/dark-red>",
        "eco:p 1",
        "“Port” must hold: dark red.",
    ),
    "in": ("sh:in ( 1 true eco:Boat )", "eco:p 4", "“4” in “Port” cannot be chosen. Choose from: 1, yes, Boat."),
    "sparql": (
        "sh:sparql [ sh:select 'SELECT $this ?value WHERE { $this <https://w3id.org/ecograph/ns#p> ?value }' ]",
        "eco:p 4",
        "“4” in “Port” does not agree with the rest. Write it so.",
    ),
}
BOATS = """
ecosh:Boat a sh:NodeShape ; sh:targetNode <urn:a> ; sh:property ecosh:Boat-port .
ecosh:Boat-port sh:path eco:p ; sh:name "Havn"@da, "Hamn"@sv, "Port"@en ;
    sh:description "Skriv det sådan."@da, "Skriv så här."@sv, "Write it so."@en ; {constraint} .
ecosh:Flag a sh:NodeShape ; rdfs:label "Flag"@da, "Flagga"@sv, "Flag"@en ; sh:property ecosh:Flag-kind .
ecosh:Flag-kind sh:path eco:kind ; sh:minCount 1 .
"""
LABELS = {
    ECO.Harbour: {"da": "Havneby", "sv": "Hamnstad", "en": "Harbour"},
    ECO.Boat: {"da": "Båd", "sv": "Båt", "en": "Boat"},
    ECO.q: {"da": "Kaj", "sv": "Kaj", "en": "Quay"},
}


class TestCatalogue:
    @pytest.mark.parametrize("backend", available())
    @pytest.mark.parametrize("code", CONSTRAINTS)
    def test_every_constraint_is_told_in_words(self, read: Read, code: str, backend: str) -> None:
        """
        For each kind of constraint, people read what was found, what was expected and what to do, in three languages.
        """
        constraint, said, told = CONSTRAINTS[code]
        shapes = Shapes(read(BOATS.format(constraint=constraint)), LABELS)  # type: ignore[arg-type]
        data = read(f"<urn:a> {said} . <urn:b> a eco:Boat ; eco:q 9 .")
        found = findings(results(data, shapes, backend), shapes)  # type: ignore[arg-type]
        item = next(item for item in found if item.code == code)
        assert told in item.messages["en"]
        for lang in LANGUAGES:
            self._is_for_people(item, item.messages[lang])
        assert len(set(item.messages.values())) == len(LANGUAGES)

    @staticmethod
    def _is_for_people(item: Finding, message: str) -> None:
        rest = message.replace(item.value, "") if item.value else message
        assert not re.search(r"https?:|urn:|_:|sh:|xsd:|Constraint|[{}]|\b[a-z]+[A-Z]", rest), message
        assert message.endswith(".")

    def test_every_constraint_of_the_specification_is_there(self) -> None:
        """
        The catalogue covers each constraint component of SHACL Core, and that of SPARQL.
        """
        spoken = {key.removeprefix("shacl.constraint.") for key in catalogue() if key.startswith("shacl.constraint.")}
        variants = {"min-count-many", "max-count-many", "max-count-none", "min-length-one"}
        assert spoken - variants == {*CONSTRAINTS, "property", "other"}
        assert component_of("less-than-or-equals") == NamedNode(
            "http://www.w3.org/ns/shacl#LessThanOrEqualsConstraintComponent"
        )

    def test_counts_are_told_in_words_of_their_own(self, read: Read) -> None:
        """
        None, one and several are different sentences.
        """
        told = {}
        for constraint in ("sh:maxCount 0", "sh:maxCount 1", "sh:maxCount 3", "sh:minCount 1", "sh:minCount 3"):
            shapes = Shapes(read(BOATS.format(constraint=constraint)))
            code = "min-count" if "min" in constraint else "max-count"
            told[constraint] = messages_of(shapes, ECOSH["Boat-port"], code, ECO.p, None)["sv"]
        assert len(set(told.values())) == len(told)
        assert "3" in told["sh:maxCount 3"]
        assert "tomt" in told["sh:maxCount 0"]

    def test_a_shape_that_speaks_is_listened_to(self, read: Read) -> None:
        """
        A shape's own message is what people read; a language it lacks falls back on English.
        """
        shapes = Shapes(read(BOATS.format(constraint='sh:minCount 1 ; sh:message "Ja!"@da, "Yes!"@en')))
        said = messages_of(shapes, ECOSH["Boat-port"], "min-count", ECO.p, None)
        assert said == {"da": "Ja!", "sv": "Yes!", "en": "Yes!"}
        assert messages_of(shapes, ECOSH["Boat-port"], "max-count", ECO.p, None)["en"] != "Yes!", "it says what belongs"

    def test_a_shape_without_any_name_still_makes_a_sentence(self) -> None:
        """
        Where nothing has a name, the sentence speaks of the field and the value.
        """
        said = messages_of(Shapes(()), None, "min-inclusive", None, None)
        assert said["da"] == "»værdien« i »feltet« opfylder ikke reglen. Se kolonnens beskrivelse."


class TestShown:
    def test_values_are_shown_as_people_type_them(self) -> None:
        """
        Things of ours are shown as kind and name, concepts by name, everything else as it is; blank nodes not at all.
        """
        assert shown(ID["need/skybrud"]) == "need/skybrud"
        assert shown(CONCEPT["topic/water"]) == "water"
        assert shown(Literal("1.50")) == "1.50"
        assert shown(NamedNode("https://example.org/x")) == "https://example.org/x"
        assert shown(None) == ""
