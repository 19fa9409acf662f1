"""``inkread sweep``: search for the best settings, or run a list of experiments; both resume."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from inkread.errors import ConfigError


@click.command("sweep", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--trials", type=click.IntRange(min=1), metavar="N",
              help="How many in all; by default the whole grid, the file's run_cap, or 20.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="K",
              help="Trials to run at once.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Takes the trials; RUNS/sweeps/NAME by default.")
@click.option("--storage", type=click.Path(path_type=Path),
              help="Keeps the study; OUT/sweep.db by default. A .log file on a shared folder serves several "
              "hosts: give each the same command.")  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE",
              help="Set a key for every trial, such as train_args.epochs=2; may be given again.")  # fmt: skip
@click.option("--data", envvar="INKREAD_DATA_DIR", type=click.Path(path_type=Path), default=Path("data"),
              show_default=True, show_envvar=True, help="The data folder.")  # fmt: skip
@click.option("--runs", envvar="INKREAD_RUNS_DIR", type=click.Path(path_type=Path), default=Path("runs"),
              show_default=True, show_envvar=True, help="Folder of all runs.")  # fmt: skip
@click.option("--gpu", default="-1", show_default=True, metavar="N|cpu",
              help="Number of the GPU; -1 waits for a free one for each job; cpu for none.")  # fmt: skip
@click.option("--wandb", "use_wandb", is_flag=True, help="Track every trial at Weights & Biases.")
def command(
    file: Path,
    trials: int | None,
    jobs: int,
    out: Path | None,
    storage: Path | None,
    settings: tuple[str, ...],
    data: Path,
    runs: Path,
    gpu: str,
    use_wandb: bool,
) -> None:
    """Run the trials of FILE, no account needed.

    FILE is a sweep in Weights & Biases' format (YAML), a list of experiments (JSON), or commands of
    run_experiment.py, one a line, as prepare_experiments.py prints them; - reads standard input.
    After a kill the same command goes on with the trials left, those begun from their last
    checkpoint. At the end: a table, OUT/results.csv, and OUT/parallel.png.
    """
    try:
        from inkread.training.sweep import run_sweep
        from inkread.training.sweep_file import load_sweep
        from inkread.training.sweep_trial import check_sweep, run_trial
    except ImportError as error:
        raise ConfigError(
            f"A sweep needs {error.name}; install the training half: pip install 'inkread[train,sweep]'."
        ) from None
    from inkread.training.plot import save_picture
    from inkread.training.sweep_picture import draw_parallel
    from inkread.training.sweep_results import table, write_results

    sweep = load_sweep(file, settings)
    check_sweep(sweep)
    objective = partial(run_trial, data=data, gpu=gpu, test=bool(sweep.experiments), use_wandb=use_wandb)
    out = out or runs / "sweeps" / sweep.name
    rows = run_sweep(sweep, out, objective, trials=trials, jobs=jobs, storage=storage, say=click.echo)
    write_results(out / "results.csv", sweep, rows)
    save_picture(out / "parallel.png", draw_parallel(sweep, rows))
    click.echo(table(sweep, rows))
    click.echo(f"{out / 'results.csv'} and {out / 'parallel.png'} show all trials.")
    failed = [row for row in rows if row.state == "FAIL"]
    if len(failed) == len(rows):
        raise ConfigError(f"No trial ended well; the first failed with {failed[0].error}")
