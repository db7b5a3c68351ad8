"""Facts about the reconciliation endpoint, on a small synthetic graph."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any
from weakref import ref

import httpx
import pytest
from jsonschema import Draft202012Validator

from conformance.reconciliation import schemas
from ecograph.bootstrap import EcoGraph
from ecograph.config import Settings
from ecograph.messages import LANGUAGES
from ecograph.rdf.patch import Patch
from ecograph.store.oxigraph import EmbeddedStore
from ecograph.view import View
from ecograph.web.reconciling.index import index
from service import serving
from unit.web.conftest import CONCEPTS, DATA, quads

BASE = "https://w3id.org/ecograph/"
NS = f"{BASE}ns#"
AEROE, AAMAAL, VAND = (
    f"{BASE}id/{name}" for name in ("municipality/dk-aeroe", "municipality/se-aamaal", "organisation/oeresund-vand")
)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EcoGraph]:
    """An EcoGraph with a synthetic graph that, as every publisher's, speaks of things only."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("reconcile"), query_workers=1, contribution_workers=1)
    things = [quad for quad in quads(DATA, "partner") if BASE in str(quad.subject)]
    store = EmbeddedStore.open(settings.data_dir / "store")
    store.apply(1, Patch((*things, *quads(CONCEPTS, "concepts")), ()))
    store.switch()
    with EcoGraph(settings, store, None) as ecograph:
        yield ecograph


@pytest.fixture(scope="module")
def client(synthetic: EcoGraph) -> Iterator[httpx.Client]:
    """A client of the service."""
    with serving(synthetic) as url, httpx.Client(base_url=url, timeout=20) as http:
        yield http


def asked(client: httpx.Client, path: str = "/reconcile", **query: Any) -> list[dict[str, Any]]:
    """The candidates for one query, in a batch like OpenRefine's."""
    answer = client.post(path, data={"queries": json.dumps({"q0": query})})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    valid(found, schemas.RESULTS)
    result: list[dict[str, Any]] = found["q0"]["result"]
    return result


def valid(answer: object, schema: schemas.Schema) -> None:
    """An answer is as the specification has it."""
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(answer)


def matched(found: list[dict[str, Any]]) -> list[str]:
    """What may be taken unseen."""
    return [each["id"] for each in found if each["match"]]


class TestIndex:
    def test_index_does_not_keep_an_old_revision(self, synthetic: EcoGraph) -> None:
        """
        When readers have another revision, the index of the old one goes with it.
        """
        view = View(synthetic.snapshot(), synthetic.rules)
        assert index(view) is index(view)
        seen = ref(view)
        view.close()
        del view
        gc.collect()
        assert seen() is None


class TestManifest:
    @pytest.mark.parametrize("prefix", ["", *(f"/{lang}" for lang in LANGUAGES)])
    def test_manifest_is_as_specified(self, client: httpx.Client, prefix: str) -> None:
        """
        The endpoint without parameters is the manifest of version 0.2; its addresses stay in its language.
        """
        answer = client.get(f"{prefix}/reconcile", headers={"Origin": "https://openrefine.example"})
        found = answer.json()
        valid(found, schemas.MANIFEST)
        assert found["preview"]["url"].startswith(str(client.base_url).rstrip("/") + f"{prefix}/reconcile/preview?")
        assert answer.headers["access-control-allow-origin"] == "*"

    def test_types_come_from_the_templates(self, client: httpx.Client) -> None:
        """
        Actors and the kinds of actors there are, and the schemes of concepts, in the language of the address.
        """
        found = {each["id"]: each["name"] for each in client.get("/sv/reconcile").json()["defaultTypes"]}
        assert found[f"{NS}Municipality"] == "Kommun"
        assert f"{NS}Actor" in found
        assert f"{BASE}concept/topic" in found
        assert f"{NS}Person" not in found

    def test_every_address_in_it_answers(self, client: httpx.Client) -> None:
        """
        Preview, view, suggest with flyout and proposed properties are where the manifest says.
        """
        found = client.get("/da/reconcile").json()
        assert client.get(found["view"]["url"].replace("{{id}}", AEROE)).status_code == 303
        assert client.get(found["preview"]["url"].replace("{{id}}", AEROE)).status_code == 200
        ids = {"entity": AEROE, "type": f"{NS}Municipality", "property": f"{NS}country"}
        for what, service in found["suggest"].items():
            answer = client.get(service["service_url"] + service["service_path"], params={"prefix": "la"})
            valid(answer.json(), schemas.ENTITIES if what == "entity" else schemas.SUGGESTIONS)
            path = service["flyout_service_path"].replace("${id}", str(httpx.QueryParams({"i": ids[what]}))[2:])
            valid(client.get(service["flyout_service_url"] + path).json(), schemas.FLYOUT)
        propose = found["extend"]["propose_properties"]
        answer = client.get(propose["service_url"] + propose["service_path"], params={"type": f"{NS}Municipality"})
        valid(answer.json(), schemas.PROPOSALS)
        assert answer.json()["properties"]


