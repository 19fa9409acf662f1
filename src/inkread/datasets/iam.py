"""``IamDataset``: the forms of the IAM Handwriting Database, their splits, writers and lines.

IAM (U.-V. Marti and H. Bunke, IJDAR 5, 2002) is free for non-commercial research after
registration. It is read here as its home gives it out; none of it comes with inkread, and none of
it trains the weights that inkread ships.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from inkread.datasets.dataset import SPLITS, Dataset, Example, Examples, Split, Task
from inkread.datasets.iam_boxes import settled
from inkread.datasets.iam_files import HOW, GreyImage, IamFiles, open_image
from inkread.datasets.iam_records import (
    IamLine,
    merged,
    read_lines,
    read_natural,
    read_writers,
    read_xml,
)
from inkread.datasets.iam_regions import CLASSES, line_classes, paper_level, shrunk
from inkread.datasets.iam_splits import IamSplits, read_splits
from inkread.errors import ConfigError, DataError

FORM_SHAPE = (3552, 2496)
"""Height and width of every form as an example: IAM's 3542 x 2479, padded to multiples of 32."""


@dataclass(frozen=True, slots=True)
class IamForm:
    """One form.

    Attributes:
        name: ``a01-000u``.
        writer: IAM's number of the writer, "" where neither forms.txt nor the XML is there.
        split: by the lists in use.
        image: path of the scanned form, None where only images of its lines are there.
        lines: from the top.
    """

    name: str
    writer: str
    split: Split
    image: Path | None
    lines: tuple[IamLine, ...]


