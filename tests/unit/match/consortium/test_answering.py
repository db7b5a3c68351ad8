"""From a need of the shipped graph to consortia in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pyoxigraph import NamedNode

from ecograph.bootstrap import EcoGraph
from ecograph.errors import UnknownThing
from ecograph.identifiers import concept_iri, thing_iri
from ecograph.match.consortium import answering, gathering
from ecograph.match.consortium.explaining import Answer
from ecograph.match.consortium.rules import Cost, Cover, Money, Rules
from ecograph.messages import LANGUAGES

OKS = thing_iri("programme", "interreg-oks-2021-2027")
IOT, SENSORS = concept_iri("topic", "iot"), concept_iri("topic", "sensor-network")


def ask(ecograph: EcoGraph, rules: Rules, need: str = "n03") -> Answer:
    """The answer for a need of the graph."""
    view = ecograph.view()
    return answering.answer(view.matcher, view.snapshot, view.matcher.profile(thing_iri("need", need)), rules)


class TestAnswer:
    def test_rules_of_a_cross_border_project_are_kept(self, loaded: EcoGraph) -> None:
        """
        Both countries, the three sorts of partner and the budgets are there, by proof, with three others that differ.
        """
        rules = Rules(
            countries={"dk": 1, "se": 1},
            roles={"municipality": 1, "research-organisation": 1, "company": 1},
            programme=OKS,
            money=Money((Cost(1_000_000, "dkk", "dk"), Cost(1_500_000, "sek", "se")), {"dkk": 3_000_000}),
        )
        found = ask(loaded, rules)
        assert found.status == "proven"
        assert len(found.proposals) == 4
        for proposal in found.proposals:
            assert {code for each in proposal.partners for code in each.countries} >= {"dk", "se"}
            assert {each.role for each in proposal.partners} >= set(rules.roles)
            for total in proposal.totals:
                assert total.grant == pytest.approx(0.6 * total.cost)
                assert total.own == pytest.approx(0.4 * total.cost)
        assert [each.partner for each in found.additions]

    def test_every_statement_that_is_cited_is_in_the_graph(self, loaded: EcoGraph) -> None:
        """
        How a partner covers a topic rests on statements of the graph, said in all three languages.
        """
        snapshot = loaded.view().snapshot
        found = ask(loaded, Rules((Cover(IOT), Cover(SENSORS)), countries={"dk": 1, "se": 1}))
        cited = [each for proposal in found.proposals for one in proposal.partners for each in one.covers]
        assert cited
        for covering in cited:
            assert all(covering.sentences[lang] for lang in LANGUAGES)
            assert covering.path
            for step in covering.path:
                assert any(snapshot.quads(step.subject, step.predicate, step.object, step.graph))

    def test_rates_are_those_of_the_graph(self, loaded: EcoGraph) -> None:
        """
        The programme pays 60 per cent in Denmark and Sweden and 50 in Norway, because the graph says so.
        """
        snapshot = loaded.view().snapshot
        assert {rate.country: rate.share for rate in gathering.rates_of(snapshot, OKS)} == {
            "dk": 0.6,
            "se": 0.6,
            "no": 0.5,
        }
        assert gathering.programmes(snapshot) == (OKS,)

    def test_country_that_nobody_relevant_is_from_can_be_asked_for(self, loaded: EcoGraph) -> None:
        """
        A rule on a country is kept by somebody of it, even where nobody there works with the topics.
        """
        found = ask(loaded, Rules((Cover(IOT),), countries={"no": 2}))
        assert found.status == "proven"
        norwegian = [each for each in found.proposals[0].partners if "no" in each.countries]
        assert len(norwegian) == 2

    def test_rules_that_collide_are_said_in_words(self, loaded: EcoGraph) -> None:
        """
        Two partners cannot be of three sorts: the number of partners and the sorts are named, and nothing else.
        """
        roles = {"municipality": 1, "research-organisation": 1, "company": 1}
        found = ask(loaded, Rules((Cover(IOT),), max_partners=2, roles=roles))  # type: ignore[arg-type]
        assert found.status == "impossible"
        assert [each.rule.kind for each in found.conflict] == ["max-partners", "role", "role", "role"]
        assert found.conflict[0].sentences["sv"] == "Högst 2 partner."

    def test_what_nobody_covers_is_told_and_no_rule(self, loaded: EcoGraph) -> None:
        """
        Where the need asks for something that nobody in the graph is known for, the rest is planned and that is told.
        """
        found = ask(loaded, Rules(), "n04")
        assert found.proposals
        assert "beyond" in [note.code for note in found.notes]

    def test_unknown_partner_is_refused(self, loaded: EcoGraph) -> None:
        """
        A partner that is not in the graph is no rule but a mistake.
        """
        with pytest.raises(UnknownThing):
            ask(loaded, Rules((Cover(IOT),), include=(NamedNode("urn:nobody"),)))


class TestSurface:
    def test_rest_and_command_line_say_the_same(self, loaded: EcoGraph, site: str, tmp_path: Path) -> None:
        """
        Rules as JSON over REST and as TOML on the command line have the same answer.
        """
        (tmp_path / "rules.toml").write_text(
            'need = "n03"\nmax_partners = 4\ncovers = [{ concept = "topic/iot" }]\ncountries = { dk = 1, se = 1 }\n',
            encoding="utf-8",
        )
        asked = {
            "need": "n03",
            "max_partners": 4,
            "covers": [{"concept": "topic/iot"}],
            "countries": {"dk": 1, "se": 1},
        }
        over_http = httpx.post(f"{site}/api/v1/consortia", json=asked, timeout=60)
        assert over_http.status_code == 200
        ecograph = str(Path(sys.executable).with_name("ecograph"))
        command = [ecograph, "consortium", str(tmp_path / "rules.toml"), "--endpoint", site, "--lang", "da"]
        shown = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
        assert json.loads(shown.stdout) == over_http.json()
        said = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "Det bedste forslag" in said.stdout

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_page_leads_from_a_need_to_proposals(self, site: str, lang: str) -> None:
        """
        The page of a need leads to the rules, filled in from the need, and these lead to proposals with evidence.
        """
        with httpx.Client(base_url=site, timeout=60) as client:
            assert f"/{lang}/consortium?need=n03" in client.get(f"/{lang}/id/need/n03").text
            form = client.get(f"/{lang}/consortium", params={"need": "n03"})
            assert 'value="topic/iot" checked' in form.text
            asked = {"need": "n03", "go": "1", "cover": ["topic/iot"], "most": "4", "dk": "1", "se": "1"}
            answer = client.get(f"/{lang}/consortium", params=asked)
            assert answer.status_code == 200
            assert answer.text.count('class="card"') >= 2
            refused = client.get(f"/{lang}/consortium", params={**asked, "most": "many"})
            assert refused.status_code == 400

    @pytest.mark.parametrize(
        "asked", [{"covers": [{"concept": "topic/no such"}]}, {"max_partners": 0}, {"budget": {"usd": 1}}, {"x": 1}]
    )
    def test_rules_out_of_range_are_refused(self, site: str, asked: dict[str, object]) -> None:
        """
        What does not fit the description is refused with the field that is wrong.
        """
        assert httpx.post(f"{site}/api/v1/consortia", json=asked).status_code == 422

    def test_empty_rules_get_an_answer(self, site: str) -> None:
        """
        No need and no rules are answered with what is missing.
        """
        answer = httpx.post(f"{site}/api/v1/consortia", json={}, timeout=60).json()
        assert "nothing-to-cover" in [note["code"] for note in answer["notes"]]
