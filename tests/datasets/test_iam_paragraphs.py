from pathlib import Path

import cv2
import numpy as np
import pytest

from inkread.datasets.iam_boxes import settled
from inkread.datasets.iam_paragraphs import FULL_SIZE, IamParagraphsDataset, paragraph
from inkread.datasets.iam_records import IamLine
from inkread.datasets.iam_regions import line_classes, shrunk
from inkread.errors import ConfigError, DataError
from tests.datasets.fake_iam import FORMS, INK, PAPER, draw, fake_iam, word_boxes

Box = tuple[int, int, int, int]


def line(number: int, box: Box | None, components: tuple[Box, ...] = ()) -> IamLine:
    return IamLine(f"a01-000-{number:02d}", "text", ("text",), box, "ok", 150, components)


def page_with(*blocks: Box, shape: tuple[int, int] = (300, 400)) -> np.ndarray:
    page = np.full(shape, PAPER, np.uint8)
    for x, y, width, height in blocks:
        page[y : y + height, x : x + width] = INK
    return page


def test_ink_of_odd_and_even_lines_and_background() -> None:
    odd, even, other = (20, 20, 200, 20), (20, 80, 200, 20), (300, 200, 30, 30)
    classes = line_classes(page_with(odd, even, other), [line(0, odd), line(1, even)])
    assert [int(classes[30, 30]), int(classes[90, 30]), int(classes[210, 310])] == [1, 2, 0]
    assert (classes > 0).sum() == 2 * 200 * 20


def test_a_neighbours_descender_in_a_box_keeps_its_own_line() -> None:
    word, tail, below = (20, 20, 100, 20), (20, 40, 4, 50), (40, 70, 100, 20)
    page = page_with(word, tail, below)
    first, second = line(0, (20, 20, 100, 70)), line(1, (15, 65, 125, 30))
    classes = line_classes(page, [first, second])
    assert set(classes[40:90, 20:24].ravel()) == {1}
    assert set(classes[70:90, 40:140].ravel()) == {2}


def test_ink_in_both_lines_boxes_goes_to_the_nearer_line() -> None:
    upper, lower = (20, 20, 300, 20), (20, 100, 300, 20)
    comma, dot = (200, 50, 6, 6), (250, 80, 6, 6)
    page = page_with(upper, lower, comma, dot)
    classes = line_classes(page, [line(0, (20, 20, 300, 70)), line(1, (20, 45, 300, 75))])
    assert (int(classes[52, 202]), int(classes[82, 252])) == (1, 2)


