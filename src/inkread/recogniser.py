"""Images of lines -> ``Line``: normalise, recognise, decode, and say how sure and where.

Lines share a batch only where their normalised widths are equal, so nothing is ever padded for
the sake of another line. This is the one place that makes a line read the same alone and in any
batch. Threads take batches, not parts of one: that keeps all of them busy to the end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkread import placing
from inkread.decoding import charset as charsets
from inkread.decoding import choose, confidence
from inkread.decoding.beam import WIDTH, BeamDecoder
from inkread.decoding.calibration import Calibration
from inkread.decoding.capitals import UNUSUAL, Capitals, in_capitals
from inkread.decoding.greedy import greedy
from inkread.decoding.hypothesis import Hypothesis
from inkread.decoding.language import LanguageModel
from inkread.decoding.lexicon import Lexicon
from inkread.document import Alternative, Line, ModelInfo, Polygon
from inkread.errors import ConfigError
from inkread.images.columns import ink_columns
from inkread.images.line import frame_columns, normalise_line, stretch, to_grey
from inkread.runtime.cores import available_cores
from inkread.runtime.memory import give_back
from inkread.runtime.session import LineSession
from inkread.runtime.spread import spread
from inkread.runtime.store import packaged, recogniser
from inkread.sentences import SentenceModel
from inkread.two_sizes import TwoSizes

LANGUAGES = ("auto", "en", "fr", "none")

READINGS = 5
"""Readings that a line keeps, its text included, unless another number is asked for."""

LogProbs = npt.NDArray[np.float32]
LineImage = npt.NDArray[np.uint8]

_COLUMNS = 2048  # of a batch, which bounds its memory; lines in one batch are no faster than one by one
_MOST_READINGS = 100


class Recogniser:
    """A line recogniser with its decoder; may be shared between threads.

    Args:
        bundle: path or content of a line bundle; by default the one that comes along.
        threads: lines that are read at once; by default as many as this process may use cores.
        language: ``"auto"``, a language's code, or ``"none"``; the language model is opened when
            it is first needed.
        charset: the only characters to be read: ``"digits"``, ``"letters"``, or themselves, such as
            ``"0-9.,"``. Without a letter among them there is no language model either.
        lexicon: words that the writer is likely to use: a ``Lexicon``, the path of its file, or the
            words.
        n_best: readings kept of each line, 1 to 100, its text included; by default 5, but 1 where
            neither language model nor lexicon asks for a search.

    Raises:
        BundleError: a model that is missing or damaged.
        ConfigError: an unknown language, a charset that the model lacks, a lexicon that cannot be
            read, or a wrong number of readings or threads.
    """

    def __init__(
        self,
        bundle: str | Path | bytes | None = None,
        threads: int | None = None,
        language: str = "auto",
        *,
        charset: str | None = None,
        lexicon: Lexicon | str | Path | Iterable[str] | None = None,
        n_best: int | None = None,
    ) -> None:
        self.language = _known(language)
        if n_best is not None and not 1 <= n_best <= _MOST_READINGS:
            raise ConfigError(f"The readings of a line are 1 to {_MOST_READINGS}, not {n_best}.")
        self._lexicon = _lexicon(lexicon)
        self._n_best = n_best
        if threads is not None and threads < 1:
            raise ConfigError(f"Lines are read by at least one thread, not {threads}; give 1 or more.")
        self._threads = threads or available_cores()
        self._session = LineSession(recogniser(bundle), threads=1)
        self._contract = self._session.contract
        self._calibration = Calibration.from_dict(self._contract.calibration)
        self._capitals = Capitals(self._session.alphabet)
        self._two_sizes = TwoSizes(self._capitals, self._contract)
        self._charset = None if charset is None else charsets.parse(charset, self._session.alphabet)
        self._both_cases = self._charset is None or self._capitals.both_in(self._charset)
        self._lock = threading.Lock()
        self._model: LanguageModel | None = None
        self._beams: dict[tuple[bool, bool, bool], BeamDecoder] = {}

    @property
    def model(self) -> ModelInfo:
        """Name and version of the bundle."""
        return ModelInfo(self._contract.name, self._contract.version)

    def recognise(self, images: Sequence[LineImage]) -> list[LogProbs]:
        """Return what the network sees in line images, as far as the charset lets it, before decoding.

        Args:
            images: uint8 of any size, grey (H, W) or RGB (H, W, 3), 0 to 255.

        Returns:
            float32 (T, C) each: natural log-softmax over the classes; class 0 is the CTC blank.
        """
        height = self._contract.height
        lines = spread(lambda image: normalise_line(image, height), images, self._threads)
        by_width: dict[int, list[int]] = {}
        for number, line in enumerate(lines):
            by_width.setdefault(line.shape[1], []).append(number)
        batches: list[list[int]] = []
        for width in sorted(by_width, reverse=True):
            same, most = by_width[width], max(_COLUMNS // width, 1)
            batches += [same[start : start + most] for start in range(0, len(same), most)]

        def run(batch: list[int]) -> LogProbs:
            return self._session.run(np.stack([lines[number] for number in batch]))

        results: dict[int, LogProbs] = {}
        for batch, log_probs in zip(batches, spread(run, batches, self._threads), strict=True):
            results.update(zip(batch, log_probs, strict=True))
        seen = [results[number] for number in range(len(lines))]
        if self._charset is None:
            return seen
        return [charsets.restrict(line, self._charset, self._session.alphabet) for line in seen]

    def decode(
        self,
        log_probs: Sequence[LogProbs],
        language: str | None = None,
        images: Sequence[LineImage] | None = None,
    ) -> tuple[list[list[Hypothesis]], str]:
        """Turn what was seen in the lines of one page into text.

        Args:
            log_probs: as ``recognise`` returns them.
            language: instead of the recogniser's own.
            images: of the lines, as ``recognise`` took them. With these and a language model, lines in
                capitals of two sizes are given in small letters and capitals, if the charset has both.

        Returns:
            For each line its readings, best first, and the language used: a code or ``"none"``.

        Raises:
            ConfigError: an unknown language, or another number of images than of lines.
        """
        if images is not None and len(images) != len(log_probs):
            raise ConfigError(f"Give an image for each line: there are {len(images)} for {len(log_probs)}.")
        language = _known(language or self.language)
        wordless = self._charset is not None and not any(map(str.isalpha, self._charset))
        if language == "none" or wordless or not log_probs:
            if self._lexicon is None and (self._n_best or 1) == 1:
                return [[greedy(line, self._session.alphabet)] for line in log_probs], "none"
            _, beam = self._decoder(with_model=False)
            return [beam.decode(line) for line in log_probs], "none"
        model, beam = self._decoder(with_model=True)
        assert model is not None
        blend: Mapping[str, float] = {language: 1.0}
        if language == "auto":
            blend = choose.choose(log_probs, self._session.alphabet, model)
        likeliest = max(blend, key=lambda name: (blend[name], name)) if blend else "none"
        found = [self._readings(beam, line, blend) for line in log_probs]
        if blend and images is not None and self._both_cases:
            # The model of whole lines would weigh only those that are in doubt
            _, weigh = self._decoder(with_model=True, sentences=False)
            best = [readings[0] for readings in found]
            sized = self._two_sizes.posteriors(best, log_probs, images, weigh, blend)
            for number, line in sized.items():
                found[number] = [replace(reading, by_size=True) for reading in beam.decode(line, blend)]
        return found, likeliest

    def _readings(self, beam: BeamDecoder, line: LogProbs, blend: Mapping[str, float]) -> list[Hypothesis]:
        """Read one line with the languages of its page, or without where these would only mislead."""
        alphabet = self._session.alphabet
        if choose.is_figures(line, alphabet):
            return beam.decode(line, {})
        readings = beam.decode(line, blend)
        if blend and in_capitals(greedy(line, alphabet).text):
            _, decoder = self._decoder(with_model=True, lowered=True)
            others = decoder.decode(self._capitals.lowered(line), blend)
            if others[0].score > readings[0].score + UNUSUAL:
                return self._capitals.cased(others, line)
        return readings

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
        clear = stretch(to_grey(crop))
        ink = ink_columns(clear)
        per_frame = frame_columns(clear, contract.height, contract.stride)
        inked = np.count_nonzero(ink) / per_frame
        log_probs = self.evident(log_probs, best)
        sure = confidence.of(log_probs, readings, self._session.alphabet, self._calibration, inked)
        borders = placing.borders(best.text, best.frames, ink, per_frame)
        track = placing.Track.of(outline, baseline, crop.shape[1])
        words = placing.words(
            best.text,
            sure.characters,
            sure.words,
            borders,
            track.outlines,
            place,
        )
        return Line(
            " ".join(word.text for word in words),
            sure.line,
            place(outline),
            place(baseline),
            words,
            _alternatives(readings, self._n_best or READINGS),
        )

    def evident(self, log_probs: LogProbs, reading: Hypothesis) -> LogProbs:
        """Return what speaks for a reading: where sizes gave the case, both cases of each letter together."""
        return self._capitals.either(log_probs) if reading.by_size else log_probs

    def _decoder(
        self, with_model: bool, lowered: bool = False, sentences: bool = True
    ) -> tuple[LanguageModel | None, BeamDecoder]:
        """Return the language model if it is wanted, and what decodes.

        ``lowered``: small letters alone; ``sentences``: with the model of whole lines.
        """
        lowered = lowered and self._lexicon is not None  # nothing else differs
        with self._lock:
            if with_model and self._model is None:
                self._model = LanguageModel.load(packaged("language"))
                give_back()  # what unpacking took, some 20 MB
            beam = self._beams.get((with_model, lowered, sentences))
            if beam is None:
                best = max(self._n_best or 0, READINGS)
                beam = self._beams[with_model, lowered, sentences] = BeamDecoder(
                    self._session.alphabet,
                    self._model if with_model else None,
                    max(self._contract.beam or WIDTH, best),
                    best=best,
                    lexicon=self._lexicon.lowered() if lowered and self._lexicon else self._lexicon,
                    sentences=SentenceModel(packaged("sentences"), 1) if with_model and sentences else None,
                )
            return self._model, beam


def _alternatives(readings: Sequence[Hypothesis], n_best: int) -> tuple[Alternative, ...]:
    """Return up to ``n_best`` - 1 readings that differ from the first in more than blank space's amount.

    They stand likeliest first; readings that differ in nothing else count as one.
    """
    chances: dict[str, float] = {}
    for reading in readings:
        text = " ".join(reading.text.split())
        chances[text] = chances.get(text, 0.0) + reading.probability
    chances.pop(" ".join(readings[0].text.split()))
    ranked = sorted(chances.items(), key=lambda pair: -pair[1])[: n_best - 1]
    return tuple(Alternative(text, probability) for text, probability in ranked)


def _lexicon(given: Lexicon | str | Path | Iterable[str] | None) -> Lexicon | None:
    if given is None or isinstance(given, Lexicon):
        return given
    return Lexicon.load(given) if isinstance(given, (str, Path)) else Lexicon(given)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ConfigError(f"There is no language {language!r}; choose one of {', '.join(LANGUAGES)}.")
    return language
