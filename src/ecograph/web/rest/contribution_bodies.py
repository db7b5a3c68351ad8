"""What is sent with the steps of a contribution, and by administrators."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ecograph.identifiers import SLUG
from ecograph.ledger.partners import MAX_DAYS, Role
from ecograph.messages import Language


def _iso(value: object) -> object:
    """A day as it is written in ISO 8601; pydantic would take seconds since 1970 as well."""
    if isinstance(value, date) or (isinstance(value, str) and len(value) == len("2027-12-31")):
        return value
    raise ValueError("not a day")


Day = Annotated[date, BeforeValidator(_iso)]


class Body(BaseModel):
    """What is sent with a step."""

    model_config = ConfigDict(extra="forbid")


Words = Annotated[str, Field(max_length=2000)]

# What the ledger asks of values, for the description; it refuses others in words of its own.
NOT_BLANK: Final = r"\S"
_SLUG: Final = {"pattern": rf"^{SLUG.pattern}$"}
_LINE: Final = {"pattern": r"^[A-Za-zÀ-ÖØ-öø-ÿ0-9][A-Za-zÀ-ÖØ-öø-ÿ0-9 .,&-]*$"}
_WEB: Final = {"pattern": r"^https?://[a-z0-9.-]+/[A-Za-z0-9/._~-]*$"}


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

    why: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2000,
            examples=["Række 4 og 9 er det samme behov."],
            json_schema_extra={"pattern": NOT_BLANK},
        ),
    ]


class Renewal(Body):
    """With `renew`."""

    expires_on: Annotated[Day, Field(description="The first day on which it shall no longer be published")]


class NewNote(Body):
    """A note."""

    words: Annotated[str, Field(min_length=1, max_length=2000, json_schema_extra={"pattern": NOT_BLANK})]


class NewPartner(Body):
    """A partner to add."""

    slug: Annotated[str, Field(max_length=60, examples=["albertslund"], json_schema_extra=_SLUG)]
    name: Annotated[str, Field(max_length=200, examples=["Albertslund Kommune"], json_schema_extra=_LINE)]
    homepage: Annotated[str, Field(max_length=2000, examples=["https://albertslund.dk/"], json_schema_extra=_WEB)]
    licence: Annotated[
        str,
        Field(max_length=2000, examples=["https://creativecommons.org/licenses/by/4.0/"], json_schema_extra=_WEB),
    ]
    language: Language = "en"


class PartnerChange(Body):
    """What is to be said of a partner from now on; what is left out stays."""

    name: Annotated[str, Field(max_length=200, json_schema_extra=_LINE)] | None = None
    homepage: Annotated[str, Field(max_length=2000, json_schema_extra=_WEB)] | None = None
    licence: Annotated[str, Field(max_length=2000, json_schema_extra=_WEB)] | None = None
    language: Language | None = None


class NewToken(Body):
    """A token to issue."""

    partner: Annotated[str, Field(max_length=60, examples=["albertslund"], json_schema_extra=_SLUG)]
    role: Role
    label: Annotated[str, Field(max_length=200, examples=["miljøafdelingen"], json_schema_extra=_LINE)]
    days: Annotated[float, Field(gt=0, description="Its life", json_schema_extra={"maximum": MAX_DAYS})] = 365
