"""Who else has a need, and what already runs elsewhere: the commands and how their answers look."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from ecograph.cli.asking import Need
from ecograph.cli.contribute import AsJson
from ecograph.cli.office import office
from ecograph.cli.showing import Json, print_json
from ecograph.cli.state import out, state, words
from ecograph.errors import BadParameter
from ecograph.identifiers import PLACE

For = Annotated[
    str | None, typer.Option("--for", help="The municipality or region it is for, such as municipality/se-malmoe.")
]
_MARKS = {"met": "+", "missing": "-", "unknown": "?"}


def same_need(need: Need, as_json: AsJson = False) -> None:
    """Who else has a need: what they share, what each adds, and who has worked on it."""
    with office() as at_work:
        found = at_work.same_need(need)
    if as_json:
        print_json(found)
        return
    if found["cluster"]:
        _show_cluster(found["cluster"])
    for title, items in (("near", found["near"]), ("worked", found["worked"])):
        if items:
            out.print(f"\n{words(f'same.page.{title}')}", markup=False, style="bold")
        for each in items:
            out.print(f"  {_said(each['labels'])}{_countries(each)}", markup=False)
            for reason in each["reasons"][:1]:
                out.print(f"     {_said(reason['sentences'])}", markup=False)
    _show_notes(found)


def replicate(need: Need, place: For = None, as_json: AsJson = False) -> None:
    """What already runs elsewhere that fits a need, and what is missing to take it over."""
    if place is not None and not re.match(PLACE, place):
        raise BadParameter(name="--for", value=place[:100], expected="municipality/se-malmoe")
    with office() as at_work:
        found = at_work.replicate(need, place)
    if as_json:
        print_json(found)
        return
    for option in found["options"]:
        solution = option["solution"]
        out.print(
            f"{_said(solution['labels'])}{_countries(solution)} {solution['score'] * 100:.0f}",
            markup=False,
            style="bold",
        )
        for each in option["deployments"]:
            _show_deployment(each)
        for gap in option["gaps"]:
            out.print(f"     {_MARKS[gap['status']]} {_said(gap['sentences'])}", markup=False)
        out.print()
    _show_notes(found)


def _show_cluster(cluster: Json) -> None:
    for place, member in enumerate(cluster["members"]):
        year = f" {member['year']}" if member["year"] else ""
        out.print(f"{place + 1}. {_said(member['labels'])}{_countries(member)}{year}", markup=False, style="bold")
        edge = next((each for each in cluster["edges"] if each["one"] == 0 and each["other"] == place), None)
        for reason in edge["reasons"] if edge else ():
            out.print(f"     {_said(reason['sentences'])}", markup=False)
        if member["adds"]:
            out.print(f"     {_said(member['adds'])}", markup=False)
    out.print(f"\n{words('same.page.tender')}", markup=False, style="bold")
    out.print(_said(cluster["common"]), markup=False)
    for code in cluster["codes"]:
        out.print(f"  CPV {code['code']} {_said(code['labels'])}", markup=False)


def _show_deployment(found: Json) -> None:
    place = found["place"]
    since = words("replicate.page.since", since=found["since"]) if found["since"] else words("replicate.page.undated")
    where = _said(place["labels"]) if place["labels"] else words("replicate.page.nowhere")
    out.print(f"  {where}{_countries(place)}: {_said(found['stage_labels'])}, {since}", markup=False)
    for fact in place["facts"]:
        out.print(f"     {_said(fact['sentences'])}", markup=False)


def _show_notes(found: Json) -> None:
    out.print()
    for note in found["notes"]:
        out.print(_said(note["sentences"]), markup=False)


def _said(texts: Json) -> str:
    said: str = texts[state.lang]
    return said


def _countries(found: Json) -> str:
    return f" ({'/'.join(code.upper() for code in found['countries'])})" if found["countries"] else ""
