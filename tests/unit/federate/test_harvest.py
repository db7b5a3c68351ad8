"""Facts about a harvest: what is asked, kept, taken up again, and written as a contribution."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.desk import Options, Who
from ecograph.contribute.folders import files_of
from ecograph.contribute.staging import stage_folder
from ecograph.errors import BadParameter, Forbidden, HarvestStopped
from ecograph.federate.cordis import Cordis
from ecograph.federate.harvest import Harvest, Known, run
from ecograph.federate.journal import FILE_NAME
from ecograph.federate.wikidata import Wikidata
from ecograph.federate.writing import CC0
from ecograph.identifiers import graph_iri, thing_iri
from ecograph.ledger.partners import Role
from ecograph.namespaces import ECO, SKOS
from engines import oxigraph
from unit.federate.conftest import Answer, Elsewhere, elsewhere, iri, no_watch, quick, results, words

DAY = "2026-11-22"
Q = "http://www.wikidata.org/entity/Q"
RDFS_LABEL, ALT_LABEL = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#altLabel"
WDT = "http://www.wikidata.org/prop/direct/"

# Synthetic, in the shape in which Wikidata has such things.
WIKIDATA = f"""
@prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <{WDT}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
wd:Q900000001 wdt:P1059 "10000009" ; rdfs:label "Syntetisk Fjord"@da , "Påhittad Fjord"@sv , "Fjord"@de ;
    skos:altLabel "Fjordselskabet"@da , "FF"@da , "Fjord|Klint"@da , "=HYPERLINK(1)"@en .
wd:Q900000002 wdt:P6460 "999900-0004" ; rdfs:label "Påhittad Strand"@sv ; wdt:P6782 "0zzzzzx08" .
wd:Q900000003 wdt:P6782 "0zzzzzz02" ; wdt:P1059 "40000003" ; rdfs:label "Synthetic University"@en .
wd:Q900000004 wdt:P1168 "901" ; rdfs:label "Ø Kommune"@da , "Synthetic Ø Municipality"@en .
wd:Q900000005 wdt:P1059 "20000007" . wd:Q900000006 wdt:P1059 "20000007" .
wd:Q900000007 wdt:P1059 "30000005" .
wd:Q900000008 wdt:P6782 "0zzzzzy05" ; rdfs:label "Kendt"@da .
"""
# Synthetic, in the shape in which EURIO has such things.
CORDIS = """
@prefix e: <http://data.europa.eu/s66#> . @prefix x: <https://example.org/cordis/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
x:dk a e:Country ; e:name "Denmark" . x:fr a e:Country ; e:name "France" .
x:fjord a e:Organisation ; e:vatNumber "DK10000009" ; e:legalName "SYNTETISK FJORD A/S" ; e:hasSite x:s1 .
x:s1 e:hasGeographicalLocation x:dk . x:s2 e:hasGeographicalLocation x:fr .
x:lab a e:Organisation ; e:legalName "SYNTETISK UNIVERSITET" ; e:hasSite x:s1 .
x:french a e:Organisation ; e:legalName "KENDT INSTITUT" ; e:hasSite x:s2 .
x:short a e:Organisation ; e:legalName "AN OLD NAME OF FJORD" ; e:hasAcronym x:ac ; e:hasSite x:s1 .
x:ac e:shortForm "FJORDX" . x:twins a e:Organisation ; e:hasAcronym x:tv ; e:hasSite x:s1 . x:tv e:shortForm "TVILX" .
x:p1 a e:Project ; e:identifier "900002" ; e:title "Synthetic floods"@en ; e:startDate "2024-01-01"^^xsd:date ;
    e:endDate "2026-12-31"^^xsd:date ; e:hasInvolvedParty x:r1 , x:r2 , x:r3 .
x:p2 a e:Project ; e:identifier "900001" ; e:title "A synthetic project that is known"@en ;
    e:hasInvolvedParty x:r4 , x:r5 .
