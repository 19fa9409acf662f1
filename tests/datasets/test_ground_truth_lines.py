from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from inkread.datasets.dataset import SPLITS
from inkread.datasets.ground_truth_lines import GroundTruthDataset, GroundTruthLines, cut_line, open_grey
from inkread.errors import DataError, GroundTruthError

ROW = """<TextLine BASELINE="{x0} {y1} {x1} {y1}"><Shape>
<Polygon POINTS="{x0} {y0} {x1} {y0} {x1} {y1} {x0} {y1}"/>
</Shape><String CONTENT="{text}"/></TextLine>"""


def page_folder(folder: Path, texts: list[str], stem: str = "leaf") -> Path:
    """A page of 200 x 40 per line at half the ALTO's size, with a black bar for each line."""
    rows = []
    image = np.full((40 * len(texts), 200), 230, dtype=np.uint8)
    for number, text in enumerate(texts):
        image[40 * number + 15 : 40 * number + 25, 20:180] = 20
        box = {"x0": 20, "x1": 380, "y0": 80 * number + 10, "y1": 80 * number + 70}
        rows.append(ROW.format(text=text, **box))
    size = f'WIDTH="400" HEIGHT="{80 * len(texts)}"'
    xml = f"<alto><Layout><Page {size}><PrintSpace>{''.join(rows)}</PrintSpace></Page></Layout></alto>"
    (folder / f"{stem}.xml").write_text(xml, encoding="utf-8")
    cv2.imwrite(str(folder / f"{stem}.png"), image)
    return folder


def test_a_crop_has_a_margin_of_eight_percent_and_paper_outside_the_polygon() -> None:
    page = np.full((100, 300), 220, dtype=np.uint8)
    page[:20] = 0  # a neighbour's ink, outside the polygon
    page[45:55, 60:240] = 10
    polygon = np.array([(50, 25), (250, 25), (250, 75), (50, 75)], dtype=np.float32)
    crop = cut_line(page, polygon)
    assert crop.shape == (50 + 2 * 4 + 1, 200 + 2 * 4 + 1)
    assert crop[0].min() >= 215
    assert crop[29, 100] <= 15


def test_neighbours_inside_the_box_are_covered() -> None:
    page = np.full((100, 300), 220, dtype=np.uint8)
    page[10:20, 200:290] = 0
    polygon = np.array(
        [(10, 40), (150, 40), (150, 5), (155, 40), (290, 40), (290, 80), (10, 80)], dtype=np.float32
    )
    assert cut_line(page, polygon).min() >= 215


def test_a_sloping_line_is_made_level() -> None:
    page = np.full((300, 600), 255, dtype=np.uint8)
    cv2.line(page, (50, 100), (550, 200), 0, 5)
    polygon = np.array([(50, 70), (550, 170), (550, 230), (50, 130)], dtype=np.float32)
    baseline = np.array([(50, 100), (550, 200)], dtype=np.float32)
    crop = cut_line(page, polygon, baseline)
    rows = np.flatnonzero((crop < 128).any(axis=1))
    assert np.ptp(rows) < 10
    assert crop.shape[1] > 500


def test_lines_are_cut_at_the_images_own_scale_in_order(tmp_path: Path) -> None:
    lines = GroundTruthLines(page_folder(tmp_path, ["one", "two"]))
    samples = [lines.sample(index) for index in range(2)]
    assert [(sample.text, sample.key) for sample in samples] == [
        ("one", "ground_truth/leaf/0"),
        ("two", "ground_truth/leaf/1"),
    ]
    assert samples[0].image.shape[0] == pytest.approx(30 + 2 * 2, abs=2)
    assert samples[0].image.min() < 40
    assert np.array_equal(lines.sample(3).image, samples[1].image)


def test_empty_crossed_out_and_skipped_lines_are_left_out(tmp_path: Path) -> None:
    folder = page_folder(tmp_path, ["one", "", "a &gt;b&lt; c", "skip me", "last"])
    lines = GroundTruthLines(folder, skip=lambda page, number, text: (page, number) == ("leaf", 3))
    assert [lines.sample(index).text for index in range(len(lines))] == ["one", "last"]


