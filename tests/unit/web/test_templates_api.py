"""Facts about tables over REST: templates, exports, converting."""

from __future__ import annotations

import io
import json
import zipfile

import httpx
import pytest
from openpyxl import load_workbook

from ecograph.web.uploads import XLSX
from service import MUNICIPALITIES, PLACES, Service

API = "/api/v1"
CSV = {"Content-Type": "text/csv"}


def code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


class TestTemplates:
    def test_workbook_speaks_the_readers_language(self, client: httpx.Client) -> None:
        """
        The workbook's headings are Danish for `lang=da`, and for a Danish browser without it.
        """
        for response in (
            client.get(f"{API}/templates/need.xlsx", params={"lang": "da"}),
            client.get(f"{API}/templates/need.xlsx", headers={"Accept-Language": "da"}),
        ):
            assert response.headers["content-type"] == XLSX
            assert response.headers["content-disposition"] == 'attachment; filename="need.xlsx"'
            assert load_workbook(io.BytesIO(response.content)).worksheets[0].title == "Behov"

    @pytest.mark.parametrize(
        ("end", "media_type", "member"),
        [
            ("csv-metadata.json", "application/csvm+json", "@context"),
            ("schema.json", "application/schema+json", "$schema"),
            ("table-schema.json", "application/json", "fields"),
        ],
    )
    def test_descriptions_for_programs(self, client: httpx.Client, end: str, media_type: str, member: str) -> None:
        """
        The same columns as CSVW metadata, JSON Schema and Table Schema; unchanged, they are not sent again.
        """
        response = client.get(f"{API}/templates/need.{end}")
        assert response.headers["content-type"] == media_type
        assert member in json.loads(response.content)
        again = client.get(f"{API}/templates/need.{end}", headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304
        assert code(client.get(f"{API}/templates/nothing.{end}")) == (404, "unknown-template")

    @pytest.mark.parametrize("end", ["xlsx", "schema.json", "table-schema.json"])
    def test_each_language_has_a_tag_of_its_own(self, client: httpx.Client, end: str) -> None:
        """
        Who has a template in Danish is given it in Swedish, and not told that nothing has changed.
        """
        address = f"{API}/templates/need.{end}"
        known = {"If-None-Match": client.get(address, headers={"Accept-Language": "da"}).headers["etag"]}
        assert client.get(address, headers={"Accept-Language": "da", **known}).status_code == 304
        assert client.get(address, headers={"Accept-Language": "sv", **known}).status_code == 200

    def test_language_is_one_of_ours(self, client: httpx.Client) -> None:
        """
        Headings in a language that there is not are refused rather than given in another.
        """
        assert code(client.get(f"{API}/templates/need.csv?lang=fi")) == (422, "invalid-request")


class TestExport:
    def test_what_is_published_comes_as_a_template(self, service: Service) -> None:
        """
        A publisher's tables are listed, and each is the template that was filled in.
        """
        with service.client() as client:
            tables = client.get(f"{API}/publishers/{PLACES}").json()
            assert [each["template"] for each in tables] == ["municipality"]
            table = client.get(tables[0]["csv"])
            assert table.text.startswith("id,name")
            assert "Syntetisk Ærø Kommune" in table.text
            excel = client.get(tables[0]["csv"], params={"lang": "da"})
            assert excel.content.startswith(b"\xef\xbb\xbf")
            book = client.get(tables[0]["xlsx"], params={"lang": "sv"})
            assert book.headers["content-type"] == XLSX
            assert "etag" in book.headers
            check = client.post(
                f"{API}/contributions?dry_run=true&name=municipality.csv", content=table.text, headers=CSV
            )
            assert check.status_code == 200

    def test_publisher_that_is_none(self, service: Service) -> None:
        """
        Someone who has published nothing is a 404, as is a template that is none.
        """
        with service.client() as client:
            for path in ("nobody", "nobody/need.csv", "a%20b/need.csv", "%3C/need.xlsx"):
                assert code(client.get(f"{API}/publishers/{path}")) == (404, "unknown-thing"), path
            assert code(client.get(f"{API}/publishers/{PLACES}/nothing.csv")) == (404, "unknown-template")


class TestConvert:
    def test_table_to_turtle_and_back(self, client: httpx.Client) -> None:
        """
        A table becomes Turtle, Turtle the same table; nothing is lost.
        """
        turtle = client.post(f"{API}/convert?to=ttl&name=municipality.csv", content=MUNICIPALITIES, headers=CSV)
        assert (turtle.status_code, turtle.headers["ecograph-findings"]) == (200, "0")
        assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"
        assert "municipality.ttl" in turtle.headers["content-disposition"]
        headers = {"Content-Type": "text/turtle"}
        table = client.post(f"{API}/convert?to=csv", content=turtle.content, headers=headers)
        assert table.headers["ecograph-findings"] == "0"
        assert "Syntetisk Ærø Kommune" in table.text
        book = client.post(f"{API}/convert?to=xlsx&lang=da", content=turtle.content, headers=headers)
        assert zipfile.is_zipfile(io.BytesIO(book.content))

    def test_file_that_cannot_be_read(self, client: httpx.Client) -> None:
        """
        Here, where no report comes back, a file that cannot be read is a problem, with its place.
        """
        broken = client.post(f"{API}/convert?to=csv", content="<a> <b", headers={"Content-Type": "text/turtle"})
        assert code(broken) == (422, "syntax")
        assert code(client.post(f"{API}/convert?to=pdf", content="x", headers=CSV)) == (422, "invalid-request")
        trig = client.post(f"{API}/convert?to=csv", content="{}", headers={"Content-Type": "application/trig"})
        assert code(trig) == (415, "refused-format")
        two = [("file", ("a.csv", b"id\n")), ("file", ("b.csv", b"id\n"))]
        assert code(client.post(f"{API}/convert?to=ttl", files=two)) == (400, "bad-parameter")
