"""An experiment: configuration -> data, model, training -> scores, and a folder that holds it all.

Training and validation examples decide everything; the test split is touched once, at the end,
with the best weights.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from lightning.pytorch.utilities import rank_zero_only

from inkread.class_scores import ClassScore
from inkread.datasets.base import sample_rng
from inkread.datasets.dataset import Dataset, Example
from inkread.datasets.names import make_dataset
from inkread.errors import ConfigError
from inkread.training.config import ExperimentConfig, split_train_args
from inkread.training.confusion_picture import draw_confusion
from inkread.training.curves_picture import draw_curves
from inkread.training.examples_picture import Shown, draw_examples
from inkread.training.fitting import FitSettings, fit, read_checkpoint
from inkread.training.models.base import Model, Optimisation
from inkread.training.models.character import CharacterModel
from inkread.training.models.names import find_model
from inkread.training.plot import Picture, save_picture
from inkread.training.run_log import RunLog, read_rows, versions, write_json
from inkread.training.tracking import start_tracking
from inkread.training.trainer import BEST, LAST

Report = Callable[[int, Mapping[str, float]], None]
"""Told the number of epochs done and ``loss``, ``val_loss``, ``val_...`` after each validation."""

CONFIG, SCORES, METRICS, CLASSES = "config.json", "score.json", "metrics.csv", "classes.csv"
_SHOWN = {"characters": (60, 10), "lines": (12, 1), "regions": (4, 1)}


def run_experiment(
    config: ExperimentConfig,
    out: str | Path,
    *,
    data: str | Path = "data",
    gpu: int | Sequence[int] | None = None,
    resume: bool = False,
    weights: str | Path | None = None,
    use_wandb: bool = False,
    test: bool = True,
    report: Report | None = None,
    say: Callable[[str], object] = print,
) -> dict[str, float]:
    """Train, choose the best checkpoint by validation, test it once.

    Args:
        config: what to train on what.
        out: run folder; takes config.json, versions.json, metrics.csv, curves.png, examples.png,
            confusion.png and classes.csv (characters), last.ckpt, best.ckpt and score.json.
        data: the data folder, with ``raw`` and ``processed`` below.
        gpu: number or numbers of the GPUs; None for the CPU.
        resume: go on from ``last.ckpt`` if there is one; a finished run gives its scores
            (and weights) again.
        weights: folder to save the best weights to, as ``Model_Dataset_network_weights``.
        use_wandb: track the run at Weights & Biases.
        test: score the test split at the end.
        report: told the figures of each epoch; may raise to stop the run.
        say: told lines of progress.

    Returns:
        ``val_...`` scores of the best checkpoint and ``test_...`` scores; nothing in any but the
        first of several processes.

    Raises:
        ConfigError: the data set, model and network do not go together; ``out`` holds another run.
        DataError: data that are missing or damaged.
    """
    out = Path(out)
    settings, optimisation = settings_of(config, [gpu] if isinstance(gpu, int) else gpu or ())
    dataset = make_dataset(config.dataset, {"data": data, **config.dataset_args})
    model = find_model(config.model).for_dataset(
        dataset, config.network, config.network_args, optimisation, settings.seed
    )
    _claim(out, config, resume)
    known = read_scores(out)
    first = getattr(rank_zero_only, "rank", 0) == 0  # Lightning's, from the environment
    if known and not (test and not any(name.startswith("test_") for name in known)):
        if first:
            say(f"The run's folder is {out}.")
            say("This run is finished; these are its scores.")
        if weights and first:
            best = out / BEST
            model.load_state_dict(read_checkpoint(best if best.exists() else out / LAST)["state_dict"])
            say(f"The weights are in {model.save_weights(weights)}.")
        return known
    dataset.load()  # before anything is begun that missing data would leave behind
    if first:
        out.mkdir(parents=True, exist_ok=True)
        say(f"The run's folder is {out}.")
        write_json(out / CONFIG, config.as_dict())
        write_json(out / "versions.json", versions())
    tracker = (
        start_tracking(config.as_dict(), out, config.experiment_group, say) if use_wandb and first else None
    )

    def tell(row: Mapping[str, float]) -> None:
        if tracker:
            tracker.log(row, int(row["step"]))
        if report:
            report(int(row["epoch"]), row)

    scores = None
    try:
        fitted = fit(model, dataset, settings, out, [RunLog(out / METRICS, tell, say)], resume=resume)
        if first:
            model.to(f"cuda:{settings.devices[0]}" if settings.devices else "cpu")
            found = {f"val_{name}": value for name, value in fitted.scores.items()}
            pictures = {
                "curves": draw_curves(read_rows(out / METRICS)),
                "examples": draw_predictions(model, dataset),
            }
            if test and len(dataset.split("test")):
                found |= {
                    f"test_{name}": value for name, value in model.evaluate(dataset.split("test")).items()
                }
                if isinstance(model, CharacterModel):
                    pictures["confusion"] = draw_confusion(model.confusion, model.classes)
                    write_report(out / CLASSES, model.report())
            for name, picture in pictures.items():
                save_picture(out / f"{name}.png", picture)
                if tracker:
                    tracker.picture(name, out / f"{name}.png")
            if weights:
                say(f"The weights are in {model.save_weights(weights)}.")
            write_json(out / SCORES, found)
            scores = found
    finally:
        if tracker:
            tracker.finish(scores)
    return scores or {}


def settings_of(config: ExperimentConfig, gpus: Sequence[int] = ()) -> tuple[FitSettings, Optimisation]:
    """Return the ``train_args`` of an experiment as what they are settings of.

    Raises:
        ConfigError: a value out of its range.
    """
    fitting, optimisation = split_train_args(config.train_args)
    return FitSettings(**{**fitting, "devices": tuple(gpus)}), Optimisation(**optimisation)


def read_scores(out: str | Path) -> dict[str, float]:
    """Return the scores of a finished run; none of one that is not finished.

    Raises:
        ConfigError: the file is damaged.
    """
    path = Path(out) / SCORES
    return _read_json(path) if path.exists() else {}


def write_report(path: Path, report: Sequence[ClassScore]) -> None:
    """Write how well each class is recognised as CSV: class, count, precision, recall."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("class", "count", "precision", "recall"))
        rows.writerows((one.name, one.count, f"{one.precision:.4f}", f"{one.recall:.4f}") for one in report)


