"""``inkread export``: a checkpoint of a training run becomes a bundle that the reader runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from inkread.errors import ConfigError


@click.command("export")
@click.argument("config", type=click.Path(path_type=Path))
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--note", default="", help="Free text kept in the bundle, such as origin and licence.")
@click.option("--full", is_flag=True, help="Store weights in full instead of half precision.")
@click.option(
    "--fast",
    is_flag=True,
    help="Compute in eight-bit integers, fitted on CONFIG's data: about twice as fast, hardly less exact.",
)
@click.option(
    "--data",
    default="data",
    type=click.Path(path_type=Path),
    show_default=True,
    help="Folder that CONFIG's paths are relative to; asked for by --fast alone.",
)
def command(
    config: Path, checkpoint: Path, bundle: Path, note: str, full: bool, fast: bool, data: Path
) -> None:
    """Write the averaged weights of CHECKPOINT, a run of CONFIG (YAML), as BUNDLE (ONNX)."""
    try:
        from inkread.training.quantise import quantise
        from inkread.training.quantise_inputs import inputs_of
        from inkread.training.recipe import export_recipe, load_recipe
    except ImportError as error:
        raise ConfigError(
            f"Exporting needs {error.name}; install the training half: pip install 'inkread[train]'."
        ) from None
    if full and fast:
        raise ConfigError("--full and --fast exclude each other; give one of them.")
    recipe = load_recipe(config)
    if not fast:
        export_recipe(recipe, checkpoint, bundle, note, half=not full)
    else:
        inputs = inputs_of(recipe, data)  # before anything is written
        bundle.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=bundle.parent, prefix=".export-") as folder:
            quantise(export_recipe(recipe, checkpoint, Path(folder) / bundle.name, note), bundle, inputs)
    click.echo(f"{bundle}: {bundle.stat().st_size / 1e6:.1f} MB")