def test_the_nearer_line_is_that_along_a_slope() -> None:
    page = page_with(shape=(400, 1000))
    for x in range(20, 980, 40):
        page[50 + x // 8 : 70 + x // 8, x : x + 20] = INK
        page[150 + x // 8 : 170 + x // 8, x : x + 20] = INK
    page[135 + 110 : 140 + 110, 910:915] = INK
    boxes = [line(0, (20, 52, 960, 200)), line(1, (20, 152, 960, 145))]
    assert int(line_classes(page, boxes)[247, 912]) == 2


def test_touching_lines_are_divided_between_them() -> None:
    upper, lower, bridge = (20, 20, 100, 20), (20, 80, 100, 20), (60, 40, 4, 40)
    lone = [(200, 20, 100, 20), (200, 80, 100, 20)]
    page = page_with(upper, lower, bridge, *lone)
    for boxes in (((20, 20, 280, 80), (20, 80, 280, 20)), ((20, 20, 280, 45), (20, 55, 280, 45))):
        classes = line_classes(page, [line(0, boxes[0]), line(1, boxes[1])])
        assert set(classes[20:40, 20:120].ravel()) == {1}
        assert set(classes[80:100, 20:120].ravel()) == {2}


def test_boxes_of_components_decide_where_the_xml_gives_them() -> None:
    word, mark, other = (20, 20, 100, 20), (150, 45, 10, 10), (20, 100, 100, 20)
    page = page_with(word, mark, other)
    first = line(0, (20, 20, 140, 40), (word,))
    second = line(1, (20, 40, 140, 80), (mark, other))
    assert int(line_classes(page, [first, second])[50, 155]) == 2


def test_a_line_without_box_or_ink_changes_no_other(tmp_path: Path) -> None:
    page = page_with((20, 80, 100, 20))
    lines = [line(0, (20, 20, 100, 20)), line(1, (20, 80, 100, 20)), line(2, None)]
    classes = line_classes(page, lines)
    assert set(classes[80:100, 20:120].ravel()) == {2}
    assert not line_classes(page_with(), lines).any()
    assert not line_classes(page, [line(0, None)]).any()
    assert settled(page_with(), lines) == tuple(lines)


def test_boxes_that_fit_stay_and_others_move_together() -> None:
    blocks = [(20, 100 + 50 * row + 4 * (x % 3), 30, 20 + x % 7) for row in range(4) for x in range(4)]
    blocks = [(20 + 60 * (n % 4), y, w, h) for n, (_, y, w, h) in enumerate(blocks)]
    page = page_with(*blocks, shape=(400, 300))
    lines = [
        line(
            row, (20, min(b[1] for b in part), 210, max(b[1] + b[3] for b in part) - min(b[1] for b in part))
        )
        for row in range(4)
        if (part := blocks[4 * row : 4 * row + 4])
    ]
    assert settled(page, lines) == tuple(lines)
    raised = [line(n, (one.box[0], one.box[1] - 37, *one.box[2:]), (one.box,)) for n, one in enumerate(lines)]
    assert [one.box for one in settled(page, raised)] == [one.box for one in lines]


def test_paragraphs_are_squares_at_full_size_and_small(tmp_path: Path) -> None:
    data = fake_iam(tmp_path)
    full = IamParagraphsDataset(data=data, size=None)
    example = next(iter(full.make()["train"]))
    assert (example.key, example.writer) == ("a01-000u", "000")
    assert example.image.shape == example.target.shape == full.input_shape == (FULL_SIZE, FULL_SIZE)
    page = draw(FORMS["a01-000u"][1])
    assert (example.target > 0).sum() == (page == INK).sum()
    assert set(example.image[:100].ravel()) == {PAPER}
    first, second = (sum(w * h for _, _, w, h in word_boxes(n, FORMS["a01-000u"][1][n][1])) for n in (0, 1))
    assert ((example.target == 1).sum(), (example.target == 2).sum()) == (first, second)
    small = IamParagraphsDataset(data=data, size=1248)
    example = next(iter(small.make()["validation"]))
    assert example.image.shape == example.target.shape == (1248, 1248)
    assert set(np.unique(example.target)) == {0, 1, 2}
    assert IamParagraphsDataset().output_shape == (256, 256, 3)
    assert small.processed != full.processed


def test_only_forms_of_well_segmented_lines_if_asked_for(tmp_path: Path) -> None:
    dataset = IamParagraphsDataset(data=fake_iam(tmp_path), size=32, segmentation="ok")
    assert [example.key for example in dataset.make()["train"]] == ["a01-000x"]


def test_images_of_lines_do_not_make_paragraphs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a01-000u\.png is missing"):
        IamParagraphsDataset(data=fake_iam(tmp_path, "ascii lines")).make()


def test_a_part_larger_than_the_square_is_made_smaller() -> None:
    page = page_with((20, 60, 2400, 20), shape=(200, FULL_SIZE + 4))
    image, classes = paragraph(page, [line(0, (20, 60, 2400, 20))])
    assert image.shape == (FULL_SIZE + 4, FULL_SIZE + 4)
    image, classes = shrunk(image, classes, (300, 300))
    assert set(np.unique(classes)) == {0, 1}
    assert image.shape == (300, 300)


def test_a_smaller_pixel_is_of_the_class_that_covers_most_of_it() -> None:
    classes = np.zeros((32, 32), np.uint8)
    classes[:8, :4], classes[:8, 4:6], classes[8:9, :8], classes[10:12, :8] = 1, 2, 2, 1
    image = np.where(classes, INK, PAPER).astype(np.uint8)
    small, kinds = shrunk(image, classes, (4, 4))
    assert kinds[0, 0] == 1
    assert kinds[1, 0] == 1
    assert not kinds[2:].any()
    assert not kinds[:, 1:].any()
    assert small[3, 3] == PAPER
    classes[8:] = 0
    classes[9, :7] = 2
    assert shrunk(image, classes, (4, 4))[1][1, 0] == 0


@pytest.mark.parametrize("size", [0, 100, 4096])
def test_sizes_out_of_their_range_are_refused(size: int) -> None:
    with pytest.raises(ConfigError, match="multiple of 32"):
        IamParagraphsDataset(size=size)


def test_pictures_with_colour_are_read_as_grey(tmp_path: Path) -> None:
    path = next((fake_iam(tmp_path) / "raw/iam/files").rglob("c04-156.png"))
    cv2.imwrite(str(path), cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), cv2.COLOR_GRAY2BGR))
    (example,) = IamParagraphsDataset(data=tmp_path, size=256).make()["validation"]
    assert example.image.ndim == 2
