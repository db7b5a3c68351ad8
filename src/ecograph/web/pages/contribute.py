"""Contributing: how it goes, a file checked for anybody, and the report from which it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ecograph.contribute.desk import Who
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.errors import BadParameter, ContributionError, EcoGraphError, Rejected
from ecograph.ledger.partners import Role
from ecograph.messages import text
from ecograph.shacl.report import Severity
from ecograph.web import problems
from ecograph.web.access import ecograph_of
from ecograph.web.auth import MaybeWho
from ecograph.web.pages.kept import KEPT_S, Kept, shelf_of
from ecograph.web.pages.layout import METHODS, PRIVATE, Words, page
from ecograph.web.uploads import XLSX, Upload, attachment, media_type_of, options_of, read_upload
from ecograph.web.views.findings import Checked, sections
from ecograph.web.views.templates import offered
from ecograph.web.views.words import Link, Reader, licence_name

router = APIRouter(include_in_schema=False)

FIELDS: Final = ("source", "issued", "expires_on", "note", "mode")
"""What a contributor says when sending, by the names of the form and of the options."""

Handle = Annotated[str, Query(alias="check", max_length=100)]


@dataclass(frozen=True)
class Fault:
    """What is wrong with what was typed in: the field, and the sentence."""

    field: str
    message: str


async def uploaded(request: Request) -> Upload | EcoGraphError | problems.Refused:
    """The files of a form, or why they cannot be read: that is told on the page of the form."""
    try:
        return await read_upload(request)
    except (BadParameter, ContributionError, problems.Refused) as fault:
        return fault


Uploaded = Annotated[Upload | EcoGraphError | problems.Refused, Depends(uploaded)]


@router.api_route("/{lang}/contribute", methods=METHODS)
def contribute(request: Request, words: Words, who: MaybeWho, corrects: str = "", template: str = "") -> HTMLResponse:
    """The three steps: a template, a check, and sending."""
    return _form(request, words, who, corrects=corrects[:64], template=template[:100])


@router.post("/{lang}/contribute/check")
def check(request: Request, words: Words, who: MaybeWho, upload: Uploaded) -> Response:
    """Check files, and lead to the report."""
    if not isinstance(upload, Upload):
        return _refused(request, words, who, upload)
    partner = who.partner if who and who.role.may(Role.CONTRIBUTOR) else None
    try:
        staged = ecograph_of(request).check_files(upload.files, upload.options, partner)
    except ContributionError as fault:
        return _refused(request, words, who, fault)
    kept = Kept(upload.files, upload.options, partner, Checked.of(staged))
    handle = shelf_of(request).put(kept)
    return RedirectResponse(f"/{words.lang}/contribute/report?{urlencode({'check': handle})}", 303)


@router.api_route("/{lang}/contribute/report", methods=METHODS)
def report(request: Request, words: Words, who: MaybeWho, check: Handle = "") -> HTMLResponse:
    """What was found in checked files, and the form that sends them."""
    kept = shelf_of(request).get(check)
    if kept is None:
        return _gone(request, words, who)
    return _report(request, words, who, check, kept)


@router.api_route("/{lang}/contribute/report/marked", methods=METHODS)
def marked(request: Request, words: Words, who: MaybeWho, check: Handle = "") -> Response:
    """The checked files back with marked cells."""
    kept = shelf_of(request).get(check)
    if kept is None:
        return _gone(request, words, who)
    ecograph = ecograph_of(request)
    findings = kept.checked.report.findings
    with ecograph.snapshot() as snapshot:
        book: bytes = ecograph.contribution_workers.run(
            "mark", snapshot, files=kept.files, findings=findings, lang=words.lang
        )
    stem = kept.files[0].name.rpartition(".")[0] or kept.files[0].name
    return _file(SourceFile(f"{stem}.{words.say('page.report.marked-name')}.xlsx", book), XLSX)


@router.api_route("/{lang}/contribute/report/errors", methods=METHODS)
def errors(request: Request, words: Words, who: MaybeWho, check: Handle = "") -> Response:
    """Only the rows that must be corrected."""
    kept = shelf_of(request).get(check)
    if kept is None:
        return _gone(request, words, who)
    ecograph = ecograph_of(request)
    staged = ecograph.check_files(kept.files, kept.options, kept.partner)
    with ecograph.snapshot() as snapshot:
        found: SourceFile | None = ecograph.contribution_workers.run("errors", snapshot, staged=staged, lang=words.lang)
    if found is None:
        return RedirectResponse(f"/{words.lang}/contribute/report?{urlencode({'check': check})}", 303)
    return _file(found, media_type_of(found.name))


@router.post("/{lang}/contribute/report/send")
def send(
    request: Request,
    words: Words,
    who: MaybeWho,
    check: Annotated[str, Form(max_length=100)] = "",
    rows: Annotated[str, Form(max_length=10)] = "all",
    source: Annotated[str, Form()] = "",
    issued: Annotated[str, Form()] = "",
    expires_on: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    mode: Annotated[str, Form()] = "merge",
) -> Response:
    """Keep checked files as a contribution and hand it to the reviewers."""
    kept = shelf_of(request).get(check)
    if kept is None:
        return _gone(request, words, who)
    here = f"/{words.lang}/contribute/report?{urlencode({'check': check})}"
    if who is None:
        return RedirectResponse(f"/{words.lang}/login?{urlencode({'next': here})}", 303)
    given = dict(zip(FIELDS, (source, issued, expires_on, note, mode), strict=True))
    try:
        options = _said(kept.options, given)
    except BadParameter as fault:
        return _report(request, words, who, check, kept, given=given, faults=[_field_fault(words, fault)])
    desk = ecograph_of(request).desk
    found = desk.receive(kept.files, options, who).contribution
    shelf_of(request).drop(check)
    case_page = f"/{words.lang}/contributions/{found.id}"
    try:
        desk.submit(found.id, who, version=found.version, leave_out="faulty" if rows == "good" else None)
    except Rejected:  # it has errors against what is published by now, or as the partner's own
        return RedirectResponse(f"{case_page}?done=kept", 303)
    return RedirectResponse(f"{case_page}?done=submitted", 303)


def _form(
    request: Request,
    words: Reader,
    who: Who | None,
    *,
    status: int = 200,
    faults: tuple[Fault, ...] = (),
    corrects: str = "",
    template: str = "",
) -> HTMLResponse:
    ecograph = ecograph_of(request)
    title = words.say("page.contribute.title")
    return page(
        request,
        words.lang,
        "contribute.html",
        title=f"{words.say('page.problem.prefix')} {title}" if faults else title,
        status=status,
        section="contribute",
        address="/contribute",
        private=who is not None or bool(faults),
        crumbs=[Link(title)],
        groups=offered(words),
        kinds=sorted((each.names[words.lang], each.slug) for each in words.view.contract.templates.values()),
        chosen=template,
        faults=faults,
        corrects=corrects,
        contributor=who is not None and who.role.may(Role.CONTRIBUTOR) and who.partner is not None,
        acting_for=ecograph.ledger.partners.get(who.partner).name if who and who.partner else "",
        sending=ecograph.writes,
        minutes=int(KEPT_S // 60),
    )


def _report(
    request: Request,
    words: Reader,
    who: Who | None,
    handle: str,
    kept: Kept,
    *,
    given: Mapping[str, str] | None = None,
    faults: list[Fault] | None = None,
) -> HTMLResponse:
    lang, checked, ecograph = words.lang, kept.checked, ecograph_of(request)
    verdict = checked.report.verdict(lang)
    title = words.say("page.report.title")
    own_options = kept.options.as_json()
    partner = ecograph.ledger.partners.get(who.partner) if who and who.partner else None
    query = urlencode({"check": handle})
    return page(
        request,
        lang,
        "report.html",
        title=f"{words.say('page.problem.prefix')} {title}" if faults else title,
        status=422 if faults else 200,
        section="contribute",
        private=True,
        address=f"/contribute/report?{query}",
        crumbs=[Link(words.say("page.contribute.title"), f"/{lang}/contribute"), Link(title)],
        verdict=verdict,
        conforms=checked.report.conforms,
        checked=checked,
        counts=counts(words, checked),
        sections=sections(checked, words),
        rows=words.number(checked.rows),
        statements=words.number(checked.statements),
        good=words.number(max(checked.rows - checked.faulty, 0)),
        bad=words.number(checked.faulty),
        files=[file.name for file in kept.files],
        handle=handle,
        here=f"/{lang}/contribute/report?{query}",
        marked_href=f"/{lang}/contribute/report/marked?{query}",
        errors_href=f"/{lang}/contribute/report/errors?{query}" if checked.faulty and checked.rows else None,
        minutes=int(KEPT_S // 60),
        sending=ecograph.writes,
        signed_in=who is not None,
        contributor=who is not None and partner is not None and who.role.may(Role.CONTRIBUTOR),
        partner=partner,
        licence=licence_name(partner.licence) if partner else None,
        given=given or {name: str(own_options.get(name) or "") for name in FIELDS},
        corrects=kept.options.corrects or "",
        chosen=kept.options.template or "",
        faults=faults or [],
    )


def counts(words: Reader, checked: Checked) -> list[tuple[str, str, str]]:
    """How many findings there are of each severity: its key, its name, the number."""
    return [
        (severity.value, words.say(f"page.report.many.{severity.value}"), words.number(checked.count(severity)))
        for severity in Severity
    ]


def _said(options: Options, given: Mapping[str, str]) -> Options:
    """The options of a check with what the form adds."""
    said = options_of({**options.as_json(), **given})
    return replace(said, leave_out=options.leave_out)


def _field_fault(words: Reader, fault: BadParameter) -> Fault:
    name = str(fault.values["name"])
    label = words.say_if_known(f"page.report.field.{name}") or name
    return Fault(name, text("error.bad-parameter", words.lang, **{**fault.values, "name": label}))


def _refused(request: Request, words: Reader, who: Who | None, fault: EcoGraphError | problems.Refused) -> HTMLResponse:
    """The form again, with why the files could not be read."""
    found = problems.problem_of(request, fault)
    message = found.details[words.lang]
    if isinstance(fault, BadParameter) and fault.values.get("name") == "file":
        message = words.say("page.contribute.no-file")
    return _form(request, words, who, status=found.status, faults=(Fault("file", message),))


def _gone(request: Request, words: Reader, who: Who | None) -> HTMLResponse:
    message = words.say("page.contribute.gone", minutes=int(KEPT_S // 60))
    return _form(request, words, who, status=410, faults=(Fault("file", message),))


def _file(found: SourceFile, media_type: str) -> Response:
    headers = {**PRIVATE, "Content-Disposition": attachment(found.name)}
    return Response(found.data, media_type=media_type, headers=headers)