x:r1 e:isRoleOf x:fjord ; e:roleLabel "coordinator" . x:r2 e:isRoleOf x:lab ; e:roleLabel "participant" .
x:r3 e:isRoleOf x:french ; e:roleLabel "participant" . x:r4 e:isRoleOf x:short ; e:roleLabel "participant" .
x:r5 e:isRoleOf x:twins .
"""


@pytest.fixture(scope="module")
def wikidata() -> Iterator[str]:
    """A SPARQL server with what Wikidata might have."""
    yield from _server(WIKIDATA)


@pytest.fixture(scope="module")
def cordis() -> Iterator[str]:
    """A SPARQL server with what CORDIS might have."""
    yield from _server(CORDIS)


def _server(turtle: str) -> Iterator[str]:
    with oxigraph() as engine:
        sent = httpx.post(
            f"{engine.graphs}?default", content=turtle.encode(), headers={"Content-Type": "text/turtle"}, timeout=30
        )
        sent.raise_for_status()
        yield engine.query


def rows(folder: Path, template: str) -> dict[str, dict[str, str]]:
    """The rows of a table that was written, by their first cell; empty cells left out."""
    text = (folder / f"{template}.csv").read_text(encoding="utf-8")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    first = "id" if "id" in found[0] else "participant"
    return {row[first]: {name: value for name, value in row.items() if value} for row in found}


def codes(found: Harvest) -> dict[str, str]:
    """What was remarked, by what it is about."""
    return {remark.about: remark.code for remark in found.remarks}


class TestWikidata:
    def test_links_names_and_numbers_are_found(self, known: Known, wikidata: str, tmp_path: Path) -> None:
        """
        Actors are linked by CVR, organisation number, ROR and Danish municipality code, with names and numbers we lack.
        """
        found = run(Wikidata(), known, quick(wikidata), tmp_path / "wikidata", DAY, no_watch)
        companies = rows(tmp_path / "wikidata", "company")
        assert companies["organisation/fjord"] == {
            "id": "organisation/fjord",
            "wikidata": f"{Q}900000001",
            "label_da": "Syntetisk Fjord",
            "label_sv": "Påhittad Fjord",
            "alternative_name": "Fjordselskabet",
        }
        assert companies["organisation/strand"]["ror"] == "https://ror.org/0zzzzzx08"
        place = rows(tmp_path / "wikidata", "municipality")["municipality/dk-oe"]
        assert place["wikidata"] == f"{Q}900000004"
        assert "label_da" not in place
        assert place["label_en"] == "Synthetic Ø Municipality"
        assert rows(tmp_path / "wikidata", "research-organisation").keys() == {"organisation/lab"}
        assert found.tally["linked"] == 4

    def test_doubt_links_nothing(self, known: Known, wikidata: str, tmp_path: Path) -> None:
        """
        Two items for a number, a number that two actors have, and a link that differs from ours are remarks, not rows.
        """
        found = run(Wikidata(), known, quick(wikidata), tmp_path / "wikidata", DAY, no_watch)
        assert codes(found) == {
            "organisation/klint": "several-items",
            "30000005": "several-actors",
            "organisation/kendt": "other-item",
        }

    def test_it_is_a_contribution_like_any_other(
        self, published: EcoGraph, known: Known, wikidata: str, tmp_path: Path
    ) -> None:
        """
        The folder conforms, says source, licence and day, and is published only when a reviewer approves it. The next
        harvest says the same again, not only what is new.
        """
        folder = tmp_path / "wikidata"
        first = run(Wikidata(), known, quick(wikidata), folder, DAY, no_watch)
        staged = stage_folder(folder, published.rules, known.snapshot)
        assert staged.conforms, staged.report.findings
        said = (folder / "dataset.ttl").read_text(encoding="utf-8")
        assert CC0.value in said
        assert f'"{DAY}"' in said
        assert "contribution/synthetic-register" in said

        published.add_partner("wikidata", "Wikidata", "https://www.wikidata.org/", CC0.value)
        sender = Who("wikidata/harvest", "wikidata", Role.CONTRIBUTOR)
        case = published.desk.receive(files_of(folder), Options(), sender)
        sent = published.desk.submit(case.contribution.id, sender).contribution
        with published.snapshot() as snapshot:
            assert not any(snapshot.quads(graph=graph_iri("wikidata")))
        with pytest.raises(Forbidden):
            published.desk.approve(sent.id, sender)
        published.desk.approve(sent.id, Who("synthetic-hill/cora", "synthetic-hill", Role.REVIEWER))
        with published.snapshot() as snapshot:
            (link,) = snapshot.quads(thing_iri("organisation", "fjord"), ECO.wikidata)
            assert link.object.value == f"{Q}900000001"
            assert any(snapshot.quads(thing_iri("organisation", "fjord"), SKOS.altLabel, None, graph_iri("wikidata")))
            later = Known.of(snapshot, published.rules, Wikidata.source)
            again = run(Wikidata(), later, quick(wikidata), tmp_path / "again" / "wikidata", DAY, no_watch)
        assert again.tables == first.tables
        published.desk.withdraw(sent.id, Who("synthetic-hill/cora", "synthetic-hill", Role.ADMINISTRATOR), "test")
        with published.snapshot() as snapshot:
            assert not any(snapshot.quads(thing_iri("organisation", "fjord"), ECO.wikidata))


class TestCordis:
    def test_projects_of_our_organisations_are_found(self, known: Known, cordis: str, tmp_path: Path) -> None:
        """
        By VAT number, by name in the same country and by abbreviation in the same country; a known project is not
        doubled, a namesake abroad and an abbreviation of two take part in nothing.
        """
        found = run(Cordis(), known, quick(cordis), tmp_path / "cordis", DAY, no_watch)
        assert rows(tmp_path / "cordis", "project") == {
            "cordis-900002": {
                "id": "cordis-900002",
                "title_en": "Synthetic floods",
                "code": "900002",
                "start": "2024-01-01",
                "end": "2026-12-31",
                "source": "https://cordis.europa.eu/project/id/900002",
            }
        }
        text = (tmp_path / "cordis" / "participation.csv").read_text(encoding="utf-8")
        parts = {
            (row["project"], row["participant"], row["role"]) for row in csv.DictReader(io.StringIO(text, newline=""))
        }
        assert parts == {
            ("project/cordis-900002", "organisation/fjord", "lead"),
            ("project/cordis-900002", "organisation/lab", "partner"),
            ("project/kendt-projekt", "organisation/fjord", "partner"),
        }
        assert found.tally["other-country"] == 1
        assert codes(found) == {"TVILX": "several-actors"}

    def test_it_conforms(self, published: EcoGraph, known: Known, cordis: str, tmp_path: Path) -> None:
        """
        The folder can be published as it is, by an operator or by the partner of that name, with CORDIS credited.
        """
        run(Cordis(), known, quick(cordis), tmp_path / "cordis", DAY, no_watch)
        staged = stage_folder(tmp_path / "cordis", published.rules, known.snapshot)
        assert staged.conforms, staged.report.findings
        published.add_partner("cordis", "CORDIS", "https://cordis.europa.eu/", Cordis.source.licence.value)
        as_partner = published.desk.check(files_of(tmp_path / "cordis"), Options(), "cordis")
        assert as_partner.conforms, as_partner.report.findings
        assert "CC BY 4.0" in (tmp_path / "cordis" / "dataset.ttl").read_text(encoding="utf-8")


def harvested(known: Known, tmp_path: Path, *lies: dict[str, object]) -> tuple[Harvest, Elsewhere]:
    """What Wikidata's harvester makes of an endpoint that says the same whatever it is asked."""
    with elsewhere([Answer(results(["number", "item", "about", "value"], *lies))]) as server:
        return run(Wikidata(), known, quick(server.url), tmp_path / "wikidata", DAY, no_watch), server


