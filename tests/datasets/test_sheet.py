from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ImageFont

from inkread.datasets import label_font as fonts
from inkread.datasets.counts import describe_counts
from inkread.datasets.dataset import Example, Split, Task
from inkread.datasets.label_font import drawable, label_font
from inkread.datasets.sheet import choose, draw_sheet
from tests.datasets.own import TinyDataset


def page(shape: tuple[int, int]) -> np.ndarray:
    image = np.full(shape, 255, np.uint8)
    image[shape[0] // 4 : shape[0] // 2, 4:-4] = 0
    return image


def tiny(tmp_path: Path, task: Task) -> TinyDataset:
    regions = np.zeros((64, 64), np.uint8)
    regions[16:24, 4:-4], regions[24:32, 4:-4] = 1, 2
    examples: dict[Task, list[Example]] = {
        "characters": [
            Example(page((28, 28)), number % 2, f"hand{number % 3}", str(number)) for number in range(9)
        ],
        "lines": [
            Example(page((20, 300)), "un été à Œuvre" * 20, "anna", "leaf/0"),
            Example(page((9, 9)), "b"),
        ],
        "regions": [Example(page((64, 64)), regions, "anna", "form")],
    }
    splits: dict[Split, list[Example]] = {
        "train": examples[task],
        "validation": examples[task][:1],
        "test": [],
    }
    return TinyDataset(splits, task, data=tmp_path)


@pytest.mark.parametrize("task", ["characters", "lines", "regions"])
def test_a_sheet_shows_every_example_with_its_label(tmp_path: Path, task: Task) -> None:
    dataset = tiny(tmp_path, task)
    sheet = draw_sheet(dataset, dataset.split("train"), "a title")
    assert sheet.dtype == np.uint8
    assert sheet.shape[2] == 3
    assert sheet.shape[1] <= 1200
    blue = (sheet[:, :, 2].astype(int) - sheet[:, :, 0] > 60).any(axis=1)
    assert blue.any() or task == "regions"  # labels are blue
    assert (sheet[60:] < 60).all(axis=2).any() or task == "regions"  # the ink


def test_regions_are_laid_over_the_image_in_colours(tmp_path: Path) -> None:
    dataset = tiny(tmp_path, "regions")
    sheet = draw_sheet(dataset, dataset.split("train"), "").astype(int)
    body = sheet[80:]
    red = (body[:, :, 0] - body[:, :, 2] > 80).sum()
    blue = (body[:, :, 2] - body[:, :, 0] > 80).sum()
    assert red == pytest.approx(blue, rel=0.2)
    assert red > 10_000


def test_a_sheet_of_nothing_has_its_title(tmp_path: Path) -> None:
    assert draw_sheet(tiny(tmp_path, "characters"), [], "a title").shape[0] >= 40


def test_every_class_is_chosen_before_any_twice(tmp_path: Path) -> None:
    examples = tiny(tmp_path, "characters").split("train")
    chosen = choose(examples, 4, 1, by_class=True)
    assert [examples.targets[number] for number in chosen] == [0, 0, 1, 1]
    assert choose(examples, 4, 1, by_class=True) == chosen
    assert len(choose(examples, 99, 1, by_class=True)) == 9
    assert choose(examples, 3, 2, by_class=False) == sorted(choose(examples, 3, 2, by_class=False))


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (
            "characters",
            ["train 9 3 2", "validation 1 1 1", "test 0 - 0", "a 5 / 1 / 0 b 4 / 0 / 0", "examples: é"],
        ),
        ("lines", ["train 2 1 281 11 280", "test 0 - 0 0 0", "most frequent: space 120, u 80"]),
        ("regions", ["train 1 1", "pixels of train: a 78.1 %, b 10.9 %, é 10.9 %"]),
    ],
)
def test_counts_are_told_per_split_and_class(tmp_path: Path, task: Task, said: list[str]) -> None:
    dataset = tiny(tmp_path, task)
    splits: Any = {split: dataset.split(split) for split in ("train", "validation", "test")}
    text = "\n".join(" ".join(line.split()) for line in describe_counts(dataset, splits))
    for words in said:
        assert words in text


def test_labels_are_drawn_as_the_font_can(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = ImageFont.load_default(15)
    assert drawable("été, Œuvre – ½ 漢", plain) == "ete, OEuvre - ? ?"
    monkeypatch.setattr(fonts, "_NAMES", ("nofont.ttf",))
    label_font.cache_clear()
    assert label_font(15).getlength("abc") == plain.getlength("abc")
    label_font.cache_clear()
