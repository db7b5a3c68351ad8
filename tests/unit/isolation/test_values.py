"""What may come back from a worker that a file has taken over."""

from __future__ import annotations

import os
import pickle
import pickletools
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from ecograph.errors import Rejected, UnknownTemplate
from ecograph.isolation.values import read_error, read_value, write_error, write_value
from ecograph.shacl.report import Finding, Report, Severity

PACKAGES = ("ecograph.shacl",)
FINDING = Finding(severity=Severity.WARNING, code="code", messages={"da": "a", "sv": "b", "en": "c"}, row=3)


class Calls:
    """Pickles as a call."""

    def __init__(self, called: object, *arguments: object) -> None:
        self.parts = (called, arguments)

    def __reduce__(self) -> tuple[object, ...]:
        return self.parts


class TestValues:
    @pytest.mark.parametrize(
        "value",
        [
            {"a": [1, 2.5, None, True, b"x", "å"], "b": {1}, "c": frozenset({2}), "d": (3,)},
            date(2026, 11, 22),
            Decimal("1.50"),
            Quad(NamedNode("urn:a"), NamedNode("urn:b"), Literal("æ", language="da"), NamedNode("urn:g")),
            Quad(BlankNode("a"), NamedNode("urn:b"), Literal("1", datatype=NamedNode("urn:d"))),
            Report((FINDING,)),
        ],
    )
    def test_values_come_back_as_they_are(self, value: object) -> None:
        """
        Findings, RDF terms, dates, numbers and collections are what a worker answers with.
        """
        assert read_value(write_value(value), PACKAGES) == value

    @pytest.mark.parametrize(
        "hostile",
        [
            Calls(os.system, "true"),
            Calls(eval, "1"),
            Calls(getattr, 1, "real"),
            Calls(subprocess.Popen, ["true"]),
            Calls(Path, "/"),
            Calls(open, "/dev/null"),
            pickle.loads,
            __import__,
            os,
        ],
        ids=range(9),
    )
    def test_nothing_can_be_called(self, hostile: object) -> None:
        """
        An answer that names a function or a class that does something is refused before anything is called.
        """
        try:
            data = pickle.dumps(hostile)
        except TypeError:
            data = b"cos\nsystem\n(S'true'\ntR."
        with pytest.raises(pickle.UnpicklingError):
            read_value(data, ("ecograph",))

    @pytest.mark.parametrize(
        ("module", "name"),
        [
            ("ecograph.isolation.process", "subprocess.Popen"),  # through a name of ours
            ("ecograph.isolation.process", "WorkerProcess"),  # ours, but it does something
            ("ecograph.isolation.process", "Path"),  # another's, imported by us
            ("ecograph.isolation.values", "read_value"),
            ("ecograph.store.oxigraph", "EmbeddedStore"),
            ("ecograph.__main__", "main"),
            ("ecographs", "anything"),
            ("ecograph.none", "such"),
            ("builtins", "eval"),
        ],
    )
    def test_nothing_is_reached_through_our_own_modules(self, module: str, name: str) -> None:
        """
        Our packages are no way to what they import, nor to what in them is more than a value.
        """
        data = (
            b"\x80\x04" + b"".join(b"\x8c" + bytes([len(each)]) + each.encode() for each in (module, name)) + b"\x93."
        )
        assert "STACK_GLOBAL" in [opcode.name for opcode, *_ in pickletools.genops(data)]
        with pytest.raises(pickle.UnpicklingError):
            read_value(data, ("ecograph",))

    def test_values_of_other_packages_are_refused(self) -> None:
        """
        Only the packages that are named give values.
        """
        with pytest.raises(pickle.UnpicklingError):
            read_value(write_value(FINDING), ("ecograph.rdf",))

    @pytest.mark.parametrize("data", [b"", b"\x80", b"nonsense", b"\x80\x04]r\xff\xff"])
    def test_nonsense_is_refused(self, data: bytes) -> None:
        """
        Bytes that are no pickle are one kind of error.
        """
        with pytest.raises(pickle.UnpicklingError):
            read_value(data, PACKAGES)


class TestErrors:
    def test_error_keeps_its_class_and_what_it_carries(self) -> None:
        """
        An error of a worker is raised as itself, with its values in every language and its findings.
        """
        rejected = Rejected(title="Behov", count=1)
        rejected.findings = (FINDING,)
        read = read_error(write_error(rejected), PACKAGES)
        assert isinstance(read, Rejected)
        assert (read.message("da"), read.findings) == (rejected.message("da"), rejected.findings)

    def test_values_that_are_no_values_are_written_out(self) -> None:
        """
        What only a message needs, a path for instance, comes back as its text.
        """
        read = read_error(write_error(UnknownTemplate(name=Path("a"), known=("b",))), ())
        assert read.values == {"name": "a", "known": "('b',)"}
