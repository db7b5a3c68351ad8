"""Facts about who said this."""

from __future__ import annotations

import httpx

from ecograph.namespaces import FOAF
from service import PLACES, Service

ASK = "/api/v1/statements"


class TestStatements:
    def test_statement_comes_with_its_publication(self, service: Service) -> None:
        """
        Publisher, sources, licence and date, and from the ledger the revision, the moment and the hash of the file.
        """
        with service.client() as client:
            asked = {"subject": "municipality/dk-synthetic", "property": FOAF.name.value}
            items = client.get(ASK, params=asked).json()["items"]
            short = client.get(ASK, params={**asked, "property": "foaf:name"}).json()["items"]
        assert [item["statement"]["object"] for item in items] == ["Syntetisk Ærø Kommune"]
        assert short == items
        said = items[0]
        assert (said["publisher"], said["publisher_slug"], said["issued"]) == ("Synthetic places", PLACES, "2026-11-22")
        assert said["example"] is True
        assert said["rights"]["sv"] == "Påhittat för test."
        publication = said["publication"]
        contribution = service.ecograph.ledger.contribution(publication["contribution"])
        assert (publication["sha256"], publication["reviewer"]) == (contribution.sha256, None)
        assert service.ecograph.ledger.revision_of(contribution.id).number == publication["revision"]

    def test_value_narrows(self, client: httpx.Client) -> None:
        """
        A statement is found by its text or IRI; without a ledger it is said by whom, not in which contribution.
        """
        every = client.get(ASK, params={"subject": "need/cloudburst"}).json()
        one = client.get(ASK, params={"subject": "need/cloudburst", "object": "Cloudburst warning"}).json()
        assert len(every["items"]) > len(one["items"]) == 1
        assert one["items"][0]["publication"] is None
        few = client.get(ASK, params={"subject": "need/cloudburst", "limit": 1}).json()
        assert (len(few["items"]), few["truncated"], every["truncated"]) == (1, True, False)

    def test_what_nobody_said(self, client: httpx.Client) -> None:
        """
        A statement that is not published is a 404, a subject that is no IRI a 400.
        """
        assert client.get(ASK, params={"subject": "need/none"}).json()["code"] == "unknown-thing"
        assert client.get(ASK, params={"subject": "need/a b"}).json()["code"] == "bad-parameter"