def test_pages_are_chosen_and_writers_of_capitals_relabelled(tmp_path: Path) -> None:
    page_folder(tmp_path, ["né à Sète"], "a")
    page_folder(tmp_path, ["other"], "b")
    lines = GroundTruthLines(tmp_path, pages=["a"], capitals={"a"})
    assert [lines.sample(index).text for index in range(len(lines))] == ["NÉ À SÈTE"]
    with pytest.raises(DataError, match="no line"):
        GroundTruthLines(tmp_path, pages=["c"])


def test_missing_and_damaged_images_are_named(tmp_path: Path) -> None:
    folder = page_folder(tmp_path, ["one"])
    (folder / "leaf.png").write_bytes(b"no image")
    with pytest.raises(GroundTruthError, match=r"leaf\.png cannot be opened"):
        GroundTruthLines(folder).sample(0)
    (folder / "leaf.png").unlink()
    with pytest.raises(GroundTruthError, match="No image lies beside"):
        GroundTruthLines(folder)


def test_pages_look_to_training_as_they_do_to_the_reader(tmp_path: Path) -> None:
    deep = np.full((40, 60), 50_000, np.uint16)
    deep[10:30, 20:40] = 5_000
    Image.fromarray(deep).save(tmp_path / "deep.png")
    clear = np.zeros((40, 60, 4), np.uint8)
    clear[10:30, 20:40, 3] = 255
    Image.fromarray(clear).save(tmp_path / "clear.png")
    for name, paper, ink in (("deep.png", 195, 19), ("clear.png", 255, 0)):
        grey = open_grey(tmp_path / name)
        assert abs(int(grey[0, 0]) - paper) <= 1 and abs(int(grey[20, 30]) - ink) <= 1


def dataset(folder: Path, **settings: object) -> GroundTruthDataset:
    return GroundTruthDataset(folder, data=folder / "data", **settings)  # type: ignore[arg-type]


def test_pages_become_a_data_set_whose_splits_share_no_page(tmp_path: Path) -> None:
    for number in range(5):
        page_folder(tmp_path, ["one", "two", "a &gt;b&lt;"], f"leaf{number}")
    found = dataset(tmp_path, validation_fraction=0.2, test_fraction=0.2)
    pages = [set(found.split(split).writers) for split in SPLITS]
    assert [len(names) for names in pages] == [3, 1, 1]
    assert len(set.union(*pages)) == 5
    assert list(found.split("test").targets) == ["one", "two"]
    example = found.split("test")[0]
    assert example.key == f"{example.writer}/0"
    assert np.array_equal(example.image, found.lines[2 * int(example.writer[-1])].open())
    assert found.input_shape[0] == 48
    assert found.output_shape[0] == 3


def test_a_table_gives_pages_their_splits(tmp_path: Path) -> None:
    for stem in ("a", "b", "c"):
        page_folder(tmp_path, ["one"], stem)
    (tmp_path / "split.tsv").write_text("page\ttext\tsplit\nb\t1\ttest\nc\t2\tvalidation\n", encoding="utf-8")
    assert [line.split for line in dataset(tmp_path).lines] == ["train", "test", "validation"]
    (tmp_path / "split.tsv").write_text("b\ttesting\n", encoding="utf-8")
    with pytest.raises(GroundTruthError, match=r"split\.tsv, line 1"):
        _ = dataset(tmp_path).lines


def test_a_moved_polygon_is_processed_anew(tmp_path: Path) -> None:
    first = dataset(page_folder(tmp_path, ["one", "two"])).processed
    assert dataset(tmp_path).processed == first
    path = tmp_path / "leaf.xml"
    path.write_text(path.read_text("utf-8").replace("20 10 380 10", "20 12 380 10"), encoding="utf-8")
    assert dataset(tmp_path).processed != first
