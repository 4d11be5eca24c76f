"""`python -m ihh`."""

from ihh.cli import main

main()
