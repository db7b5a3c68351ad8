"""
The reconciliation service, asked as OpenRefine asks: everything it needs to know comes from the manifest.

Source:
    Reconciliation Service API v0.2 (W3C community group).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asked import AERO, AMAL

from service import Service


class OpenRefine:
    """The requests of OpenRefine's reconciliation, preview, suggestion and data extension."""

    def __init__(self, service: str, http: httpx.Client) -> None:
        self.service = service
        self.http = http
        self.manifest = self._get(service)

    def reconcile(self, cells: list[str], kind: str | None = None) -> list[list[dict[str, Any]]]:
        """The candidates of a column's cells, in one batch."""
        asked = {
            f"q{at}": {"query": cell, "limit": 3, "type_strict": "should", **({"type": kind} if kind else {})}
            for at, cell in enumerate(cells)
        }
        answer = self.http.post(self.service, data={"queries": json.dumps(asked)})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found.keys() == asked.keys()
        return [found[f"q{at}"]["result"] for at in range(len(cells))]

    def suggest(self, what: str, prefix: str) -> list[dict[str, Any]]:
        """What is offered while somebody types."""
        where = self.manifest["suggest"][what]
        found = self._get(where["service_url"] + where["service_path"], prefix=prefix)["result"]
        assert isinstance(found, list)
        return found

    def flyout(self, what: str, ident: str) -> dict[str, Any]:
        """What is shown beside a suggestion."""
        where = self.manifest["suggest"][what]
        path = where["flyout_service_path"].replace("${id}", httpx.QueryParams({"": ident}).__str__()[1:])
        return self._get(where["service_url"] + path)

    def preview(self, ident: str) -> str:
        """The page that is shown for a candidate."""
        url = self.manifest["preview"]["url"].replace("{{id}}", httpx.QueryParams({"": ident}).__str__()[1:])
        answer = self.http.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        return answer.text

    def properties(self, kind: str) -> list[dict[str, Any]]:
        """The columns that can be added for things of a kind."""
        where = self.manifest["extend"]["propose_properties"]
        found = self._get(where["service_url"] + where["service_path"], type=kind)["properties"]
        assert isinstance(found, list)
        return found

    def extend(self, idents: list[str], properties: list[str]) -> dict[str, Any]:
        """New columns for reconciled cells."""
        asked = {"ids": idents, "properties": [{"id": each} for each in properties]}
        answer = self.http.post(self.service, data={"extend": json.dumps(asked)})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert isinstance(found, dict)
        return found

    def _get(self, url: str, **params: str) -> dict[str, Any]:
        answer = self.http.get(url, params=params or None)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert isinstance(found, dict)
        return found


@pytest.fixture(scope="module")
def refine(small: Service) -> Iterator[OpenRefine]:
    with httpx.Client(headers={"User-Agent": "OpenRefine 3.8"}, timeout=30) as http:
        yield OpenRefine(f"{small.url}/reconcile", http)


@pytest.fixture(scope="module")
def kind(refine: OpenRefine) -> str:
    """The type that the service gives a municipality."""
    found = [each for each in refine.suggest("type", "munic") if "unicipal" in each["name"]]
    assert found
    return str(found[0]["id"])


class TestOpenRefine:
    def test_service_is_added_by_its_address(self, refine: OpenRefine) -> None:
        """
        OpenRefine adds the service by its address alone: the manifest has what it reads.
        """
        assert "0.2" in refine.manifest["versions"]
        assert {"name", "identifierSpace", "schemaSpace", "view", "defaultTypes"} <= refine.manifest.keys()
        assert "{{id}}" in refine.manifest["view"]["url"]

    def test_old_client_gets_a_callback(self, refine: OpenRefine) -> None:
        """
        A client of old, which can only load scripts, gets the manifest as one.
        """
        answer = refine.http.get(refine.service, params={"callback": "jsonp1"})
        assert answer.headers["content-type"].partition(";")[0] in ("application/javascript", "text/javascript")
        opening, _, rest = answer.text.partition("jsonp1(")
        assert opening in ("", "/**/")
        assert json.loads(rest.rstrip().removesuffix(";").removesuffix(")"))["name"] == refine.manifest["name"]

    def test_column_is_reconciled(self, refine: OpenRefine, kind: str) -> None:
        """
        A column of names, with a spelling mistake among them, is matched with our things in one request.
        """
        exact, mistaken, nobody = refine.reconcile([AERO, "Påhitade Amåls kommun", "Qxzqxz"], kind)
        assert exact[0]["name"] == AERO
        assert exact[0]["match"] is True
        assert "municipality/dk-synthetic" in exact[0]["id"]
        assert mistaken[0]["name"] == AMAL
        assert not any(each["match"] for each in nobody)
        assert {"id", "name", "score", "match", "type"} <= exact[0].keys()
        assert [each["score"] for each in exact] == sorted((each["score"] for each in exact), reverse=True)

    def test_type_is_guessed(self, refine: OpenRefine, kind: str) -> None:
        """
        Before it knows the type, OpenRefine asks for ten cells and reads the types of the candidates.
        """
        (candidates,) = refine.reconcile([AERO])
        assert kind in {each["id"] for each in candidates[0]["type"]}

    def test_typing_is_helped(self, refine: OpenRefine) -> None:
        """
        What somebody types is completed, with a few words about it.
        """
        found = refine.suggest("entity", "Syntetisk Ær")
        assert AERO in {each["name"] for each in found}
        assert all(isinstance(each["id"], str) for each in found)

    def test_candidate_is_shown(self, refine: OpenRefine) -> None:
        """
        A candidate is shown on a small page.
        """
        ((best, *_),) = refine.reconcile([AERO])
        assert AERO in refine.preview(best["id"])

    def test_columns_are_added(self, refine: OpenRefine, kind: str) -> None:
        """
        Properties of a type become columns, with a value for each reconciled cell.
        """
        ((danish, *_), (swedish, *_)) = refine.reconcile([AERO, AMAL], kind)
        offered = refine.properties(kind)
        assert offered
        found = refine.extend([danish["id"], swedish["id"]], [each["id"] for each in offered])
        assert {each["id"] for each in found["meta"]} == {each["id"] for each in offered}
        assert found["rows"].keys() == {danish["id"], swedish["id"]}
        values = [value for row in found["rows"].values() for cells in row.values() for value in cells]
        assert {"9901", "9902"} <= {value.get("str") for value in values}