class TestConditions:
    @pytest.mark.parametrize(
        "path",
        [
            "",
            "?queries=%7B%22q0%22%3A%7B%22query%22%3A%22skybrud%22%7D%7D",
            "/suggest/type?prefix=k",
            "/properties?type=need",
            "/flyout/type?id=need",
            "/preview?id=need/cloudburst",
        ],
    )
    def test_each_language_has_a_tag_of_its_own(self, client: httpx.Client, path: str) -> None:
        """
        Who has an answer in Danish is given it in Swedish, and not told that nothing has changed.
        """
        address = f"/reconcile{path}"
        first = client.get(address, headers={"Accept-Language": "da"})
        assert first.status_code == 200
        known = {"If-None-Match": first.headers["etag"]}
        assert client.get(address, headers={"Accept-Language": "da", **known}).status_code == 304
        assert client.get(address, headers={"Accept-Language": "sv", **known}).status_code == 200


class TestQueries:
    def test_ways_of_asking_give_the_same(self, client: httpx.Client) -> None:
        """
        GET, form POST and JSON body, in any of the endpoints, give the same candidates.
        """
        queries = {"q0": {"query": "Ærø kommune"}, "q1": {"query": "Åmål", "type": "municipality"}}
        by_get = client.get("/reconcile", params={"queries": json.dumps(queries)}).json()
        by_form = client.post("/reconcile", data={"queries": json.dumps(queries)}).json()
        by_json = client.post("/reconcile", json={"queries": queries}).json()
        assert by_get == by_form == by_json
        assert set(by_get) == {"q0", "q1"}

    @pytest.mark.parametrize("name", ["Ærø Kommune", "ÆRØ KOMMUNE", "Ärö kommun", "Ærø  Municipality", "Kommune Ærø"])
    def test_spellings_of_a_municipality(self, client: httpx.Client, name: str) -> None:
        """
        Danish and Swedish letters, capitals and the word for a municipality in any language mean the same one.
        """
        assert asked(client, query=name)[0]["id"] == AEROE

    def test_exact_name_is_a_match(self, client: httpx.Client) -> None:
        """
        An official name that one thing has may be taken unseen; it has the highest score.
        """
        (found,) = asked(client, query="Åmåls kommun")
        assert (found["id"], found["score"], found["match"]) == (AAMAAL, 100.0, True)
        assert found["type"] == [{"id": f"{NS}Municipality", "name": "Municipality"}]

    def test_abbreviation_needs_a_type(self, client: httpx.Client) -> None:
        """
        Another name may mean anything: it is a match only where a type or a condition says what is meant.
        """
        assert matched(asked(client, query="OeV")) == []
        assert matched(asked(client, query="OeV", type=f"{NS}Company")) == [VAND]
        country = [{"pid": "country", "v": "Sverige"}]
        assert matched(asked(client, query="OeV", properties=country)) == [VAND]

    def test_likeness_is_no_match(self, client: httpx.Client) -> None:
        """
        A slip finds what was meant, with a lower score and for somebody to look at.
        """
        found = asked(client, query="Øresund Vandd")
        assert found[0]["id"] == VAND
        assert 60 < found[0]["score"] < 92
        assert matched(found) == []

    def test_type_is_a_filter_with_subclasses(self, client: httpx.Client) -> None:
        """
        A type leaves out what is of another; a type above it does not. `should` only prefers.
        """
        assert asked(client, query="Øresund Vand", type="municipality") == []
        assert matched(asked(client, query="Øresund Vand", type=[f"{NS}Actor"])) == [VAND]
        assert asked(client, query="Øresund Vand", type=["company", "municipality"], type_strict="all") == []
        (found,) = asked(client, query="Øresund Vand", type="municipality", type_strict="should")
        assert (found["score"], found["match"]) == (80.0, False)

    def test_condition_that_is_contradicted(self, client: httpx.Client) -> None:
        """
        A name in another country than the row says is a candidate with half the score, and no match.
        """
        for value in ("SE", "Sweden", "Sverige", {"id": f"{BASE}concept/country/se", "name": "x"}, ["SE", "NO"]):
            (found,) = asked(client, query="Ærø Kommune", properties=[{"pid": f"{NS}country", "v": value}])
            assert (found["score"], found["match"]) == (50.0, False)
        (found,) = asked(client, query="Ærø Kommune", properties=[{"pid": "Land", "v": "dk"}])
        assert found["match"] is True
        assert {"id": "property:country", "value": 100.0} in found["features"]

    def test_concepts(self, client: httpx.Client) -> None:
        """
        Concepts are found by their labels in any language; how things are only where it is asked for.
        """
        assert matched(asked(client, query="skyfall")) == [f"{BASE}concept/topic/cloudburst"]
        assert matched(asked(client, query="oversvømmelse", type=f"{BASE}concept/topic"))

    def test_identifier_of_ours(self, client: httpx.Client) -> None:
        """
        An IRI, and `kind/name` as it is written in a table, are the thing itself.
        """
        assert matched(asked(client, query=AEROE)) == matched(asked(client, query="municipality/dk-aeroe")) == [AEROE]

    def test_limit_and_order(self, client: httpx.Client) -> None:
        """
        No more candidates than asked for, the highest score first.
        """
        found = asked(client, query="kommun", limit=1)
        assert len(found) <= 1
        scores = [each["score"] for each in asked(client, query="Aero kommun")]
        assert scores == sorted(scores, reverse=True)

    def test_language_of_names(self, client: httpx.Client) -> None:
        """
        Names and types are in the language of the address.
        """
        (found,) = asked(client, "/sv/reconcile", query="Cloudburst", type="topic")
        assert found["name"] == "Skyfall"


