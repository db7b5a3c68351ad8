"""Commands for shortlists: the candidates that a partner considers for a need, kept for itself or shared on request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer

from ecograph.cli.contribute import AsJson
from ecograph.cli.office import ShortlistWork, office
from ecograph.cli.showing import Json, print_json, print_table
from ecograph.cli.state import err, out, say, state, words
from ecograph.errors import BadParameter, UnknownThing
from ecograph.identifiers import NAME

app = typer.Typer(no_args_is_help=True, help="Candidates that you consider for a need, for yourselves.")

VERDICTS: Final = ("suits", "partly-suits", "does-not-suit", "status")

Need = Annotated[str, typer.Argument(help="The id of a need, such as n09, or a text in da, sv or en.")]
Candidate = Annotated[str, typer.Argument(help="An actor, solution or result: kind/id, or its exact name.")]
Partner = Annotated[
    str | None, typer.Option(help="Whose list, on a directory: a partner's short name. A token says it itself.")
]
Status = Annotated[
    str | None, typer.Option(help="considering, contacted, agreed, declined or not-relevant (with --why).")
]
Why = Annotated[str | None, typer.Option(help="Why it is not relevant, or declined.")]
Note = Annotated[str | None, typer.Option(help="For yourselves; about the organisation, not about persons.")]


@app.command()
def add(
    need: Need,
    candidate: Candidate,
    status: Status = None,
    why: Why = None,
    note: Note = None,
    partner: Partner = None,
    as_json: AsJson = False,
) -> None:
    """Put a candidate on the list, with the reasons it has today."""
    body = {**_need(need), "candidate": candidate, **_given(status=status, why=why, note=note)}
    with _work(partner) as at_work:
        _show(at_work.add(body), as_json)


@app.command("list")
def list_(
    need: Annotated[str | None, typer.Argument(help="Only the candidates for this need.")] = None,
    status: Status = None,
    removed: Annotated[bool, typer.Option(help="Those that were removed and can be restored.")] = False,
    partner: Partner = None,
    as_json: AsJson = False,
) -> None:
    """The candidates on the list, with their points when they were chosen and today."""
    filters = {**(_need(need) if need else {}), "status": status or "", "removed": "true" if removed else ""}
    with _work(partner) as at_work:
        found = at_work.entries(filters)
    if as_json:
        print_json(found)
        return
    if not found:
        say("shortlist.cli.none")
        return
    print_table(
        [
            words(f"shortlist.column.{name}")
            for name in ("need", "candidate", "status", "then", "now", "struck", "note")
        ],
        [
            [
                (each["need"] or each["text"]).rpartition("/")[2] if each["need"] else each["text"],
                each["candidate_id"],
                each["status_words"][state.lang],
                _points(each["kept"]),
                _points(each["now"]),
                str(each["struck"]),
                " – ".join(part for part in (each["why"], each["note"]) if part),
            ]
            for each in found
        ],
    )


@app.command("set")
def set_(
    need: Need,
    candidate: Candidate,
    status: Status = None,
    why: Why = None,
    note: Note = None,
    partner: Partner = None,
    as_json: AsJson = False,
) -> None:
    """Change status, reason or note of a candidate; what is left out stays."""
    with _work(partner) as at_work:
        entry = _entry(at_work, need, candidate)
        _show(at_work.change(entry, _given(status=status, why=why, note=note)), as_json)


@app.command()
def show(need: Need, candidate: Candidate, partner: Partner = None, as_json: AsJson = False) -> None:
    """One candidate: what happened to it, the reasons as they were, and which of them no longer hold."""
    with _work(partner) as at_work:
        entry = _entry(at_work, need, candidate)
    if as_json:
        print_json(entry)
        return
    _show(entry, as_json)
    for reason in entry["kept"]["reasons"]:
        sign = "+" if reason["stands"] else "×"
        out.print(f"  {sign} {reason['sentences'][state.lang]}", markup=False)
        if not reason["stands"]:
            days = sorted(each["when"][:10] for each in reason["gone"] if each["when"])
            key = "withdrawn-on" if any(each["withdrawn"] for each in reason["gone"]) else "changed-on"
            said = words(f"shortlist.entry.{key}", day=days[-1]) if days else words("shortlist.entry.withdrawn")
            out.print(f"      {said}", markup=False)
    for change in entry["history"]:
        happened = words(f"shortlist.happened.{change['what']}")
        status = words(f"shortlist.status.{change['status']}")
        out.print(f"  {change['when'][:10]}  {happened}: {status} ({change['who']})", markup=False)


@app.command()
def remove(need: Need, candidate: Candidate, partner: Partner = None, as_json: AsJson = False) -> None:
    """Take a candidate off the list; it can be restored for thirty days."""
    with _work(partner) as at_work:
        found = at_work.remove(_entry(at_work, need, candidate))
    if as_json:
        print_json(found)
    say("shortlist.cli.removed", name=_name(found))


@app.command()
def restore(need: Need, candidate: Candidate, partner: Partner = None, as_json: AsJson = False) -> None:
    """Bring a removed candidate back."""
    with _work(partner) as at_work:
        _show(at_work.restore(_entry(at_work, need, candidate, removed=True)), as_json)


@app.command()
def share(
    need: Need,
    candidate: Candidate,
    verdict: Annotated[str, typer.Option(help=f"What you tell others: {', '.join(VERDICTS)} (the status alone).")],
    text: Annotated[str, typer.Option(help="A few sentences for others; not about persons.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Consent: everybody may read this.")] = False,
    partner: Partner = None,
    as_json: AsJson = False,
) -> None:
    """Send your verdict to others, by way of a reviewer. Without --yes it only shows what would be sent."""
    if verdict not in VERDICTS:
        raise BadParameter(name="--verdict", value=verdict, expected=", ".join(VERDICTS))
    told = None if verdict == VERDICTS[-1] else verdict
    body = {"verdict": told, "text": text, "lang": state.lang, "consent": True}
    with _work(partner) as at_work:
        entry = _entry(at_work, need, candidate)
        found = at_work.share(entry, body, dry_run=not yes)
    if as_json:
        print_json(found)
    if not yes:
        say("shortlist.cli.preview", loud=True)
        if not as_json:
            out.file.write(f"{found['turtle']}\n")
        raise typer.Exit(1)
    say("shortlist.cli.sent", name=_name(found), contribution=found["shared"]["contribution"])


@app.command()
def unshare(
    need: Need,
    candidate: Candidate,
    why: Annotated[str, typer.Option(help="The reason, for the record.")],
    partner: Partner = None,
    as_json: AsJson = False,
) -> None:
    """Take back what you told others."""
    with _work(partner) as at_work:
        found = at_work.unshare(_entry(at_work, need, candidate), why)
    if as_json:
        print_json(found)
    say("shortlist.cli.withdrawn", name=_name(found))


@app.command()
def export(partner: Partner = None) -> None:
    """Everything that is kept, with reasons and history, as JSON."""
    with _work(partner) as at_work:
        print_json(at_work.export())


@app.command()
def delete(
    everything: Annotated[bool, typer.Option("--all", help="Needed, because nothing brings it back.")] = False,
    partner: Partner = None,
) -> None:
    """Delete the whole list for good, with notes and history."""
    if not everything:
        raise BadParameter(name="--all", value="", expected="--all")
    with _work(partner) as at_work:
        count = at_work.delete_all()
    say("shortlist.cli.deleted", count=count, loud=True)


@contextmanager
def _work(partner: str | None) -> Iterator[ShortlistWork]:
    with office() as at_work:
        yield at_work.shortlist(partner)


def _need(need: str) -> Json:
    """The need as REST is asked for it: by id, or in words."""
    return {"need": need} if NAME.fullmatch(need.removeprefix("need/")) else {"text": need}


def _given(**said: str | None) -> Json:
    return {name: value for name, value in said.items() if value is not None}


def _entry(at_work: ShortlistWork, need: str, candidate: str, *, removed: bool = False) -> Json:
    """The entry that a need and a candidate name."""
    wanted = candidate.casefold()
    for each in at_work.entries({**_need(need), **({"removed": "true"} if removed else {})}):
        names = {each["candidate"], each["candidate_id"], *each["labels"].values()}
        if wanted in {name.casefold() for name in names}:
            return each
    raise UnknownThing(kind="shortlist-entry", id=candidate[:100])


def _show(entry: Json, as_json: bool) -> None:
    if as_json:
        print_json(entry)
        return
    status = entry["status_words"][state.lang]
    err.print(words("shortlist.cli.there", name=_name(entry), status=status), markup=False)


def _name(entry: Json) -> str:
    return str(entry["labels"].get(state.lang) or entry["candidate_id"])


def _points(found: Json | None) -> str:
    return "–" if found is None or found["score"] is None else f"{found['score'] * 100:.0f}"
