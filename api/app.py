#!/usr/bin/env python3
"""The web API on port 8000: ``python api/app.py`` is ``inkread serve``, with its options."""

from inkread.cli import main

if __name__ == "__main__":
    import sys

    main(["serve", *sys.argv[1:]], prog_name="inkread")
