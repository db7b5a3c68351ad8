"""How it looks why somebody is in a list or not: the verdict, the signals, what would change it, what it rests on."""

from __future__ import annotations

from ecograph.cli.showing import Json
from ecograph.cli.state import out, state, words
from ecograph.match.model import points


def show_why(found: Json) -> None:
    """The verdict, signal by signal what there is, and what speaks against."""
    out.print(found["sentences"][state.lang], markup=False, style="bold")
    for gap in found["gaps"]:
        out.print(f"  {gap['sentences'][state.lang]}", markup=False)
    match = found["match"] or {"against": (), "unknown": ()}
    for sign, notes in (("-", match["against"]), ("?", match["unknown"])):
        for note in notes:
            out.print(f"  {sign} {note['sentences'][state.lang]}", markup=False)


def show_changes(found: Json) -> None:
    """What would bring the candidate to the rank asked for: each row with the template it belongs to."""
    if found["outcome"]:
        out.print(f"\n{found['outcome']['sentences'][state.lang]}", markup=False)
    nearest = [found["nearest"]] if found["nearest"] else []
    for number, change in enumerate((*found["changes"], *nearest), start=1):
        rank = change["rank"] or "–"
        head = words("counterfactual.page.would", rank=rank, points=points(change["score"], state.lang))
        out.print(f"{words('counterfactual.cli.change')} {number}: {head}", markup=False)
        for row in change["rows"]:
            out.print(f"  {row['sentences'][state.lang]}", markup=False)
            cells = ", ".join(f"{name}={value}" for name, value in row["cells"].items())
            out.print(f"    {words('counterfactual.cli.row', template=row['template'], cells=cells)}", markup=False)
    if found["changes"] or nearest:
        out.print(words("counterfactual.page.true-only"), markup=False)


def show_evidence(found: Json) -> None:
    """The reasons with their statements, and what the score would lose without the evidence."""
    losses = {_triple(each["statement"]): each["loss"] for each in found["removals"]}
    for reason in found["match"]["reasons"] if found["match"] else ():
        share = words("counterfactual.page.points", points=points(reason["contribution"], state.lang))
        out.print(f"  + {reason['sentences'][state.lang]} {share}", markup=False)
        for step in reason["path"]:
            said = _triple(step)
            lost = losses.get(said)
            note = "" if lost is None else words("counterfactual.cli.loss", points=points(lost, state.lang))
            out.print(f"      {said} {f'({note})' if note else ''}".rstrip(), markup=False)


def _triple(step: Json) -> str:
    value = f"<{step['object']}>" if step["object_type"] == "iri" else f'"{step["object"]}"'
    return f"<{step['subject']}> <{step['predicate']}> {value}"
