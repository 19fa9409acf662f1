"""``inkread data show``: a contact sheet of a data set, and counts per split and class."""

from __future__ import annotations

from pathlib import Path

import click
from PIL import Image

from inkread.cli.data_options import DATA, SETTINGS, plain_warnings, read_settings
from inkread.cli.outputs import whole_file
from inkread.datasets.counts import describe_counts
from inkread.datasets.dataset import SPLITS, Dataset, Examples, Split
from inkread.datasets.ground_truth import holds_pages
from inkread.datasets.names import make_dataset
from inkread.datasets.own_lines import OwnLinesDataset
from inkread.datasets.sheet import DEFAULT_COUNT, choose, draw_sheet
from inkread.errors import DataError


@click.command("show")
@click.argument("what", metavar="NAME_OR_FOLDER")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("sheet.png"),
    show_default=True,
    help="The PNG.",
)
@click.option("--split", type=click.Choice(SPLITS), default="train", show_default=True, help="Part to draw.")
@click.option(
    "--count", type=click.IntRange(1, 2000), help="Examples to draw; 119 characters, 24 lines, 6 pages."
)
@click.option("--seed", default=1, show_default=True, help="Decides which examples are drawn.")
@DATA
@SETTINGS
def show_data(
    what: str, out: Path, split: Split, count: int | None, seed: int, data: Path, settings: tuple[str, ...]
) -> None:
    """Draw examples of a data set with their labels, and print counts per split and class.

    NAME is a data set that `inkread data list` shows, or one of yours by its dotted path
    (package.module.Class); it is made first. FOLDER holds line images with index.tsv or a .txt
    beside each, or pages with ALTO or PAGE-XML.
    """
    dataset = _open(what, {"data": data, **read_settings(settings)})
    with plain_warnings():
        splits = {name: _examples(dataset, name) for name in SPLITS}
    for line in describe_counts(dataset, splits):
        click.echo(line)
    examples = splits[split]
    if not len(examples):
        raise DataError(f"The {split} split is empty; draw another with --split.")
    chosen = choose(examples, count or DEFAULT_COUNT[dataset.task], seed, dataset.task == "characters")
    title = f"{type(dataset).__name__} · {split} · {len(chosen)} of {len(examples):,}"
    sheet = draw_sheet(dataset, [examples[number] for number in chosen], title)
    with whole_file(out) as file:
        Image.fromarray(sheet).save(file, format="PNG")
    click.echo(f"{out}: {len(chosen)} of {split}")


def _open(what: str, arguments: dict[str, object]) -> Dataset:
    if Path(what).is_dir():
        kind = "GroundTruthDataset" if holds_pages(what) else "FolderLinesDataset"
        return make_dataset(kind, {"path": what, **arguments})
    return make_dataset(what, arguments)


def _examples(dataset: Dataset, split: Split) -> Examples:
    """Return a split; a user's own lines are not processed for being looked at."""
    return dataset.unprocessed(split) if isinstance(dataset, OwnLinesDataset) else dataset.split(split)
