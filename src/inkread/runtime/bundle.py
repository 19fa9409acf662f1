"""A model is one ONNX file that says itself what it is: the contract in its metadata.

The contract is a JSON object under the metadata key ``inkread``. Training writes it
(``training/export.py``, ``training/language_export.py``), reading checks it; nothing else about a model
is stored anywhere.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any

from inkread.alphabet import Alphabet
from inkread.errors import AlphabetError, BundleError

METADATA_KEY = "inkread"
FORMAT = 1
KINDS = ("line", "layout", "detector", "character", "sentences")

INPUT_NAMES = {
    "line": "lines",
    "layout": "image",
    "detector": "image",
    "character": "characters",
    "sentences": "pieces",
}
OUTPUT_NAMES = {
    "line": "log_probs",
    "layout": "maps",
    "detector": "probability",
    "character": "log_probs",
    "sentences": "log_probs",
}
PIXEL_KINDS = ("layout", "detector")
"""Kinds that see pages and have neither classes nor characters."""

SEEING_KINDS = ("line", "character")
"""Kinds that see writing and tell characters apart."""


@dataclass(frozen=True)
class Contract:
    """What a bundle takes, what it gives, and who it is.

    The graphs, by ``kind``:

    - ``"line"``: input ``lines`` float32 (N, 1, height, W), grey / 127.5 - 1, W a multiple of
      ``multiple``; output ``log_probs`` float32 (N, W / stride, C), natural log-softmax over
      the C = 1 + len(alphabet) classes, class 0 the CTC blank.
    - ``"layout"``: input ``image`` uint8 (N, H, W, 3), RGB, both sides multiples of ``multiple``;
      output ``maps`` float32 (N, 3, H / stride, W / stride), 0 to 1: the probability that a pixel
      is of the core of a line, of its baseline, of the ground that parts two lines.
    - ``"detector"``: input ``image`` uint8 (N, H, W, 3), RGB, both sides multiples of
      ``multiple``; output ``probability`` float32 (N, H, W), 0 to 1, that a pixel is text.
    - ``"character"``: input ``characters`` float32 (N, 1, height, height), grey / 127.5 - 1;
      output ``log_probs`` float32 (N, C), natural log-softmax over the C = len(alphabet)
      characters in their order: there is no blank.
    - ``"sentences"``: input ``pieces`` int64 (N, T), numbers of ``decoding.pieces.Pieces(pieces)``; output
      ``log_probs`` float32 (N, T), the natural logarithm of the probability of each piece after all
      those before it, the first after ``START``.

    Args:
        kind: ``"line"``, ``"layout"``, ``"detector"``, ``"character"`` or ``"sentences"``.
        name: the model's name, as it appears in every reading.
        version: the model's version.
        alphabet: the characters of classes 1, 2, ... of a line model, 0, 1, ... of a character model
            (any iterable of single characters, an ``Alphabet`` too); empty for the other kinds.
        height: rows of a line's or character's image; 0 for a page.
        stride: input columns for one output column; 1 where there is no such thing.
        multiple: sides of the input that may vary are multiples of this many pixels.
        temperature: divides log-probabilities before confidences are taken (calibration).
        note: free text, such as the origin and licence of the weights.
        calibration: of a line model: the numbers that make confidences probabilities, as
            ``decoding.calibration.Calibration`` has them; empty where nothing was fitted.
        pieces: of a neural language model: its word pieces, one a line; empty for the other kinds.
        beam: of a line model: how many readings the search keeps; 0 for the decoder's own number.

    Raises:
        BundleError: a value that no reader could work with.
    """

    kind: str
    name: str
    version: str
    alphabet: tuple[str, ...] = ()
    height: int = 48
    stride: int = 4
    multiple: int = 32
    temperature: float = 1.0
    note: str = ""
    calibration: dict[str, Any] = field(default_factory=dict)
    pieces: str = field(default_factory=str)  # a factory: older bundles may lack it (from_json)
    beam: int = field(default_factory=int)

    def __post_init__(self) -> None:
        object.__setattr__(self, "alphabet", tuple(self.alphabet))
        if self.kind not in KINDS:
            raise BundleError(f"A model's kind is one of {', '.join(KINDS)}, not {self.kind!r}; correct it.")
        if not self.name or not self.version:
            raise BundleError("A model needs a name and a version; give both.")
        try:
            Alphabet(self.alphabet)
        except AlphabetError as error:
            raise BundleError(f"The model's alphabet cannot be used: {error}") from error
        if self.kind in SEEING_KINDS and not (self.alphabet and self.height > 0):
            raise BundleError(f"A {self.kind} model needs an alphabet and a height in pixels; give both.")
        pieces = self.pieces.split("\n") if self.pieces else []
        if (self.kind == "sentences") != bool(pieces) or "" in pieces or len(set(pieces)) < len(pieces):
            raise BundleError(
                "A sentence model, and no other, has word pieces; give different ones, one a line."
            )
        if self.stride < 1 or self.multiple < 1 or self.multiple % self.stride:
            raise BundleError(
                f"A model's width step ({self.multiple}) must be a positive multiple of its stride "
                f"({self.stride}); correct them."
            )
        if self.beam < 0:
            raise BundleError(f"A model's beam is 0 or more readings, not {self.beam}; correct it.")
        if not self.temperature > 0:
            raise BundleError(f"A model's temperature must be above 0, not {self.temperature}; correct it.")

    def to_json(self) -> str:
        """Return the contract as the JSON text that a bundle carries."""
        values = asdict(self) | {"format": FORMAT, "alphabet": "".join(self.alphabet)}
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Contract:
        """Read a contract back from the JSON text of a bundle.

        Raises:
            BundleError: not JSON, a format of another version of inkread, a value that is
                missing or of the wrong type.
        """
        try:
            values: Any = json.loads(text)
        except ValueError as error:
            raise BundleError(
                "The model's inkread metadata is not JSON; export or download the model again."
            ) from error
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise BundleError(
                f"The model's metadata is not of format {FORMAT}, the one this inkread reads; "
                "export the model again, or install the inkread that made it."
            )
        known: dict[str, Any] = {}
        for entry in fields(cls):
            if entry.name not in values and entry.default_factory is not MISSING:
                continue  # a bundle from before there was such a thing
            value = values.get(entry.name)
            wanted = _JSON_TYPES.get(str(entry.type), (str,))
            if not isinstance(value, wanted) or isinstance(value, bool):
                raise BundleError(
                    f"The model's metadata has no usable {entry.name!r}; export the model again."
                )
            known[entry.name] = value
        return cls(**known)

    @classmethod
    def from_metadata(cls, metadata: dict[str, str]) -> Contract:
        """Read the contract from the metadata of an ONNX model, a mapping of text to text.

        Raises:
            BundleError: there is none, or :meth:`from_json` refuses it.
        """
        if METADATA_KEY not in metadata:
            raise BundleError(
                "This ONNX file is not an inkread model (it carries no inkread metadata); "
                "give one that inkread exported."
            )
        return cls.from_json(metadata[METADATA_KEY])


_JSON_TYPES: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "dict[str, Any]": (dict,)}