class IamDataset(Dataset):
    """IAM's forms; as a data set, whole forms with the class of each pixel.

    0 is background, 1 the ink of odd lines, 2 that of even lines. ``IamLinesDataset`` and
    ``IamParagraphsDataset`` are made from it. Never used for the weights that inkread ships.

    A form in no list is left out, and so is one in a list of which the folder knows nothing (a
    part of IAM will do); ``left_out`` counts both. A form with a transcription but no image, or
    with an image but no transcription, is an error, unless ``partial`` says to leave it out too.

    Args:
        splits: "aachen" or "large_writer_independent".
        segmentation: "all", or "ok" for lines that IAM could divide into words, and for forms all
            of whose lines are such.
        partial: leave out forms of which only the image or only the transcription is there.
        files: folder of IAM's files; ``data/raw/iam/files`` by default.
        settings: of every data set, see ``Dataset``.

    Raises:
        ConfigError: an unknown choice.
    """

    task: ClassVar[Task] = "regions"
    folder: ClassVar[str] = "iam"

    def __init__(
        self,
        *,
        splits: str = "aachen",
        segmentation: str = "all",
        partial: bool = False,
        files: str | Path | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        if splits not in ("aachen", "large_writer_independent"):
            raise ConfigError(f"IAM has no splits {splits!r}; use 'aachen' or 'large_writer_independent'.")
        if segmentation not in ("ok", "all"):
            raise ConfigError(f"segmentation is 'ok' or 'all', not {segmentation!r}; correct it.")
        self.splits = splits
        self.segmentation = segmentation
        self.partial = partial
        self._folder = Path(files) if files is not None else None

    @property
    def raw(self) -> Path:
        """Folder of IAM's files."""
        return self._folder or super().raw

    @property
    def classes(self) -> tuple[str, ...]:
        return CLASSES

    @property
    def input_shape(self) -> tuple[int, int]:
        return FORM_SHAPE

    @property
    def output_shape(self) -> tuple[int, ...]:
        return (*self.input_shape, len(self.classes))

    def arguments(self) -> Mapping[str, Any]:
        """Return what decides the examples; a file is taken not to change under its name."""
        chosen = {
            "splits": self.splits,
            "segmentation": self.segmentation,
            "partial": self.partial,
            "found": self.files.digest,
        }
        return chosen | ({"files": str(self._folder.resolve())} if self._folder else {})

    def split(self, name: Split) -> Examples:
        """Return the examples of one split; warn of one of which no form is there."""
        examples = super().split(name)
        if not len(examples):
            warnings.warn(
                f"No form of the {name} split ({self.splits}) is in {self.raw}, so it is empty; add "
                "them, and the data are made anew.",
                stacklevel=2,
            )
        return examples

    def make(self) -> Mapping[Split, Iterable[Example]]:
        return {split: self._whole_forms(self.forms(split, pages=True)) for split in SPLITS}

    def _whole_forms(self, forms: Iterable[IamForm]) -> Iterator[Example]:
        for form in self.with_wanted_lines(forms):
            page = self.page(form)
            rows, columns = FORM_SHAPE
            height, width = max(page.shape[0], rows), max(page.shape[1], columns)
            image = np.full((height, width), paper_level(page), dtype=np.uint8)
            target = np.zeros((height, width), dtype=np.uint8)
            image[: page.shape[0], : page.shape[1]] = page
            target[: page.shape[0], : page.shape[1]] = line_classes(page, settled(page, form.lines))
            image, target = shrunk(image, target, FORM_SHAPE)
            yield Example(image, target, form.writer, form.name)

    def with_wanted_lines(self, forms: Iterable[IamForm]) -> Iterator[IamForm]:
        """Yield the forms whose every line is of the wanted segmentation."""
        for form in forms:
            if self.segmentation == "all" or all(line.segmentation == "ok" for line in form.lines):
                yield form

    @cached_property
    def files(self) -> IamFiles:
        """IAM's files, by name."""
        return IamFiles(self.raw, self.data / "processed" / self.folder / "unpacked")

    @cached_property
    def lists(self) -> IamSplits:
        """The lists of the splits."""
        return read_splits(self.splits, self.files, self.data / "raw" / self.folder)

    @cached_property
    def _transcribed(self) -> dict[str, IamForm]:
        """All listed forms that have a transcription, by name."""
        tables, xml = self.files.tables, self.files.xml
        if "lines.txt" not in tables and not xml:
            if not self.files.forms and not self.files.lines:
                raise DataError(f"IAM is not in {self.raw}; {HOW}.")
            raise DataError(
                f"{self.raw} has neither lines.txt nor XML files; add IAM's ascii.tgz or xml.tgz."
            )
        ascii_lines = read_lines(tables["lines.txt"]) if "lines.txt" in tables else {}
        writers = read_writers(tables["forms.txt"]) if "forms.txt" in tables else {}
        natural = read_natural(tables["natural.tsv"]) if "natural.tsv" in tables else {}
        forms = {}
        for name, split in sorted(self.lists.forms.items()):
            writer, lines = read_xml(xml[name]) if name in xml else ("", [])
            lines = merged(ascii_lines.get(name, []), lines)
            if lines:
                texts = [replace(line, text=natural.get(line.name, line.text)) for line in lines]
                image = self.files.forms.get(name)
                forms[name] = IamForm(name, writers.get(name, writer), split, image, tuple(texts))
        return forms

    def forms(self, split: Split | None = None, pages: bool = False) -> tuple[IamForm, ...]:
        """Return the forms of one split, or of all, by name.

        Args:
            split: which.
            pages: of each the whole form must be there; else images of all its lines will do.

        Raises:
            DataError: nothing of IAM is there; or a form lacks its image or its transcription.
        """
        known = self._transcribed
        for name in self.lists.forms:
            if not self.partial and name not in known and name in self.files.forms:
                raise DataError(
                    f"{name}.png has no transcription in {self.raw}; unpack IAM's ascii.tgz or xml.tgz "
                    "again, or set partial=True to leave such forms out."
                )
        complete = []
        for form in known.values():
            if self._has_image(form, pages):
                complete.append(form)
            elif not self.partial:
                archive = next(
                    name
                    for name, last in (("formsA-D", "d"), ("formsE-H", "h"), ("formsI-Z", "z"))
                    if form.name[0] <= last
                )
                raise DataError(
                    f"{form.name}.png is missing from {self.raw}; unpack IAM's {archive}.tgz there, or set "
                    "partial=True to leave such forms out."
                )
        return tuple(form for form in complete if split in (None, form.split))

    def form(self, name: str) -> IamForm:
        """Return one form.

        Raises:
            DataError: it is in no list, or has no transcription.
        """
        if name not in self._transcribed:
            raise DataError(
                f"The form {name!r} is in no list of {self.splits} or not in {self.raw}; choose another."
            )
        return self._transcribed[name]

    def _has_image(self, form: IamForm, pages: bool) -> bool:
        by_line = not pages and all(line.name in self.files.lines for line in form.lines)
        return by_line or form.image is not None

    def left_out(self) -> Mapping[str, int]:
        """Return how many forms are left out, by reason."""
        listed, known, images = self.lists.forms, self._transcribed, self.files.forms
        by_name: set[str] = set(images) | {line.rpartition("-")[0] for line in self.files.lines}
        counts = Counter({"forms in no list": len(by_name - set(listed))})
        for name in listed:
            if name not in known:
                counts["forms without transcription" if name in images else "forms not here"] += 1
            elif not self._has_image(known[name], pages=False):
                counts["forms without image"] += 1
        return dict(counts)

    def page(self, form: IamForm) -> GreyImage:
        """Return the scanned form, uint8 (H, W), grey, 300 dots an inch.

        Raises:
            DataError: its image is missing or damaged.
        """
        if form.image is None:
            raise DataError(f"{form.name}.png is missing from {self.raw}; unpack IAM's forms*.tgz there.")
        return _open_page(form.image)

    def line(self, form: IamForm, line: IamLine) -> GreyImage:
        """Return the image of a line, uint8 (h, w): IAM's own if it is there, else cut from its form.

        Raises:
            DataError: as ``cut`` does, or the image is damaged.
        """
        own = self.files.lines.get(line.name)
        return self.cut(form, line) if own is None else open_image(own)

    def cut(self, form: IamForm, line: IamLine) -> GreyImage:
        """Cut a line from its form by its box as it is, uint8 (h, w); see ``iam_boxes.settled``.

        Raises:
            DataError: the form is not there, or the line has no box or one that lies off the form.
        """
        if line.box is None:
            raise DataError(f"IAM gives no box for the line {line.name}; add lines.tgz, or leave it out.")
        x, y, width, height = line.box
        crop = self.page(form)[y : y + height, x : x + width]
        if not crop.size:
            raise DataError(f"The box of the line {line.name} lies off its form; unpack ascii.tgz again.")
        return crop


@lru_cache(maxsize=2)
def _open_page(path: Path) -> GreyImage:
    return open_image(path)
