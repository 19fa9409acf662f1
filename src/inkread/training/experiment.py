"""An experiment: one YAML file in, checkpoints, a learning curve and a bundle out.

A run killed at any step goes on from its last checkpoint as if nothing had happened: batch ``k``
is a function of (seed, k), the schedule is driven by step, and the checkpoint holds weights,
their average, the optimiser's and the random states.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import lightning
import torch
import yaml
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from torch.utils.data import DataLoader, Dataset

from inkread.alphabet import READER_ALPHABET
from inkread.datasets.folder import FolderLines
from inkread.datasets.packed_lines import PackedLines
from inkread.datasets.registry import make_source
from inkread.errors import ConfigError
from inkread.images.line import normalise_line
from inkread.runtime.bundle import Contract
from inkread.training.export import export_bundle, load_weights
from inkread.training.models.base import Optimisation
from inkread.training.models.line_ctc import LineModelCtc
from inkread.training.networks.line_reader import LineReader
from inkread.training.stream import LineStream, StreamLoader
from inkread.training.transfer import transfer

LAST, BEST = "last.ckpt", "best.ckpt"


@dataclass(frozen=True)
class Experiment:
    """All settings of a run, as they stand in the YAML file.

    Attributes:
        name: of the run and of its bundle.
        sources: the training mixture; see ``datasets.registry``.
        optimisation: see ``training.models.base.Optimisation``.
        start: ``{"published": path}`` (transfer), ``{"bundle": path}`` or ``{}`` (from scratch).
        network: settings of ``LineReader``.
        validation: validation sets by name, each ``{"packed": path}`` or ``{"folder": path}``,
            with ``limit`` for the first lines only.
        batch_size, group, seed: of the stream of batches.
        validate_every, checkpoint_every: in steps.
        workers: processes that make samples; threads: of the network's arithmetic.
        precision: Lightning's name, such as ``bf16-mixed`` or ``32-true``.
        clip: largest norm of the gradient.
        version: of the bundle.
    """

    name: str
    sources: list[dict[str, Any]]
    optimisation: dict[str, Any]
    start: dict[str, str] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    validation: dict[str, dict[str, Any]] = field(default_factory=dict)
    batch_size: int = 16
    group: int = 8
    seed: int = 1
    validate_every: int = 500
    checkpoint_every: int = 100
    workers: int = 2
    threads: int = 2
    precision: str = "bf16-mixed"
    clip: float = 5.0
    version: str = "0.0.0"


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment's YAML file.

    Raises:
        ConfigError: the file is missing, is not YAML, or has settings that there are not.
    """
    try:
        settings = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"The experiment {path} cannot be read ({error}); correct the file.") from None
    known = {entry.name for entry in fields(Experiment)}
    if not isinstance(settings, Mapping) or set(settings) - known:
        extra = ", ".join(sorted(set(settings) - known)) if isinstance(settings, Mapping) else "no mapping"
        raise ConfigError(f"The experiment {path} has settings that there are not: {extra}; remove them.")
    try:
        return Experiment(**settings)
    except TypeError as error:
        raise ConfigError(f"The experiment {path} is incomplete: {error}.") from None


class ValidationLines(Dataset[tuple[torch.Tensor, str]]):
    """One validation set, line by line: uint8 (1, 1, 48, W) and the text."""

    def __init__(self, data: Path, settings: Mapping[str, Any]) -> None:
        if "packed" in settings:
            self._lines: PackedLines | FolderLines = PackedLines(data / settings["packed"])
        else:
            self._lines = FolderLines(data / settings["folder"])
        self._count = min(len(self._lines), int(settings.get("limit", len(self._lines))))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[torch.Tensor, str]:
        if index >= self._count:
            raise IndexError(index)
        sample = self._lines.sample(index)
        return torch.from_numpy(normalise_line(sample.image))[None, None], sample.text


class LineData(lightning.LightningDataModule):
    """The training stream, from the step the run has reached, and the validation sets."""

    def __init__(self, experiment: Experiment, data: Path) -> None:
        super().__init__()
        self._experiment = experiment
        self._source = make_source(data, experiment.sources)
        self._validation = [ValidationLines(data, entry) for entry in experiment.validation.values()]

    def train_dataloader(self) -> StreamLoader:
        """Batches from the trainer's step on."""
        experiment = self._experiment
        start = self.trainer.global_step if self.trainer else 0
        stream = LineStream(
            self._source, READER_ALPHABET, experiment.seed, experiment.batch_size, experiment.group, start
        )
        return StreamLoader(stream, experiment.workers)

    def val_dataloader(self) -> list[DataLoader[tuple[torch.Tensor, str]]]:
        """One loader a validation set."""
        return [DataLoader(lines, batch_size=None) for lines in self._validation]


