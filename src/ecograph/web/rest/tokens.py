"""
REST for administrators: partners and the tokens that speak for them.

Source:
    docs/api.md, "Partners and tokens"; docs/decisions/0006-tokens.md.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from ecograph.web.access import TheEcoGraph
from ecograph.web.auth import TheAdministrator, TheWho
from ecograph.web.rest import contribution_bodies as bodies
from ecograph.web.rest import contribution_models as models
from ecograph.web.rest.documents import PRIVATE
from ecograph.web.rest.lists import problems_of

router = APIRouter(prefix="/api/v1", tags=["administer"], responses=problems_of(400, 401, 403, 404, 409, 422, 503))

Slug = Annotated[str, Path(max_length=60, examples=["albertslund"])]


@router.get("/me", summary="Who you are", tags=["contribute"])
def me(response: Response, who: TheWho) -> models.WhoModel:
    """Whom the token speaks for, and what it may do."""
    response.headers.update(PRIVATE)
    return models.WhoModel.model_validate(vars(who))


@router.get("/partners", summary="Partners")
def partners(response: Response, ecograph: TheEcoGraph, _who: TheAdministrator) -> list[models.PartnerModel]:
    """Every organisation that contributes."""
    response.headers.update(PRIVATE)
    return [models.partner(each) for each in ecograph.ledger.partners.all()]


@router.post("/partners", summary="Add a partner", status_code=201)
def add_partner(
    response: Response, ecograph: TheEcoGraph, _who: TheAdministrator, body: bodies.NewPartner
) -> models.PartnerModel:
    """Its short name is that of its graph and of its things, and cannot be changed later."""
    found = ecograph.add_partner(body.slug, body.name, body.homepage, body.licence, body.language)
    response.headers.update({**PRIVATE, "Location": f"/api/v1/partners/{found.slug}"})
    return models.partner(found)


@router.get("/partners/{slug}", summary="One partner")
def partner(response: Response, ecograph: TheEcoGraph, _who: TheAdministrator, slug: Slug) -> models.PartnerModel:
    """What is said of it."""
    response.headers.update(PRIVATE)
    return models.partner(ecograph.ledger.partners.get(slug))


@router.patch("/partners/{slug}", summary="Change a partner")
def change_partner(
    response: Response, ecograph: TheEcoGraph, _who: TheAdministrator, slug: Slug, body: bodies.PartnerChange
) -> models.PartnerModel:
    """What is left out stays, and so does what it has published."""
    response.headers.update(PRIVATE)
    return models.partner(ecograph.ledger.partners.change(slug, **body.model_dump(exclude_none=True)))


@router.get("/tokens", summary="Tokens")
def tokens(
    response: Response,
    ecograph: TheEcoGraph,
    _who: TheAdministrator,
    partner: Annotated[str | None, Query(max_length=60)] = None,
) -> list[models.TokenModel]:
    """Also those that open nothing any more. Their secrets are known to nobody but their holders."""
    response.headers.update(PRIVATE)
    return [models.token(each) for each in ecograph.ledger.partners.tokens(partner)]


@router.post("/tokens", summary="Issue a token", status_code=201)
def issue(
    response: Response, ecograph: TheEcoGraph, _who: TheAdministrator, body: bodies.NewToken
) -> models.IssuedToken:
    """The secret is in this answer and nowhere else."""
    response.headers.update(PRIVATE)
    token, secret = ecograph.ledger.partners.issue(body.partner, body.role, body.label, body.days)
    return models.IssuedToken.model_validate({**vars(token), "secret": secret})


@router.post("/tokens/{token_id}/revoke", summary="Take a token back")
def revoke(
    response: Response,
    ecograph: TheEcoGraph,
    _who: TheAdministrator,
    token_id: Annotated[str, Path(max_length=64, examples=["0123456789abcdef"])],
) -> models.TokenModel:
    """It opens nothing from now on, nor do the sessions that were opened with it."""
    response.headers.update(PRIVATE)
    return models.token(ecograph.ledger.partners.revoke(token_id))
