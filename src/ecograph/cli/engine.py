"""The work of commands done by this process, on a data directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ecograph.cli.checked import CheckedHere, check_json, findings_json
from ecograph.cli.office import TEMPLATE_ENDINGS, Converted, Fields
from ecograph.cli.opening import Opened
from ecograph.cli.shortlist_here import ShortlistHere
from ecograph.cli.showing import Json
from ecograph.client.asking import MatchAsked, Result, WhyAsked
from ecograph.client.here import Here
from ecograph.contribute import converting, exporting, provenance, staging
from ecograph.contribute.desk import NOBODY, OPERATOR, Case
from ecograph.contribute.folders import files_of
from ecograph.contribute.options import Options
from ecograph.contribute.packing import SourceFile
from ecograph.contribute.rules import Rules
from ecograph.contribute.staged import Staged
from ecograph.contribute.templates.csvw import metadata_json
from ecograph.contribute.templates.json_schema import json_schema_json
from ecograph.contribute.templates.table_schema import table_schema_json
from ecograph.contribute.templates.workbook import template_xlsx
from ecograph.errors import AlreadyOpen, BadParameter, UnknownThing, WrongState
from ecograph.identifiers import graph_iri
from ecograph.ledger.records import State
from ecograph.match import rdf
from ecograph.messages import Language
from ecograph.rdf.serializing import write_graph
from ecograph.shacl.contract import Contract, template_csv
from ecograph.shacl.report import Report, Severity
from ecograph.store.base import Snapshot
from ecograph.web.rest import contribution_models, matching, models, same, statements


class Engine(Opened):
    """The work of commands. What others have contributed is read in processes of their own."""

    def check(self, files: Sequence[SourceFile], fields: Fields, *, sending: bool = False) -> CheckedHere:
        """Check files and keep nothing; without a graph against shapes and model alone."""
        options, partner = Options.from_json(fields), fields.get("partner") or None
        if sending:
            ecograph = self.writing
            if partner is None:
                known = ", ".join(each.slug for each in ecograph.ledger.partners.all())
                raise BadParameter(name="--publisher", value="", expected=known or "ecograph partner add")
            return CheckedHere(ecograph.desk.check(files, options, partner), files, ecograph.rules, self.lang)
        with ExitStack() as held:
            snapshot, rules, space = self.graph(held, partner or NOBODY)
            staged = staging.stage(
                files,
                partner or NOBODY,
                rules,
                snapshot,
                mode=options.mode,
                template=options.template,
                rows_only=all(file.name != provenance.FILE_NAME for file in files),
                space=space,
            )
        return self._checked(staged, files, rules, snapshot)

    def check_folder(self, folder: Path) -> CheckedHere:
        """Check a contribution folder."""
        with ExitStack() as held:
            snapshot, rules, _ = self.graph(held, NOBODY)
            staged = staging.stage_folder(folder, rules, snapshot)
        return self._checked(staged, files_of(folder), rules, snapshot)

    def receive(self, files: Sequence[SourceFile], fields: Fields) -> Json:
        """Keep files as a contribution."""
        options = Options.from_json(fields)
        return _case(self.writing.desk.receive(files, options, OPERATOR, partner=fields.get("partner") or None))

    def step(self, contribution_id: str, step: str, version: int | None, body: Json) -> Json:
        """Take a step with a contribution."""
        desk, why = self.writing.desk, str(body.get("why", ""))
        match step:
            case "submit":
                case = desk.submit(contribution_id, OPERATOR, version=version, leave_out=body.get("leave_out"))
            case "approve":
                case = desk.approve(contribution_id, OPERATOR, why, version=version)
            case "return":
                case = desk.send_back(contribution_id, OPERATOR, why, version=version)
            case "withdraw":
                case = desk.withdraw(contribution_id, OPERATOR, why, version=version)
            case "renew":
                until = date.fromisoformat(body["expires_on"])
                case = desk.renew(contribution_id, OPERATOR, until, version=version)
            case _:
                raise KeyError(step)
        return _case(case)

    def contributions(self, filters: Fields) -> list[Json]:
        """The contributions, oldest first."""
        before = filters.get("expires_before")
        state = State.PUBLISHED if before else _state(filters.get("state"))
        found = self.writing.desk.cases(OPERATOR, state=state, partner=filters.get("partner") or None)
        return [
            contribution_models.contribution(each)
            for each in found
            if before is None or (each.expires_on is not None and each.expires_on.isoformat() < before)
        ]

    def contribution(self, contribution_id: str) -> Json:
        """One contribution."""
        return _case(self.writing.desk.case(contribution_id, OPERATOR, checked=False))

    def report(self, contribution_id: str) -> Json:
        """What is found in a contribution that is not yet decided."""
        case = self.writing.desk.case(contribution_id, OPERATOR)
        if case.staged is None:
            raise WrongState(id=contribution_id, state=case.contribution.state, wanted=State.CHECKED)
        return check_json(case.staged)

    def difference(self, contribution_id: str) -> Json:
        """What a contribution changes, or changed."""
        return contribution_models.difference(self.writing.desk.difference(contribution_id, OPERATOR))

    def consequences(self, contribution_id: str) -> list[Json]:
        """What withdrawing a contribution would break."""
        return findings_json(self.writing.desk.consequences(contribution_id).findings)

    def partners(self) -> list[Json]:
        """Every partner."""
        found = self.writing.ledger.partners.all()
        return [contribution_models.partner(each).model_dump(mode="json") for each in found]

    def add_partner(self, partner: Json) -> Json:
        """Add a partner."""
        return contribution_models.partner(self.writing.add_partner(**partner)).model_dump(mode="json")

    def tokens(self, partner: str | None) -> list[Json]:
        """Tokens, without their secrets."""
        found = self.writing.ledger.partners.tokens(partner)
        return [contribution_models.token(each).model_dump(mode="json") for each in found]

    def issue(self, token: Json) -> Json:
        """Make a token."""
        issued, secret = self.writing.ledger.partners.issue(**token)
        return {**contribution_models.token(issued).model_dump(mode="json"), "secret": secret}

    def revoke(self, token_id: str) -> Json:
        """Take a token back."""
        return contribution_models.token(self.writing.ledger.partners.revoke(token_id)).model_dump(mode="json")

    def kinds(self) -> dict[str, dict[str, str]]:
        """What the things of each template are called."""
        templates = Contract.load(self.settings.resources_dir).templates
        return {slug: models.by_language(template.names) for slug, template in templates.items()}

    def template(self, kind: str, ending: str, headings: Language | None) -> bytes:
        """A template to fill in, or its description, by the ending of its name."""
        template, lang = self.rules.contract.template(kind), headings or self.lang
        match ending:
            case "csv":
                return template_csv(template, headings)
            case "xlsx":
                return template_xlsx(template, self.rules, lang)
            case "csv-metadata.json":
                return metadata_json(template)
            case "schema.json":
                return json_schema_json(template, self.rules.concepts, lang)
            case "table-schema.json":
                return table_schema_json(template, self.rules.concepts, lang)
        raise BadParameter(name="--output", value=ending, expected=", ".join(TEMPLATE_ENDINGS))

    def convert(self, file: SourceFile, to: str, headings: Language | None, template: str | None) -> Converted:
        """A file in another form; names are looked up in the graph if there is one."""
        with ExitStack() as held:
            snapshot, rules, _ = self.graph(held, NOBODY)
            found = converting.convert(
                file.data,
                file.name,
                to,  # type: ignore[arg-type]  # one of the choices of the option
                rules,
                snapshot,
                lang=headings,
                template=template,
            )
        lost = findings_json(found.report.findings)
        return Converted(found.name, found.data, len(lost), lost)

    def tables(self, publisher: str) -> list[str]:
        """The templates of which a publisher has published anything."""
        self._require_publisher(publisher)
        found = exporting.all_templates(self.reading.view().snapshot, publisher, self.reading.rules)
        return [template.slug for template in found]

    def export(self, publisher: str, kind: str, form: str, headings: Language | None) -> bytes:
        """What a publisher has published of a template."""
        self._require_publisher(publisher)
        ecograph = self.reading
        return exporting.export(
            ecograph.view().snapshot,
            publisher,
            ecograph.rules.contract.template(kind),
            ecograph.rules,
            lang=headings or (self.lang if form == "xlsx" else None),
            form=form,  # type: ignore[arg-type]  # by the ending of the file
            space=ecograph.space_of(publisher),
        )

    def who_said(self, asked: Fields) -> Json:
        """Statements, with who said them; by which contribution, if no service has the directory."""
        ecograph = self.reading
        with suppress(AlreadyOpen):  # the ledger is the service's: what the graph itself says is still an answer
            ecograph = self.writing
        found = statements.statements(
            ecograph,
            ecograph.view(),
            asked["subject"],
            asked.get("property"),
            asked.get("object"),
            limit=int(asked.get("limit", "20")),
        )
        return found.model_dump(mode="json")

    @property
    def _here(self) -> Here:
        return Here(self.reading)

    def match(self, asked: MatchAsked) -> Json:
        """Who fits a need."""
        return self._here.match(asked)

    def match_graph(self, asked: MatchAsked, form: str) -> bytes:
        """Who fits a need, as RDF in a format."""
        return write_graph(rdf.triples(self._here.matches(asked)), matching.format_of(form))

    def why(self, asked: WhyAsked) -> Json:
        """Why somebody is in the list for a need, or not."""
        return self._here.why(asked)

    def consortium(self, asked: Json) -> Json:
        """Who could meet a need together, within rules as REST is asked for them."""
        return self._here.consortium(asked)

    def same_need(self, need: str) -> Json:
        """Who else has a need."""
        view = self.reading.view()
        return same.same_for(view, view.profile(need)).model_dump(mode="json")

    def replicate(self, need: str, place: str | None) -> Json:
        """What already runs elsewhere that fits a need."""
        view = self.reading.view()
        return same.replicable_for(view, view.profile(need), place).model_dump(mode="json")

    def shortlist(self, partner: str | None) -> ShortlistHere:
        """What is done with a partner's shortlists."""
        return ShortlistHere(self.writing, partner)

    def search(self, query: str, limit: int) -> list[Json]:
        """Things by name or words."""
        found = self._here.search(query, limit, self.lang)
        return [{name: each[name] for name in ("iri", "kind", "label")} for each in found]

    def sparql(self, query: str, accept: str) -> bytes:
        """The answer to a query."""
        return self._here.sparql(query, accept).body

    def questions(self) -> list[Json]:
        """The questions of the catalogue."""
        return self._here.questions()

    def question(self, slug: str, values: Mapping[str, Sequence[str]], accept: str) -> Result:
        """The answer to a question of the catalogue."""
        return self._here.question(slug, values, accept, self.lang)

    def _checked(
        self, staged: Staged, files: Sequence[SourceFile], rules: Rules, snapshot: Snapshot | None
    ) -> CheckedHere:
        """Without a graph, a thing that is not found is no fault of the file's."""
        if snapshot is None:
            hints = (
                replace(item, severity=Severity.INFO) if item.code == "unknown-thing" else item
                for item in staged.report.findings
            )
            staged = replace(staged, report=Report.of(hints))
        return CheckedHere(staged, files, rules, self.lang, alone=snapshot is None)

    def _require_publisher(self, publisher: str) -> None:
        try:
            known = graph_iri(publisher) in self.reading.view().datasets
        except ValueError:
            known = False
        if not known:
            raise UnknownThing(kind="publisher", id=publisher)


def _case(case: Case) -> Json:
    said: dict[str, Any] = contribution_models.case(case)
    return {**said, "check": check_json(case.staged) if case.staged else None}


def _state(wanted: str | None) -> State | None:
    if not wanted:
        return None
    try:
        return State(wanted)
    except ValueError:
        raise BadParameter(name="--state", value=wanted, expected=", ".join(State)) from None