class TestLimits:
    @pytest.mark.parametrize(
        "queries",
        [
            "{",
            "[]",
            '{"q": []}',
            '{"q": {}}',
            '{"q": {"query": ""}}',
            '{"q": {"query": 7}}',
            '{"q": {"query": "x", "limit": 0}}',
            '{"q": {"query": "x", "limit": 1e999}}',
            '{"q": {"query": "x", "limit": true}}',
            '{"q": {"query": "x", "type": "no-such-type"}}',
            '{"q": {"query": "x", "type_strict": "maybe"}}',
            '{"q": {"query": "x", "properties": [{"pid": "no-such-property", "v": "x"}]}}',
            '{"q": {"query": "x", "properties": [{"v": "x"}]}}',
            '{"q": {"query": "\\ud800"}}',
            '{"\\ud800": {"query": "x"}}',
            '{"q": {"query": "x", "properties": [{"pid": "country", "v": NaN}]}}',
            json.dumps({"q": {"query": "x" * 501}}),
            json.dumps({"q": {"query": "x", "type": ["company"] * 21}}),
            "[" * 50_000,
        ],
    )
    def test_what_cannot_be_read_is_said(self, client: httpx.Client, queries: str) -> None:
        """
        What is no batch is a problem that names the place; nothing is guessed.
        """
        answer = client.post("/reconcile", data={"queries": queries})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-parameter"), answer.text

    def test_too_many_at_once(self, client: httpx.Client) -> None:
        """
        More queries than the manifest allows, or more cells than one answer holds, are refused with 413.
        """
        most = client.get("/reconcile").json()["batchSize"]
        queries = {f"q{n}": {"query": "x"} for n in range(most + 1)}
        answer = client.post("/reconcile", json={"queries": queries})
        assert (answer.status_code, answer.json()["code"]) == (413, "too-many-queries")
        wanted = {"ids": [f"x{n}" for n in range(501)], "properties": [{"id": "country"}]}
        assert client.post("/reconcile", json={"extend": wanted}).status_code == 413

    def test_body_of_another_kind(self, client: httpx.Client) -> None:
        """
        A body that is neither form nor JSON is 415; one without a question is 400.
        """
        assert client.post("/reconcile", content=b"<x/>", headers={"Content-Type": "text/xml"}).status_code == 415
        assert client.post("/reconcile", json={"x": 1}).status_code == 400
        assert (
            client.post("/reconcile", content=b"\xff", headers={"Content-Type": "application/json"}).status_code == 400
        )

    def test_callback_is_the_name_of_a_function(self, client: httpx.Client) -> None:
        """
        A client without CORS gets a call of its function; anything but a name is refused.
        """
        answer = client.get("/reconcile", params={"callback": "jQuery.cb_1"})
        assert answer.text.startswith("/**/jQuery.cb_1({")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["x-content-type-options"] == "nosniff"
        valid(json.loads(answer.text.removeprefix("/**/jQuery.cb_1(").removesuffix(");")), schemas.MANIFEST)
        for bad in ("alert(1)", "", "a b", "<script>", "x" * 200, "a..b", "cb\u2028"):
            assert client.get("/reconcile", params={"callback": bad}).status_code == 400, bad

    def test_preflight(self, client: httpx.Client) -> None:
        """
        Another site's page may send JSON.
        """
        headers = {"Origin": "https://x.example", "Access-Control-Request-Method": "POST"}
        assert client.options("/da/reconcile", headers=headers).status_code == 204