def draw_predictions(model: Model, dataset: Dataset) -> Picture:
    """Draw what a model says of some validation (or else training) examples, chosen at random but the same.

    Returns:
        uint8 (H, W, 3), RGB.
    """
    examples = dataset.split("validation")
    examples = examples if len(examples) else dataset.split("train")
    count, columns = _SHOWN[dataset.task]
    chosen = sample_rng(0, 0).permutation(len(examples))[:count]
    return draw_examples([_shown(model, dataset, examples[int(number)]) for number in chosen], columns)


def _shown(model: Model, dataset: Dataset, example: Example) -> Shown:
    said = model.predict_on_image(example.image)
    if said.map is not None:
        return Shown(example.image, np.asarray(example.target), said.map)
    truth = example.target if isinstance(example.target, str) else dataset.classes[int(example.target)]
    return Shown(example.image, truth, said.text, said.confidence)


def _claim(out: Path, config: ExperimentConfig, resume: bool) -> None:
    """Refuse a folder with a run that is not to be gone on with, or is of another configuration."""
    if (out / LAST).exists() and not resume:
        raise ConfigError(
            f"{out} holds a run already; add --resume to go on with it, or name another folder."
        )
    if not resume or not (out / CONFIG).exists():
        return
    begun = _read_json(out / CONFIG)
    now = json.loads(json.dumps(config.as_dict()))
    changed = [key for key in now if begun.get(key) != now[key]]
    if changed:
        raise ConfigError(
            f"The run in {out} was begun with another {' and '.join(changed)}; "
            "resume it as it was (its config.json), or name another folder."
        )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ConfigError(
            f"{path} is damaged; remove the file to go on with the run, or name another folder."
        )
    return content
