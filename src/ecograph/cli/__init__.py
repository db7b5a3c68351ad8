"""
The command line: data to stdout, messages to stderr; exit 0 ok, 1 findings, 2 usage, 3 service.

A flag wins over the environment (`ECOGRAPH_*`), and that over the default. What works with EcoGraph (`engine`,
`serving`) is imported when a command needs it: asking a service elsewhere must not load a graph engine first.

Source:
    docs/cli.md.
"""

from ecograph.cli.entry import app, main

__all__ = ["app", "main"]
