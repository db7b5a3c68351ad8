"""Shortlists over REST and as pages: whose they are, what they keep, and that no score knows of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from ecograph.contribute.desk import OPERATOR, Options
from ecograph.contribute.packing import unpack
from ecograph.messages import LANGUAGES, text
from ecograph.web.retention import expire_entries
from service import HILL, SHORE
from shortlisting import GAUGE, NEED_ID, PUMP, WATER, Office, office

LISTS = "/api/v1/shortlists"
HOSTILE = '<script>alert("x")</script> {{ 7*7 }} =HYPERLINK("http://example.org") \'; DROP TABLE shortlist_entry; --'
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A need with candidates; tests share it and clear the lists."""
    with office(tmp_path_factory.mktemp("shortlists")) as found:
        yield found


@pytest.fixture
def place(shared_office: Office) -> Iterator[Office]:
    yield shared_office
    for partner in (SHORE, HILL):
        shared_office.service.ecograph.ledger.shortlists.delete(partner)


@pytest.fixture
def own(place: Office) -> Iterator[httpx.Client]:
    """A client of the shore's contributor."""
    with place.service.client("contributor") as client:
        yield client


@pytest.fixture
def other(place: Office) -> Iterator[httpx.Client]:
    """A client of the hill's contributor."""
    with place.service.client("other") as client:
        yield client


@pytest.fixture
def browser(place: Office) -> Iterator[httpx.Client]:
    """A browser with the shore's contributor signed in."""
    with place.service.client(**SAME_SITE, Accept="text/html") as client:
        client.post("/da/login", data={"token": place.service.secrets["contributor"]})
        yield client


