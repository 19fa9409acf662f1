"""A reader that needs no model: each page says which it is. As a program: the command with that reader."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import inkread.reader
from inkread.document import Line, ModelInfo, Page, Region, Word
from inkread.images.open import PageImage

SECONDS = 0.0
MODEL = ModelInfo("tiny", "1")


class SlowReader:
    """Takes ``SECONDS`` for a page."""

    def __init__(self, **_: object) -> None:
        pass

    def read(self, opened: PageImage, *, as_line: bool = False, timing: bool = False) -> Page:
        time.sleep(SECONDS)
        height, width = opened.image.shape[:2]
        text = f"{Path(opened.source).stem}, page {opened.number}"
        box = ((5.0, 10.0), (width - 5.0, 10.0), (width - 5.0, 30.0), (5.0, 30.0))
        line = Line(text, 0.9, box, ((5.0, 25.0), (width - 5.0, 25.0)), (Word(text, 0.9, box),))
        return Page(opened.number, width, height, MODEL, (Region((line,)),), "en", opened.source)


if __name__ == "__main__":
    SECONDS = 0.05
    signal.signal(signal.SIGINT, signal.default_int_handler)  # nohup and shells' background jobs ignore it
    inkread.reader.Reader = SlowReader
    from inkread.cli import main

    main(sys.argv[1:])
