"""Facts about checking data against shapes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from pyoxigraph import NamedNode, Quad

from ecograph.messages import LANGUAGES
from ecograph.namespaces import ECOSH
from ecograph.shacl.report import Finding, Report, Severity
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.validation import DEFAULT_BACKEND, Backend, available, validate

Read = Callable[[str], tuple[Quad, ...]]

GOOD = """
<urn:a> a eco:Boat ; dcterms:title "Svanen"@da ; eco:colour <https://w3id.org/ecograph/concept/colour/red> .
"""
BAD = """
<urn:a> a eco:Boat ; dcterms:title "En"@da , "To"@da ; eco:length 0.5 ; eco:colour <urn:nobody> ; eco:built "soon" .
<urn:b> a eco:Boat ; eco:length "x" ; eco:code "abc" ; eco:owner <urn:o> .
"""
KNOWN = """
<https://w3id.org/ecograph/concept/colour/red> skos:inScheme <https://w3id.org/ecograph/concept/colour> .
<urn:o> a eco:Captain . eco:Captain rdfs:subClassOf eco:Person . <urn:other> a eco:Boat .
"""


@pytest.fixture(params=["turbo", "pyshacl"])
def backend(request: pytest.FixtureRequest) -> Backend:
    return request.param  # type: ignore[no-any-return]


def _facts(report: Report) -> set[tuple[object, ...]]:
    return {(item.severity, item.code, item.shape, item.focus, item.path, item.term) for item in report.findings}


class TestValidate:
    def test_good_data_has_no_finding(self, read: Read, shapes: Shapes, backend: Backend) -> None:
        """
        Data that meets the shapes has no finding.
        """
        assert validate(read(GOOD), read(KNOWN), shapes, backend) == Report()

    def test_every_fault_is_found_at_once(self, read: Read, shapes: Shapes, backend: Backend) -> None:
        """
        All faults of a contribution are reported in one check, each with the shape that says so.
        """
        report = validate(read(BAD), read(KNOWN), shapes, backend)
        found = {(item.focus, item.shape, item.code) for item in report.findings}
        a, b = NamedNode("urn:a"), NamedNode("urn:b")
        assert found == {
            (a, ECOSH["Boat-title"], "unique-lang"),
            (a, ECOSH["Boat-length"], "min-inclusive"),
            (a, ECOSH["Boat-colour"], "node"),
            (a, ECOSH["Boat-built"], "or"),
            (b, ECOSH["Boat-title"], "min-count"),
            (b, ECOSH["Boat-length"], "datatype"),
            (b, ECOSH["Boat-length"], "min-inclusive"),
            (b, ECOSH["Boat-code"], "pattern"),
            (b, ECOSH["Boat-colour-expected"], "min-count"),
        }
        assert not report.conforms

    def test_messages_come_from_the_shape(self, read: Read, shapes: Shapes, backend: Backend) -> None:
        """
        A finding has its shape's message in Danish, Swedish and English, whatever the engine made of it.
        """
        report = validate(read(BAD), read(KNOWN), shapes, backend)
        title = next(item for item in report.findings if item.code == "min-count" and item.severity == "violation")
        assert dict(title.messages) == {
            "da": "Båden mangler en titel.",
            "sv": "Båten saknar titel.",
            "en": "The boat has no title.",
        }

    def test_shape_without_message_speaks_our_languages(self, read: Read, shapes: Shapes, backend: Backend) -> None:
        """
        Where a shape has no message, the finding names column, value and rule in each language, without jargon.
        """
        report = validate(read(BAD), read(KNOWN), shapes, backend)
        length = next(item for item in report.findings if item.code == "min-inclusive" and item.value == "0.5")
        assert length.messages["sv"] == "”0.5” i ”Längd” ska vara minst 1. Rätta det."
        for item in report.findings:
            assert set(item.messages) == set(LANGUAGES)
            assert "Constraint" not in "".join(item.messages.values())

    def test_context_is_not_checked(self, read: Read, shapes: Shapes, backend: Backend) -> None:
        """
        What a contribution only refers to is not its own to be checked.
        """
        report = validate(read(GOOD), read(KNOWN), shapes, backend)
        assert all(item.focus != NamedNode("urn:other") for item in report.findings)

    def test_warning_does_not_stop_publication(self, read: Read, shapes: Shapes, backend: Backend) -> None:
        """
        A warning is for the reviewer: the contribution can be published.
        """
        report = validate(read('<urn:a> a eco:Boat ; dcterms:title "Svanen"@da .'), (), shapes, backend)
        assert report.conforms
        assert [item.severity for item in report.findings] == [Severity.WARNING]

    def test_nothing_is_fine(self, shapes: Shapes, backend: Backend) -> None:
        """
        Nothing to check is no fault.
        """
        assert validate((), (), shapes, backend).conforms

    def test_engines_agree(self, read: Read, shapes: Shapes) -> None:
        """
        The fast engine finds what the referee finds.
        """
        data, known = read(BAD), read(KNOWN)
        assert _facts(validate(data, known, shapes, "turbo")) == _facts(validate(data, known, shapes, "pyshacl"))


class TestReport:
    def _finding(self, severity: Severity, row: int) -> Finding:
        return Finding(severity=severity, code="x", messages={"da": "a", "sv": "b", "en": "c"}, file="f", row=row)

    def test_violations_come_first_then_rows(self) -> None:
        """
        A report shows what stops publication first, in the order of the sheet, each finding once.
        """
        warning, second, first = (
            self._finding(Severity.WARNING, 1),
            self._finding(Severity.VIOLATION, 9),
            self._finding(Severity.VIOLATION, 2),
        )
        report = Report.of([warning, second, first, second])
        assert report.findings == (first, second, warning)

    def test_verdict_is_one_sentence_in_each_language(self) -> None:
        """
        The verdict says in the reader's language whether the contribution can be published.
        """
        report = Report.of([self._finding(Severity.VIOLATION, 2)])
        assert report.verdict("da") != report.verdict("sv")
        assert "1" in report.verdict("en")
        assert Report().verdict("en").startswith("All is well")

    def test_suggestions_end_the_message(self) -> None:
        """
        A finding with suggestions asks whether one of them was meant.
        """
        item = Finding(
            severity=Severity.VIOLATION,
            code="x",
            messages={"da": "Nej.", "sv": "Nej.", "en": "No."},
            suggestions=("water",),
        )
        assert item.message("da") == "Nej. Mente du: water?"
        assert item.as_json()["suggestion"]["sv"] == ["water"]


WITHOUT_TURBO = """
import logging, sys
logging.basicConfig(format="%(message)s", stream=sys.stdout)
sys.modules["pyshacl_turbo"] = None
from pyoxigraph import RdfFormat, parse
from ecograph.shacl.shapes import Shapes
from ecograph.shacl.validation import DEFAULT_BACKEND, available, validate
shapes = Shapes(parse(b'''
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    <urn:s> a sh:NodeShape ; sh:targetNode <urn:a> ; sh:property <urn:p> .
    <urn:p> sh:path <urn:q> ; sh:maxCount 0 .
''', RdfFormat.TURTLE))
data = list(parse(b"<urn:a> <urn:q> 1 .", RdfFormat.TURTLE))
print(available(), DEFAULT_BACKEND)
for backend in (DEFAULT_BACKEND, "turbo", "turbo"):
    print([item.code for item in validate(data, (), shapes, backend).findings])
"""


class TestWithoutTheFastEngine:
    def test_the_referee_takes_over_and_it_is_said(self) -> None:
        """
        Where the fast engine cannot be installed, everything is found by the referee, and the log says so once.
        """
        done = subprocess.run([sys.executable, "-c", WITHOUT_TURBO], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == [
            "('pyshacl',) pyshacl",
            "pyshacl-turbo cannot be imported here: contributions are validated by pyshacl, which takes longer",
            "['max-count']",
            "['max-count']",
            "['max-count']",
        ]

    def test_here_the_fast_one_is_the_default(self) -> None:
        """
        Where both can be used, the fast engine is.
        """
        assert available() == ("turbo", "pyshacl")
        assert DEFAULT_BACKEND == "turbo"