class TestLies:
    def test_what_was_not_asked_is_refused(self, known: Known, tmp_path: Path) -> None:
        """
        Rows about other numbers, items that are none of Wikidata's, and terms in the wrong place leave no row.
        """
        found, _ = harvested(
            known,
            tmp_path,
            {"number": words("11111111"), "item": iri(f"{Q}1")},
            {"number": words("10000009"), "item": iri("https://evil.example/Q1")},
            {"number": words("10000009"), "item": words(f"{Q}1")},
            {"number": iri("urn:10000009"), "item": iri(f"{Q}1")},
            {},
        )
        assert found.tables == {}
        assert found.tally["refused"] > 0

    def test_an_item_that_claims_to_be_everybody_is_nobody(self, known: Known, tmp_path: Path) -> None:
        """
        One item for several of our actors links none of them.
        """
        found, _ = harvested(
            known,
            tmp_path,
            *({"number": words(number), "item": iri(f"{Q}7")} for number in ("10000009", "20000007")),
        )
        assert found.tables == {}
        assert set(codes(found).values()) == {"shared-item"}

    def test_an_item_with_another_number_is_somebody_else(self, known: Known, tmp_path: Path) -> None:
        """
        An item whose own CVR number is not ours is not linked, whichever number led to it.
        """
        ror = {"number": words("0zzzzzz02"), "item": iri(f"{Q}7"), "about": iri(f"{WDT}P1059")}
        found, _ = harvested(known, tmp_path, {**ror, "value": words("20000007")})
        assert codes(found) == {"organisation/lab": "other-number"}

    def test_names_that_could_do_harm_are_left_out(self, known: Known, tmp_path: Path) -> None:
        """
        Formulas, control characters, endless names and numbers whose check digits do not fit are not written.
        """
        row = {"number": words("10000009"), "item": iri(f"{Q}7")}
        names = ("=1+1", "@x", "a\u202eb", "a\x00b", "x" * 5000, "\t", "+45")
        found, _ = harvested(
            known,
            tmp_path,
            *({**row, "about": iri(ALT_LABEL), "value": words(name, "en")} for name in names),
            {**row, "about": iri(RDFS_LABEL), "value": words("=cmd", "sv")},
            {**row, "about": iri(f"{WDT}P6460"), "value": words("999900-0005")},
            {**row, "about": iri("urn:other"), "value": words("secret", "en")},
        )
        assert found.tables == {"company": [{"id": "organisation/fjord", "wikidata": f"{Q}7"}]}


