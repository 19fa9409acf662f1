"""Lines that are too unsure to pass for text: their readings are kept as alternatives, no more.

Confidences of lines are calibrated shares of right characters, so a threshold says how good a line
must be: ``benchmarks/confidence.py`` tells which one leaves lines that are 99 % right.
"""

from __future__ import annotations

from dataclasses import replace

from inkread.document import Alternative, Line, Page
from inkread.errors import ConfigError


def check_threshold(least: float | None) -> float | None:
    """Return a threshold as it is.

    Raises:
        ConfigError: it is not None and not from 0 to 1.
    """
    if least is not None and not 0.0 <= least <= 1.0:
        raise ConfigError(f"reject is a confidence from 0 to 1, not {least}; correct it.")
    return least


def reject_line(line: Line, least: float | None) -> Line:
    """Return a line without its text and words if its confidence is below ``least``.

    What it was read as is then its first alternative, with the probability that the others leave, but
    no more than the line's confidence; confidence and place stay. None as ``least`` rejects nothing.
    """
    if least is None or not line.text or line.confidence >= least:
        return line
    rest = max(1.0 - sum(other.confidence for other in line.alternatives), 0.0)
    return replace(
        line,
        text="",
        words=(),
        alternatives=(Alternative(line.text, min(rest, line.confidence)), *line.alternatives),
    )


def reject(page: Page, least: float | None) -> Page:
    """Return a page whose lines of a confidence below ``least`` are rejected: see ``reject_line``."""
    if least is None:
        return page
    regions = tuple(
        replace(region, lines=tuple(reject_line(line, least) for line in region.lines))
        for region in page.regions
    )
    return replace(page, regions=regions)