def added(client: httpx.Client, candidate: str = WATER, **more: Any) -> dict[str, Any]:
    """An entry for the need."""
    about = {} if "text" in more else {"need": NEED_ID}
    answer = client.post(LISTS, json={**about, "candidate": candidate, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ranking(client: httpx.Client) -> list[tuple[str, int, float, dict[str, float]]]:
    """Who fits the need, in order, with every part of every score."""
    found = client.get(f"/api/v1/needs/{NEED_ID}/matches", params={"top": 50}).json()["matches"]
    return [(each["id"], each["rank"], each["score"], each["contributions"]) for each in found]


class TestKeeping:
    def test_entry_has_the_reasons_of_the_day(self, own: httpx.Client) -> None:
        """
        A candidate that is put on the list is kept with its score, revision, weights and every reason with its
        statements, the same as the answer gives.
        """
        entry = added(own)
        answer = own.get(f"/api/v1/needs/{NEED_ID}/matches").json()
        (match,) = [each for each in answer["matches"] if each["id"] == WATER]
        assert entry["kept"]["score"] == pytest.approx(match["score"], abs=1e-12)
        assert (entry["kept"]["revision"], entry["kept"]["weights"]) == (answer["revision"], answer["weights"])
        assert [(each["sentences"], each["path"]) for each in entry["kept"]["reasons"]] == [
            (each["sentences"], each["path"]) for each in match["reasons"]
        ]
        assert entry["now"]["score"] == entry["kept"]["score"]
        assert entry["struck"] == 0

    def test_need_in_words(self, own: httpx.Client) -> None:
        """
        A need that was only typed in has a list too, found by the same words.
        """
        entry = added(own, text="Varsling ved skybrud")
        assert (entry["need"], entry["text"]) == (None, "Varsling ved skybrud")
        assert entry["kept"]["reasons"]
        found = own.get(LISTS, params={"text": "Varsling ved skybrud"}).json()
        assert [each["id"] for each in found["items"]] == [entry["id"]]
        assert own.get(LISTS, params={"need": NEED_ID}).json()["total"] == 0

    def test_adding_twice_is_one_entry(self, own: httpx.Client) -> None:
        """
        What is on the list already is answered as it is.
        """
        entry = added(own, note="Først")
        again = own.post(LISTS, json={"need": NEED_ID, "candidate": WATER, "note": "Så"})
        assert (again.status_code, again.json()["id"], again.json()["note"]) == (200, entry["id"], "Først")

    def test_same_request_twice(self, own: httpx.Client) -> None:
        """
        A request with an Idempotency-Key that comes again has the same answer, and the key stands for nothing else.
        """
        body = {"need": NEED_ID, "candidate": PUMP}
        key = {"Idempotency-Key": f"pump-{datetime.now(UTC).timestamp()}"}
        first, second = (own.post(LISTS, json=body, headers=key) for _ in range(2))
        assert first.json()["id"] == second.json()["id"]
        assert second.headers["Idempotency-Replayed"] == "true"
        reused = own.post(LISTS, json={**body, "candidate": WATER}, headers=key)
        assert (reused.status_code, reused.json()["code"]) == (422, "key-reused")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"need": "no-such-need", "candidate": WATER}, 404, "unknown-thing"),
            ({"need": NEED_ID, "candidate": "organisation/nobody"}, 404, "unknown-thing"),
            ({"need": NEED_ID, "candidate": f"need/{NEED_ID}"}, 404, "unknown-thing"),
            ({"candidate": WATER}, 400, "bad-parameter"),
            ({"need": NEED_ID, "text": "x", "candidate": WATER}, 400, "bad-parameter"),
            ({"text": " \0", "candidate": WATER}, 400, "bad-parameter"),
            ({"need": NEED_ID, "candidate": WATER, "status": "not-relevant"}, 400, "bad-parameter"),
            ({"need": NEED_ID, "candidate": WATER, "weighting": "no-such"}, 400, "bad-parameter"),
            ({"need": NEED_ID, "candidate": WATER, "status": "married"}, 422, "invalid-request"),
            ({"need": NEED_ID, "candidate": WATER, "note": "x" * 2001}, 422, "invalid-request"),
            ({"need": NEED_ID, "candidate": WATER, "score": 1}, 422, "invalid-request"),
        ],
    )
    def test_what_cannot_be_kept(self, own: httpx.Client, body: dict[str, Any], status: int, code: str) -> None:
        """
        What names no need, no candidate or no status is a problem that says so, and nothing is kept.
        """
        answer = own.post(LISTS, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert own.get(LISTS).json()["total"] == 0

    def test_hostile_words_stay_words(self, own: httpx.Client, browser: httpx.Client) -> None:
        """
        Markup, templates, formulas and SQL in a note are text on the page, and no formula in the file.
        """
        added(own, note=HOSTILE, status="not-relevant", why='=1+1"><img src=x>')
        entry = own.get(LISTS).json()["items"][0]
        assert entry["note"] == HOSTILE
        for path in ("/da/shortlist", f"/da/shortlist/{entry['id']}", f"/da/shortlist/{entry['id']}/share"):
            page = browser.get(path).text
            assert "<script>alert" not in page
            assert "<img" not in page
        written = browser.get("/da/shortlist/download.csv").content.decode("utf-8-sig")
        assert "'=1+1" in written
        assert not re.search(r"(^|;)\"?[=+@-]", written, re.MULTILINE)


class TestWhose:
    def test_nobody_meets_it_without_a_token(self, place: Office) -> None:
        """
        Without a token there is no list; the page leads to signing in and back.
        """
        with place.service.client() as anybody:
            assert anybody.get(LISTS).status_code == 401
            assert anybody.post(LISTS, json={"need": NEED_ID, "candidate": WATER}).status_code == 401
            page = anybody.get("/sv/shortlist")
            assert (page.status_code, page.headers["Location"]) == (303, "/sv/login?next=%2Fsv%2Fshortlist")

    def test_another_partner_meets_nothing(self, own: httpx.Client, place: Office) -> None:
        """
        Another partner, also its reviewer and its administrator, finds neither the entry nor its number.
        """
        entry = added(own, note="Fortroligt")
        path = f"{LISTS}/{entry['id']}"
        seen = {"If-Match": "*"}
        for name in ("other", "reviewer", "administrator"):
            with place.service.client(name) as client:
                assert client.get(LISTS).json()["items"] == []
                assert client.get(f"{LISTS}/export").json() == []
                assert client.get(path).status_code == 404
                assert client.patch(path, json={"note": "x"}, headers=seen).status_code == 404
                assert client.delete(path, headers=seen).status_code == 404
                assert client.post(f"{path}/restore", headers=seen).status_code == 404
                assert client.post(f"{path}/unshare", json={"why": "x"}).status_code == 404
                assert "Fortroligt" not in client.get(f"/da/shortlist/{entry['id']}").text
        assert own.get(path).json()["note"] == "Fortroligt"

    def test_public_questions_do_not_reach_it(self, own: httpx.Client) -> None:
        """
        What is kept is in no graph: SPARQL and full text find nothing of it.
        """
        added(own, note="Zebrafinkesang")
        query = 'SELECT * { ?s ?p ?o FILTER CONTAINS(STR(?o), "Zebrafinkesang") }'
        assert own.get("/sparql", params={"query": query}).json()["results"]["bindings"] == []
        assert own.get("/api/v1/search", params={"q": "Zebrafinkesang"}).json()["items"] == []

    def test_reader_looks_and_does_not_touch(self, own: httpx.Client, place: Office) -> None:
        """
        A token that may only read sees its partner's list and changes nothing on it.
        """
        entry = added(own)
        with place.service.client("reader") as reader:
            assert reader.get(LISTS).json()["total"] == 1
            patched = reader.patch(f"{LISTS}/{entry['id']}", json={"note": "x"}, headers={"If-Match": "*"})
            assert (patched.status_code, patched.json()["code"]) == (403, "forbidden")
            assert reader.post(LISTS, json={"need": NEED_ID, "candidate": PUMP}).status_code == 403

    def test_others_pages_cannot_use_a_session(self, browser: httpx.Client, own: httpx.Client) -> None:
        """
        A form on somebody else's page changes nothing, though the browser sends the cookie along.
        """
        entry = added(own)
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "", "Origin": "https://example.org"}):
            for path, data in (
                ("/da/shortlist/add", {"need": NEED_ID, "candidate": PUMP}),
                (f"/da/shortlist/{entry['id']}/remove", {}),
                ("/da/shortlist/delete", {"sure": "yes"}),
            ):
                assert browser.post(path, data=data, headers=headers).status_code == 403
        assert own.get(LISTS).json()["total"] == 1

    def test_answers_are_for_nobodys_cache(self, own: httpx.Client, browser: httpx.Client) -> None:
        """
        What is a partner's own may not be kept by anybody's cache, nor may an answer that shows marks of it.
        """
        entry = added(own)
        for path in (LISTS, f"{LISTS}/{entry['id']}", f"{LISTS}/export"):
            assert own.get(path).headers["Cache-Control"] == "no-store"
        for path in ("/da/shortlist", f"/da/shortlist/{entry['id']}", f"/da/id/need/{NEED_ID}"):
            assert browser.get(path).headers["Cache-Control"] == "no-store"


