"""How results look: tables, findings, contributions and matches, for people; JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from ecograph.cli.state import err, out, say, state, words
from ecograph.shacl.report import Finding

Json = dict[str, Any]
"""An object as REST writes it: what a command shows is the same, whoever did the work."""

SHOWN_FINDINGS: Final = 50
_MOMENT: Final = len("2026-12-31 12:00")
_ON_ORDER: Final = ("other-side-first", "no-side")
"""Notes on the order of the candidates, without which it would not be understood."""


def print_json(value: object) -> None:
    """A value as JSON."""
    out.file.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on a terminal; elsewhere values between tabs, so that no value is cut."""
    if not out.is_terminal:
        for row in (heads, *rows):
            out.file.write("\t".join(row) + "\n")
        return
    table = Table(*heads, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    out.print(table, markup=False)


def print_markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table as Markdown, numbers to the right."""
    for row in (heads, ["---", *("---:" for _ in heads[1:])], *rows):
        out.print(f"| {' | '.join(row)} |", markup=False)
    out.print()


def columns(*names: str) -> list[str]:
    """What columns are called."""
    return [words(f"cli.column.{name}") for name in names]


def number(value: int) -> str:
    """
    A number with its thousands apart.

    Example:
        >>> number(68151)
        '68\u202f151'
    """
    return f"{value:,}".replace(",", "\u202f") if value else "0"


def show_check(said: Json, console: Console, everything: bool = False) -> None:
    """The verdict, how each file was read and what was assumed, and all findings."""
    console.print(said["verdict"][state.lang], markup=False, style="bold")
    for read in said["how_read"]:
        console.print(read["sentence"][state.lang], markup=False)
        for remark in read["remarks"]:
            console.print(f"  {remark[state.lang]}", markup=False)
    show_findings(said["findings"], console, None if everything else SHOWN_FINDINGS)


def show_findings(
    findings: Sequence[Finding | Mapping[str, Any]], console: Console, limit: int | None = SHOWN_FINDINGS
) -> None:
    """Findings as a person reads them: those that say the same of several rows of a column stand together."""
    rows: dict[tuple[str, ...], list[int]] = {}
    for each in findings:
        finding = each.as_json() if isinstance(each, Finding) else each
        place = [str(finding.get(part) or "") for part in ("file", "sheet", "column")]
        line = (words(f"contribution.severity.{finding['severity']}"), *place, _message(finding))
        rows.setdefault(line, []).append(finding.get("row") or 0)
    for (severity, file, sheet, column, message), places in list(rows.items())[:limit]:
        where = " ".join(part for part in (file, sheet, spans(places), column) if part)
        console.print(": ".join(part for part in (severity, where, message) if part), markup=False)
    if limit is not None and len(rows) > limit:
        say("cli.more-findings", count=len(rows) - limit)


def _message(finding: Mapping[str, Any]) -> str:
    said: str = finding["message"][state.lang]
    suggested = finding.get("suggestion", {}).get(state.lang)
    if not suggested:
        return said
    return f"{said} {words('contribution.did-you-mean', suggestions=', '.join(suggested))}"


def spans(rows: Sequence[int]) -> str:
    """
    Row numbers as people write them.

    Example:
        >>> spans([2, 3, 4, 9])
        '2–4, 9'
    """
    found: list[list[int]] = []
    for row in sorted({row for row in rows if row}):
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found)


def show_contributions(found: Sequence[Json]) -> None:
    """A list of contributions."""
    print_table(
        columns("id", "partner", "state", "title", "received", "expires"),
        [
            [
                each["id"],
                each["partner"],
                each["state_words"][state.lang],
                each["title"],
                each["received_at"][:10],
                each["expires_on"] or "",
            ]
            for each in found
        ],
    )


def show_case(case: Json) -> None:
    """A contribution with what happened to it, what was written about it, and what may happen next."""
    out.print(f"{case['id']}  {case['title']}", markup=False, style="bold")
    state_of = words(
        "cli.case", partner=case["partner"], state=case["state_words"][state.lang], version=case["version"]
    )
    out.print(state_of, markup=False)
    if case["expires_on"]:
        out.print(words("cli.expires", date=case["expires_on"]), markup=False)
    for event in case["events"]:
        said = f"{event['words'][state.lang]} ({event['who']})"
        out.print(f"  {_moment(event['when'])}  {_with(said, event['why'])}", markup=False)
    for note in case["notes"]:
        out.print(f"  {_moment(note['when'])}  {note['who']}: {note['words']}", markup=False)
    if case["allowed"]:
        out.print(words("cli.allowed", steps=", ".join(case["allowed"])), markup=False)


def show_difference(said: Json, triples: bool) -> None:
    """What a contribution changes, thing by thing in words; or statement by statement."""
    if triples:
        for sign, name in (("+", "added"), ("-", "removed")):
            for line in said[name]:
                out.print(f"{sign} {line}", markup=False)
        return
    out.print(said["summary"][state.lang], markup=False, style="bold")
    for thing in said["things"]:
        change = words(f"cli.change.{thing['change']}")
        out.print(f"{change}: {thing['labels'][state.lang]} ({thing['kinds'][state.lang]})", markup=False)
        for each in thing["properties"]:
            removed, added = (_values(each[name]) for name in ("removed", "added"))
            became = " → ".join(part for part in (removed, added) if part)
            out.print(f"    {each['names'][state.lang]}: {became if added else f'– {became}'}", markup=False)


def _values(found: Sequence[Json]) -> str:
    said = []
    for value in found:
        written = value["words"][state.lang]
        said.append(f"»{written}« ({value['lang']})" if value["lang"] else written)
    return " | ".join(said)


def _with(said: str, why: str) -> str:
    return f"{said}: {why}" if why else said


def _moment(when: str) -> str:
    return when.replace("T", " ")[:_MOMENT]


def show_matches(found: Json, groups: Sequence[str], explain: bool) -> None:
    """Candidates with their reasons, and for what nothing was understood or found a message."""
    names = ", ".join(each["labels"][state.lang] for each in found["need"]["concepts"] if each["basis"] != "broader")
    if names:
        out.print(words("cli.understood", concepts=names), markup=False)
    else:
        err.print(words("cli.nothing-understood"))
    guessed = ", ".join(each["labels"][state.lang] for each in found["need"]["suggested"])
    if guessed:
        out.print(words("match.cli.suggested", concepts=guessed), markup=False)
    for note in found["notes"]:
        if note["code"] in _ON_ORDER:
            out.print(note["sentences"][state.lang], markup=False)
    if not found["matches"]:
        err.print(words("cli.no-matches"))
    for group in groups:
        of_group = [each for each in found["matches"] if each["group"] == group]
        if of_group:
            out.print(f"\n[bold]{words(f'page.group.{group}')}[/bold]")
        for each in of_group:
            _show_match(each, explain)


def _show_match(found: Json, explain: bool) -> None:
    countries = "/".join(country.upper() for country in found["countries"])
    head = f"{found['rank']:3}. {found['labels'][state.lang]} ({countries}) {found['score'] * 100:.0f}"
    out.print(head, markup=False)
    for reason in found["reasons"]:
        out.print(f"     + {reason['sentences'][state.lang]}", markup=False)
        for each in reason["path"] if explain else ():
            value = f"<{each['object']}>" if each["object_type"] == "iri" else f'"{each["object"]}"'
            out.print(f"         <{each['subject']}> <{each['predicate']}> {value}", markup=False)
    for sign, notes in (("-", found["against"]), ("?", found["unknown"])):
        for note in notes:
            out.print(f"     {sign} {note['sentences'][state.lang]}", markup=False)
