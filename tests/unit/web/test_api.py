from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from ecograph.messages import LANGUAGES

API = "/api/v1"
PAGE = Path(__file__).parents[3] / "docs" / "api.md"
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
WRITTEN: dict[str, Callable[[Any], str]] = {"application/json": json.dumps, FORM: urlencode}


def ids(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]


class TestLists:
    def test_actors_are_every_kind_of_actor(self, client: httpx.Client) -> None:
        """
        Municipalities, companies and research organisations stand in one list, in the order of the reader's alphabet.
        """
        assert ids(client.get(f"{API}/actors", params={"lang": "da"})) == [
            "organisation/zink",
            "municipality/dk-aeroe",
            "organisation/oeresund-vand",
            "municipality/se-aamaal",
        ]
        swedish = ids(client.get(f"{API}/actors", params={"lang": "sv"}))
        assert swedish[0:2] == ["organisation/zink", "municipality/se-aamaal"]

    def test_filters_narrow_and_facets_say_what_else_there_is(self, client: httpx.Client) -> None:
        """
        A facet counts what its other values would give under the remaining filters.
        """
        response = client.get(f"{API}/actors", params={"country": "dk"})
        assert set(ids(response)) == {"municipality/dk-aeroe", "organisation/oeresund-vand"}
        facets = response.json()["facets"]
        assert facets["country"] == {"se": 3, "dk": 2}
        assert facets["kind"] == {"company": 1, "municipality": 1}

    def test_topic_holds_its_narrower_ones(self, client: httpx.Client) -> None:
        """
        What is about cloudbursts is found under climate; a project by the claim about it.
        """
        assert ids(client.get(f"{API}/needs", params={"topic": "climate"})) == ["need/cloudburst"]
        assert ids(client.get(f"{API}/projects", params={"topic": "climate"})) == ["project/regn"]
        assert ids(client.get(f"{API}/needs", params={"topic": "waste"})) == ["need/bins"]

    def test_topics_are_counted_as_they_are_found(self, client: httpx.Client) -> None:
        """
        The count beside a topic is what choosing it gives, with all that is about narrower topics.
        """
        topic = "https://w3id.org/ecograph/concept/topic/"
        counted = client.get(f"{API}/needs", params={"facets": "topic"}).json()["facets"]["topic"]
        assert counted == {f"{topic}climate": 1, f"{topic}cloudburst": 1, f"{topic}waste": 1}
        for value, count in counted.items():
            assert client.get(f"{API}/needs", params={"topic": value}).json()["total"] == count

    def test_pages_follow_each_other_by_link(self, client: httpx.Client) -> None:
        """
        Following `next` meets every thing once.
        """
        found: list[str] = []
        address = f"{API}/actors?limit=1&lang=da"
        for _ in range(4):
            response = client.get(address)
            found += ids(response)
            address = response.links.get("next", {}).get("url", "")
        assert address == ""
        assert len(set(found)) == 4

    @pytest.mark.parametrize("path", ["needs", "topics", "search", "suggest", "changes", "diff"])
    def test_parameter_that_a_list_does_not_have_is_refused(self, client: httpx.Client, path: str) -> None:
        """
        A list of another day is not answered with today's: what it does not know is named, with what it knows.
        """
        for lang in LANGUAGES:
            found = client.get(f"/api/v1/{path}", params={"at": "1", "lang": lang})
            assert (found.status_code, found.json()["code"]) == (400, "bad-parameter")
            assert "at" in found.json()["detail"]
            assert "limit" in found.json()["detail"]

    @pytest.mark.parametrize("path", ["needs", "topics", "search", "changes", "diff", "contributions", "shortlists"])
    def test_links_between_pages_are_described(self, client: httpx.Client, path: str) -> None:
        """
        The description says that a list's answer has the header `Link`.
        """
        described = client.get("/openapi.json").json()["paths"][f"/api/v1/{path}"]["get"]
        assert "Link" in described["responses"]["200"]["headers"]
        assert "400" in described["responses"]

    def test_label_is_in_the_language_asked_for_or_said_not_to_be(self, client: httpx.Client) -> None:
        """
        A name that is missing in the reader's language comes in another one, with its language.
        """
        items = client.get(f"{API}/needs", params={"lang": "da"}).json()["items"]
        assert {(item["label"], item["lang"]) for item in items} == {
            ("Varsling ved skybrud", "da"),
            ("Sortering av avfall", "sv"),
        }

    def test_topics_are_listed(self, client: httpx.Client) -> None:
        """
        Topics are found by their other names too.
        """
        assert ids(client.get(f"{API}/topics", params={"q": "oversvømmelse"})) == ["topic/cloudburst"]