class TestTakingUpAgain:
    def test_what_was_fetched_is_not_asked_again(self, known: Known, tmp_path: Path) -> None:
        """
        After a stop the next run asks only what is missing, and writes the whole; a third asks nothing.
        """
        folder, empty = tmp_path / "wikidata", Answer(results(["number", "item"]))
        one = Answer(results(["number", "item"], {"number": words("10000009"), "item": iri(f"{Q}7")}))
        failing, planned = [one, empty, Answer(status=500)], len(Wikidata().plan(known))
        state = {"broken": True}

        def respond(place: int, query: str) -> Answer:
            if state["broken"]:
                return failing[min(place, 2)]
            return empty

        with elsewhere(respond) as server:
            with pytest.raises(HarvestStopped):
                run(Wikidata(), known, quick(server.url), folder, DAY, no_watch)
            assert not (folder / "dataset.ttl").exists()
            state["broken"] = False
            second, third = quick(server.url), quick(server.url)
            found = run(Wikidata(), known, second, folder, DAY, no_watch)
            run(Wikidata(), known, third, folder, DAY, no_watch)
        assert (second.requests, third.requests) == (planned - 2, 0)
        assert found.tables["company"] == [{"id": "organisation/fjord", "wikidata": f"{Q}7"}]
        assert server.most == 1

    def test_half_a_line_of_a_killed_run_is_asked_again(self, known: Known, tmp_path: Path) -> None:
        """
        A journal that ends in the middle of a line is good up to there.
        """
        folder, planned = tmp_path / "wikidata", len(Wikidata().plan(known))
        with elsewhere([Answer(results(["number", "item"]))]) as server:
            run(Wikidata(), known, quick(server.url), folder, DAY, no_watch)
            journal = folder / FILE_NAME
            journal.write_bytes(journal.read_bytes()[:-5])
            again, after = quick(server.url), quick(server.url)
            run(Wikidata(), known, again, folder, DAY, no_watch)
            run(Wikidata(), known, after, folder, DAY, no_watch)
        assert (again.requests, after.requests) == (1, 0)
        assert len(journal.read_text(encoding="utf-8").splitlines()) == planned + 1

    def test_another_endpoint_is_asked_anew(self, known: Known, tmp_path: Path) -> None:
        """
        What one endpoint said is not taken for what another says.
        """
        empty = Answer(results(["number", "item"]))
        with elsewhere([empty]) as first, elsewhere([empty]) as second:
            run(Wikidata(), known, quick(first.url), tmp_path / "wikidata", DAY, no_watch)
            other = quick(second.url)
            run(Wikidata(), known, other, tmp_path / "wikidata", DAY, no_watch)
        assert other.requests == len(Wikidata().plan(known))

    def test_long_answers_come_in_pages(self, known: Known, tmp_path: Path) -> None:
        """
        A batch with more rows than a page is asked for page by page, in one order.
        """

        def respond(place: int, query: str) -> Answer:
            if "P1059" not in query.split("VALUES ?about")[0]:
                return Answer(results(["number", "item"]))
            offset = int(query.rpartition("OFFSET ")[2])
            count = 1000 if offset == 0 else 3
            item = {"number": words("10000009"), "item": iri(f"{Q}7"), "about": iri(ALT_LABEL)}
            rows = ({**item, "value": words(f"Fjordnavn {offset + n}", "da")} for n in range(count))
            return Answer(results(["number", "item", "about", "value"], *rows))

        with elsewhere(respond) as server:
            endpoint = quick(server.url)
            run(Wikidata(), known, endpoint, tmp_path / "wikidata", DAY, no_watch)
        assert endpoint.requests == len(Wikidata().plan(known)) + 1

    def test_folders_of_others_are_not_touched(self, known: Known, tmp_path: Path) -> None:
        """
        A folder that holds anything but a harvest is refused before anybody is asked.
        """
        folder = tmp_path / "wikidata"
        folder.mkdir()
        (folder / "need.csv").write_text("id\n", encoding="utf-8")
        with elsewhere([Answer(results(["number"]))]) as server:
            with pytest.raises(BadParameter):
                run(Wikidata(), known, quick(server.url), folder, DAY, no_watch)
            assert server.queries == []
        assert (folder / "need.csv").exists()
