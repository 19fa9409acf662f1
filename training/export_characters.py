#!/usr/bin/env python
"""Make the shipped bundle of the weights that an experiment saved.

    training/run_experiment.py training/experiments/characters.yaml --gpu=cpu --save
    training/export_characters.py runs/weights/CharacterModel_..._weights.safetensors characters.onnx

The temperature is fitted on the validation writers of the data set that the model was trained on.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
import numpy as np

from inkread.datasets.names import make_dataset
from inkread.runtime.session import CharacterSession
from inkread.training.calibrate import calibration_error, tempered
from inkread.training.config import load_config
from inkread.training.export_characters import export_characters, log_probabilities
from inkread.training.models.character import CharacterModel
from inkread.training.models.names import open_weights

ROOT = Path(__file__).resolve().parents[1]


@click.command()
@click.argument("weights", type=click.Path(path_type=Path))
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--config", default=str(ROOT / "training/experiments/characters.yaml"), show_default=False)
@click.option(
    "--data", type=click.Path(path_type=Path), default=os.environ.get("INKREAD_DATA_DIR", ROOT / "data")
)
@click.option("--name", default="inkread-characters", show_default=True)
@click.option("--version", default="0.1.0", show_default=True)
@click.option("--note", default="", help="Origin and licence, kept in the bundle.")
def main(weights: Path, bundle: Path, config: str, data: Path, name: str, version: str, note: str) -> None:
    """Write BUNDLE (ONNX) of WEIGHTS (safetensors) and say how well it is calibrated."""
    settings = load_config(config)
    dataset = make_dataset(settings.dataset, {"data": data, **settings.dataset_args})
    model = open_weights(weights)
    if not isinstance(model, CharacterModel):
        raise click.ClickException(f"{weights} is no CharacterModel; name the weights of one.")
    validation = dataset.split("validation")
    contract = export_characters(model, validation, bundle, name, version, note)
    log_probs, truth = log_probabilities(model, validation)
    errors = [
        calibration_error(tempered(log_probs, temperature), truth)
        for temperature in (1.0, contract.temperature)
    ]
    parameters = sum(p.numel() for p in model.averaged.module.parameters())
    session = CharacterSession(bundle, threads=1)
    images = np.stack([model.normalise(validation[number].image) for number in range(256)])
    agree = float((session.run(images).argmax(axis=1) == log_probs[:256].argmax(axis=1)).mean())
    click.echo(
        f"{bundle}: {bundle.stat().st_size / 1e6:.2f} MB, {parameters:,} parameters; validation: temperature "
        f"{contract.temperature}, calibration error {errors[0]:.4f} before, {errors[1]:.4f} after; "
        f"{agree:.1%} of 256 alike in torch and ONNX."
    )


if __name__ == "__main__":
    main()