class TestDetail:
    def test_thing_comes_with_its_statements_and_their_graphs(self, client: httpx.Client) -> None:
        """
        Each statement says whose graph it stands in, also those that point at the thing.
        """
        thing = client.get(f"{API}/actors/oeresund-vand").json()
        assert thing["kind"] == "company"
        assert {each["graph"] for each in thing["statements"]} == {"https://w3id.org/ecograph/graph/partner"}
        assert [each["subject"].rsplit("/", 1)[-1] for each in thing["incoming"]] == ["sensor"]

    @pytest.mark.parametrize("path", ["/needs/none", "/actors/cloudburst", "/topics/none", "/needs/none/matches"])
    def test_unknown_thing_is_a_404(self, client: httpx.Client, path: str) -> None:
        """
        A wrong id, and a right one in the wrong list, are told apart from an empty answer.
        """
        response = client.get(API + path)
        assert (response.status_code, response.json()["code"]) == (404, "unknown-thing")


class TestConditionalRequests:
    def test_client_that_has_the_revision_gets_nothing_again(self, client: httpx.Client) -> None:
        """
        The entity tag follows the revision; with it, an unchanged answer is not sent again.
        """
        first = client.get(f"{API}/needs")
        again = client.get(f"{API}/needs", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert client.get(f"{API}/needs", headers={"If-None-Match": 'W/"other"'}).status_code == 200


class TestSearch:
    def test_nordic_letters_meet_each_other(self, client: httpx.Client) -> None:
        """
        A Swede who writes "öresund" finds a Danish "Øresund", and the end of a compound is found by its part.
        """
        assert "organisation/oeresund-vand" in ids(client.get(f"{API}/search", params={"q": "öresund"}))
        assert ids(client.get(f"{API}/search", params={"q": "fald"})) == ["topic/waste"]

    def test_whole_name_comes_before_a_part(self, client: httpx.Client) -> None:
        """
        A thing named exactly as the words comes first.
        """
        assert ids(client.get(f"{API}/search", params={"q": "regn"}))[:2] == ["project/regn", "solution/sensor"]

    @pytest.mark.parametrize("words", ["oversvømmelse", "regn", " varsling om skybrud ", "öresund", "xyzzy", ""])
    @pytest.mark.parametrize("lang", ["da", "sv"])
    def test_rest_finds_what_the_page_finds(self, client: httpx.Client, words: str, lang: str) -> None:
        """
        REST gives the hits of the search page in its order: by name, by text, by the topic that the words name.
        """
        page = client.get(f"/{lang}/search", params={"q": words})
        listed = re.search(r'<ul class="hits">.*?</ul>', page.text, re.DOTALL)
        shown = re.findall(rf'href="/{lang}/id/([^"]+)"', listed[0]) if listed else []
        found = ids(client.get(f"{API}/search", params={"q": words, "lang": lang}))
        assert [each for each in found if not each.startswith("topic/")] == shown
        assert bool(shown) == (words != "xyzzy")

    def test_topic_finds_what_is_about_it(self, client: httpx.Client) -> None:
        """
        A word that names a topic finds things about it that do not have the word in their names.
        """
        assert "project/regn" in ids(client.get(f"{API}/search", params={"q": "oversvømmelse"}))


class TestMatches:
    def test_need_in_the_graph_and_in_words(self, client: httpx.Client) -> None:
        """
        The same need as an id, as JSON and as an address is understood as the same topic.
        """
        answers = [
            client.get(f"{API}/needs/cloudburst/matches"),
            client.post(f"{API}/matches", json={"text": "Varsling ved skybrud", "lang": "da"}),
            client.get(f"{API}/matches", params={"text": "Varsling ved skybrud"}),
        ]
        for answer in answers:
            assert answer.status_code == 200, answer.text
            topics = [concept["iri"].rsplit("/", 1)[-1] for concept in answer.json()["need"]["concepts"]]
            assert "cloudburst" in topics

    def test_contributions_sum_to_the_score(self, client: httpx.Client) -> None:
        """
        What is shown of each signal is the whole of the score.
        """
        matches = client.get(f"{API}/needs/cloudburst/matches").json()["matches"]
        assert matches
        for match in matches:
            assert sum(match["contributions"].values()) == pytest.approx(match["score"], abs=1e-9)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"text": "x", "top": 1e999}',
            b'{"text": "\\ud800", "top": "\\ud800"}',
            b"{",
            b'{"text": ""}',
            b'{"text": "x", "more": 1}',
            b'{"text": 3}',
        ],
    )
    def test_body_that_is_no_need_is_a_422(self, client: httpx.Client, body: bytes) -> None:
        """
        Numbers without end, broken Unicode and unknown fields are each named, in three languages.
        """
        response = client.post(f"{API}/matches", content=body, headers={"Content-Type": "application/json"})
        assert (response.status_code, response.json()["code"]) == (422, "invalid-request")
        assert all(set(error["message"]) == {"da", "sv", "en"} for error in response.json()["errors"])

    def test_broken_unicode_in_the_text_is_left_out(self, client: httpx.Client) -> None:
        """
        A lone surrogate in an otherwise readable need does not stop it.
        """
        response = client.post(
            f"{API}/matches", content=b'{"text": "skybrud \\ud800"}', headers={"Content-Type": "application/json"}
        )
        assert response.status_code in (200, 422)


