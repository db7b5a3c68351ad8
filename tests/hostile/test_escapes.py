"""
Contributions that try to say more than they may. What they say stays in their own graph, or is refused with a finding.

Everything here is made up: a partner called `partner`, and others whose things it is after.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from ecograph.contribute import system
from ecograph.contribute.door import publishable
from ecograph.contribute.provenance import contribution_iri
from ecograph.contribute.publishing import Publisher
from ecograph.contribute.staging import Rules, SourceFile, Staged, stage
from ecograph.identifiers import COMMON, Space, graph_iri
from ecograph.ledger.records import ContributionRecord, State
from ecograph.ledger.sql import Ledger
from ecograph.messages import LANGUAGES
from ecograph.namespaces import BASE, ECO, GRAPH, ID, LEDGER_GRAPH, PREFIXES, PROVENANCE_GRAPH, RDF
from ecograph.store.oxigraph import EmbeddedStore

ROOT = Path(__file__).parents[2]
PARTNER = "partner"
OWN = Space(PARTNER)
OWN_GRAPH = graph_iri(PARTNER)
PROLOGUE = f"@prefix id: <{ID.iri}> .\n" + "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
PROLOGUE = PROLOGUE.replace("\n", " ") + "\n"  # one line, so that what follows begins on line 2
DENMARK = f"<{BASE}concept/country/dk>"
NEED = f'<{ID.iri}need/partner_n1> a eco:Need ; eco:country {DENMARK} ; dcterms:title "Varsling ved skybrud"@da'
OTHERS = f"{ID.iri}need/others_n1"

DESCRIPTION = """
<https://w3id.org/ecograph/id/contribution/{slug}> a eco:Contribution ;
    dcterms:title "Syntetisk"@da , "Syntetisk"@sv , "Synthetic"@en ;
    dcterms:publisher <https://{slug}.example/> ;
    dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ;
    dcterms:rights "Opdigtet til test."@da , "Påhittat för test."@sv , "Made up for tests."@en ;
    dcterms:source <https://{slug}.example/data> ; dcterms:issued "2026-11-22"^^xsd:date ; eco:exampleData true .
