"""One line per event on stderr: readable at a terminal, JSON elsewhere. stdout is for data."""

from __future__ import annotations

import sys
from typing import Any

import structlog


def configure() -> None:
    """Write logs to stderr, each with the id of the request it belongs to."""
    at_terminal = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if at_terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if at_terminal else [structlog.processors.format_exc_info]),
            renderer,
        ],
        # Looked up at each line: whoever captures the output takes it back afterwards.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