class LearningCurve(Callback):
    """Write ``curve.csv``: a row of step, samples, seconds, loss and CERs at each validation."""

    def __init__(self, path: Path, batch_size: int) -> None:
        self._path = path
        self._batch_size = batch_size
        self._began = time.monotonic()
        self._losses: list[float] = []

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, *_: Any) -> None:
        """Keep the loss; print a plain line now and then."""
        self._losses.append(float(outputs["loss"]))
        if trainer.global_step % 50 == 0:
            recent = sum(self._losses[-50:]) / len(self._losses[-50:])
            seconds = time.monotonic() - self._began
            print(f"step {trainer.global_step}  loss {recent:.4f}  {seconds:.0f} s", flush=True)

    def on_validation_end(self, trainer: Any, _: Any) -> None:
        """Append a row."""
        if trainer.sanity_checking:
            return
        row = {
            "step": trainer.global_step,
            "samples": trainer.global_step * self._batch_size,
            "seconds": round(time.monotonic() - self._began),
            "loss": round(sum(self._losses) / max(len(self._losses), 1), 5),
        }
        row |= {k: round(float(v), 5) for k, v in trainer.callback_metrics.items() if k.startswith("cer")}
        self._losses = []
        new = not self._path.exists()
        with self._path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
        print("  ".join(f"{k} {v}" for k, v in row.items()), flush=True)


def make_model(experiment: Experiment, data: Path) -> LineModelCtc:
    """Return the model of an experiment, its network started as the settings say.

    Raises:
        ConfigError: a start that there is not.
        BundleError: a start file that does not fit.
    """
    network = LineReader(len(READER_ALPHABET), **experiment.network)
    if unknown := set(experiment.start) - {"published", "bundle"}:
        raise ConfigError(f"A start is 'published' or 'bundle', not {', '.join(unknown)}.")
    if "published" in experiment.start:
        transfer(data / experiment.start["published"], network, READER_ALPHABET)
    if "bundle" in experiment.start:
        weights = load_weights(data / experiment.start["bundle"])
        network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    optimisation = Optimisation(**experiment.optimisation)
    return LineModelCtc(network, READER_ALPHABET, optimisation, tuple(experiment.validation))


def run(experiment: Experiment, data: str | Path, out: str | Path, gpu: int | None = None) -> Path:
    """Train, from the last checkpoint in ``out`` if there is one.

    Args:
        experiment: the settings.
        data: the folder that the settings' paths are relative to.
        out: takes ``last.ckpt``, ``best.ckpt`` (lowest mean CER) and ``curve.csv``.
        gpu: number of the GPU, or None for the CPU.

    Returns:
        the best checkpoint, or the last where nothing was validated.
    """
    data, out = Path(data), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    _speed_settings(experiment.threads)
    lightning.seed_everything(experiment.seed, verbose=False)
    model = make_model(experiment, data)
    callbacks: list[Callback] = [
        LearningCurve(out / "curve.csv", experiment.batch_size),
        ModelCheckpoint(
            out,
            filename=Path(LAST).stem,
            every_n_train_steps=experiment.checkpoint_every,
            enable_version_counter=False,
        ),
    ]
    if experiment.validation:
        best = ModelCheckpoint(out, filename=Path(BEST).stem, monitor="cer", enable_version_counter=False)
        callbacks.append(best)
    trainer = lightning.Trainer(
        accelerator="cpu" if gpu is None else "gpu",
        devices=1 if gpu is None else [gpu],
        precision=experiment.precision,  # type: ignore[arg-type]
        max_steps=model.optimisation.steps,
        max_epochs=-1,
        gradient_clip_val=experiment.clip,
        val_check_interval=experiment.validate_every if experiment.validation else None,
        check_val_every_n_epoch=None if experiment.validation else 1,
        limit_val_batches=1.0 if experiment.validation else 0,
        num_sanity_val_steps=0,
        callbacks=callbacks,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=out,
        use_distributed_sampler=False,
    )
    last = out / LAST
    trainer.fit(model, LineData(experiment, data), ckpt_path=str(last) if last.exists() else None)
    return out / BEST if (out / BEST).exists() else last


def export_checkpoint(experiment: Experiment, checkpoint: str | Path, path: str | Path, note: str = "") -> Path:
    """Write a checkpoint's averaged weights as a bundle."""
    network = LineReader(len(READER_ALPHABET), **experiment.network)
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)["state_dict"]
    prefix = "averaged.module."
    network.load_state_dict({k[len(prefix) :]: v for k, v in state.items() if k.startswith(prefix)})
    contract = Contract(
        kind="line",
        name=experiment.name,
        version=experiment.version,
        alphabet=READER_ALPHABET.characters,
        note=note,
    )
    return export_bundle(network, contract, path)


def _speed_settings(threads: int) -> None:
    """oneDNN builds kernels anew for every shape: let it keep as many as there are widths."""
    os.environ.setdefault("LRU_CACHE_CAPACITY", "2048")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8192")
    torch.set_num_threads(threads)


def sources_of(experiment: Experiment) -> Iterator[str]:
    """The names of an experiment's sources, for reports."""
    return (str(entry.get("source")) for entry in experiment.sources)
