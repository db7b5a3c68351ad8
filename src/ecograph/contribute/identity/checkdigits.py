"""Whether the check digits of a number fit: what tells a mistyped number from one that is only unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pyoxigraph import NamedNode
from stdnum.dk import cvr
from stdnum.iso7064 import mod_11_2, mod_97_10
from stdnum.se import orgnr

from ecograph.namespaces import ECO

_BASE32: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's, in which ROR counts


def fits(path: NamedNode, number: str) -> bool:
    """
    Whether the check digits of a number fit.

    Args:
        path: The property that holds the number; for properties whose numbers have no check digits all fit.
        number: In the form that the shape of the property asks for.

    Example:
        >>> fits(ECO.orcid, "0000-0002-1825-0097"), fits(ECO.orcid, "0000-0002-1825-0079"), fits(ECO.doi, "10.1000/182")
        (True, False, True)

    Source:
        docs/identity.md, "Numbers"; ISO 7064 for ORCID and ROR, the Luhn algorithm for organisation numbers.
    """
    test = _TESTS.get(path)
    return test is None or test(number)


def has(path: NamedNode) -> bool:
    """Whether the numbers of a property have check digits."""
    return path in _TESTS


def _ror(address: str) -> bool:
    number = 0
    for letter in address[-9:-2]:
        if letter not in _BASE32:
            return False
        number = number * len(_BASE32) + _BASE32.index(letter)
    return bool(mod_97_10.is_valid(f"{number}{address[-2:]}"))


_TESTS: Final[Mapping[NamedNode, Callable[[str], bool]]] = {
    ECO.cvr: cvr.is_valid,
    ECO.organisationNumber: orgnr.is_valid,
    ECO.ror: _ror,
    ECO.orcid: lambda number: bool(mod_11_2.is_valid(number.replace("-", ""))),
}