class TestTheRest:
    def test_stats_count_things_by_kind_and_country(self, client: httpx.Client) -> None:
        """
        A thing with two countries counts in both and once in the total; what has no name counts too.
        """
        stats = client.get(f"{API}/stats").json()
        assert stats["by_country"]["company"] == {"dk": 1, "se": 1}
        assert stats["totals"]["company"] == 1
        assert stats["totals"]["participation"] == 1
        assert stats["revision"] == 1

    def test_template_is_an_empty_table(self, client: httpx.Client) -> None:
        """
        The header row comes from the shapes, with machine headings.
        """
        response = client.get(f"{API}/templates/need.csv")
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        assert response.text.startswith("id,")
        assert "title_da" in response.text
        assert client.get(f"{API}/templates/nothing.csv").json()["code"] == "unknown-template"

    def test_question_is_answered_with_the_values_given(self, client: httpx.Client) -> None:
        """
        A question of the catalogue is an address, and a wrong value is named.
        """
        response = client.get(f"{API}/queries/solutions-for-topic.csv", params={"topic": "climate", "lang": "da"})
        assert response.text.splitlines()[1].split(",")[1] == "Regnmåler"
        wrong = client.get(f"{API}/queries/solutions-for-topic", params={"topic": "x> ?y"})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "bad-parameter")
        assert client.get(f"{API}/queries/none").json()["code"] == "unknown-thing"
        assert "solutions-for-topic" in {each["slug"] for each in client.get(f"{API}/queries").json()}

    def test_description_is_openapi(self, client: httpx.Client) -> None:
        """
        The description names every path and describes problems as RFC 9457 has them.
        """
        document = client.get("/openapi.json").json()
        assert document["openapi"].startswith("3.1")
        assert "/api/v1/needs/{slug}/matches" in document["paths"]
        assert "ProblemDetails" in document["components"]["schemas"]
        assert "HTTPValidationError" not in str(document)

    def test_sparql_is_described(self, client: httpx.Client) -> None:
        """
        The description names each format and each header of an answer to SPARQL, and of a graph as a document.
        """
        paths = client.get("/openapi.json").json()["paths"]
        graphs = {"text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"}
        rows = {f"application/sparql-results+{name}" for name in ("json", "xml")}
        rows |= {"text/csv", "text/tab-separated-values"}
        for operation in paths["/sparql"].values():
            answer = operation["responses"]["200"]
            assert set(answer["content"]) == rows | graphs
            assert set(answer["headers"]) == {"EcoGraph-Revision", "EcoGraph-Truncated"}
            assert set(operation["responses"]["503"]["headers"]) == {"Retry-After"}
        assert set(paths["/sparql"]["post"]["requestBody"]["content"]) == {FORM, QUERY}
        assert set(paths["/rdf-graph-store"]["get"]["responses"]["200"]["content"]) == graphs

    def test_problems_of_sparql_are_described(self, client: httpx.Client) -> None:
        """
        What is wrong with a request to SPARQL has a status and a media type that the description names.
        """
        described = client.get("/openapi.json").json()["paths"]["/sparql"]
        query = {"query": "ASK {}"}
        answers = (
            client.get("/sparql", params={"query": "ASK"}),
            client.get("/sparql", params=query, headers={"Accept": "image/png"}),
            client.get("/sparql", params=query, headers={"Accept": "text/html"}),
            client.post("/sparql", data={"query": " " * (1 << 20)}),
            client.post("/sparql", content="ASK {}", headers={"Content-Type": "text/plain"}),
        )
        assert [each.status_code for each in answers] == [400, 406, 303, 413, 415]
        for each in answers:
            said = described[each.request.method.lower()]["responses"][str(each.status_code)]
            if each.is_error:
                assert each.headers["content-type"] in said["content"]

    def test_every_address_is_described(self, client: httpx.Client) -> None:
        """
        docs/api.md names every address of the REST interface.
        """
        page = PAGE.read_text(encoding="utf-8")
        paths = client.get("/openapi.json").json()["paths"]
        words = {
            word
            for path in paths
            if not path.startswith(f"{API}/queries/")  # docs/queries.md names each
            for word in re.findall(r"[a-z]+(?:-[a-z]+)*", re.sub(r"\{\w+\}", "", path.removeprefix(API)))
        }
        assert {"replicable", "sparql", "rdf-graph-store", "reconcile", "suggest"} <= words
        assert sorted(word for word in words if not re.search(rf"\b{word}\b", page)) == []

    def test_service_says_that_it_is_ready(self, client: httpx.Client) -> None:
        """
        The operator can tell a process that lives from one that answers questions.
        """
        assert client.get("/healthz").json()["status"] == "ok"
        assert client.get("/readyz").json() == {"status": "ready", "revision": 1}


