"""Commands of the operator: who may contribute, and the tokens that speak for them."""

from __future__ import annotations

from typing import Annotated

import typer

from ecograph.cli.contribute import AsJson
from ecograph.cli.office import office
from ecograph.cli.showing import columns, print_json, print_table
from ecograph.cli.state import out, say, state, words

app = typer.Typer(no_args_is_help=True, help="Organisations that contribute.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens that speak for partners.")

_CC_BY = "https://creativecommons.org/licenses/by/4.0/"


@app.command()
def add(
    slug: Annotated[str, typer.Argument(help="Short name, such as albertslund; it cannot be changed later.")],
    name: Annotated[str, typer.Option(help="What it is called.")],
    homepage: Annotated[str, typer.Option(help="Its home page.")],
    licence: Annotated[str, typer.Option(help="Web address of the licence of what it contributes.")] = _CC_BY,
    language: Annotated[str, typer.Option(help="The language it writes in: da, sv or en.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a partner."""
    asked = {
        "slug": slug,
        "name": name,
        "homepage": homepage,
        "licence": licence,
        "language": language or state.lang,
    }
    with office() as at_work:
        partner = at_work.add_partner(asked)
    if as_json:
        print_json(partner)
    say("cli.partner-added", name=partner["name"], slug=partner["slug"])


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every partner."""
    with office() as at_work:
        found = at_work.partners()
    if as_json:
        print_json(found)
        return
    names = ("slug", "name", "homepage", "licence", "language")
    print_table(columns(*names), [[each[name] for name in names] for each in found])


@tokens.command()
def issue(
    partner: Annotated[str, typer.Argument(help="Short name of the partner it speaks for.")],
    label: Annotated[str, typer.Option(help="The desk or machine that uses it; the ledger names it.")],
    role: Annotated[str, typer.Option(help="reader, contributor, reviewer or administrator.")] = "contributor",
    days: Annotated[float, typer.Option(help="Its life, at most 731.")] = 365,
    as_json: AsJson = False,
) -> None:
    """Make a token. It is printed now, and never again."""
    with office() as at_work:
        found = at_work.issue({"partner": partner, "role": role, "label": label, "days": days})
    if as_json:
        print_json(found)
    else:
        out.file.write(f"{found['secret']}\n")
    say("cli.token-issued", id=found["id"], date=found["expires_at"][:10])


@tokens.command("list")
def list_tokens(
    partner: Annotated[str | None, typer.Option(help="Only those of this partner.")] = None, as_json: AsJson = False
) -> None:
    """Tokens, also those that open nothing any more; never their secrets."""
    with office() as at_work:
        found = at_work.tokens(partner)
    if as_json:
        print_json(found)
        return
    print_table(
        columns("id", "partner", "role", "label", "issued", "expires", "revoked"),
        [
            [
                each["id"],
                each["partner"],
                words(f"ledger.role.{each['role']}"),
                each["label"],
                *((each[moment] or "")[:10] for moment in ("issued_at", "expires_at", "revoked_at")),
            ]
            for each in found
        ],
    )


@tokens.command()
def revoke(token_id: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """Take a token back: it opens nothing from now on."""
    with office() as at_work:
        found = at_work.revoke(token_id)
    if as_json:
        print_json(found)
    say("cli.token-revoked", id=found["id"], label=found["label"])
