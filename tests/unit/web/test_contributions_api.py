"""Facts about REST for those who contribute."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from openpyxl import load_workbook
from pyoxigraph import RdfFormat, parse

from ecograph.messages import LANGUAGES, catalogue
from ecograph.namespaces import RDF, SH
from ecograph.web.rest import contribution_models as models
from ecograph.web.uploads import XLSX
from service import HILL, ROOT, SHORE, Service

ALL = "/api/v1/contributions"
HEADER = "id,title_da,description_da,topic,country,raised_by\n"
GOOD = f"{HEADER}skybrud,Varsling ved skybrud,Kældre oversvømmes.,cloudburst,dk,dk-synthetic\n"
BAD = f"{HEADER}skybrud,Varsling ved skybrud,Kældre.,skybrd,dk,dk-synthetic\nvarme,Varme,Tekst,energy,dk,dk-synthetic\n"
CSV = {"Content-Type": "text/csv"}


@pytest.fixture(scope="module")
def anybody(service: Service) -> Iterator[httpx.Client]:
    with service.client() as client:
        yield client


@pytest.fixture(scope="module")
def contributor(service: Service) -> Iterator[httpx.Client]:
    with service.client("contributor") as client:
        yield client


@pytest.fixture(scope="module")
def reviewer(service: Service) -> Iterator[httpx.Client]:
    with service.client("reviewer") as client:
        yield client


def send(client: httpx.Client, content: str = GOOD, name: str = "need.csv", **more: str) -> httpx.Response:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    return client.post(ALL, files={"file": (name, content.encode(), "text/csv")}, data=more, headers=headers)


def step(
    client: httpx.Client, address: str, name: str, body: object = None, version: int | None = None
) -> httpx.Response:
    tag = f'"{version}"' if version is not None else client.get(address).headers["etag"]
    return client.post(f"{address}/{name}", json=body, headers={"If-Match": tag})


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def codes(response: httpx.Response) -> set[str]:
    return {each["code"] for each in response.json()["findings"]}


class TestCheck:
    def test_anybody_gets_a_verdict_and_all_findings(self, anybody: httpx.Client) -> None:
        """
        Findings are an answer and no error: verdict, how the file was read, each fault with row, column and what to do.
        """
        response = anybody.post(f"{ALL}?dry_run=true&name=behov.csv&template=need", content=BAD, headers=CSV)
        assert response.status_code == 200, response.text
        check = models.Check.model_validate(response.json())
        assert not check.conforms
        assert check.how_read[0].sentence["da"].startswith("behov.csv: komma, UTF-8")
        assert check.counts.rows == 2
        found = next(each for each in check.findings if each.code == "unknown-concept")
        assert (found.row, found.column, found.value) == (2, "topic", "skybrd")
        assert set(found.message) == set(check.verdict) == set(LANGUAGES)
        assert len(check.findings) == check.counts.violation + check.counts.warning + check.counts.info

    def test_form_and_body_are_the_same(self, anybody: httpx.Client) -> None:
        """
        A file in a form, and the same file as the body with its name in the address or beside it, are read alike.
        """
        answers = [
            anybody.post(f"{ALL}?check=true", files={"file": ("need.csv", GOOD.encode())}),
            anybody.post(f"{ALL}?dry_run=1&name=need.csv", content=GOOD, headers=CSV),
            anybody.post(
                f"{ALL}?dry_run=1",
                content=GOOD,
                headers={**CSV, "Content-Disposition": "attachment; filename*=UTF-8''need.csv"},
            ),
        ]
        for answer in answers:
            assert answer.status_code == 200, answer.text
            assert answer.json() == answers[0].json()
        assert answers[0].json()["conforms"], answers[0].json()["findings"]

    def test_several_files_are_one_contribution(self, anybody: httpx.Client) -> None:
        """
        Rows of one file may refer to those of another.
        """
        places = "id,name,code,country\ndk-new,Ny Kommune,9903,dk\n"
        files = [
            ("file", ("need.csv", GOOD.replace("dk-synthetic", "dk-new").encode())),
            ("file", ("municipality.csv", places.encode())),
        ]
        check = anybody.post(f"{ALL}?dry_run=true", files=files).json()
        assert check["conforms"], check["findings"]
        assert [read["file"] for read in check["how_read"]] == ["need.csv", "municipality.csv"]

    def test_turtle_is_read_like_a_table(self, anybody: httpx.Client) -> None:
        """
        Turtle as the body needs no name; a syntax error is a finding with its line.
        """
        broken = anybody.post(f"{ALL}?dry_run=true", content="<a> <b", headers={"Content-Type": "text/turtle"})
        assert (broken.status_code, "syntax" in codes(broken)) == (200, True), broken.text

    @pytest.mark.parametrize("media_type", ["application/trig", "application/ld+json", "application/rdf+xml"])
    def test_formats_that_are_for_output_say_so(self, anybody: httpx.Client, media_type: str) -> None:
        """
        What can write elsewhere or fetch from elsewhere is a finding that says what to send instead.
        """
        response = anybody.post(f"{ALL}?dry_run=true", content="{}", headers={"Content-Type": media_type})
        assert (response.status_code, "refused-format" in codes(response)) == (200, True), response.text

    def test_other_content_is_a_415(self, anybody: httpx.Client) -> None:
        """
        JSON, or nothing at all, is no file; the problem lists what is.
        """
        response = anybody.post(f"{ALL}?dry_run=true", json={})
        assert problem(response) == (415, "unsupported-media-type")
        assert "text/csv" in response.json()["detail"]
        assert problem(anybody.post(f"{ALL}?dry_run=true")) == (415, "unsupported-media-type")

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", 400),
            (b"no form", 400),
            (b'--x\r\nContent-Disposition: form-data; name="template"\r\n\r\nneed\r\n--x--\r\n', 400),
            (b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n', 400),
        ],
    )
    def test_form_without_a_file_is_a_400(self, anybody: httpx.Client, body: bytes, status: int) -> None:
        """
        A broken form, one without a file, and one in which no file was chosen.
        """
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        response = anybody.post(f"{ALL}?dry_run=true", content=body, headers=headers)
        assert response.status_code == status, response.text

    def test_wrong_field_is_named(self, anybody: httpx.Client) -> None:
        """
        A date that is none, a mode that is none: the problem says which field, and what it may be.
        """
        for field, value in (("issued", "i går"), ("mode", "append"), ("source", "javascript:alert(1)")):
            response = anybody.post(
                f"{ALL}?dry_run=true", files={"file": ("need.csv", GOOD.encode())}, data={field: value}
            )
            assert problem(response) == (400, "bad-parameter")
            assert field in response.json()["detail"]

    def test_file_may_be_ten_megabytes(self, anybody: httpx.Client) -> None:
        """
        More than a megabyte is read here and nowhere else; more than ten is refused before it is read.
        """
        filled = GOOD + "," * 1_500_000
        assert anybody.post(f"{ALL}?dry_run=true&name=need.csv", content=filled, headers=CSV).status_code == 200
        assert problem(anybody.post(f"{ALL}?dry_run=true", content=b"x" * 11_000_000, headers=CSV)) == (
            413,
            "too-large-body",
        )
        assert problem(anybody.post("/api/v1/matches", content=b"x" * 1_500_000)) == (413, "too-large-body")
        assert problem(anybody.post(f"{ALL}/x/submit", content=b"x" * 1_500_000)) == (413, "too-large-body")

    def test_report_comes_as_rdf_or_in_the_file(self, anybody: httpx.Client) -> None:
        """
        By `Accept` a check is JSON, a `sh:ValidationReport`, or the workbook with marked cells.
        """
        address = f"{ALL}?dry_run=true&name=need.csv"
        turtle = anybody.post(address, content=BAD, headers={**CSV, "Accept": "text/turtle"})
        triples = list(parse(turtle.content, RdfFormat.TURTLE))
        assert sum(each.predicate == RDF.type and each.object == SH.ValidationReport for each in triples) == 1
        asked = anybody.post(address, content=BAD, headers={**CSV, "Accept": XLSX})
        marked = anybody.post(f"{ALL}/check/marked?name=need.csv&lang=da", content=BAD, headers=CSV)
        for response in (asked, marked):
            assert response.headers["content-type"] == XLSX
            assert "need.marked.xlsx" in response.headers["content-disposition"]
            book = load_workbook(io.BytesIO(response.content))
            assert book["need"]["D2"].comment is not None

    def test_service_that_only_reads_checks_too(self, client: httpx.Client) -> None:
        """
        Where nothing can be written a check works all the same, and sending says that it does not.
        """
        assert client.post(f"{ALL}?dry_run=true&name=need.csv", content=BAD, headers=CSV).status_code == 200
        assert problem(client.post(f"{ALL}?name=need.csv", content=GOOD, headers=CSV)) == (503, "read-only")
        token = {"Authorization": "Bearer eg_x"}
        assert problem(client.get(ALL, headers=token)) == (503, "read-only")


class TestSending:
    def test_contribution_is_kept_and_checked(self, service: Service, contributor: httpx.Client) -> None:
        """
        What is sent is a contribution of the token's partner, with its version as the entity tag, to be found again.
        """
        response = send(contributor, note="Første bidrag", source="https://example.org/behov")
        assert response.status_code == 201, response.text
        case = models.CaseModel.model_validate(response.json())
        assert (case.partner, case.state, case.file_name) == (SHORE, "checked", "need.csv")
        assert case.check is not None
        assert case.check.conforms
        assert [note.words for note in case.notes] == ["Første bidrag"]
        assert case.allowed == ["note", "submit"]
        assert response.headers["etag"] == f'"{case.version}"'
        assert response.headers["cache-control"] == "no-store"
        again = contributor.get(response.headers["location"])
        assert again.json() == {**response.json(), "check": None}
        assert again.headers["etag"] == response.headers["etag"]

    def test_bytes_come_back_as_they_were(self, contributor: httpx.Client) -> None:
        """
        The file is what was sent, byte by byte, under its own name; several come as one archive.
        """
        content = GOOD.replace("skybrud,", "bevaret,")
        sent = send(contributor, content, "../behov æ.need.csv", template="need").json()
        kept = contributor.get(f"{sent['url']}/file")
        assert kept.content == content.encode()
        assert hashlib.sha256(kept.content).hexdigest() == sent["sha256"]
        assert "filename*=UTF-8''behov%20%C3%A6.need.csv" in kept.headers["content-disposition"]
        files = [("file", ("need.csv", GOOD.encode())), ("file", ("need.csv", GOOD.encode()))]
        two = contributor.post(ALL, files=files).json()
        packed = contributor.get(f"{two['url']}/file")
        assert packed.headers["content-type"] == "application/zip"
        assert zipfile.ZipFile(io.BytesIO(packed.content)).namelist() == ["need (2).csv", "need.csv"]

    def test_who_may_send(self, service: Service, anybody: httpx.Client) -> None:
        """
        Nobody without a token, no reader, and nobody for another partner but an administrator.
        """
        response = send(anybody)
        assert problem(response) == (401, "token-needed")
        assert response.headers["www-authenticate"] == 'Bearer realm="EcoGraph"'
        with service.client("reader") as reader, service.client("other") as other:
            assert problem(send(reader)) == (403, "forbidden")
            assert problem(send(other, partner=SHORE)) == (403, "forbidden")
        with service.client("administrator") as administrator:
            assert send(administrator, partner=SHORE).json()["partner"] == SHORE
            assert problem(send(administrator, partner="nobody")) == (404, "unknown-thing")

    def test_day_of_expiry_is_to_come(self, contributor: httpx.Client) -> None:
        """
        A contribution cannot have expired before it is there.
        """
        today = datetime.now(UTC).date()
        assert problem(send(contributor, expires_on=today.isoformat())) == (400, "bad-parameter")
        tomorrow = (today + timedelta(days=1)).isoformat()
        assert send(contributor, expires_on=tomorrow).json()["expires_on"] == tomorrow


class TestIdempotency:
    def test_same_key_and_files_are_one_contribution(self, contributor: httpx.Client) -> None:
        """
        Sent twice, the answer is the same; with other files or fields the key is refused.
        """
        first, second = send(contributor, key="once-1"), send(contributor, key="once-1")
        assert (first.status_code, second.status_code) == (201, 201)
        assert (first.json(), first.headers["location"]) == (second.json(), second.headers["location"])
        assert second.headers["idempotency-replayed"] == "true"
        assert problem(send(contributor, BAD, key="once-1")) == (422, "key-reused")
        assert problem(send(contributor, note="hej", key="once-1")) == (422, "key-reused")
        assert send(contributor, key="once-2").json()["id"] != first.json()["id"]

    def test_key_is_the_senders_own(self, service: Service, contributor: httpx.Client) -> None:
        """
        Two partners may use the same key.
        """
        mine = send(contributor, key="shared")
        with service.client("other") as other:
            theirs = send(other, key="shared")
        assert theirs.status_code == 201
        assert mine.json()["id"] != theirs.json()["id"]

    def test_two_at_once_are_one_contribution(self, contributor: httpx.Client) -> None:
        """
        Of requests with the same key that race, one does it and the others get its answer.
        """
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: send(contributor, key="race"), range(4)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1

    def test_key_without_end_is_refused(self, contributor: httpx.Client) -> None:
        """
        A key has 1 to 200 characters.
        """
        assert send(contributor, key="x" * 201).status_code == 422
        assert send(contributor, key="").status_code == 422


class TestReading:
    def test_lists_show_ones_own_and_reviewers_all(
        self, service: Service, contributor: httpx.Client, reviewer: httpx.Client
    ) -> None:
        """
        A contributor sees their partner's, a reviewer everybody's; another partner's is forbidden, what is not is 404.
        """
        sent = send(contributor).json()
        with service.client("other") as other:
            theirs = send(other).json()
            assert {each["partner"] for each in other.get(ALL).json()["items"]} == {HILL}
            assert problem(other.get(sent["url"])) == (403, "forbidden")
            for end in ("report", "diff", "file", "events", "notes", "errors", "marked.xlsx", "consequences"):
                assert problem(other.get(f"{sent['url']}/{end}")) == (403, "forbidden"), end
            assert problem(other.get(f"{ALL}?partner={SHORE}")) == (403, "forbidden")
        assert {SHORE, HILL} <= {each["partner"] for each in reviewer.get(f"{ALL}?limit=200").json()["items"]}
        hills = reviewer.get(ALL, params={"partner": HILL, "state": "checked"}).json()["items"]
        assert theirs["id"] in {each["id"] for each in hills}
        assert problem(contributor.get(f"{ALL}/none")) == (404, "unknown-thing")
        assert problem(contributor.get(f"{ALL}?state=lost")) == (422, "invalid-request")

    def test_pages_follow_each_other_by_link(self, contributor: httpx.Client) -> None:
        """
        Following `next` meets every contribution once, oldest first.
        """
        for _ in range(3):
            send(contributor)
        met: list[dict[str, str]] = []
        address = f"{ALL}?limit=2"
        while address:
            page = contributor.get(address)
            met += page.json()["items"]
            address = page.links.get("next", {}).get("url", "")
        assert len({each["id"] for each in met}) == len(met) == page.json()["total"]
        assert [each["received_at"] for each in met] == sorted(each["received_at"] for each in met)
        assert problem(contributor.get(f"{ALL}?cursor=none")) == (404, "unknown-page")

    def test_findings_of_a_kept_one(self, contributor: httpx.Client) -> None:
        """
        The report, the marked workbook and the rows to be corrected are there until it is decided.
        """
        sent = send(contributor, BAD).json()
        assert not sent["check"]["conforms"]
        report = contributor.get(f"{sent['url']}/report")
        assert report.json()["findings"] == sent["check"]["findings"]
        turtle = contributor.get(f"{sent['url']}/report", headers={"Accept": "text/turtle"})
        assert b"sh:ValidationReport" in turtle.content
        assert contributor.get(f"{sent['url']}/marked.xlsx?lang=da").headers["content-type"] == XLSX
        rows = contributor.get(f"{sent['url']}/errors?lang=da")
        assert "need.errors.csv" in rows.headers["content-disposition"]
        assert "skybrd" in rows.text
        assert rows.headers["content-type"] == "text/csv", "a table keeps the encoding it came in"
        assert problem(contributor.get(f"{sent['url']}/consequences")) == (409, "wrong-state")
        assert contributor.get(f"{send(contributor).json()['url']}/errors").status_code == 204

    def test_difference_in_words_and_statements(self, contributor: httpx.Client) -> None:
        """
        What would change is told thing by thing in three languages, and as N-Quads.
        """
        sent = send(contributor).json()
        diff = models.Diff.model_validate(contributor.get(f"{sent['url']}/diff").json())
        assert diff.counts == {"added": 1, "changed": 0, "removed": 0}
        assert diff.things[0].labels["da"] == "Varsling ved skybrud"
        assert set(diff.things[0].kinds) == set(LANGUAGES)
        assert all(line.endswith(" .") for line in diff.added)


class TestSteps:
    def test_step_without_a_version_is_refused(self, contributor: httpx.Client) -> None:
        """
        A step says which version it is about: none is a 428, an old one a 412 with the present one, no tag a 400.
        """
        address = send(contributor).headers["location"]
        assert problem(contributor.post(f"{address}/submit")) == (428, "version-needed")
        late = step(contributor, address, "submit", version=1)
        assert problem(late) == (412, "version-conflict")
        assert late.headers["etag"] == contributor.get(address).headers["etag"] == f'"{late.json()["version"]}"'
        broken = contributor.post(f"{address}/submit", headers={"If-Match": "3"})
        assert problem(broken) == (400, "bad-parameter")
        assert contributor.post(f"{address}/submit", headers={"If-Match": "*"}).status_code == 200

    def test_findings_stop_submission_and_come_along(self, contributor: httpx.Client) -> None:
        """
        With a violation a contribution stays where it is; the problem holds the findings.
        """
        address = send(contributor, BAD).headers["location"]
        response = step(contributor, address, "submit")
        assert problem(response) == (422, "rejected")
        assert {"unknown-concept"} <= {each["code"] for each in response.json()["errors"]}
        assert contributor.get(address).json()["state"] == "checked"

    def test_good_rows_go_on(self, contributor: httpx.Client) -> None:
        """
        What is faulty may be left out; it is said what was.
        """
        address = send(contributor, BAD.replace("energy", "cloudburst")).headers["location"]
        response = step(contributor, address, "submit", {"leave_out": "faulty"})
        assert response.status_code == 200, response.text
        assert response.json()["options"]["leave_out"] == {"need.csv": [2]}
        assert response.json()["check"]["counts"]["rows"] == 1

    def test_rows_may_be_named(self, contributor: httpx.Client) -> None:
        """
        Rows to leave out are named by file and number.
        """
        address = send(contributor, BAD.replace("energy", "cloudburst")).headers["location"]
        assert step(contributor, address, "submit", {"leave_out": {"need.csv": [2]}}).status_code == 200

    def test_of_two_approvals_one_counts(self, service: Service, contributor: httpx.Client) -> None:
        """
        Two who approve the same version at once: one publishes, the other is told that it changed.
        """
        address = send(contributor, GOOD.replace("skybrud,", "ved-siden,")).headers["location"]
        version = step(contributor, address, "submit").json()["version"]
        with service.client("reviewer") as one, service.client("administrator") as two, ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda client: step(client, address, "approve", version=version), (one, two)))
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])
        assert contributor.get(address).json()["state"] == "published"

    def test_steps_need_roles_and_states(self, service: Service, contributor: httpx.Client) -> None:
        """
        Nobody approves their own partner's, a contributor approves nothing, and what is not submitted waits.
        """
        address = send(contributor).headers["location"]
        with service.client("reviewer") as reviewer, service.client("sten") as sten:
            early = step(reviewer, address, "approve")
            assert problem(early) == (409, "wrong-state")
            assert early.json()["state"] == "checked"
            step(contributor, address, "submit")
            assert problem(step(contributor, address, "approve")) == (403, "forbidden")
            assert problem(step(sten, address, "approve")) == (403, "forbidden")
            assert problem(step(reviewer, address, "return", {"why": ""})) == (422, "invalid-request")
            assert problem(step(reviewer, address, "return", {"why": " "})) == (400, "bad-parameter")
            assert step(reviewer, address, "return", {"why": "Mere om kælderen"}).json()["state"] == "returned"
        events = contributor.get(f"{address}/events").json()
        assert events[-1]["why"] == "Mere om kælderen"
        assert (events[-1]["who"], events[-1]["words"]["da"]) == (f"{HILL}/reviewer", "sendt retur")

    def test_notes_are_answered(self, contributor: httpx.Client, reviewer: httpx.Client) -> None:
        """
        Reviewer and contributor write to each other on the contribution.
        """
        address = send(contributor).headers["location"]
        written = reviewer.post(f"{address}/notes", json={"words": "Hvilken kælder?"})
        assert written.status_code == 201
        contributor.post(f"{address}/notes", json={"words": "Den på Ærø."})
        assert [note["words"] for note in contributor.get(f"{address}/notes").json()] == [
            "Hvilken kælder?",
            "Den på Ærø.",
        ]
        assert problem(reviewer.post(f"{address}/notes", json={"words": "x" * 2001})) == (422, "invalid-request")

    def test_published_one_is_renewed_to_a_day_to_come(self, contributor: httpx.Client, reviewer: httpx.Client) -> None:
        """
        A published contribution stays longer; those whose time ends soon are a list.
        """
        today = datetime.now(UTC).date()
        soon, later = today + timedelta(days=3), today + timedelta(days=300)
        content = GOOD.replace("skybrud,", "tidsbegraenset,")
        address = send(contributor, content, expires_on=soon.isoformat()).headers["location"]
        step(contributor, address, "submit")
        step(reviewer, address, "approve", {"why": "Fint"})
        due = {"expires_before": (today + timedelta(days=30)).isoformat()}
        assert address in {each["url"] for each in contributor.get(ALL, params=due).json()["items"]}
        assert problem(step(contributor, address, "renew", {"expires_on": today.isoformat()})) == (400, "bad-parameter")
        renewed = step(contributor, address, "renew", {"expires_on": later.isoformat()})
        assert renewed.json()["expires_on"] == later.isoformat()
        assert contributor.get(ALL, params=due).json()["items"] == []
        assert problem(contributor.get(f"{address}/report")) == (409, "wrong-state")


class TestHostile:
    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("notes", b'{"words": "\\ud800"}'),
            ("notes", b'{"words": "\\u0000 \\u202e"}'),
            ("notes", b'{"words": 1e999}'),
            ("notes", b"[" * 100_000),
            ("submit", b'{"leave_out": {"need.csv": [1e999]}}'),
            ("submit", b'{"leave_out": {"": [-1, 99999999999999999999]}}'),
            ("submit", b'{"leave_out": "all"}'),
            ("renew", b'{"expires_on": "99999-01-01"}'),
            ("return", b'{"why": null}'),
            ("approve", b'{"why": "x", "partner": "synthetic-shore"}'),
        ],
    )
    def test_body_of_any_kind_is_answered(self, contributor: httpx.Client, name: str, body: bytes) -> None:
        """
        Broken Unicode, numbers without end, nesting, unknown members: a clear answer, and never a 500.
        """
        sent = send(contributor)
        headers = {"Content-Type": "application/json", "If-Match": sent.headers["etag"]}
        response = contributor.post(f"{sent.headers['location']}/{name}", content=body, headers=headers)
        assert response.status_code < 500, response.text
        assert contributor.get(sent.headers["location"]).status_code == 200

    @pytest.mark.parametrize("end", ["%00", "..%2f..", "' OR 1=1", "x" * 65, "æ", "%ff"])
    def test_id_of_any_kind_is_answered(self, contributor: httpx.Client, end: str) -> None:
        """
        An id that is none is not found.
        """
        assert contributor.get(f"{ALL}/{end}").status_code == 404


class TestDescription:
    def test_every_problem_is_described(self) -> None:
        """
        docs/api.md names every code that a problem can have over HTTP.
        """
        page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
        codes = {key.removeprefix("problem.detail.") for key in catalogue() if key.startswith("problem.detail.")}
        assert {code for code in codes if f"`{code}`" not in page} == set()

    def test_every_answer_is_as_described(self, anybody: httpx.Client) -> None:
        """
        The description names what a token is, which requests take files, and what goes with problems.
        """
        document = anybody.get("/openapi.json").json()
        assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
        post = document["paths"][ALL]["post"]
        assert set(post["requestBody"]["content"]) >= {"multipart/form-data", "text/csv", "text/turtle", XLSX}
        assert {"200", "201", "401", "403", "413", "415", "422", "503"} <= set(post["responses"])
        assert {"412", "428", "409"} <= set(document["paths"][ALL + "/{contribution_id}/approve"]["post"]["responses"])
        assert "CaseModel" in document["components"]["schemas"]
        json.dumps(document)
