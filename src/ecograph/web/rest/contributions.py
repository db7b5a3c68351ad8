"""
REST for those who contribute: check files, send them, and see what became of them.

What is done with a contribution then is in `steps`.

Source:
    docs/api.md, "Contributions".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from ecograph.bootstrap import EcoGraph
from ecograph.contribute.desk import Case, Who
from ecograph.contribute.packing import SourceFile, unpack
from ecograph.contribute.staged import Staged
from ecograph.errors import Forbidden, WrongState
from ecograph.ledger.partners import Role
from ecograph.ledger.records import Contribution, JsonValue, State
from ecograph.messages import Language
from ecograph.rdf.formats import TURTLE, Format, negotiate
from ecograph.shacl.rdf_report import as_turtle
from ecograph.web.access import TheEcoGraph, TheLanguage
from ecograph.web.auth import MaybeWho, TheWho, who_asks
from ecograph.web.idempotency import Once, fingerprint
from ecograph.web.rest import contribution_models as models
from ecograph.web.rest.contribution_bodies import Day
from ecograph.web.rest.documents import PRIVATE, UPLOAD_BODY, given
from ecograph.web.rest.lists import PAGED, OnlyKnown, link_pages, page_after, problems_of
from ecograph.web.uploads import XLSX, Upload, attachment, media_type_of, read_upload

router = APIRouter(prefix="/api/v1", tags=["contribute"], responses=problems_of(401, 403, 404, 422, 503))

_JSON: Final = Format("json", "application/json", "json")
_XLSX: Final = Format("xlsx", XLSX, "xlsx")
_WRITTEN: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": models.Check, "content": {TURTLE.media_type: {}, XLSX: {}}}
}
_FAULTY_ROWS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/csv": {}, XLSX: {}, "application/zip": {}}, "description": "Rows with what is wrong"},
    204: {"description": "No row is to be corrected"},
}
_SENT: Final = ("text/csv", "text/turtle", "application/n-triples", XLSX, "application/zip", "application/octet-stream")
_MAX_PAGE: Final = 200

Id = Annotated[str, Path(max_length=64, description="A contribution", examples=["5f0c6c3e9f0a4a56b1f2b7f9d0d3a1c2"])]
TheUpload = Annotated[Upload, Depends(read_upload)]
DryRun = Annotated[
    bool, Query(alias="dry_run", description="Check only: nothing is kept, and nobody is asked who", examples=[True])
]
_Lang = Annotated[Language | None, Query(alias="lang", description="da, sv or en; else Accept-Language decides")]


@dataclass(frozen=True)
class Sender:
    """Who sends files, and whether only to have them checked."""

    who: Who | None
    only_check: bool


def sender(
    ecograph: TheEcoGraph,
    who: MaybeWho,
    dry_run: DryRun = False,
    check: Annotated[bool, Query(description="The same as `dry_run`")] = False,
) -> Sender:
    """
    Whoever sends files: anybody for a check, else a contributor. This is decided before the files are read.

    Raises:
        ReadOnly, Refused, Forbidden: They may not.
    """
    if dry_run or check:
        return Sender(who, True)
    _ = ecograph.ledger
    if not who_asks(who).role.may(Role.CONTRIBUTOR):
        raise Forbidden(needed="contributor")
    return Sender(who, False)


@router.post(
    "/contributions",
    summary="Check or send files",
    status_code=201,
    responses={
        200: {
            "description": "With `dry_run`: the verdict and all findings, whether it conforms or not",
            **_WRITTEN[200],
        },
        201: {"model": models.CaseModel, "description": "Kept and checked; it waits to be submitted"},
        **problems_of(400, 408, 413, 415),
    },
    openapi_extra=UPLOAD_BODY,
)
def contribute(
    request: Request,
    ecograph: TheEcoGraph,
    sent_by: Annotated[Sender, Depends(sender)],
    upload: TheUpload,
    lang: TheLanguage,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="The same key and files within a day: the same contribution",
        ),
    ] = None,
) -> Response:
    """
    With `dry_run=true` the files are checked for anybody and not kept; findings never make it an error.

    Else they are kept as a contribution of the token's partner, in the state `checked`, also with findings.
    """
    if sent_by.only_check or sent_by.who is None:
        staged = _checked(ecograph, upload, sent_by.who)
        target = negotiate(request.headers.get("accept"), (_JSON, TURTLE, _XLSX))
        return _written(ecograph, staged, upload.files, target, upload.lang or lang)
    who = sent_by.who
    partner = upload.fields.get("partner") or None
    if idempotency_key is None:
        return _created(ecograph.desk.receive(upload.files, upload.options, who, partner=partner))
    first: list[Case] = []

    def receive() -> dict[str, JsonValue]:
        first.append(ecograph.desk.receive(upload.files, upload.options, who, partner=partner))
        return {"id": first[0].contribution.id}

    once: Once = request.app.state.once
    digest = fingerprint(upload, partner or who.partner)
    answer, again = once.do(ecograph.ledger, who.name, idempotency_key, digest, receive)
    found = first[0] if first else ecograph.desk.case(str(answer["id"]), who)
    return _created(found, {"Idempotency-Replayed": "true"} if again else {})


@router.post(
    "/contributions/check/marked",
    summary="Check files, and get them back with marked cells",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "A workbook"}, **problems_of(400, 408, 413, 415)},
    openapi_extra=UPLOAD_BODY,
)
def check_marked(ecograph: TheEcoGraph, who: MaybeWho, upload: TheUpload, lang: TheLanguage) -> Response:
    """The cells that findings are about are coloured, with the messages as comments. Nothing is kept."""
    staged = _checked(ecograph, upload, who)
    return _written(ecograph, staged, upload.files, _XLSX, upload.lang or lang)


@router.post(
    "/contributions/check/errors",
    summary="Check files, and get back only the rows to be corrected",
    response_class=Response,
    responses={**_FAULTY_ROWS, **problems_of(400, 408, 413, 415)},
    openapi_extra=UPLOAD_BODY,
)
def check_errors(ecograph: TheEcoGraph, who: MaybeWho, upload: TheUpload, lang: TheLanguage) -> Response:
    """In the form they came, with a column that says what is wrong. Nothing is kept."""
    return _faulty_rows(ecograph, _checked(ecograph, upload, who), upload.lang or lang)


@router.get(
    "/contributions",
    summary="Contributions",
    response_model=models.Contributions,
    responses={**PAGED, **problems_of(400)},
    dependencies=[OnlyKnown],
)
def contributions(
    request: Request,
    ecograph: TheEcoGraph,
    who: TheWho,
    state: Annotated[State | None, Query(description="Only those in this state")] = None,
    partner: Annotated[str | None, Query(max_length=60, description="Only those of this partner")] = None,
    expires_before: Annotated[Day | None, Query(description="Published ones whose time ends before that day")] = None,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of the page before")] = None,
) -> JSONResponse:
    """Those of one's own partner, oldest first; reviewers and administrators see everybody's."""
    wanted = State.PUBLISHED if expires_before else state
    found = [
        each
        for each in ecograph.desk.cases(who, state=wanted, partner=partner)
        if expires_before is None or (each.expires_on is not None and each.expires_on < expires_before)
    ]
    shown, following = page_after(cursor, found, limit)
    body = {"items": [models.contribution(each) for each in shown], "total": len(found), "next": following}
    answer = JSONResponse(body, headers=PRIVATE)
    link_pages(request, answer, following)
    return answer


@router.get("/contributions/{contribution_id}", summary="One contribution", response_model=models.CaseModel)
def contribution(ecograph: TheEcoGraph, who: TheWho, contribution_id: Id) -> JSONResponse:
    """What happened to it and what may happen next; `ETag` is what the next step sends as `If-Match`."""
    return given(ecograph.desk.case(contribution_id, who, checked=False))


@router.get(
    "/contributions/{contribution_id}/report",
    summary="What was found",
    responses={**_WRITTEN, **problems_of(406, 409)},
)
def report(
    request: Request, ecograph: TheEcoGraph, who: TheWho, contribution_id: Id, lang: TheLanguage, _lang: _Lang = None
) -> Response:
    """All findings, against what is published now; as `text/turtle` a `sh:ValidationReport`."""
    target = negotiate(request.headers.get("accept"), (_JSON, TURTLE, _XLSX))
    found, staged = _open(ecograph, contribution_id, who)
    return _written(ecograph, staged, _files(found, staged), target, lang)


@router.get(
    "/contributions/{contribution_id}/marked.xlsx",
    summary="The file back with marked cells",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "A workbook"}, **problems_of(409)},
)
def marked(ecograph: TheEcoGraph, who: TheWho, contribution_id: Id, lang: TheLanguage, _lang: _Lang = None) -> Response:
    """The cells that findings are about are coloured, with the messages as comments."""
    found, staged = _open(ecograph, contribution_id, who)
    return _written(ecograph, staged, _files(found, staged), _XLSX, lang)


@router.get(
    "/contributions/{contribution_id}/errors",
    summary="Only the rows to be corrected",
    response_class=Response,
    responses={**_FAULTY_ROWS, **problems_of(409)},
)
def errors(ecograph: TheEcoGraph, who: TheWho, contribution_id: Id, lang: TheLanguage, _lang: _Lang = None) -> Response:
    """In the form they came, with a column that says what is wrong. It is passed over when they are sent again."""
    _, staged = _open(ecograph, contribution_id, who)
    return _faulty_rows(ecograph, staged, lang)


@router.get(
    "/contributions/{contribution_id}/file",
    summary="The bytes as they were sent",
    response_class=Response,
    responses={
        200: {"content": {each: {} for each in _SENT}, "description": "The file, or a ZIP of several"},
        **problems_of(409),
    },
)
def file(ecograph: TheEcoGraph, who: TheWho, contribution_id: Id) -> Response:
    """The file, or a ZIP of several; its SHA-256 is that of the contribution."""
    return _file(ecograph.desk.file(contribution_id, who))


@router.get("/contributions/{contribution_id}/diff", summary="What it changes", response_model=models.Diff)
def diff(ecograph: TheEcoGraph, who: TheWho, contribution_id: Id) -> JSONResponse:
    """Against what is published now; of a published one what it changed. In words, and as statements."""
    return JSONResponse(models.difference(ecograph.desk.difference(contribution_id, who)), headers=PRIVATE)


@router.get("/contributions/{contribution_id}/events", summary="What happened to it")
def events(ecograph: TheEcoGraph, who: TheWho, contribution_id: Id) -> list[models.EventModel]:
    """Who took which step when, and why; oldest first."""
    found = ecograph.desk.case(contribution_id, who, checked=False).events
    return [models.EventModel.model_validate(each) for each in models.events(found)]


@router.get("/contributions/{contribution_id}/notes", summary="What was written about it")
def notes(ecograph: TheEcoGraph, who: TheWho, contribution_id: Id) -> list[models.NoteModel]:
    """What contributor and reviewers wrote to each other; oldest first."""
    found = ecograph.desk.case(contribution_id, who, checked=False).notes
    return [models.NoteModel.model_validate(each) for each in models.notes(found)]


@router.get(
    "/contributions/{contribution_id}/consequences",
    summary="What withdrawing it would break",
    responses=problems_of(409),
)
def consequences(ecograph: TheEcoGraph, who: TheWho, contribution_id: Id) -> models.Consequences:
    """What others have published and would no longer hold."""
    found = ecograph.desk.contribution(contribution_id, who)
    if found.state is not State.PUBLISHED:
        raise WrongState(id=contribution_id, state=found.state, wanted=State.WITHDRAWN)
    return models.Consequences.model_validate(
        {"findings": models.findings(ecograph.desk.consequences(contribution_id))}
    )


def _checked(ecograph: EcoGraph, upload: Upload, who: Who | None) -> Staged:
    """For a contributor as theirs; an administrator may say whose."""
    partner = who.partner if who and who.role.may(Role.CONTRIBUTOR) else None
    if who and who.role is Role.ADMINISTRATOR:
        partner = upload.fields.get("partner") or partner
    return ecograph.check_files(upload.files, upload.options, partner)


def _open(ecograph: EcoGraph, contribution_id: str, who: Who) -> tuple[Contribution, Staged]:
    """
    A contribution that is not yet decided, with what is in its files.

    Raises:
        WrongState: It is decided, or its files were erased.
    """
    found = ecograph.desk.case(contribution_id, who)
    if found.staged is None:
        raise WrongState(id=contribution_id, state=found.contribution.state, wanted=State.CHECKED)
    return found.contribution, found.staged


def _files(found: Contribution, staged: Staged) -> tuple[SourceFile, ...]:
    return unpack(staged.payload, found.file_name)


def _written(
    ecograph: EcoGraph, staged: Staged, files: tuple[SourceFile, ...], target: Format, lang: Language
) -> Response:
    """What was found: as JSON, as RDF, or in the files themselves."""
    if target is TURTLE:
        return Response(as_turtle(staged.report), media_type=TURTLE.content_type, headers=PRIVATE)
    if target is _JSON:
        return JSONResponse(models.check(staged), headers=PRIVATE)
    with ecograph.snapshot() as snapshot:
        book: bytes = ecograph.contribution_workers.run(
            "mark", snapshot, files=files, findings=staged.report.findings, lang=lang
        )
    stem = files[0].name.rpartition(".")[0] or files[0].name
    return _file(SourceFile(f"{stem}.marked.xlsx", book))


def _faulty_rows(ecograph: EcoGraph, staged: Staged, lang: Language) -> Response:
    with ecograph.snapshot() as snapshot:
        found = ecograph.contribution_workers.run("errors", snapshot, staged=staged, lang=lang)
    return _file(found) if found else Response(status_code=204, headers=PRIVATE)


def _created(found: Case, more: dict[str, str] | None = None) -> JSONResponse:
    location = {"Location": models.address(found.contribution.id)}
    return given(found, status=201, headers={**location, **(more or {})})


def _file(found: SourceFile) -> Response:
    # A table is in the encoding it came in, so no charset is claimed.
    headers: dict[str, Any] = {**PRIVATE, "Content-Disposition": attachment(found.name)}
    return Response(found.data, headers={**headers, "Content-Type": media_type_of(found.name)})