<https://{slug}.example/> foaf:name "Synthetic {slug}" .
"""

PUBLISHED = "published"
REFUSED = "refused"


@dataclass(frozen=True)
class Trick:
    """
    A contribution that tries something.

    Args:
        content: What its file holds; Turtle gets our prefixes on a first line.
        code: The finding that must come; empty where nothing is wrong.
        name: What its file is called.
        line: The line that the finding must name.
        description: Another `dataset.ttl` than the honest one.
        outcome: Whether it is published after all, as the partner's own word.
    """

    content: str | bytes
    code: str
    name: str = "more.ttl"
    line: int | None = None
    description: str | None = None
    outcome: str = REFUSED

    @property
    def files(self) -> list[SourceFile]:
        described = PROLOGUE + (DESCRIPTION.format(slug=PARTNER) if self.description is None else self.description)
        content = self.content if isinstance(self.content, bytes) else self.content.encode()
        if self.name == "more.ttl" and isinstance(self.content, str):
            content = _turtle(self.content)
        return [SourceFile("dataset.ttl", described.encode()), SourceFile(self.name, content)]


def _turtle(text: str) -> bytes:
    """Turtle with our prefixes, and `id:need/n1` for the name of a thing."""
    return (PROLOGUE + re.sub(r"\bid:([a-z-]+/[A-Za-z0-9_-]+)", rf"<{ID.iri}\1>", text)).encode()


def _website(iri: str) -> str:
    return f'id:project/partner_p1 a eco:Project ; dcterms:title "Projekt"@da ; foaf:homepage <{iri}> .'


def _zip(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "id,title_da\nn1,Varsling\n")
    return out.getvalue()


TRICKS = {
    # Others' things and names
    "title for another's need": Trick(
        f'<{OTHERS}> a eco:Need ; dcterms:title "Mit"@sv .', "claim-about-other", line=2, outcome=PUBLISHED
    ),
    "second title for another's need": Trick(f'<{OTHERS}> dcterms:title "Mit"@da .', "claim-about-other", line=2),
    "name in another's space": Trick(
        'id:need/others_n9 a eco:Need ; dcterms:title "Mit"@da .', "foreign-space", line=2
    ),
    "name in the common space": Trick('id:need/n9 a eco:Need ; dcterms:title "Mit"@da .', "foreign-space", line=2),
    "another type for another's thing": Trick(f"\n<{OTHERS}> a eco:Solution .", "changes-kind", line=3),
    "another type for a register's thing": Trick("id:municipality/dk-synthetic a eco:Region .", "changes-kind", line=2),
    "class that does not fit the name": Trick(
        'id:need/partner_m1 a eco:Municipality ; foaf:name "M" .', "foreign-class", line=2
    ),
    "case of another's name": Trick('id:need/Others_n1 a eco:Need ; dcterms:title "Mit"@da .', "malformed-iri", line=2),
    "two things that differ in case": Trick(
        f'{NEED} .\nid:need/partner_N1 a eco:Need ; dcterms:title "N"@da .', "malformed-iri", line=3
    ),
    "percent-encoded letter": Trick(
        "<https://w3id.org/ecograph/id/need/%6Fthers_n1> a eco:Need .", "malformed-iri", line=2
    ),
    "doubly percent-encoded letter": Trick(
        "<https://w3id.org/ecograph/id/need/%256Fthers_n1> a eco:Need .", "malformed-iri", line=2
    ),
    "dot segments": Trick("<https://w3id.org/ecograph/id/need/x/../others_n1> a eco:Need .", "malformed-iri", line=2),
    "encoded dot segments": Trick(
        "<https://w3id.org/ecograph/id/need/x/%2e%2e/others_n1> a eco:Need .", "malformed-iri", line=2
    ),
    "two slashes": Trick("<https://w3id.org/ecograph/id//need/others_n1> a eco:Need .", "malformed-iri", line=2),
    "case of the host": Trick("<https://W3ID.org/ecograph/id/need/others_n1> a eco:Need .", "malformed-iri", line=2),
    "http for https": Trick("<http://w3id.org/ecograph/id/need/others_n1> a eco:Need .", "malformed-iri", line=2),
    "port of https": Trick("<https://w3id.org:443/ecograph/id/need/others_n1> a eco:Need .", "malformed-iri", line=2),
    "full-width letters": Trick("<https://ｗ3id.org/ecograph/id/need/others_n1> a eco:Need .", "malformed-iri", line=2),
    "Cyrillic letter in a slug": Trick(
        "<https://w3id.org/ecograph/id/need/\u043ethers_n1> a eco:Need .", "malformed-iri", line=2
    ),
    "escaped letters": Trick(
        "<https://w3id.org/ecograph/id/need/\\u006Fthers_n1> a eco:Solution .", "changes-kind", line=2
    ),
    "zero-width space in a slug": Trick(
        "<https://w3id.org/ecograph/id/need/others_n1\u200b> a eco:Need .", "hidden-in-iri", line=2
    ),
    # Vocabulary
    "sameAs": Trick(f"{NEED} ;\n  owl:sameAs <{OTHERS}> .", "foreign-term", line=3),
    "exactMatch": Trick(f"{NEED} ; skos:exactMatch <{OTHERS}> .", "foreign-term", line=2),
    "subclass of a thing's": Trick(f"{NEED} ; rdfs:subClassOf eco:Solution .", "foreign-term", line=2),
    "subclass of ours": Trick("eco:Need rdfs:subClassOf eco:Solution .", "foreign-subject", line=2),
    "property of ours": Trick("dcterms:title owl:deprecated true .", "foreign-subject", line=2),
    "class without template": Trick("id:need/partner_n1 a skos:Concept .", "foreign-class", line=2),
    "concept redefined": Trick(f'<{BASE}concept/topic/water> skos:prefLabel "Vin"@da .', "foreign-subject", line=2),
    "concept minted": Trick(f"<{BASE}concept/topic/partner-topic> a skos:Concept .", "foreign-subject", line=2),
    "shape switched off": Trick("ecosh:Need sh:deactivated true .", "foreign-subject", line=2),
    "shape of one's own": Trick("[ a sh:NodeShape ; sh:targetClass eco:Need ] .", "foreign-class", line=2),
    "shape for a thing": Trick(f"{NEED} ; sh:deactivated true .", "foreign-term", line=2),
    "prefix redefined": Trick(
        "@prefix eco: <https://evil.example/ns#> .\nid:need/partner_n1 a eco:Need .", "foreign-class", line=3
    ),
    "prefix redefined to others'": Trick(
        "PREFIX id: <https://w3id.org/ecograph/graph/>\nid:others a eco:Need .", "foreign-subject", line=3
    ),
    "property of another template": Trick(f"{NEED} ; eco:municipalityCode '0169' .", "not-in-template", line=2),
    "list": Trick(f"{NEED} ; eco:topic ( <{BASE}concept/topic/water> ) .", "foreign-term"),
    "thing without a class": Trick('_:x dcterms:title "Hvad?"@da .', "no-class", line=2),
    "blank node called as another's": Trick(
        f'_:others_n1 a eco:Need ; eco:country {DENMARK} ; dcterms:title "Mit"@da .', "", outcome=PUBLISHED
    ),
    # Graphs, provenance, ledger
    "graph block": Trick(f"<{GRAPH.iri}others> {{ {NEED} . }}", "refused-format"),
    "TriG by name": Trick(f"<{GRAPH.iri}others> {{ {NEED} . }}", "refused-format", name="more.trig"),
    "N-Quads by name": Trick(
        f"<{OTHERS}> <{RDF.type.value}> <{ECO.Need.value}> <{GRAPH.iri}others> .", "refused-format", name="more.nq"
    ),
    "N-Triples with graphs": Trick(
        f"<{OTHERS}> <{RDF.type.value}> <{ECO.Need.value}> <{GRAPH.iri}others> .", "refused-format", name="more.nt"
    ),
    "graph derived from ours": Trick(
        f"<{GRAPH.iri}others> prov:wasDerivedFrom id:contribution/partner .", "foreign-subject", line=2
    ),
    "own graph derived from another's": Trick(
        f"{NEED} ; prov:wasDerivedFrom id:contribution/others .", "not-in-template", line=2
    ),
    "contribution of another": Trick(
        'id:contribution/others a eco:Contribution ; dcterms:title "Mit"@da .', "foreign-subject", line=2
    ),
    "contribution of one's own, in data": Trick(
        "id:contribution/partner eco:exampleData false .", "foreign-subject", line=2
    ),
    "revision of the ledger": Trick(f"<{LEDGER_GRAPH.value}> eco:revision 1000000 .", "foreign-subject", line=2),
    "match of one's own": Trick("id:match/partner_1 a eco:Match ; eco:score 1.0 .", "foreign-subject", line=2),
    "description of another's contribution": Trick(
        f"{NEED} .", "foreign-subject", description=DESCRIPTION.format(slug="others")
    ),
    "description of another's graph": Trick(
        f"{NEED} .",
        "foreign-subject",
        description=DESCRIPTION.format(slug=PARTNER) + f"<{GRAPH.iri}others> void:triples 0 .",
    ),
    "another's publisher renamed": Trick(
        f"{NEED} .",
        "publisher-named-otherwise",
        description=DESCRIPTION.format(slug=PARTNER)
        .replace("<https://partner.example/>", "<https://others.example/>")
        .replace("Synthetic partner", "Nobody"),
    ),
    "publisher that runs": Trick(
        f"{NEED} .",
        "bad-iri",
        description=DESCRIPTION.format(slug=PARTNER).replace("<https://partner.example/>", "<javascript:alert(1)>"),
    ),
    # Formats
    "RDF/XML in Turtle's clothes": Trick(
        b'<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "refused-format"
    ),
    "RDF/XML by name": Trick("<rdf:RDF/>", "refused-format", name="more.rdf"),
    "JSON-LD in Turtle's clothes": Trick(b'{"@context": "https://evil.example/context", "@id": "x"}', "refused-format"),
    "JSON-LD by name": Trick("{}", "refused-format", name="more.jsonld"),
    "rules": Trick("{ ?x a eco:Need } => { ?x a eco:Solution } .", "refused-format"),
    "HDT": Trick(b"$HDT\x01<http://purl.org/HDT/hdt#HDTv1>", "refused-format"),
    "statement about a statement": Trick(f"{NEED} .\n<< <{OTHERS}> a eco:Need >> eco:score 1 .", "syntax", line=3),
    "annotation": Trick(f"{NEED} .\n<{OTHERS}> a eco:Need {{| eco:score 1 |}} .", "syntax", line=3),
    "triple term": Trick(f"{NEED} ;\n eco:about <<( <{OTHERS}> a eco:Need )>> .", "syntax", line=3),
    "relative address": Trick("\n<need/others_n1> a eco:Need .", "syntax", line=3),
    "base": Trick(f"@base <{ID.iri}> .\n<need/partner_n1> a eco:Need .", "syntax", line=2),
    "base of SPARQL": Trick(f"BASE <{ID.iri}>\n<need/partner_n1> a eco:Need .", "syntax", line=2),
    # Addresses
    "file address": Trick(_website("file:///etc/passwd"), "bad-iri", line=2),
    "address that runs": Trick(_website("javascript:alert(1)"), "bad-iri", line=2),
    "address with content": Trick(_website("data:text/html,x"), "bad-iri", line=2),
    "FTP address": Trick(_website("ftp://example.org/x"), "bad-iri", line=2),
    "address with login": Trick(_website("https://kk.dk@evil.example/"), "iri-login", line=2),
    "address written backwards": Trick(_website("https://example.org/\u202egro.live"), "hidden-in-iri", line=2),
    "escaped, written backwards": Trick(_website("https://example.org/\\u202Egro.live"), "hidden-in-iri", line=2),
    "Cyrillic host": Trick(_website("https://\u0430rhus.dk/"), "iri-letters", line=2),
    "Cyrillic host as ASCII": Trick(_website("https://xn--rhus-53d.dk/"), "iri-letters", line=2),
    "host with dotless i": Trick(_website("https://gıthub.com/"), "iri-letters", line=2),
    "decomposed letters": Trick(_website("https://malmo\u0308.se/"), "decomposed-iri", line=2),
    "detour": Trick(_website("https://example.org/a/../../b"), "malformed-iri", line=2),
    "our address by detour": Trick(
        _website("https://w3id.org/x/../ecograph/id/need/others_n1"), "malformed-iri", line=2
    ),
    # Texts
    "text written backwards": Trick(f"{NEED.replace('ved', chr(0x202E))} .", "hidden-in-text", line=2),
    "text with NUL": Trick(f"{NEED.replace('ved', chr(92) + 'u0000')} .", "hidden-in-text", line=2),
    "text with half a letter": Trick(f"{NEED.replace('ved', chr(92) + 'uD800')} .", "syntax", line=2),
    "text with a direction": Trick(f"{NEED}--rtl .", "text-direction", line=2),
    # Tables
    "another's address as id": Trick(f"id,title_da\n{OTHERS},Mit\n", "claim-about-other", name="need.csv", line=2),
    "unknown name of another's as id": Trick("id,title_da\nothers_n9,Mit\n", "foreign-space", name="need.csv", line=2),
    "another's thing as another kind": Trick(
        f"id,title_da\n{OTHERS},Mit\n", "changes-kind", name="solution.csv", line=2
    ),
    "path as id": Trick("id,title_da\n../need/others_n1,Mit\n", "bad-id", name="need.csv", line=2),
    "encoded id": Trick("id,title_da\n%6Fthers_n1,Mit\n", "bad-id", name="need.csv", line=2),
    "address that runs, in a cell": Trick(
        "id,title_da,website\np1,Projekt,javascript:alert(1)\n", "bad-iri", name="project.csv", line=2
    ),
    "Cyrillic host, in a cell": Trick(
        "id,title_da,website\np1,Projekt,https://\u0430rhus.dk/\n", "iri-letters", name="project.csv", line=2
    ),
    "text written backwards, in a cell": Trick(
        "id,title_da\nn1,Varsling \u202edurbyks\n", "hidden-in-text", name="need.csv", line=2
    ),
    "graph as owner": Trick(
        f"id,title_da,raised_by\nn1,Varsling,{GRAPH.iri}others\n", "unknown-thing", name="need.csv", line=2
    ),
    "column for sameAs": Trick(
        f"id,title_da,owl:sameAs\nn1,Varsling,{OTHERS}\n", "unknown-column", name="need.csv", line=1
    ),
    # Files
    "folders in a file's name": Trick("id,title_da\nn1,Varsling\n", "bad-file-name", name="../../others/need.csv"),
    "file name written backwards": Trick("id,title_da\nn1,Varsling\n", "bad-file-name", name="need\u202evsc.ttl"),
    "archive with folders": Trick(_zip("../../others/need.csv"), "unreadable-table", name="need.csv"),
    # What is allowed
    "deployment of another's solution": Trick(
        "id:deployment/partner_d1 a eco:Deployment ; eco:solution id:solution/others_s1 ;"
        f" eco:stage <{BASE}concept/scale-stage/pilot> ; eco:site 'Havnen' .",
        "",
        outcome=PUBLISHED,
    ),
    "nothing wrong": Trick(f"{NEED} .", "", outcome=PUBLISHED),
}


@dataclass
class World:
    """A ledger and a store on disk that others have published in."""

    rules: Rules
    ledger: Ledger
    store: EmbeddedStore
    publisher: Publisher
    digest: str = ""
    known: frozenset[object] = frozenset()

    def stage(self, files: list[SourceFile], slug: str, space: Space) -> Staged:
        with self.store.snapshot() as snapshot:
            return stage(files, slug, self.rules, snapshot, space=space)

    def contribute(self, staged: Staged) -> str:
        """Submit it, let a reviewer approve what conforms, and publish it; returns its number in the ledger."""
        received = self.ledger.receive(
            ContributionRecord(
                publisher=staged.publisher,
                title=staged.title,
                licence=staged.licence,
                source=staged.source,
                sha256=staged.sha256,
                payload=staged.payload,
                submitted_by="contributor",
            )
        )
        if staged.conforms:
            self.ledger.decide(received, State.SUBMITTED, "contributor")
            self.ledger.decide(received, State.APPROVED, "reviewer")
            self.publisher.publish(received, publishable(staged, self.rules, self.ledger), "reviewer")
        else:
            self.ledger.decide(received, State.RETURNED, "reviewer")
        return received

    def quads(self) -> set[Quad]:
        with self.store.snapshot() as snapshot:
            return {quad for quad in snapshot.quads() if quad.graph_name != LEDGER_GRAPH}


def _digest(quads: set[Quad]) -> str:
    return hashlib.sha256("\n".join(sorted(map(str, quads))).encode()).hexdigest()


def _is_own(quad: Quad) -> bool:
    """Whether a statement is the partner's to make: in its graph, or about its contribution, graph and publisher."""
    described = (contribution_iri(PARTNER), OWN_GRAPH, NamedNode("https://partner.example/"))
    return quad.graph_name == OWN_GRAPH or (quad.graph_name == PROVENANCE_GRAPH and quad.subject in described)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Our own graphs, a register in the common space, and another partner."""
    root = tmp_path_factory.mktemp("escapes")
    rules = Rules.load(ROOT)
    with Ledger.open(f"sqlite:///{root / 'ledger.sqlite'}") as ledger:
        store = EmbeddedStore.open(root / "store")
        try:
            found = World(rules, ledger, store, Publisher(ledger, store))
            for graph in system.graphs(ROOT, rules):
                if graph.graph in (GRAPH.ontology, GRAPH.shapes, GRAPH.concepts):
                    found.publisher.publish(graph.approved(ledger, "synthetic"), graph.patch, "synthetic")
            _publish(
                found,
                "register",
                COMMON,
                'id:municipality/dk-synthetic a eco:Municipality ; foaf:name "Synthetic Kommune" ;'
                f' eco:municipalityCode "9901" ; eco:country {DENMARK} .',
            )
            _publish(
                found,
                "others",
                Space("others"),
                f'id:need/others_n1 a eco:Need ; eco:country {DENMARK} ; dcterms:title "Andres behov"@da .\n'
                'id:solution/others_s1 a eco:Solution ; dcterms:title "Andres løsning"@da ; eco:providerText "Andre" .',
            )
            quads = found.quads()
            assert not any(_is_own(quad) for quad in quads)
            found.digest, found.known = _digest(quads), frozenset(quad.subject for quad in quads)
            yield found
        finally:
            store.close()


def _publish(world: World, slug: str, space: Space, turtle: str) -> None:
    described = SourceFile("dataset.ttl", (PROLOGUE + DESCRIPTION.format(slug=slug)).encode())
    staged = world.stage([described, SourceFile("more.ttl", _turtle(turtle))], slug, space)
    assert staged.conforms, [finding.message("en") for finding in staged.report.violations]
    world.contribute(staged)


class TestEscapes:
    def test_there_are_many(self) -> None:
        """
        At least forty ways out are tried.
        """
        assert len(TRICKS) >= 90

    @pytest.mark.parametrize("name", TRICKS)
    def test_nothing_gets_out(self, world: World, name: str) -> None:
        """
        Nothing that a partner sends changes a statement outside its own graph, and what is refused is said.
        """
        trick = TRICKS[name]
        staged = world.stage(trick.files, PARTNER, OWN)
        codes = {finding.code for finding in staged.report.findings}
        if trick.code:
            assert trick.code in codes, [(each.code, each.message("en")) for each in staged.report.findings]
            found = [finding for finding in staged.report.findings if finding.code == trick.code]
            if trick.line is not None:
                assert trick.line in {finding.row for finding in found}, found
            for finding in found:
                for lang in LANGUAGES:
                    assert "_:" not in finding.message(lang)
                    assert "\u202e" not in finding.message(lang)
        assert staged.conforms is (trick.outcome == PUBLISHED), [
            (each.code, each.row, each.message("en")) for each in staged.report.violations
        ]
        received = world.contribute(staged)
        after = world.quads()
        assert _digest({quad for quad in after if not _is_own(quad)}) == world.digest
        if staged.conforms:
            assert any(quad.graph_name == OWN_GRAPH for quad in after)
            minted = {quad.subject for quad in after if quad.graph_name == OWN_GRAPH} - world.known
            assert all(isinstance(subject, NamedNode) and OWN.holds(subject) for subject in minted)
            world.publisher.withdraw(received, "reviewer", "synthetic")
            assert _digest(world.quads()) == world.digest
