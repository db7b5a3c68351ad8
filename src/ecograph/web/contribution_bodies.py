"""What is sent with the steps of a contribution, and by administrators."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecograph.ledger.partners import Role


class Body(BaseModel):
    """What is sent with a step."""

    model_config = ConfigDict(extra="forbid")


Words = Annotated[str, Field(max_length=2000)]


class Submission(Body):
    """With `submit`."""

    leave_out: Annotated[
        Literal["faulty"] | dict[str, list[int | str]] | None,
        Field(
            description="`faulty`: whatever has a violation stays; or rows by file; null: as before",
            examples=["faulty", {"need.csv": [7, 9]}],
        ),
    ] = None


class Reason(Body):
    """With `approve`, where a reason is welcome."""

    why: Words = ""


class NeededReason(Body):
    """With `return` and `withdraw`, where a reason is needed."""

    why: Annotated[str, Field(min_length=1, max_length=2000, examples=["Række 4 og 9 er det samme behov."])]


class Renewal(Body):
    """With `renew`."""

    expires_on: Annotated[date, Field(description="The first day on which it shall no longer be published")]


class NewNote(Body):
    """A note."""

    words: Annotated[str, Field(min_length=1, max_length=2000)]


class NewPartner(Body):
    """A partner to add."""

    slug: Annotated[str, Field(max_length=60, examples=["albertslund"])]
    name: Annotated[str, Field(max_length=200, examples=["Albertslund Kommune"])]
    homepage: Annotated[str, Field(max_length=2000, examples=["https://albertslund.dk/"])]
    licence: Annotated[str, Field(max_length=2000, examples=["https://creativecommons.org/licenses/by/4.0/"])]
    language: Annotated[str, Field(max_length=10)] = "en"


class PartnerChange(Body):
    """What is to be said of a partner from now on; what is left out stays."""

    name: Annotated[str | None, Field(max_length=200)] = None
    homepage: Annotated[str | None, Field(max_length=2000)] = None
    licence: Annotated[str | None, Field(max_length=2000)] = None
    language: Annotated[str | None, Field(max_length=10)] = None


class NewToken(Body):
    """A token to issue."""

    partner: Annotated[str, Field(max_length=60, examples=["albertslund"])]
    role: Role
    label: Annotated[str, Field(max_length=200, examples=["miljøafdelingen"])]
    days: Annotated[float, Field(gt=0, description="Its life")] = 365
