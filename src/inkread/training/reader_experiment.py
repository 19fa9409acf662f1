"""The reader's own training: one YAML file in, checkpoints, a learning curve and a bundle out.

A run killed at any step goes on from its last checkpoint as if nothing had happened: batch ``k``
is a function of (seed, k), and so is its dropout; the schedule is driven by step, and the
checkpoint holds the weights, their average and the optimiser's state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightning
import torch

from inkread.alphabet import READER_ALPHABET
from inkread.datasets.registry import make_source
from inkread.errors import ConfigError
from inkread.runtime.bundle import Contract
from inkread.training.bundle_run import averaged_weights, fit
from inkread.training.experiment_file import read_yaml, settings_of
from inkread.training.export import export_bundle
from inkread.training.line_data import LineData, ValidationLines
from inkread.training.models.base import Optimisation
from inkread.training.models.expected_errors import ExpectedErrors
from inkread.training.models.reader_line import ReaderLineModel
from inkread.training.models.teacher import Teacher
from inkread.training.networks.readers import network_settings, reader_network
from inkread.training.start import bundle_network, start_bundle, start_network
from inkread.training.stored import load_weights

_FRESH_SEED = 7


@dataclass(frozen=True)
class Experiment:
    """All settings of a run, as they stand in the YAML file.

    Attributes:
        name: of the run and of its bundle.
        sources: the training mixture; see ``datasets.registry``.
        optimisation: see ``training.models.base.Optimisation``.
        start: ``{"published": path}`` (transfer), ``{"bundle": path}`` (``shipped`` for the weights that
            come with inkread) or ``{}`` (from scratch).
        network: settings of ``reader_network``; by default those of the bundle one starts with.
        teacher: ``{"bundle": path or "shipped", "share": 0 to 1}``: a larger reader whose
            log-probabilities are part of the aim; by default there is none.
        consistency: weight of the divergence between two views of each line, 0.2 in the paper; with 0
            (the default) each line is seen once. See ``training.models.views``.
        expected_errors: ``{"language": path or "shipped"}`` and what else ``ExpectedErrors.of`` takes: a
            loss of the best readings with a language model; by default there is none.
        validation: validation sets by name, each ``packed``, ``folder`` or ``dataset``, with ``limit``
            for the first lines only: see ``line_data.ValidationLines``.
        batch_size, group, seed: of the stream of batches.
        validate_every, checkpoint_every: in steps.
        workers: processes that make samples, for each process that trains.
        threads: of the network's arithmetic, for each process that trains.
        processes: that train on the CPU side by side, each on batches of ``batch_size``; two
            of one thread may be faster than one of two threads.
        precision: Lightning's name, such as ``bf16-mixed`` or ``32-true``.
        clip: largest norm of the gradient.
        version: of the bundle.
        beam: of the bundle: how many readings its search keeps; 0 for as many as the decoder keeps.
    """

    name: str
    sources: list[dict[str, Any]]
    optimisation: dict[str, Any]
    start: dict[str, str] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)
    teacher: dict[str, Any] = field(default_factory=dict)
    consistency: float = 0.0
    expected_errors: dict[str, Any] = field(default_factory=dict)
    validation: dict[str, dict[str, Any]] = field(default_factory=dict)
    batch_size: int = 16
    group: int = 8
    seed: int = 1
    validate_every: int = 500
    checkpoint_every: int = 100
    workers: int = 2
    threads: int = 2
    processes: int = 1
    precision: str = "bf16-mixed"
    clip: float = 5.0
    version: str = "0.0.0"
    beam: int = 0


def load_experiment(path: str | Path) -> Experiment:
    """Read an experiment's YAML file.

    Raises:
        ConfigError: the file is missing, is not YAML, or has settings that there are not.
    """
    return settings_of(Experiment, read_yaml(path), path)


def make_model(experiment: Experiment, data: Path) -> ReaderLineModel:
    """Return the model of an experiment, its network started as the settings say.

    Raises:
        ConfigError: a start that there is not.
        BundleError: a start file that does not fit.
    """
    settings = experiment.network
    if "bundle" in experiment.start and not settings:
        settings = network_settings(load_weights(start_bundle(experiment.start, data)))
    with torch.random.fork_rng(devices=[]):
        if experiment.start:  # layers that the start lacks are drawn alike in all runs: these can be averaged
            torch.manual_seed(_FRESH_SEED)
        network = reader_network(len(READER_ALPHABET), **settings)
    start_network(network, READER_ALPHABET, experiment.start, data)
    optimisation = Optimisation(**experiment.optimisation)
    validation = tuple(experiment.validation)
    expected = experiment.expected_errors
    return ReaderLineModel(
        network,
        READER_ALPHABET,
        optimisation,
        validation,
        _teacher(experiment, data),
        experiment.consistency,
        ExpectedErrors.of(expected, READER_ALPHABET, data) if expected else None,
    )


def _teacher(experiment: Experiment, data: Path) -> Teacher | None:
    if not experiment.teacher:
        return None
    known = {"bundle", "share"}
    if not {"bundle"} <= set(experiment.teacher) <= known:
        raise ConfigError("A teacher has a bundle and may have a share; correct the experiment's teacher.")
    network, alphabet = bundle_network(start_bundle(experiment.teacher, data))
    if alphabet.characters != READER_ALPHABET.characters:
        raise ConfigError("The teacher writes another alphabet than the reader; give a bundle of ours.")
    return Teacher(network, float(experiment.teacher.get("share", 0.5)))


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
    torch.set_num_threads(experiment.threads)
    lightning.seed_everything(experiment.seed, verbose=False)
    model = make_model(experiment, data)
    lines = LineData(
        make_source(data, experiment.sources),
        READER_ALPHABET,
        [ValidationLines(data, entry) for entry in experiment.validation.values()],
        seed=experiment.seed,
        batch_size=experiment.batch_size,
        group=experiment.group,
        workers=experiment.workers,
    )
    return fit(
        experiment,
        model,
        lines,
        out,
        steps=model.optimisation.steps,
        score="cer",
        better="min",
        validated=bool(experiment.validation),
        gpu=gpu,
        processes=experiment.processes,
    )


def export_checkpoint(
    experiment: Experiment, checkpoint: str | Path, path: str | Path, note: str = "", half: bool = True
) -> Path:
    """Write a checkpoint's averaged weights as a bundle, in half precision or in full.

    Raises:
        ConfigError: there is no such checkpoint, or it is not of a network of the reader's.
    """
    weights = averaged_weights(checkpoint)
    try:
        network = reader_network(len(READER_ALPHABET), **network_settings(weights))
        network.load_state_dict(weights)
    except (RuntimeError, KeyError) as error:
        raise ConfigError(f"{checkpoint} is no checkpoint of this experiment: {error}.") from None
    return export_bundle(network, _contract(experiment, note), path, half=half)


def export_start(experiment: Experiment, data: Path, path: str | Path) -> Path:
    """Write what a training begins from as a bundle: its start, deeper where the settings say so.

    A share of it can be averaged with what the training made (``average.py``).

    Raises:
        ConfigError: a start that there is not.
        BundleError: a start file that does not fit.
    """
    return export_bundle(make_model(experiment, data).network.eval(), _contract(experiment), path)


def _contract(experiment: Experiment, note: str = "") -> Contract:
    return Contract(
        kind="line",
        name=experiment.name,
        version=experiment.version,
        alphabet=READER_ALPHABET.characters,
        note=note,
        beam=experiment.beam,
    )
