"""``python -m inkread`` is the ``inkread`` command."""

from inkread.cli import main

if __name__ == "__main__":
    main()
