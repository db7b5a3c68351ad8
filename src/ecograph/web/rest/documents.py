"""What the routes of contributions share: how an answer is headed, and what the description says of requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi.responses import JSONResponse

from ecograph.contribute.desk import Case
from ecograph.web.rest import contribution_models as models
from ecograph.web.uploads import FORM, XLSX

PRIVATE: Final[Mapping[str, str]] = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Authorization"}
"""Of answers that are for whoever asked alone."""

_TEXT: Final = {"type": "string"}
_BINARY: Final = {"type": "string", "contentMediaType": "application/octet-stream"}
UPLOAD_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": (
            "Files and fields as a form; or one file as the body, with the fields in the address and its name in "
            "`Content-Disposition` or `?name=`. At most 10 MB."
        ),
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    # Whatever stands in a field of a form is text.
                    "properties": {
                        "file": {"type": "array", "minItems": 1, "items": _BINARY},
                        "template": {"description": "The template of tables; else their names and headings"},
                        "mode": {**_TEXT, "enum": ["merge", "replace"], "default": "merge"},
                        "source": {**_TEXT, "format": "uri"},
                        "issued": {**_TEXT, "format": "date"},
                        "expires_on": {**_TEXT, "format": "date"},
                        "note": {"maxLength": 2000},
                        "corrects": {"description": "The contribution that this one puts right"},
                        "lang": {**_TEXT, "enum": ["da", "sv", "en"]},
                        "partner": {"description": "For an administrator: whose it is"},
                    },
                },
                "encoding": {"file": {"contentType": "text/csv, text/turtle, application/n-triples, " + XLSX}},
            },
            # Whatever the bytes are, they are read: what is wrong with them is said as findings.
            "text/csv": {
                "example": "id,title_da,topic,raised_by,country\nskybrud,Varsling,cloudburst,dk-albertslund,dk\n"
            },
            "text/turtle": {},
            "application/n-triples": {},
            XLSX: {},
        },
    }
}
"""What the description says of a request with files."""


def given(found: Case, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A contribution, with its version as the entity tag."""
    tag = {"ETag": etag(found.contribution.version)}
    return JSONResponse(models.case(found), status, {**PRIVATE, **tag, **(headers or {})})


def etag(version: int) -> str:
    """
    The entity tag of a version.

    Example:
        >>> etag(3)
        '"3"'
    """
    return f'"{version}"'
