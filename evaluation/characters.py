#!/usr/bin/env python
"""How well the shipped character model reads UNIPEN's test writers.

    python evaluation/characters.py --data DIR

prints one JSON object: ``accuracy``; ``accuracy_folded``, where a look-alike counts as right; and
``calibration_error``, by how much the stated probability is off on average.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

import click
import numpy as np

from inkread.characters import CharacterRecogniser
from inkread.datasets.look_alikes import alike
from inkread.datasets.unipen_characters import UnipenCharactersDataset
from inkread.errors import InkreadError
from inkread.training.calibrate import calibration_error


def measure(
    data: Path, pen: Literal["writer", "any"] = "writer", limit: int | None = None
) -> dict[str, object]:
    """Read the test characters one by one, as a user would; DataError where UNIPEN is missing."""
    dataset = UnipenCharactersDataset(data=data, pen=pen)
    examples = dataset.split("test")
    examples = examples.take(range(min(limit or len(examples), len(examples))))
    recogniser = CharacterRecogniser(threads=1)
    probabilities = recogniser.probabilities([example.image for example in examples])
    truths = [dataset.classes[int(target)] for target in examples.targets]
    readings = [recogniser.alphabet[number] for number in probabilities.argmax(axis=1)]
    pairs = list(zip(truths, readings, strict=True))
    numbers = np.array([recogniser.alphabet.index(truth) for truth in truths])
    return {
        "accuracy": sum(truth == read for truth, read in pairs) / len(pairs),
        "accuracy_folded": sum(alike(truth, read) for truth, read in pairs) / len(pairs),
        "calibration_error": float(calibration_error(probabilities, numbers)),
        "characters": len(pairs),
        "writers": len(set(examples.writers)),
        "model": {"name": recogniser.model.name, "version": recogniser.model.version},
    }


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"), show_default=True)
@click.option("--pen", type=click.Choice(["writer", "any"]), default="writer", show_default=True,
              help="any: the pen's width tells nothing of a letter's size.")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many.")
def main(data: Path, pen: Literal["writer", "any"], limit: int | None) -> None:
    """Print the accuracies as JSON."""
    try:
        click.echo(json.dumps(measure(data, pen, limit)))
    except InkreadError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