class TestSuggesting:
    def test_entities_by_the_beginning_of_a_name(self, client: httpx.Client) -> None:
        """
        The beginning of a name, and an identifier, find a thing with its type and country.
        """
        for prefix in ("øres", "Öresund", VAND):
            found = client.get("/da/reconcile/suggest/entity", params={"prefix": prefix}).json()["result"]
            assert found[0]["id"] == VAND
        assert found[0]["description"] == "Virksomhed, Danmark, Sverige"
        assert client.get("/reconcile/suggest/entity", params={"prefix": ""}).json() == {"result": []}

    def test_cursor_skips(self, client: httpx.Client) -> None:
        """
        The cursor leaves out as many as it says, for clients that fetch more; a type narrows.
        """
        every = client.get("/reconcile/suggest/entity", params={"prefix": "a"}).json()["result"]
        rest = client.get("/reconcile/suggest/entity", params={"prefix": "a", "cursor": 1}).json()["result"]
        assert rest == every[1:]
        of_type = {"prefix": "å", "type": f"{NS}Municipality"}
        ids = [each["id"] for each in client.get("/reconcile/suggest/entity", params=of_type).json()["result"]]
        assert ids == [AAMAAL]
        assert client.get("/reconcile/suggest/entity", params={"prefix": "a", "cursor": -1}).status_code == 422

    def test_types_and_properties_in_any_language(self, client: httpx.Client) -> None:
        """
        A Swedish prefix finds a type on the Danish endpoint, which names it in Danish.
        """
        found = client.get("/da/reconcile/suggest/type", params={"prefix": "företag"}).json()["result"]
        assert found == [{"id": f"{NS}Company", "name": "Virksomhed"}]
        found = client.get("/da/reconcile/suggest/property", params={"prefix": "country"}).json()["result"]
        assert {"id": f"{NS}country", "name": "Land"} in found

    def test_entities_of_an_unknown_type(self, client: httpx.Client) -> None:
        """
        A type narrows what is suggested; of one that there is not, nothing is.
        """
        asked = {"prefix": "Øresund"}
        found = {
            name: client.get("/reconcile/suggest/entity", params={**asked, "type": name}).json()["result"]
            for name in ("company", "municipality", "nothing-like-that")
        }
        assert [each["id"] for each in found["company"]] == [VAND]
        assert found["municipality"] == found["nothing-like-that"] == []

    def test_flyout_says_of_a_property_what_holds_everywhere(self, client: httpx.Client) -> None:
        """
        What a property means in one template is not said of it where it means something else in another.
        """
        pieces = {
            name: client.get("/en/reconcile/flyout/property", params={"id": f"{NS}{name}"}).json()["html"]
            for name in ("country", "municipalityCode")
        }
        assert pieces["country"] == "<p><strong>Country</strong></p>"
        assert pieces["municipalityCode"].count("<p>") == 2

    def test_flyout_of_nothing(self, client: httpx.Client) -> None:
        """
        What nobody knows is 404, also as preview and view.
        """
        for path in ("flyout/entity", "flyout/type", "flyout/property", "preview", "view"):
            assert client.get(f"/reconcile/{path}", params={"id": "urn:none"}).status_code == 404


class TestExtending:
    def test_values_in_the_readers_language(self, client: httpx.Client) -> None:
        """
        Things come with identifier and name, texts in the reader's language; what nobody knows has no values.
        """
        wanted = {"ids": [VAND, "need/cloudburst", "none"], "properties": [{"id": f"{NS}country"}, {"id": "title"}]}
        answer = client.post("/sv/reconcile", data={"extend": json.dumps(wanted)}).json()
        valid(answer, schemas.EXTENSION)
        names = [value["name"] for value in answer["rows"][VAND][f"{NS}country"]]
        assert names == ["Danmark", "Sverige"]
        assert answer["rows"]["need/cloudburst"]["title"] == [{"str": "Varning vid skyfall"}]
        assert answer["rows"]["none"] == {f"{NS}country": [], "title": []}
        assert [each["name"] for each in answer["meta"]] == ["Land", "Titel"]
        assert client.get("/sv/reconcile", params={"extend": json.dumps(wanted)}).json() == answer

    @pytest.mark.parametrize("extend", ["{", "[]", "{}", '{"ids": ["x"], "properties": [{"id": "nope"}]}'])
    def test_what_cannot_be_read_is_said(self, client: httpx.Client, extend: str) -> None:
        """
        A question that is none, and an unknown property, are problems.
        """
        assert client.post("/reconcile", data={"extend": extend}).status_code == 400


class TestPreview:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_preview_stands_in_a_frame(self, client: httpx.Client, lang: str) -> None:
        """
        The preview is a page in the reader's language that any site may frame and that runs no scripts.
        """
        answer = client.get(f"/{lang}/reconcile/preview", params={"id": AEROE})
        assert f'<html lang="{lang}">' in answer.text
        assert "Ærø Kommune" in answer.text
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors" not in policy
        assert "default-src 'none'" in policy
        assert "x-frame-options" not in answer.headers
