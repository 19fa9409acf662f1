"""Images of lines -> ``Line``: normalise, recognise, decode, and say how sure and where.

Lines share a batch only where their normalised widths are equal, so nothing is ever padded for
the sake of another line. This is the one place that makes a line read the same alone and in any
batch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkread import placing
from inkread.decoding import choose, confidence
from inkread.decoding.beam import BeamDecoder
from inkread.decoding.greedy import greedy
from inkread.decoding.hypothesis import Hypothesis
from inkread.decoding.language import LanguageModel
from inkread.document import Alternative, Line, ModelInfo, Polygon
from inkread.errors import ConfigError
from inkread.images.line import normal_scale, normalise_line
from inkread.runtime.session import LineSession
from inkread.runtime.store import packaged

LANGUAGES = ("auto", "en", "fr", "none")

LogProbs = npt.NDArray[np.float32]
LineImage = npt.NDArray[np.uint8]

_BATCH = 8


class Recogniser:
    """A line recogniser with its decoder; may be shared between threads.

    Args:
        bundle: path or content of a line bundle; by default the one that comes along.
        threads: processor threads of one reading; by default all cores this process may use.
        language: ``"auto"``, a language's code, or ``"none"``; the language model is opened when
            it is first needed.

    Raises:
        BundleError: a model that is missing or damaged.
        ConfigError: an unknown language.
    """

    def __init__(
        self, bundle: str | Path | bytes | None = None, threads: int | None = None, language: str = "auto"
    ) -> None:
        self.language = _known(language)
        self._session = LineSession(bundle or packaged("line"), threads)
        self._contract = self._session.contract
        self._lock = threading.Lock()
        self._beam: BeamDecoder | None = None

    @property
    def model(self) -> ModelInfo:
        """Name and version of the bundle."""
        return ModelInfo(self._contract.name, self._contract.version)

    def recognise(self, images: Sequence[LineImage]) -> list[LogProbs]:
        """Return what the network sees in line images, before decoding.

        Args:
            images: uint8 of any size, grey (H, W) or RGB (H, W, 3), 0 to 255.

        Returns:
            float32 (T, C) each: natural log-softmax over the classes; class 0 is the CTC blank.
        """
        lines = [normalise_line(image, self._contract.height) for image in images]
        by_width: dict[int, list[int]] = {}
        for number, line in enumerate(lines):
            by_width.setdefault(line.shape[1], []).append(number)
        results: dict[int, LogProbs] = {}
        for same in by_width.values():
            for start in range(0, len(same), _BATCH):
                batch = same[start : start + _BATCH]
                log_probs = self._session.run(np.stack([lines[number] for number in batch]))
                results.update(zip(batch, log_probs, strict=True))
        return [results[number] for number in range(len(lines))]

    def decode(
        self, log_probs: Sequence[LogProbs], language: str | None = None
    ) -> tuple[list[list[Hypothesis]], str]:
        """Turn what was seen in the lines of one page into text.

        Args:
            log_probs: as ``recognise`` returns them.
            language: instead of the recogniser's own.

        Returns:
            For each line its readings, best first, and the language used: a code or ``"none"``.

        Raises:
            ConfigError: an unknown language.
        """
        language = _known(language or self.language)
        if language == "none" or not log_probs:
            return [[greedy(line, self._session.alphabet)] for line in log_probs], "none"
        model, beam = self._language_model()
        blend: Mapping[str, float] = {language: 1.0}
        if language == "auto":
            blend = choose.choose(log_probs, self._session.alphabet, model)
        likeliest = max(blend, key=lambda name: (blend[name], name)) if blend else "none"
        return [beam.decode(line, blend) for line in log_probs], likeliest

    def line(
        self,
        readings: Sequence[Hypothesis],
        log_probs: LogProbs,
        crop: LineImage,
        outline: npt.NDArray[np.floating],
        baseline: npt.NDArray[np.floating],
        place: Callable[[npt.NDArray[np.floating]], Polygon],
    ) -> Line:
        """Put one line's readings, confidences and places together.

        Args:
            readings: best first, at least one.
            log_probs: of the line.
            crop: its image, as it was recognised.
            outline, baseline: (N, 2) and (M, 2), on the picture that the crop was cut from.
            place: carries points of that picture to the user's image.
        """
        best, contract = readings[0], self._contract
        sure = confidence.of(log_probs, readings, self._session.alphabet, contract.temperature)
        per_frame = contract.stride / normal_scale(crop, contract.height)
        borders = [edge * per_frame for edge in placing.edges(best.frames)]
        track = placing.Track.of(outline, baseline, crop.shape[1])
        words = placing.words(
            best.text,
            sure.characters,
            confidence.of_words(best.text, sure.characters),
            borders,
            lambda left, right: place(track.outline(left, right)),
        )
        others = zip(readings[1:], sure.alternatives, strict=True)
        return Line(
            " ".join(word.text for word in words),
            sure.line,
            place(outline),
            place(baseline),
            words,
            tuple(Alternative(other.text, probability) for other, probability in others),
        )

    def _language_model(self) -> tuple[LanguageModel, BeamDecoder]:
        with self._lock:
            if self._beam is None:
                self._model = LanguageModel.load(packaged("language"))
                self._beam = BeamDecoder(self._session.alphabet, self._model)
            return self._model, self._beam


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ConfigError(f"There is no language {language!r}; choose one of {', '.join(LANGUAGES)}.")
    return language
