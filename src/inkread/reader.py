"""The pipeline: an image in, a ``Page`` out. The one file that knows all of the stages.

open -> the page upright (find the sheet -> detect text -> lines -> reading order -> crops) ->
normalise -> recognise -> decode -> places on the image the user gave.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkread.decoding.hypothesis import Hypothesis
from inkread.decoding.lexicon import Lexicon
from inkread.document import Line, ModelInfo, Page, Polygon, Region
from inkread.eyes import Eyes, parts
from inkread.images.modes import array_to_rgb
from inkread.images.open import Limits, PageImage, Source, open_page, open_pages
from inkread.images.page import Sheet
from inkread.recogniser import LogProbs, Recogniser
from inkread.rejection import check_threshold, reject, reject_line
from inkread.runtime.cores import available_cores
from inkread.runtime.finder import Finder
from inkread.runtime.memory import give_back
from inkread.runtime.store import packaged
from inkread.stains import Look, are_writing
from inkread.upright import sureness, upright

_BLANK_CONTRAST = 24  # levels of 255 within which a whole picture is blank
_LARGE = 3_000_000  # bytes of an image, after which memory is worth giving back

Image = npt.NDArray[Any]


class Reader:
    """Reads pages and lines. Make one, use it as often as you like, from as many threads as you like.

    Args:
        model: ``"base"`` (the default) or ``"small"``, the line recognisers that come along, or path or
            content of another's bundle. A file that is called ``small`` is ``"./small"``.
        threads: processor threads of one reading; by default all cores this process may use.
        language: ``"auto"`` chooses between the languages for each page, ``"en"`` and ``"fr"`` name
            one, ``"none"`` reads what the strokes say without a language model.
        detector: path or content of the bundle of a line finder or of a text detector; by default the
            one that comes along.
        limits: what to refuse, see ``Limits``.
        charset, lexicon, n_best: the only characters to read, words that the writer is likely to use,
            and how many readings of a line to keep: see ``Recogniser``.
        reject: lines of a confidence below this, 0.0 to 1.0, have no text but alternatives alone;
            in ``Page.text`` they are ``[?]``. None rejects nothing.

    Raises:
        BundleError: a model that is missing or damaged.
        ConfigError: an unknown language, or a charset, lexicon or number that cannot be used.
    """

    def __init__(
        self,
        model: str | Path | bytes | None = None,
        threads: int | None = None,
        language: str = "auto",
        *,
        detector: str | Path | bytes | None = None,
        limits: Limits | None = None,
        charset: str | None = None,
        lexicon: Lexicon | str | Path | Iterable[str] | None = None,
        n_best: int | None = None,
        reject: float | None = None,
    ) -> None:
        self._reject = check_threshold(reject)
        self._recogniser = Recogniser(
            model, threads, language, charset=charset, lexicon=lexicon, n_best=n_best
        )
        self._threads = threads or available_cores()
        self._finder = Finder(detector or packaged("layout"), threads)
        self._limits = limits

    @property
    def model(self) -> ModelInfo:
        """Name and version of the line recogniser."""
        return self._recogniser.model

    @property
    def language(self) -> str:
        """The language asked for, or ``"auto"``."""
        return self._recogniser.language

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
        pictures = [array_to_rgb(image) for image in images]
        lines = []
        for picture, log_probs in zip(pictures, self.recognise(pictures), strict=True):
            readings, _ = self.decode([log_probs], images=[picture])
            line = self._whole_line(picture, readings[0], log_probs)
            lines.append(reject_line(line, self._reject))
        return lines

    def recognise(self, images: Sequence[Image]) -> list[LogProbs]:
        """What the network sees in line images, before decoding: see ``Recogniser.recognise``."""
        return self._recogniser.recognise([array_to_rgb(image) for image in images])

    def decode(
        self,
        log_probs: Sequence[LogProbs],
        language: str | None = None,
        images: Sequence[Image] | None = None,
    ) -> tuple[list[list[Hypothesis]], str]:
        """Turn what was seen in the lines of one page into text: see ``Recogniser.decode``.

        ``read`` and ``read_lines`` give the images too; without them capitals of two sizes stay capitals.
        """
        pictures = None if images is None else [array_to_rgb(image) for image in images]
        return self._recogniser.decode(log_probs, language, pictures)

    def _read(self, opened: PageImage, as_line: bool, timing: bool) -> Page:
        clock = _Clock(opened.seconds)
        height, width = opened.image.shape[:2]
        regions: tuple[Region, ...] = ()
        language = "none"
        if not _is_blank(opened.image):
            if as_line:
                regions, language = self._one_line(opened.image, clock)
            else:
                regions, language = self._whole_page(opened.image, clock)
                if opened.image.size > _LARGE:
                    give_back()
        page = Page(
            opened.number, width, height, self.model, regions, language, opened.source,
            clock.stages if timing else (),
        )  # fmt: skip
        return reject(page, self._reject)

    def _one_line(self, image: npt.NDArray[np.uint8], clock: _Clock) -> tuple[tuple[Region, ...], str]:
        log_probs = self.recognise([image])
        clock.lap("recognise")
        readings, language = self.decode(log_probs, images=[image])
        line = self._whole_line(image, readings[0], log_probs[0])
        clock.lap("decode")
        return ((Region((line,)),) if line.text else ()), language

    def _whole_page(self, image: npt.NDArray[np.uint8], clock: _Clock) -> tuple[tuple[Region, ...], str]:
        eyes = Eyes(self._recogniser)
        draft = upright(image, self._finder, eyes, clock.lap, self._threads)
        place = _Place(image.shape, draft.sheet)
        lines: list[Line] = []
        looks: list[Look] = []
        language, chosen = "none", False
        for crops in parts(draft.crops):
            log_probs = eyes.last([crop.image for crop in crops])
            clock.lap("recognise")
            readings, language = self._recogniser.decode(
                log_probs, language if chosen else None, [crop.image for crop in crops]
            )
            chosen = language != "none" and (chosen or any(texts[0].text.strip() for texts in readings))
            lines += [
                self._recogniser.line(
                    texts, probs, crop.image, crop.line.polygon, crop.line.baseline, place.at(crop.scale)
                )
                for texts, probs, crop in zip(readings, log_probs, crops, strict=True)
            ]
            looks += [Look.of(crop) for crop in crops]
            clock.lap("decode")

        def mirrored(number: int) -> bool:
            # Few lines are asked about, so that they are seen once more and nothing is kept of all others.
            crop = draft.crops[number].image
            there, back = eyes.last([crop, np.ascontiguousarray(crop[:, ::-1])])
            return sureness([back]) > sureness([there])

        read = zip(lines, are_writing(lines, looks, mirrored), strict=True)
        regions = [[pair for _, pair in zip(region, read, strict=False)] for region in draft.regions]
        kept = [tuple(line for line, writing in region if writing) for region in regions]
        return tuple(Region(part, polygon=_box(part)) for part in kept if part), language

    def _whole_line(
        self, image: npt.NDArray[np.uint8], readings: Sequence[Hypothesis], log_probs: LogProbs
    ) -> Line:
        """Place a line that is the whole image; where its baseline runs is not known."""
        height, width = image.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
        place = _Place(image.shape)
        if _is_blank(image):
            return Line("", 0.0, place(corners))
        line = self._recogniser.line(readings, log_probs, image, corners, corners[[3, 2]], place)
        return replace(line, baseline=())


class _Place:
    """Carries points of the sheet to the user's image, and keeps them inside it.

    Args:
        shape: the user's image's.
        sheet: None where the points are the user's image's own.
    """

    def __init__(self, shape: tuple[int, ...], sheet: Sheet | None = None) -> None:
        self._corner = np.array([shape[1], shape[0]], dtype=np.float64)
        self._sheet = sheet

    def __call__(self, points: npt.NDArray[np.floating]) -> Polygon:
        carried = points if self._sheet is None else self._sheet.to_original(points)
        return tuple(map(tuple, np.clip(carried, 0.0, self._corner).tolist()))

    def at(self, scale: npt.NDArray[np.float64]) -> Callable[[npt.NDArray[np.floating]], Polygon]:
        """Return the same for points of the sheet made smaller; ``scale``: its pixels to one of theirs."""
        return lambda points: self(points * scale)


def _is_blank(image: npt.NDArray[np.uint8]) -> bool:
    return int(np.ptp(image)) <= _BLANK_CONTRAST


def _box(lines: Sequence[Line]) -> Polygon:
    """Return the rectangle around lines."""
    points = np.array([point for line in lines for point in line.polygon])
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return ((left, top), (right, top), (right, bottom), (left, bottom))


class _Clock:
    """Seconds of each stage, of one gone through again the sum."""

    def __init__(self, opening: float) -> None:
        self._seconds = {"open": opening}
        self._last = time.perf_counter()

    @property
    def stages(self) -> tuple[tuple[str, float], ...]:
        return tuple(self._seconds.items())

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._last
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
