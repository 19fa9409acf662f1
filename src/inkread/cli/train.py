"""``inkread train``: run an experiment, or go on with one that was stopped."""

from __future__ import annotations

import os
from pathlib import Path

import click

from inkread.cli import stopped
from inkread.errors import ConfigError


@click.command("train")
@click.argument("config", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"), show_default=True,
              help="Folder of the paths in CONFIG; what it lacks is sought where you are.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True,
              help="Takes checkpoints and the learning curve; a run found there goes on.")  # fmt: skip
@click.option("--gpu", type=int, help="Number of the GPU to use; the CPU without it.")
def command(config: Path, data: Path, out: Path, gpu: int | None) -> None:
    """Train the line reader or finder as CONFIG (YAML) says; a kill loses nothing but the last minutes."""
    # oneDNN and PyTorch keep a compiled kernel for each shape, and read these sizes when they load
    os.environ.setdefault("LRU_CACHE_CAPACITY", "32768")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32768")
    try:
        from inkread.training.recipe import load_recipe, run_recipe
    except ImportError as error:
        raise ConfigError(
            f"Training needs {error.name}; install the training half: pip install 'inkread[train]'."
        ) from None
    recipe = load_recipe(config)
    try:
        best = run_recipe(recipe, data, out, gpu)
    except (KeyboardInterrupt, SystemExit):  # Ctrl-C; Lightning makes the latter of it
        raise stopped("the same command goes on") from None
    if os.environ.get("LOCAL_RANK", "0") == "0":  # of several processes, one speaks
        name = "layout" if "layout" in recipe.name else "lines"
        click.echo(
            f"The best checkpoint is {best}; inkread export {config} {best} {name}.onnx makes it a bundle."
        )
