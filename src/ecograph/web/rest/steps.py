"""
REST for what is done with a contribution: submit, approve, return, withdraw, renew, note.

Every step names the version it was decided about, so that of two who decide at once the second one is told.

Source:
    RFC 9110, section 13.1.1 (`If-Match`); RFC 6585, section 3 (428); docs/api.md, "Steps".
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse

from ecograph.errors import BadParameter
from ecograph.web.access import TheEcoGraph
from ecograph.web.auth import TheWho
from ecograph.web.problems import Refused
from ecograph.web.rest import contribution_bodies as bodies
from ecograph.web.rest import contribution_models as models
from ecograph.web.rest.contributions import Id
from ecograph.web.rest.documents import PRIVATE, given
from ecograph.web.rest.lists import problems_of

router = APIRouter(
    prefix="/api/v1/contributions/{contribution_id}",
    tags=["contribute"],
    responses=problems_of(400, 401, 403, 404, 409, 412, 422, 428, 503),
)

# Weak tags too: a proxy that compresses answers makes them of ours.
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"')
_CASE: Final[dict[str, Any]] = {"response_model": models.CaseModel}


def seen_version(
    if_match: Annotated[
        str | None,
        Header(max_length=200, description="The `ETag` of the contribution as it was seen", examples=['"3"']),
    ] = None,
) -> int | None:
    """
    The version that somebody decides about; None for whichever it has.

    Raises:
        Refused: They do not say (428).
        BadParameter: It is no tag of ours.
    """
    if if_match is None:
        raise Refused(428, "version-needed")
    if if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise BadParameter(name="If-Match", value=if_match, expected='"3"')
    return int(found[1])


Version = Annotated[int | None, Depends(seen_version)]


@router.post("/submit", summary="Hand it to the reviewers", **_CASE)
def submit(
    ecograph: TheEcoGraph,
    who: TheWho,
    contribution_id: Id,
    version: Version,
    body: bodies.Submission | None = None,
) -> JSONResponse:
    """With findings that stop publication it stays (422), unless the rows that have them are left out."""
    leave_out = body.leave_out if body else None
    if isinstance(leave_out, dict):
        leave_out = {file: tuple(parts) for file, parts in leave_out.items()}  # type: ignore[misc]
    return given(ecograph.desk.submit(contribution_id, who, version=version, leave_out=leave_out))  # type: ignore[arg-type]


@router.post("/approve", summary="Approve and publish it", **_CASE)
def approve(
    ecograph: TheEcoGraph, who: TheWho, contribution_id: Id, version: Version, body: bodies.Reason | None = None
) -> JSONResponse:
    """Whoever reads next sees it. If it no longer holds against what others published, it is returned (422)."""
    return given(ecograph.desk.approve(contribution_id, who, body.why if body else "", version=version))


@router.post("/return", summary="Send it back", **_CASE)
def send_back(
    ecograph: TheEcoGraph, who: TheWho, contribution_id: Id, version: Version, body: bodies.NeededReason
) -> JSONResponse:
    """To its contributor, with the reason."""
    return given(ecograph.desk.send_back(contribution_id, who, body.why, version=version))


@router.post("/withdraw", summary="Take it back", **_CASE)
def withdraw(
    ecograph: TheEcoGraph, who: TheWho, contribution_id: Id, version: Version, body: bodies.NeededReason
) -> JSONResponse:
    """What it changed in the graph is undone, and nothing else; one that waits for review is returned."""
    return given(ecograph.desk.withdraw(contribution_id, who, body.why, version=version))


@router.post("/renew", summary="Let it stay longer", **_CASE)
def renew(
    ecograph: TheEcoGraph, who: TheWho, contribution_id: Id, version: Version, body: bodies.Renewal
) -> JSONResponse:
    """A published one gets another day on which its time ends."""
    return given(ecograph.desk.renew(contribution_id, who, body.expires_on, version=version))


@router.post("/notes", summary="Write about it", status_code=201)
def note(
    request: Request, ecograph: TheEcoGraph, who: TheWho, contribution_id: Id, body: bodies.NewNote
) -> JSONResponse:
    """For those who work with it. This needs no `If-Match`: it decides nothing."""
    found = ecograph.desk.note(contribution_id, who, body.words)
    headers = {**PRIVATE, "Location": request.url.path}
    return JSONResponse(models.notes(found.notes[-1:])[0], 201, headers)
