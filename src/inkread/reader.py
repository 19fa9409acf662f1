"""The pipeline: an image in, a ``Page`` out. The one file that knows all of the stages.

open -> find the sheet -> detect text -> lines -> reading order -> crops -> normalise ->
recognise -> decode -> places on the image the user gave.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkread import placing
from inkread.decoding import choose, confidence
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.greedy import greedy
from inkread.decoding.hypothesis import Hypothesis
from inkread.decoding.language import LanguageModel
from inkread.document import Alternative, Line, ModelInfo, Page, Polygon, Region
from inkread.errors import ConfigError
from inkread.images.line import normalise_line, to_grey
from inkread.images.modes import array_to_rgb
from inkread.images.open import Limits, PageImage, Source, open_page, open_pages
from inkread.images.page import Sheet, find_sheet
from inkread.layout.crop import crop_line
from inkread.layout.found import FoundLine
from inkread.layout.lines import find_lines
from inkread.layout.order import reading_order
from inkread.runtime.session import DetectorSession, LineSession
from inkread.runtime.store import packaged

LANGUAGES = ("auto", "en", "fr", "none")

_DETECTOR_SIDE = 1600  # pixels of the longer side at which the detector looks
_DETECTOR_ENLARGE = 2.0
_BATCH = 8
_BLANK_CONTRAST = 24  # levels of 255 within which a whole picture is blank
_UNSURE = 0.3  # a found line read with less confidence is no writing

LogProbs = npt.NDArray[np.float32]
Image = npt.NDArray[Any]


class Reader:
    """Reads pages and lines. Make one, use it as often as you like, from as many threads as you like.

    Args:
        model: path or content of a line recogniser's bundle; by default the one that comes along.
        threads: processor threads of one reading; by default all cores this process may use.
        language: ``"auto"`` chooses between the languages for each page, ``"en"`` and ``"fr"`` name
            one, ``"none"`` reads what the strokes say without a language model.
        detector: path or content of a text detector's bundle; by default the one that comes along.
        limits: what to refuse, see ``Limits``.

    Raises:
        BundleError: a model that is missing or damaged.
        ConfigError: an unknown language.
    """

    def __init__(
        self,
        model: str | Path | bytes | None = None,
        threads: int | None = None,
        language: str = "auto",
        *,
        detector: str | Path | bytes | None = None,
        limits: Limits | None = None,
    ) -> None:
        if language not in LANGUAGES:
            raise ConfigError(f"There is no language {language!r}; choose one of {', '.join(LANGUAGES)}.")
        self.language = language
        self._lines = LineSession(model or packaged("line"), threads)
        self._detector_file = detector or packaged("detector")
        self._threads = threads
        self._limits = limits
        self._lock = threading.Lock()
        self._detector: DetectorSession | None = None
        self._beam: BeamDecoder | None = None

    @property
    def model(self) -> ModelInfo:
        """Name and version of the line recogniser."""
        return ModelInfo(self._lines.contract.name, self._lines.contract.version)

    def read(self, source: Source, *, page: int = 1, as_line: bool = False, timing: bool = False) -> Page:
        """Read one page.

        Args:
            source: a path, a file's bytes, a binary file object, a Pillow image, a ``PageImage``, or
                an array: uint8, uint16 or bool of full range or float of 0.0 to 1.0, shape (H, W),
                (H, W, 1), (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGBA.
            page: which page of a TIFF or PDF, counted from 1.
            as_line: the image is one line of writing already.
            timing: note the seconds of each stage in the page.

        Returns:
            The page; one without writing has no lines and an empty text.

        Raises:
            ImageError: not an image, damaged, locked, too large, or no such page.
        """
        return self._read(open_page(source, number=page, limits=self._limits), as_line, timing)

    def read_pages(self, source: Source, *, as_line: bool = False, timing: bool = False) -> Iterator[Page]:
        """Read all pages of a source, each when it is asked for; arguments and errors as in ``read``."""
        for opened in open_pages(source, limits=self._limits):
            yield self._read(opened, as_line, timing)

    def read_line(self, image: Image) -> Line:
        """Read one line of writing, an array as in ``read``; places are in the array's pixels."""
        return self.read_lines([image])[0]

    def read_lines(self, images: Sequence[Image]) -> list[Line]:
        """Read lines of writing, arrays as in ``read``; each reads the same alone and in any batch.

        The language is chosen for each line by itself.
        """
        rgb = [array_to_rgb(image) for image in images]
        lines = []
        for picture, log_probs in zip(rgb, self.recognise(rgb), strict=True):
            (hypotheses,), _ = self.decode([log_probs])
            height, width = picture.shape[:2]
            found = _whole_image(width, height)
            line = self._line(hypotheses, log_probs, found, (height, width))
            lines.append(line)
        return lines

    def recognise(self, images: Sequence[Image]) -> list[LogProbs]:
        """Return what the recogniser sees in line images, before decoding.

        Lines share a batch only where their normalised widths are equal, so nothing is padded for
        the sake of another line: this is the one place that makes a line read the same alone and
        in any batch.

        Args:
            images: uint8 line images of any size, grey (H, W) or RGB (H, W, 3).

        Returns:
            float32 (T, C) each: natural log-softmax over the classes; class 0 is the CTC blank.
        """
        height = self._lines.contract.height
        normal = [normalise_line(image, height) for image in images]
        results: dict[int, LogProbs] = {}
        order = sorted(range(len(normal)), key=lambda number: normal[number].shape[1])
        start = 0
        while start < len(order):
            width = normal[order[start]].shape[1]
            batch = [number for number in order[start : start + _BATCH] if normal[number].shape[1] == width]
            results.update(zip(batch, self._lines.run(np.stack([normal[n] for n in batch])), strict=True))
            start += len(batch)
        return [results[number] for number in range(len(normal))]

    def decode(
        self, log_probs: Sequence[LogProbs], language: str | None = None
    ) -> tuple[list[list[Hypothesis]], str]:
        """Turn what was seen in the lines of one page into text.

        Args:
            log_probs: as ``recognise`` returns them.
            language: the reader's own unless given.

        Returns:
            For each line its readings, best first, and the language used: a code or ``"none"``.
        """
        language = language or self.language
        if language == "none" or not log_probs:
            return [[greedy(line, self._lines.alphabet)] for line in log_probs], "none"
        beam = self._decoder()
        assert beam.language_model is not None
        blend: Mapping[str, float] = {language: 1.0}
        if language == "auto":
            blend = choose.choose(log_probs, self._lines.alphabet, beam.language_model)
        likeliest = max(blend, key=lambda name: (blend[name], name)) if blend else "none"
        return [beam.decode(line, blend) for line in log_probs], likeliest

    def _read(self, opened: PageImage, as_line: bool, timing: bool) -> Page:
        clock = _Clock(opened.seconds)
        height, width = opened.image.shape[:2]
        regions: tuple[Region, ...] = ()
        language = "none"
        if np.ptp(opened.image) > _BLANK_CONTRAST:
            if as_line:
                regions, language = self._one_line(opened.image, clock)
            else:
                regions, language = self._whole_page(opened.image, clock)
        return Page(
            opened.number, width, height, self.model, regions, language, opened.source,
            clock.stages if timing else (),
        )  # fmt: skip

    def _one_line(self, image: npt.NDArray[np.uint8], clock: _Clock) -> tuple[tuple[Region, ...], str]:
        log_probs = self.recognise([image])
        clock.lap("recognise")
        readings, language = self.decode(log_probs)
        height, width = image.shape[:2]
        line = self._line(readings[0], log_probs[0], _whole_image(width, height), (height, width))
        clock.lap("decode")
        return ((Region((line,)),) if line.text else ()), language

    def _whole_page(self, image: npt.NDArray[np.uint8], clock: _Clock) -> tuple[tuple[Region, ...], str]:
        sheet = find_sheet(image)
        clock.lap("sheet")
        found = self._find_lines(sheet.image)
        height, width = sheet.image.shape[:2]
        regions = reading_order(found, (width, height))
        clock.lap("lines")
        crops = [crop_line(sheet.image, line, found) for region in regions for line in region]
        clock.lap("crops")
        log_probs = self.recognise(crops)
        clock.lap("recognise")
        readings, language = self.decode(log_probs)
        size = image.shape[:2]
        read = iter(zip(readings, log_probs, crops, strict=True))
        result = []
        for region in regions:
            lines = [
                self._line(hypotheses, probs, line, crop.shape, sheet, size)
                for line, (hypotheses, probs, crop) in zip(region, read, strict=False)
            ]
            kept = tuple(line for line in lines if line.text.strip() and line.confidence >= _UNSURE)
            if kept:
                result.append(Region(kept, polygon=_box(kept)))
        clock.lap("decode")
        return tuple(result), language

    def _find_lines(self, image: npt.NDArray[np.uint8]) -> list[FoundLine]:
        """Find the lines of a sheet, at the detector's scale, and return them in the sheet's pixels."""
        with self._lock:
            if self._detector is None:
                self._detector = DetectorSession(self._detector_file, self._threads)
        height, width = image.shape[:2]
        scale = min(_DETECTOR_SIDE / max(height, width), _DETECTOR_ENLARGE)
        small_width, small_height = max(round(width * scale), 1), max(round(height * scale), 1)
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        small = np.asarray(cv2.resize(image, (small_width, small_height), interpolation=how), dtype=np.uint8)
        step = self._detector.contract.multiple
        padded = cv2.copyMakeBorder(
            small, 0, -small_height % step, 0, -small_width % step, cv2.BORDER_REPLICATE
        )
        probability = self._detector.run(np.asarray(padded, dtype=np.uint8))[:small_height, :small_width]
        found = find_lines(np.ascontiguousarray(probability), to_grey(small))
        return [line.scaled(width / small_width, height / small_height) for line in found]

    def _decoder(self) -> BeamDecoder:
        with self._lock:
            if self._beam is None:
                self._beam = BeamDecoder(self._lines.alphabet, LanguageModel.load(packaged("language")))
            return self._beam

    def _line(
        self,
        readings: Sequence[Hypothesis],
        log_probs: LogProbs,
        found: FoundLine,
        crop: tuple[int, ...],
        sheet: Sheet | None = None,
        size: tuple[int, ...] | None = None,
    ) -> Line:
        """Put one line's readings, confidences and places together."""
        raise NotImplementedError


class _Clock:
    """Seconds of each stage."""

    def __init__(self, opening: float) -> None:
        self.stages: tuple[tuple[str, float], ...] = (("open", opening),)
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.stages += ((stage, now - self._last),)
        self._last = now


@lru_cache(maxsize=1)
def _shared(model: str | Path | None, threads: int | None, language: str) -> Reader:
    return Reader(model, threads, language)


def read(
    source: Source,
    *,
    page: int = 1,
    as_line: bool = False,
    language: str = "auto",
    model: str | Path | None = None,
    threads: int | None = None,
) -> Page:
    """Read one page with a reader that is made at the first call and kept for the next.

    Arguments and errors are those of ``Reader`` and ``Reader.read``.
    """
    return _shared(model, threads, language).read(source, page=page, as_line=as_line)