class TestChanging:
    def test_version_is_named(self, own: httpx.Client) -> None:
        """
        A change names the version it is about; of two who saw the same, the second is told which there is now.
        """
        entry = added(own)
        path = f"{LISTS}/{entry['id']}"
        assert own.patch(path, json={"status": "contacted"}).status_code == 428
        first = own.patch(path, json={"status": "contacted"}, headers={"If-Match": '"1"'})
        assert (first.status_code, first.headers["ETag"], first.json()["status"]) == (200, '"2"', "contacted")
        second = own.patch(path, json={"status": "declined"}, headers={"If-Match": '"1"'})
        assert (second.status_code, second.json()["code"], second.headers["ETag"]) == (412, "entry-changed", '"2"')
        assert [each["status"] for each in own.get(path).json()["history"]] == ["considering", "contacted"]

    def test_removed_and_restored(self, own: httpx.Client) -> None:
        """
        What is removed is off the list and comes back as it was; deleted for good it is gone.
        """
        entry = added(own, note="Behold")
        path, seen = f"{LISTS}/{entry['id']}", {"If-Match": "*"}
        assert own.delete(path, headers=seen).json()["removed_at"]
        assert own.get(LISTS).json()["total"] == 0
        assert own.get(LISTS, params={"removed": True}).json()["total"] == 1
        assert own.post(f"{path}/restore", headers=seen).json()["note"] == "Behold"
        assert own.delete(path, params={"forever": True}, headers=seen).status_code == 204
        assert own.get(path).status_code == 404

    def test_everything_is_taken_along_and_deleted(self, own: httpx.Client, other: httpx.Client) -> None:
        """
        A partner gets all that is kept for it, and deletes it by its own name only; others' lists stay.
        """
        added(own), added(own, candidate=PUMP), added(other)
        exported = own.get(f"{LISTS}/export").json()
        assert {each["candidate_id"] for each in exported} == {WATER, PUMP}
        assert all(each["history"] and each["kept"]["revision"] for each in exported)
        assert own.delete(LISTS, params={"confirm": HILL}).status_code == 409
        assert own.delete(LISTS, params={"confirm": SHORE}).json() == {"deleted": 2}
        assert (own.get(LISTS).json()["total"], other.get(LISTS).json()["total"]) == (0, 1)

    def test_pages_of_a_long_list(self, own: httpx.Client) -> None:
        """
        A long list comes page by page, each entry once.
        """
        ids = {added(own, text=f"Varsling {number}")["id"] for number in range(5)}
        seen: list[str] = []
        cursor: str | None = None
        while True:
            found = own.get(LISTS, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
            seen += [each["id"] for each in found["items"]]
            cursor = found["next"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(ids)

    def test_what_nobody_changes_is_deleted(self, place: Office, own: httpx.Client) -> None:
        """
        An entry says the day on which it is deleted if nobody changes it, and from then on it is.
        """
        entry = added(own)
        ecograph = place.service.ecograph
        day = datetime.fromisoformat(entry["expires_on"]).date()
        assert day.year == datetime.now(UTC).year + 2
        assert expire_entries(ecograph, day) == 0
        assert expire_entries(ecograph, day.replace(year=day.year + 1)) == 1
        assert own.get(LISTS).json()["total"] == 0


class TestNeverAScore:
    def test_rankings_are_the_same_with_and_without(
        self, place: Office, own: httpx.Client, other: httpx.Client
    ) -> None:
        """
        Entries of every status by every partner, and verdicts that were shared and published, change no rank, no score
        and no part of one.
        """
        before = ranking(own)
        assert len(before) >= 4
        entries = [
            added(own, WATER, status="not-relevant", why="For lille"),
            added(own, PUMP, status="agreed", note="Den bedste"),
            added(own, GAUGE, status="declined"),
        ]
        added(other, WATER, status="contacted")
        assert ranking(own) == before
        desk = place.service.ecograph.desk
        shared = []
        for entry, verdict in zip(entries, ("does-not-suit", "suits", None), strict=True):
            sent = own.post(
                f"{LISTS}/{entry['id']}/share",
                json={"verdict": verdict, "text": "Varsling ved skybrud: regnmåler", "lang": "da", "consent": True},
                headers={"If-Match": "*"},
            )
            shared.append(sent.json()["shared"]["contribution"])
            desk.approve(shared[-1], OPERATOR)
        after = ranking(own)
        for contribution in shared:
            desk.withdraw(contribution, OPERATOR, "test")
        assert after == before

    def test_typed_need_as_well(self, own: httpx.Client) -> None:
        """
        The same holds for a need in words.
        """

        def found() -> list[tuple[str, float]]:
            answer = own.post("/api/v1/matches", json={"text": "Varsling ved skybrud", "top": 50}).json()
            return [(each["id"], each["score"]) for each in answer["matches"]]

        before = found()
        added(own, PUMP, text="Varsling ved skybrud", status="agreed")
        assert found() == before


@pytest.mark.slow
class TestWithdrawnGrounds:
    def test_reason_is_struck_when_its_evidence_is_withdrawn(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """
        When the contribution that a reason rests on is withdrawn, the reason is struck with the day, the others stand,
        and the points of then and now are told, in three languages; brought back, the reason stands again.
        """
        with office(tmp_path_factory.mktemp("withdrawn")) as place, place.service.client("contributor") as own:
            entry = added(own)
            place.service.ecograph.desk.withdraw(place.evidence, OPERATOR, "Fejl i projektet")
            revision = place.service.ecograph.revision
            found = own.get(f"{LISTS}/{entry['id']}").json()
            struck = [each for each in found["kept"]["reasons"] if not each["stands"]]
            standing = [each for each in found["kept"]["reasons"] if each["stands"]]
            assert struck
            assert standing
            assert found["struck"] == len(struck)
            assert all("Cloudburst warning in the port" in each["sentences"]["en"] or each["gone"] for each in struck)
            today = datetime.now(UTC).date().isoformat()
            for reason in struck:
                for gone in reason["gone"]:
                    assert gone["statement"] in reason["path"]
                    assert (gone["revision"], gone["withdrawn"], gone["when"][:10]) == (revision, True, today)
            assert found["now"]["score"] < found["kept"]["score"]
            with place.service.client(**SAME_SITE, Accept="text/html") as browser:
                browser.post("/da/login", data={"token": place.service.secrets["contributor"]})
                for lang in LANGUAGES:
                    page = browser.get(f"/{lang}/shortlist/{entry['id']}").text
                    assert page.count("<del>") == len(struck)
                    said = text("shortlist.entry.withdrawn-on", lang, day="…").split("…")[0]
                    assert page.count(said) == len(struck)
                    assert (
                        text("shortlist.page.struck", lang, count=len(struck)) in browser.get(f"/{lang}/shortlist").text
                    )
            case = place.service.ecograph.desk.case(place.evidence, OPERATOR, checked=False)
            again(place, case.contribution.file_name)
            assert own.get(f"{LISTS}/{entry['id']}").json()["struck"] == 0

    def test_candidate_that_is_gone(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """
        An entry outlives its candidate and its need: it keeps the name, and has no points today.
        """
        with office(tmp_path_factory.mktemp("gone")) as place, place.service.client("contributor") as own:
            entry = added(own, GAUGE)
            for each in reversed(place.service.ecograph.ledger.contributions()):
                if each.publisher in (SHORE, HILL):
                    place.service.ecograph.desk.withdraw(each.id, OPERATOR, "test")
            found = own.get(f"{LISTS}/{entry['id']}").json()
            assert (found["now"], found["labels"]["da"]) == (None, "Regnmåler til skybrud")
            with place.service.client(**SAME_SITE, Accept="text/html") as browser:
                browser.post("/da/login", data={"token": place.service.secrets["contributor"]})
                for path in ("/da/shortlist", f"/da/shortlist/{entry['id']}"):
                    page = browser.get(path)
                    assert page.status_code == 200
                    assert "Regnmåler til skybrud" in page.text


class TestSharing:
    def test_verdict_goes_the_way_of_a_contribution(self, place: Office, own: httpx.Client) -> None:
        """
        A shared verdict waits for review, is then shown beside the candidate with who and when, and is gone when it is
        withdrawn; the note never goes along.
        """
        entry = added(own, PUMP, note="Hemmelig note")
        path = f"{LISTS}/{entry['id']}"
        body = {"verdict": "partly-suits", "text": "Pumpen passer, men kun i havnen.", "lang": "da", "consent": True}
        shown = own.post(f"{path}/share?dry_run=true", json=body, headers={"If-Match": "*"})
        assert "Pumpen passer" in shown.json()["turtle"]
        assert own.get("/api/v1/contributions", params={"state": "submitted"}).json()["total"] == 0
        shared = own.post(f"{path}/share", json=body, headers={"If-Match": f'"{entry["version"]}"'}).json()["shared"]
        assert shared["state"] == "submitted"
        again = own.post(f"{path}/share", json=body, headers={"If-Match": "*"})
        assert (again.status_code, again.json()["code"]) == (409, "wrong-state")
        need = f"/da/id/need/{NEED_ID}"
        assert "Pumpen passer" not in own.get(need, headers={"Accept": "text/html"}).text
        with place.service.client("reviewer") as reviewer:
            url = f"/api/v1/contributions/{shared['contribution']}"
            assert b"Hemmelig" not in reviewer.get(f"{url}/file").content
            assert reviewer.post(f"{url}/approve", headers={"If-Match": "*"}).status_code == 200
        page = own.get(need, headers={"Accept": "text/html"}).text
        assert "Pumpen passer, men kun i havnen." in page
        assert f"Passer delvist – Syntetisk Strand Kommune, {datetime.now(UTC):%d.%m.%Y}" in page
        assert "Tæller ikke med i point." in page
        assert "Hemmelig" not in page
        taken = own.post(f"{path}/unshare", json={"why": "Vi tog fejl"})
        assert taken.json()["shared"]["state"] == "withdrawn"
        assert "Pumpen passer" not in own.get(need, headers={"Accept": "text/html"}).text

    @pytest.mark.parametrize("consent", [None, False, "nej"])
    def test_nothing_is_shared_without_consent(self, own: httpx.Client, consent: object) -> None:
        """
        Without saying so nothing is sent.
        """
        entry = added(own)
        before = own.get("/api/v1/contributions").json()["total"]
        body = {"verdict": "suits", "text": "x", **({} if consent is None else {"consent": consent})}
        answer = own.post(f"{LISTS}/{entry['id']}/share", json=body, headers={"If-Match": "*"})
        assert answer.status_code == 422
        assert own.get("/api/v1/contributions").json()["total"] == before

    def test_what_cannot_be_shared(self, own: httpx.Client) -> None:
        """
        About a need that is only words nothing can be told, nor a status that others would not understand.
        """
        typed = added(own, text="Varsling")
        refused = added(own, status="not-relevant", why="For lille")
        for entry, verdict in ((typed, "suits"), (refused, None)):
            body = {"verdict": verdict, "consent": True}
            answer = own.post(f"{LISTS}/{entry['id']}/share", json=body, headers={"If-Match": "*"})
            assert (answer.status_code, answer.json()["code"]) == (400, "bad-parameter")


class TestPages:
    def test_candidate_is_kept_from_the_answer(self, browser: httpx.Client) -> None:
        """
        The button beside a candidate puts it on the list and leads back; the answer then shows its status, and only to
        the partner.
        """
        path = f"/da/id/need/{NEED_ID}"
        form = {"need": NEED_ID, "candidate": PUMP, "next": path, "at": "group-solution"}
        assert 'name="candidate" value="' + PUMP in browser.get(path).text
        there = browser.post("/da/shortlist/add", data=form)
        assert (there.status_code, there.headers["Location"]) == (303, f"{path}#group-solution")
        assert "På jeres kortliste:" in browser.get(path).text
        browser.post("/da/logout")
        assert "På jeres kortliste:" not in browser.get(path).text

    def test_signed_out_visitor_comes_back(self, place: Office) -> None:
        """
        Without a session the button is a link to sign in, which leads back to the same answer.
        """
        with place.service.client(**SAME_SITE, Accept="text/html") as visitor:
            page = visitor.get("/sv/match", params={"q": "Varning vid skyfall", "topic": "cloudburst"}).text
            (link, *_) = re.findall(r'href="(/sv/login\?next=[^"]+)"', page)
            form = visitor.get(link).text
            back = re.search(r'name="next" value="([^"]+)"', form)
            assert back
            address = back[1].replace("&amp;", "&")
            signed = visitor.post("/sv/login", data={"token": place.service.secrets["contributor"], "next": address})
            assert signed.headers["Location"] == "/sv/match?q=Varning+vid+skyfall&topic=cloudburst"

    @pytest.mark.parametrize("next_page", ["https://example.org/", "//example.org", "javascript:alert(1)"])
    def test_form_leads_nowhere_else(self, browser: httpx.Client, next_page: str) -> None:
        """
        A way back that is no page of ours is not followed.
        """
        there = browser.post("/da/shortlist/add", data={"need": NEED_ID, "candidate": PUMP, "next": next_page})
        assert there.headers["Location"].startswith("/da/shortlist/")

    def test_chosen_topics_are_kept(self, browser: httpx.Client, own: httpx.Client) -> None:
        """
        Topics and weighting that the coordinator chose are kept, and the points of today are for the same ones.
        """
        form = {"q": "Noget med vand", "candidate": PUMP, "topic": ["cloudburst", ""], "weighting": "ready-to-buy"}
        browser.post("/da/shortlist/add", data=form)
        (entry,) = own.get(LISTS).json()["items"]
        assert (entry["kept"]["topics"], entry["kept"]["weighting"]) == (["cloudburst"], "ready-to-buy")
        assert entry["now"]["score"] == entry["kept"]["score"] > 0.3
        again = "q=Noget+med+vand&amp;topic=cloudburst&amp;weighting=ready-to-buy"
        assert again in browser.get(f"/da/shortlist/{entry['id']}").text

    def test_not_relevant_asks_why(self, browser: httpx.Client, own: httpx.Client) -> None:
        """
        Chosen in the list, *not relevant* leads to the page that asks for the reason; with it the status is kept.
        """
        entry = added(own)
        path = f"/da/shortlist/{entry['id']}"
        there = browser.post(f"{path}/status", data={"status": "not-relevant", "version": entry["version"]})
        assert there.headers["Location"] == f"{path}?status=not-relevant#why"
        assert "Skriv, hvorfor kandidaten ikke er relevant." in browser.get(f"{path}?status=not-relevant").text
        form = {"status": "not-relevant", "why": " ", "note": "n", "version": entry["version"]}
        assert browser.post(f"{path}/change", data=form).status_code == 422
        assert browser.post(f"{path}/change", data={**form, "why": "For lille"}).status_code == 303
        assert own.get(f"{LISTS}/{entry['id']}").json()["status"] == "not-relevant"

    def test_second_of_two_keeps_what_was_typed(self, browser: httpx.Client, own: httpx.Client) -> None:
        """
        Who saves after a colleague is shown what the colleague wrote, and their own words are still in the form.
        """
        entry = added(own)
        own.patch(f"{LISTS}/{entry['id']}", json={"note": "Kollegas note"}, headers={"If-Match": "*"})
        form = {"status": "contacted", "note": "Min note", "version": entry["version"]}
        page = browser.post(f"/da/shortlist/{entry['id']}/change", data=form)
        assert page.status_code == 412
        assert "Kollegas note" in page.text
        assert "Min note</textarea>" in page.text
        assert own.get(f"{LISTS}/{entry['id']}").json()["note"] == "Kollegas note"

    def test_sharing_is_shown_before_and_ticked(self, browser: httpx.Client, own: httpx.Client) -> None:
        """
        Sharing takes three steps: what to tell, the text as others will read it, and a box to tick.
        """
        entry = added(own, note="Hemmelig note")
        path = f"/da/shortlist/{entry['id']}/share"
        total = own.get("/api/v1/contributions").json()["total"]
        assert browser.post(path, data={"text": "Godt"}).status_code == 422
        said = {"verdict": "suits", "text": "Godt <b>vand</b>", "version": entry["version"]}
        preview = browser.post(path, data=said)
        assert preview.status_code == 200
        assert "Godt &lt;b&gt;vand&lt;/b&gt;" in preview.text
        assert "Hemmelig" not in preview.text
        assert "Godt &lt;b&gt;" in browser.post(path, data={**said, "step": "change"}).text
        missing = browser.post(path, data={**said, "step": "send"})
        assert (missing.status_code, "Sæt kryds" in missing.text) == (422, True)
        assert own.get("/api/v1/contributions").json()["total"] == total
        sent = browser.post(path, data={**said, "step": "send", "consent": "yes"})
        assert sent.headers["Location"] == f"/da/shortlist/{entry['id']}?done=shared"
        assert own.get(f"{LISTS}/{entry['id']}").json()["shared"]["state"] == "submitted"
        assert browser.post(f"/da/shortlist/{entry['id']}/unshare", data={"why": " "}).status_code == 422
        done = browser.post(f"/da/shortlist/{entry['id']}/unshare", data={"why": "Alligevel ikke"})
        assert done.headers["Location"].endswith("?done=unshared")

    @pytest.mark.parametrize("end", ["x" * 32, "%00", "a" * 31, "download.xml", "..%2f"])
    def test_addresses_of_nothing(self, browser: httpx.Client, end: str) -> None:
        """
        An address that names no entry is not found.
        """
        assert browser.get(f"/da/shortlist/{end}").status_code == 404


def again(place: Office, file_name: str) -> None:
    """Send the withdrawn contribution once more."""
    desk = place.service.ecograph.desk
    files = unpack(desk.file(place.evidence, OPERATOR).data, file_name)
    case = desk.receive(files, Options(), OPERATOR, partner=HILL)
    desk.submit(case.contribution.id, OPERATOR)
    desk.approve(case.contribution.id, OPERATOR)
