"""Check a named data set as models get it: targets, images, splits; told by split and example."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inkread.alphabet import Alphabet
from inkread.datasets.dataset import SPLITS, Dataset, Example
from inkread.datasets.faults import Checked
from inkread.datasets.progress import counted

_LEAST_CONTRAST = 32  # grey levels between paper and ink, of 255


def check_dataset(dataset: Dataset) -> Checked:
    """Check every example of a data set; it is made first if it is not there.

    Faults are named by ``split/key`` and the example's number, from 1.

    Raises:
        DataError: raw data that are missing or damaged.
    """
    lines = dataset.task == "lines"
    checked = Checked(Alphabet(dataset.classes) if lines else Alphabet(""), dataset.input_shape[0])
    checked.unit = "characters" if dataset.task == "characters" else "lines" if lines else "pages"
    splits = {split: dataset.load().split(split) for split in SPLITS}
    hands: dict[str, str] = {}
    for split, examples in splits.items():
        for writer in dict.fromkeys(writer for writer in examples.writers if writer):
            if hands.setdefault(writer, split) != split:
                fault = f"the writer {writer} is in {hands[writer]} and in {split}; keep to one."
                checked.add(split, 0, "writer in two splits", fault)
        for number, example in enumerate(counted(examples, f"{split} examples checked"), start=1):
            _check(example, f"{split}/{example.key or Path(dataset.folder).name}", number, dataset, checked)
            checked.examples += 1
    return checked


def _check(example: Example, path: str, number: int, dataset: Dataset, checked: Checked) -> None:
    image, target = example.image, example.target
    if image.ndim != 2 or image.dtype != np.uint8 or not image.size:
        checked.add(path, number, "bad image", f"the image is {image.dtype} {image.shape}, not uint8 (H, W).")
        return
    if int(image.max()) - int(image.min()) < _LEAST_CONTRAST:
        checked.add(path, number, "no ink", "the image has no ink that stands out from its paper.")
    if isinstance(target, str):
        checked.text(path, number, target)
        checked.width(path, number, image, target)
        checked.duplicate(path, number, image.tobytes() + bytes(image.shape[1]), target, "it")
    elif isinstance(target, np.ndarray):
        if target.shape != image.shape:
            fault = f"its regions are {target.shape}, its image is {image.shape}; both have one size."
            checked.add(path, number, "bad target", fault)
        elif target.max(initial=0) >= len(dataset.classes):
            fault = f"it has the region {target.max()}, and there are {len(dataset.classes)} kinds."
            checked.add(path, number, "bad target", fault)
    elif not 0 <= target < len(dataset.classes):
        fault = f"it is of class {target}, and there are {len(dataset.classes)} classes."
        checked.add(path, number, "bad target", fault)
    elif image.shape != dataset.input_shape:
        fault = f"the image is {image.shape}, all are to be {dataset.input_shape}."
        checked.add(path, number, "bad image", fault)
