"""`python -m ecograph` is the command line."""

from ecograph.cli import main

main()
