"""The line finder's training: one YAML file in, checkpoints, a learning curve and a bundle out.

As with the line reader's (``reader_experiment``), a run that is killed goes on from its last
checkpoint as if nothing had happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import nn

from inkread.datasets.paths import located
from inkread.errors import ConfigError
from inkread.runtime.bundle import Contract
from inkread.training.bundle_run import averaged_weights, fit
from inkread.training.export import export_bundle
from inkread.training.layout_data import LayoutData, PageMixture, ValidationCrops
from inkread.training.models.base import Optimisation
from inkread.training.models.layout import LayoutModel
from inkread.training.named import check_arguments
from inkread.training.networks.layout_fcn import LayoutFcn
from inkread.training.networks.layout_net import LayoutNet, from_detector
from inkread.training.stored import load_weights
from inkread.training.transfer_detector import transfer

NETWORKS: dict[str, type[nn.Module]] = {"layout_net": LayoutNet, "fcn": LayoutFcn}


@dataclass(frozen=True)
class LayoutExperiment:
    """All settings of a run, as they stand in the YAML file.

    Attributes:
        name: of the run and of its bundle.
        pages: what is trained on: folders of marked pages, each ``{"folder": path, "weight": share}``.
        optimisation: see ``training.models.base.Optimisation``.
        network: ``layout_net``, which ships, or ``fcn``, the original's line detector.
        network_args: the network's settings; ``layout_net`` has none.
        start: ``{"published": path}`` for the published detector's weights, ``{"bundle": path}`` for a
            layout bundle's, or ``{}`` for random ones.
        frozen: of ``layout_net``, stages of the backbone, from the finest on, that stay as they begin, and
            the stem with them: what they cost most is training.
        validation: validation sets by name, each ``{"folder": path, "crops": number}``.
        batch_size, side, seed: of the stream of crops; a crop is ``side`` pixels square.
        validate_every, checkpoint_every: in steps.
        workers: processes that make crops.
        threads: of the network's arithmetic.
        precision: Lightning's name, such as ``bf16-mixed`` or ``32-true``.
        clip: largest norm of the gradient.
        version: of the bundle.
    """

    name: str
    pages: list[dict[str, Any]]
    optimisation: dict[str, Any]
    network: str = "layout_net"
    network_args: dict[str, Any] = field(default_factory=dict)
    start: dict[str, str] = field(default_factory=dict)
    frozen: int = 0
    validation: dict[str, dict[str, Any]] = field(default_factory=dict)
    batch_size: int = 2
    side: int = 512
    seed: int = 1
    validate_every: int = 200
    checkpoint_every: int = 50
    workers: int = 1
    threads: int = 1
    precision: str = "32-true"
    clip: float = 5.0
    version: str = "0.0.0"

    def __post_init__(self) -> None:
        if self.side < 64 or self.side % 32:
            raise ConfigError(
                f"A crop's side is a multiple of 32 pixels from 64 on, not {self.side}; correct it."
            )
        if self.network not in NETWORKS:
            raise ConfigError(f"A line finder is {' or '.join(NETWORKS)}, not {self.network}; correct it.")
        if self.network != "layout_net" and (self.frozen or "published" in self.start):
            raise ConfigError("frozen and a published start are of layout_net alone; leave them out.")


def make_network(experiment: LayoutExperiment) -> nn.Module:
    """Return the experiment's network with random weights.

    Raises:
        ConfigError: a setting that it does not have, or a wrong one.
    """
    kind = NETWORKS[experiment.network]
    check_arguments(kind, experiment.network_args, f"network {experiment.network}")
    return kind(**experiment.network_args)


def start_network(experiment: LayoutExperiment, data: Path) -> nn.Module:
    """Return the network with its first weights.

    Raises:
        ConfigError: a start or a setting of the network that there is not.
        BundleError: a file that is missing or of another network.
    """
    start = experiment.start
    if len(start) > 1 or set(start) - {"published", "bundle"}:
        raise ConfigError("A start is published or bundle, or nothing; correct it.")
    network = make_network(experiment)
    if "published" in start:
        network.load_state_dict(from_detector(transfer(located(data, start["published"]))))
    if "bundle" in start:
        weights = load_weights(located(data, start["bundle"]))
        try:
            network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
        except RuntimeError as error:
            raise ConfigError(
                f"{start['bundle']} is of another network; give a bundle of {experiment.network} ({error})."
            ) from None
    return network


def run(experiment: LayoutExperiment, data: str | Path, out: str | Path, gpu: int | None = None) -> Path:
    """Train, from the last checkpoint in ``out`` if there is one.

    Args:
        experiment: the settings.
        data: the folder that the settings' paths are relative to.
        out: takes ``last.ckpt``, ``best.ckpt`` (highest mean Dice) and ``curve.csv``.
        gpu: number of the GPU, or None for the CPU.

    Returns:
        the best checkpoint, or the last where nothing was validated.
    """
    data, out = Path(data), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(experiment.threads)
    lightning.seed_everything(experiment.seed, verbose=False)
    network = start_network(experiment, data)
    if isinstance(network, LayoutNet) and experiment.frozen:
        for part in (network.stem, *network.stages[: experiment.frozen]):
            part.requires_grad_(False)
    model = LayoutModel(
        network,
        Optimisation(**experiment.optimisation),
        tuple(experiment.validation),
    )
    crops = LayoutData(
        PageMixture(data, experiment.pages),
        [
            ValidationCrops(
                PageMixture(data, [{"folder": entry["folder"]}]), int(entry.get("crops", 20)), experiment.side
            )
            for entry in experiment.validation.values()
        ],
        seed=experiment.seed,
        batch_size=experiment.batch_size,
        side=experiment.side,
        workers=experiment.workers,
    )
    return fit(
        experiment,
        model,
        crops,
        out,
        steps=model.optimisation.steps,
        score="dice",
        better="max",
        validated=bool(experiment.validation),
        gpu=gpu,
    )


def export_checkpoint(
    experiment: LayoutExperiment, checkpoint: str | Path, path: str | Path, note: str = "", half: bool = True
) -> Path:
    """Write a checkpoint's averaged weights as a bundle, in half precision or in full.

    Raises:
        ConfigError: there is no such checkpoint, or it is of another network.
    """
    network = make_network(experiment)
    try:
        network.load_state_dict(averaged_weights(checkpoint))
    except RuntimeError as error:
        raise ConfigError(f"{checkpoint} is no checkpoint of this experiment: {error}.") from None
    return export_bundle(network, contract_of(experiment.name, experiment.version, note), path, half=half)


def contract_of(name: str, version: str, note: str = "") -> Contract:
    """Return the contract of a layout bundle."""
    return Contract(kind="layout", name=name, version=version, height=0, stride=2, note=note)
