"""Where a path in an experiment's settings leads."""

from __future__ import annotations

from pathlib import Path


def located(data: Path, name: str | Path) -> Path:
    """Return ``name`` in the data folder, or, where nothing is there, in the folder one works in.

    What is in neither is returned as it would be in the data folder.
    """
    inside = data / name
    return Path(name) if not inside.exists() and Path(name).exists() else inside
