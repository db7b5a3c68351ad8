"""Who may do what with a contribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ecograph.errors import Forbidden
from ecograph.ledger.partners import Role, Token
from ecograph.ledger.records import Contribution, State

Step = Literal["submit", "approve", "return", "withdraw", "renew", "note"]

_FROM: Final[Mapping[Step, frozenset[State]]] = {
    "submit": frozenset({State.CHECKED, State.RETURNED}),
    "approve": frozenset({State.SUBMITTED, State.APPROVED}),
    "return": frozenset({State.SUBMITTED, State.APPROVED}),
    "withdraw": frozenset({State.SUBMITTED, State.PUBLISHED}),
    "renew": frozenset({State.PUBLISHED}),
    "note": frozenset(State),
}
"""The states in which each step is possible. One who takes back what waits for review has it returned."""

_BY_REVIEWERS: Final = ("approve", "return")


@dataclass(frozen=True)
class Who:
    """
    A person or a script that acts, as the ledger names them.

    Args:
        name: Who it is, for the ledger.
        partner: Slug of the partner they act for; None for whoever runs this EcoGraph.
        role: What they may do.
    """

    name: str
    partner: str | None
    role: Role

    @classmethod
    def of(cls, token: Token) -> Who:
        """Whoever holds a token."""
        return cls(f"{token.partner}/{token.label}", token.partner, token.role)

    def sees(self, publisher: str) -> bool:
        """Whether the contributions of a publisher are shown to them: their own, and to reviewers all."""
        return self.partner == publisher or self.role.may(Role.REVIEWER)

    def lacks(self, step: Step, publisher: str) -> str | None:
        """What they would need for a step with a publisher's contribution (a key of `ledger.needed`); None: nothing."""
        if self.role is Role.ADMINISTRATOR:
            return None
        own = self.partner == publisher
        if step in _BY_REVIEWERS:
            if not self.role.may(Role.REVIEWER):
                return Role.REVIEWER.value
            return "another-reviewer" if own else None
        if not self.role.may(Role.CONTRIBUTOR):
            return Role.CONTRIBUTOR.value
        return None if own or (step == "note" and self.role.may(Role.REVIEWER)) else "own"

    def require(self, step: Step, publisher: str) -> None:
        """
        Stop here unless the step is theirs to take.

        Raises:
            Forbidden: It needs another role, or another partner.
        """
        needed = self.lacks(step, publisher)
        if needed:
            raise Forbidden(needed=needed)

    def steps(self, contribution: Contribution) -> frozenset[Step]:
        """What they may do with a contribution in the state it is in."""
        return frozenset(
            step
            for step, states in _FROM.items()
            if contribution.state in states and self.lacks(step, contribution.publisher) is None
        )


def possible(step: Step, state: State) -> bool:
    """Whether a step can be taken from a state at all."""
    return state in _FROM[step]


OPERATOR: Final = Who("operator", None, Role.ADMINISTRATOR)
"""Whoever runs this EcoGraph."""
