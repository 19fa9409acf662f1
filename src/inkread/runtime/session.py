"""Running a bundle: ONNX Runtime on the CPU, its contract checked, safe to share and to fork.

A session may be used by many threads at once. ONNX Runtime's own sessions do not survive a
fork, so a process that inherits one opens its own at first use; pickling reopens as well.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from inkread.alphabet import Alphabet
from inkread.errors import BundleError, ImageError
from inkread.runtime.bundle import INPUT_NAMES, OUTPUT_NAMES, PIXEL_KINDS, SEEING_KINDS, Contract
from inkread.runtime.cores import available_cores
from inkread.runtime.memory import give_back

if TYPE_CHECKING:
    import onnxruntime

CPU = ("CPUExecutionProvider",)
_RESERVED = 2  # numbers that no word piece has: ``decoding.pieces`` begins and fills with them
_PIECES = 600  # of a batch, which bounds its memory


@cache
def _giving_back() -> onnxruntime.RunOptions:
    """Return options for a run that frees what it took; the largest ever would stay otherwise."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


class Session:
    """An open bundle of one kind; the base of the sessions below.

    Args:
        source: path or content of an ONNX bundle.
        threads: threads for one run; None for every physical core this process may use.
        providers: ONNX Runtime's execution providers, in order of preference.

    Raises:
        BundleError: the file is missing, damaged, not ours, or of another kind.
    """

    kind = ""
    frees = False
    """Whether each run frees what it took: that pays where runs are large; many small ones grow by it."""

    def __init__(
        self, source: str | Path | bytes, threads: int | None = None, providers: Sequence[str] = CPU
    ) -> None:
        if threads is not None and threads < 1:
            raise BundleError(f"A model runs on at least one thread, not {threads}; give 1 or more.")
        self._arguments = (source, threads, tuple(providers))
        session = self._open()
        self.contract: Contract = Contract.from_metadata(session.get_modelmeta().custom_metadata_map)
        self._check_graph(session)
        self._current: tuple[int, onnxruntime.InferenceSession] = (os.getpid(), session)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._arguments

    def _open(self) -> onnxruntime.InferenceSession:
        import onnxruntime

        source, threads, providers = self._arguments
        if not isinstance(source, bytes) and not Path(source).is_file():
            raise BundleError(f"There is no model file {source}; check the path.")
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or available_cores()
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        # Patterns of memory are kept for each shape of input, and pages and lines come in all shapes.
        options.enable_mem_pattern = False
        model = source if isinstance(source, bytes) else str(source)
        try:
            session = onnxruntime.InferenceSession(model, options, providers=list(providers))
        except Exception as error:  # ONNX Runtime's exceptions share no base class of their own
            name = "The model given as bytes" if isinstance(source, bytes) else f"The model file {source}"
            raise BundleError(
                f"{name} cannot be opened; it is damaged, unreadable or not ONNX: get it again."
            ) from error
        give_back()  # what building the graph took, some 20 MB
        return session

    def _check_graph(self, session: onnxruntime.InferenceSession) -> None:
        if self.contract.kind != self.kind:
            raise BundleError(
                f"This is a {self.contract.kind} model where a {self.kind} model is needed; give another."
            )
        inputs, outputs = session.get_inputs(), session.get_outputs()
        names = ([entry.name for entry in inputs], [entry.name for entry in outputs])
        if names != ([INPUT_NAMES[self.kind]], [OUTPUT_NAMES[self.kind]]):
            raise BundleError(f"The model's inputs and outputs {names} break its contract; export it again.")
        classes, wanted = outputs[0].shape[-1], len(self.contract.alphabet) + (self.kind == "line")
        if self.kind in SEEING_KINDS and isinstance(classes, int) and classes != wanted:
            blank = ", with the blank," if self.kind == "line" else ""
            raise BundleError(
                f"The model gives {classes} classes but its alphabet{blank} has {wanted}; "
                "export it again with the right alphabet."
            )

    def run_raw(self, pixels: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Run the graph on its own input, as :class:`Contract` describes it, and return its output."""
        process, session = self._current
        if process != os.getpid():
            session = self._open()
            self._current = (os.getpid(), session)
        options = _giving_back() if self.frees else None
        (result,) = session.run(None, {INPUT_NAMES[self.kind]: pixels}, options)
        return np.asarray(result, dtype=np.float32)


class LineSession(Session):
    """The line recogniser.

    Attributes:
        contract: what the bundle says of itself.
        alphabet: the characters of its classes.
    """

    kind = "line"

    def __init__(
        self, source: str | Path | bytes, threads: int | None = None, providers: Sequence[str] = CPU
    ) -> None:
        super().__init__(source, threads, providers)
        self.alphabet = Alphabet(self.contract.alphabet)

    def run(self, batch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the class probabilities of normalised lines.

        Args:
            batch: uint8 (N, height, W), from ``normalise_line``: all of one width, a multiple
                of ``contract.multiple``; dark ink on paper near 255.

        Returns:
            float32 (N, W / stride, C): natural log-softmax, class 0 the CTC blank.

        Raises:
            ImageError: another dtype or shape.
        """
        contract = self.contract
        fits = batch.dtype == np.uint8 and batch.ndim == 3 and batch.size > 0
        if not fits or batch.shape[1] != contract.height or batch.shape[2] % contract.multiple:
            raise ImageError(
                f"Lines for this model are uint8 (N, {contract.height}, a multiple of {contract.multiple}), "
                f"not {batch.dtype} {batch.shape}; normalise them first."
            )
        return self.run_raw((batch.astype(np.float32) / 127.5 - 1.0)[:, None])


class CharacterSession(Session):
    """The recogniser of lone characters.

    Attributes:
        contract: what the bundle says of itself; its alphabet names the classes from 0 on.
    """

    kind = "character"

    def run(self, batch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return the class probabilities of normalised characters.

        Args:
            batch: uint8 (N, height, height), from ``normalise_character``.

        Returns:
            float32 (N, C): natural log-softmax over the characters of the alphabet.

        Raises:
            ImageError: another dtype or shape.
        """
        side = self.contract.height
        if batch.dtype != np.uint8 or batch.ndim != 3 or not batch.size or batch.shape[1:] != (side, side):
            raise ImageError(
                f"Characters for this model are uint8 (N, {side}, {side}), not {batch.dtype} {batch.shape}; "
                "normalise them first."
            )
        return self.run_raw((batch.astype(np.float32) / 127.5 - 1.0)[:, None])


class PageSession(Session):
    """A model that sees a page, of either kind: a line finder or a text detector.

    Attributes:
        contract: what the bundle says of itself.
    """

    frees = True

    def _check_graph(self, session: onnxruntime.InferenceSession) -> None:
        if not self.kind:
            self.kind = self.contract.kind if self.contract.kind in PIXEL_KINDS else PIXEL_KINDS[0]
        super()._check_graph(session)

    def run(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return what the model sees on an image.

        Args:
            image: uint8 (H, W, 3), RGB, both sides multiples of ``contract.multiple``.

        Returns:
            float32, 0 to 1; its shape is the kind's, see below.

        Raises:
            ImageError: another dtype or shape.
        """
        step = self.contract.multiple
        fits = image.dtype == np.uint8 and image.ndim == 3 and image.size > 0 and image.shape[2] == 3
        if not fits or image.shape[0] % step or image.shape[1] % step:
            raise ImageError(
                f"An image for the {self.kind} model is uint8 (H, W, 3) with sides that are multiples "
                f"of {step}, not {image.dtype} {image.shape}; pad it first."
            )
        (seen,) = self.run_raw(np.ascontiguousarray(image)[None])
        return np.asarray(seen)


class DetectorSession(PageSession):
    """The text detector. ``run`` gives (H, W): the probability that a pixel belongs to (the shrunken
    core of) a run of text."""

    kind = "detector"


class LayoutSession(PageSession):
    """The line finder. ``run`` gives (3, H / stride, W / stride): the probability that a pixel is of
    the core of a line, of its baseline, of the ground that parts two lines."""

    kind = "layout"


class SentenceSession(Session):
    """The neural language model of word pieces; its contract has the list of them."""

    kind = "sentences"

    def __init__(
        self, source: str | Path | bytes, threads: int | None = None, providers: Sequence[str] = CPU
    ) -> None:
        super().__init__(source, threads, providers)
        highest = self.contract.pieces.count("\n") + _RESERVED
        try:
            self.run_raw(np.array([[highest]], np.int64))
        except Exception as error:  # ONNX Runtime's, where the graph has fewer pieces
            raise BundleError(
                "The model has fewer word pieces than its contract lists; export it again."
            ) from error

    def run(self, texts: Sequence[Sequence[int]]) -> list[float]:
        """Return the natural logarithm of the probability of each text.

        Args:
            texts: the numbers of each text's pieces, of any length, none at all too.
        """
        longest = max(map(len, texts), default=0)
        if not longest:
            return [0.0] * len(texts)
        rows = max(_PIECES // longest, 1)
        if rows < len(texts):
            parts = [texts[start : start + rows] for start in range(0, len(texts), rows)]
            return [value for part in parts for value in self.run(part)]
        batch = np.zeros((len(texts), longest), np.int64)
        for row, text in zip(batch, texts, strict=True):
            row[: len(text)] = text
        log_probs = self.run_raw(batch)
        return [float(row[: len(text)].sum()) for row, text in zip(log_probs, texts, strict=True)]


SESSIONS: Mapping[str, type[Session]] = MappingProxyType(
    {
        session.kind: session
        for session in (LineSession, LayoutSession, DetectorSession, CharacterSession, SentenceSession)
    }
)
"""The session of each kind of bundle."""
