"""What a test does on a machine that lacks something it needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(what: str) -> NoReturn:
    """Skip with the reason on somebody's own machine; fail in CI, where a skipped proof would go unseen."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must be able to run this test, but {what}")
    pytest.skip(what)
