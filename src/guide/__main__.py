"""`python -m guide`, which the front door runs."""

from guide.cli import main

main()