class TestConditions:
    def test_unchanged_answer_is_not_sent_again(self, client: httpx.Client) -> None:
        """
        The entity tag decides, else the time of the revision; each language has a tag of its own.
        """
        address = f"{API}/needs?lang=da"
        first = client.get(address)
        tag, modified = first.headers["etag"], first.headers["last-modified"]
        for headers in (
            {"If-None-Match": f'"other", {tag}'},
            {"If-None-Match": "*"},
            {"If-Modified-Since": modified},
        ):
            again = client.get(address, headers=headers)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        for headers in (
            {"If-None-Match": '"other"', "If-Modified-Since": modified},
            {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
            {"If-Modified-Since": "yesterday"},
        ):
            assert client.get(address, headers=headers).status_code == 200
        assert client.get(f"{API}/needs?lang=sv", headers={"If-None-Match": tag}).status_code == 200

    def test_condition_changes_no_problem(self, client: httpx.Client) -> None:
        """
        What is not there is 404, and what cannot be read 422, whatever the client says that it has.
        """
        for path, status in (("/needs/none", 404), ("/needs?lang=xx", 422)):
            assert client.get(API + path, headers={"If-None-Match": "*"}).status_code == status


class TestMethods:
    @pytest.mark.parametrize(
        ("path", "allowed"),
        [
            ("/needs", "GET, HEAD, OPTIONS"),
            ("/shortlists/export", "GET, HEAD, OPTIONS"),
            ("/shortlists/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
            ("/matches", "GET, HEAD, OPTIONS, POST"),
            ("/convert", "OPTIONS, POST"),
        ],
    )
    def test_other_methods_are_told_which_there_are(self, client: httpx.Client, path: str, allowed: str) -> None:
        """
        A method that an address does not take is 405, with those that it takes, over all routes of that address.
        """
        answer = client.put(API + path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert answer.json()["code"] == "method-not-allowed"
        asked = client.options(API + path)
        assert (asked.status_code, asked.headers["allow"]) == (204, allowed)

    def test_address_of_nothing(self, client: httpx.Client) -> None:
        """
        Where there is nothing, no method is allowed: 404.
        """
        for method in ("GET", "POST", "DELETE"):
            answer = client.request(method, f"{API}/nothing")
            assert (answer.status_code, answer.json()["code"]) == (404, "no-such-page")


class TestNames:
    def test_suggestions_while_typing(self, client: httpx.Client) -> None:
        """
        The beginning of a name brings the things called so, in the reader's language; nothing brings nothing.
        """
        items = client.get(f"{API}/suggest", params={"q": "sky", "lang": "da"}).json()["items"]
        assert [(each["id"], each["label"]) for each in items] == [
            ("topic/cloudburst", "Skybrud"),
            ("need/cloudburst", "Varsling ved skybrud"),
        ]
        assert client.get(f"{API}/suggest", params={"q": " "}).json()["items"] == []

    def test_schema_says_what_there_is(self, client: httpx.Client) -> None:
        """
        Classes come with their properties in three languages, as the shapes state them, and with their list.
        """
        schema = client.get(f"{API}/schema").json()
        need = next(each for each in schema["classes"] if each["template"] == "need")
        assert (need["collection"], need["address"]) == (f"{API}/needs", "/id/need/{slug}")
        assert need["names"] == {"da": "Behov", "sv": "Behov", "en": "Need"}
        topic = next(each for each in need["properties"] if each["column"] == "topic")
        assert (topic["kind"], topic["scheme"], topic["many"]) == ("concept", "topic", True)
        assert "topic" in {each["slug"] for each in schema["schemes"]}

    def test_region_of_a_need(self, client: httpx.Client) -> None:
        """
        A need is in the municipality that raises it.
        """
        assert ids(client.get(f"{API}/needs", params={"region": "dk-aeroe"})) == ["need/cloudburst"]
        assert client.get(f"{API}/needs", params={"region": "Ærø"}).status_code == 422


def examples_of(document: dict[str, Any], media_type: str, schema: dict[str, Any], given: dict[str, Any]) -> Any:
    """The body that the document gives as an example: of the whole, or of its members."""
    if "example" in given:
        return given["example"]
    if media_type != "application/json":
        return None
    schema = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    if schema.get("examples"):
        return schema["examples"][0]
    members = schema.get("properties", {})
    return {name: member["examples"][0] for name, member in members.items() if member.get("examples")}


def requests_in(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation that takes no token, with the request that its examples make."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if operation.get("security", [{}])[0] != {}:
                continue
            values: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
            for parameter in operation.get("parameters", ()):
                stated = [parameter.get("example"), *parameter["schema"].get("examples", ())]
                shown = next((each for each in stated if each is not None), None)
                if shown is not None:
                    values[parameter["in"]][parameter["name"]] = shown
            if path == f"{API}/results/{{slug}}":  # there are none yet
                continue
            address = path.format(**values["path"])
            bodies = operation.get("requestBody", {}).get("content", {})
            for media_type, given in bodies.items() or [("", {})]:
                body = examples_of(document, media_type, given.get("schema", {}), given)
                if media_type and body is None:
                    continue
                content = WRITTEN.get(media_type, str)(body) if media_type else None
                headers = {"Content-Type": media_type} if media_type else {}
                yield method, path, {"url": address, "params": values["query"], "headers": headers, "content": content}


@pytest.mark.slow
class TestExamples:
    def test_every_example_is_answered_as_described(self, site: str) -> None:
        """
        Each request that the document gives as an example succeeds on the shipped graph, with a status and a media
        type that the document names.
        """
        with httpx.Client(base_url=site, timeout=60) as client:
            document = client.get("/openapi.json").json()
            wrong, count = [], 0
            for method, path, request in requests_in(document):
                answer = client.request(method, **request)
                described = document["paths"][path][method]["responses"].get(str(answer.status_code), {})
                media_type = answer.headers.get("content-type", "").partition(";")[0]
                is_described = described and (not answer.content or media_type in described.get("content", {}))
                count += 1
                if answer.is_error or not is_described:
                    wrong.append((method, str(answer.url), answer.status_code, media_type, answer.text[:200]))
        assert wrong == []
        assert count > 60
