"""What a test does on a machine that lacks something it needs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NoReturn

import pytest

BESIDE: Final = Path(__file__).parents[2] / "shared"
"""What is gathered from others and is no part of the repository: the W3C's tests, and sources of data."""


def lacking(what: str) -> NoReturn:
    """Skip with the reason on somebody's own machine; fail in CI, where a skipped proof would go unseen."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must be able to run this test, but {what}")
    pytest.skip(what)


def beside(name: str) -> Path:
    """
    A directory of what is gathered beside the repository; skips where nothing is.

    Args:
        name: Where in it, such as `w3c/shacl`.
    """
    if not BESIDE.is_dir():
        pytest.skip("what is gathered from others is not part of the repository")
    if not (BESIDE / name).is_dir():
        lacking(f"{name} is not among what lies beside the repository")
    return BESIDE / name
