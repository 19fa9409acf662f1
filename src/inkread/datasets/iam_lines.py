"""``IamLinesDataset``: IAM's lines of handwriting and their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from inkread.datasets.dataset import SPLITS, Example, Split, Task
from inkread.datasets.iam import IamDataset, IamForm
from inkread.datasets.iam_boxes import settled
from inkread.datasets.iam_records import IamLine
from inkread.errors import ConfigError

LONGEST_TEXT = 97
"""Length of the longest text that the original counted on."""

CHARACTERS = tuple(" !\"#&'()*+,-./0123456789:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""All characters of IAM's transcriptions."""

FAULTY = frozenset({"g01-083-10"})
"""Lines whose box does not hold their ink."""


class IamLinesDataset(IamDataset):
    """Lines as IAM's lines.tgz has them, or else cut from the forms by the boxes of lines.txt.

    The boxes are tight, and moved where they do not fit the ink (``iam_boxes``); a network's line
    normaliser adds the margin. Left out, and counted by ``left_out``: texts longer than
    ``max_length`` or with a character that IAM does not have, lines without a right box, and those
    of a listed form that are not listed themselves. A line without ink is left out too. Never used
    for the weights that inkread ships.

    Args:
        spacing: "natural", or "tokens" for a blank around every mark, as in IAM's tokens.
        max_length: longest text, in characters.
        width: of the input, a multiple of 32; at 48 high, all but one line in 200 fit into 1280.
        settings: of ``IamDataset`` and of every data set.

    Raises:
        ConfigError: a setting out of its range.
    """

    task: ClassVar[Task] = "lines"

    def __init__(
        self, *, spacing: str = "natural", max_length: int = LONGEST_TEXT, width: int = 1280, **settings: Any
    ) -> None:
        super().__init__(**settings)
        if spacing not in ("natural", "tokens"):
            raise ConfigError(f"spacing is 'natural' or 'tokens', not {spacing!r}; correct it.")
        if max_length < 1:
            raise ConfigError(f"max_length is 1 or more, not {max_length}; correct it.")
        if width < 32 or width % 32:
            raise ConfigError(f"width is a multiple of 32, not {width}; correct it.")
        self.spacing = spacing
        self.max_length = max_length
        self.width = width

    @property
    def classes(self) -> tuple[str, ...]:
        return CHARACTERS

    @property
    def input_shape(self) -> tuple[int, int]:
        return 48, self.width

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.max_length, len(self.classes)

    def arguments(self) -> Mapping[str, Any]:
        return {**super().arguments(), "spacing": self.spacing, "max_length": self.max_length}

    def make(self) -> Mapping[Split, Iterable[Example]]:
        return {split: self._examples(self.forms(split)) for split in SPLITS}

    def _examples(self, forms: Iterable[IamForm]) -> Iterator[Example]:
        for form in forms:
            cut = form.image is not None and any(line.name not in self.files.lines for line in form.lines)
            for line in settled(self.page(form), form.lines) if cut else form.lines:
                if not self._fault(line):
                    image = self.line(form, line)
                    if image.min() <= line.threshold:
                        yield Example(image, self.text(line), form.writer, line.name)

    def text(self, line: IamLine) -> str:
        """Return the text of a line in the spacing asked for."""
        return line.text if self.spacing == "natural" else " ".join(line.tokens)

    def _fault(self, line: IamLine) -> str:
        """Return why a line is left out, "" for none."""
        text = self.text(line)
        if not self.lists.lists(line.name):
            return "lines in no list"
        if line.segmentation == "err" and self.segmentation == "ok":
            return "lines not well segmented"
        if line.name in FAULTY or (line.box is None and line.name not in self.files.lines):
            return "lines without a right box"
        if len(text) > self.max_length:
            return f"texts of more than {self.max_length} characters"
        if not text or not set(text) <= set(CHARACTERS):
            return "texts with a character that is not IAM's"
        return ""

    def left_out(self) -> Mapping[str, int]:
        """Return how many forms, and how many lines of the others, are left out, by reason."""
        counts = dict(super().left_out())
        for form in self.forms():
            for fault in filter(None, map(self._fault, form.lines)):
                counts[fault] = counts.get(fault, 0) + 1
        return counts
