import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkread.datasets.iam_lines import CHARACTERS, FAULTY, IamLinesDataset
from inkread.errors import ConfigError, DataError
from tests.datasets.fake_iam import FORMS, INK, PAPER, TEXTS, fake_iam, line_box, word_boxes


def texts(dataset: IamLinesDataset, split: str = "train") -> dict[str, str]:
    return {example.key: example.target for example in dataset.make()[split]}


def test_lines_are_cut_from_the_forms_by_their_boxes(tmp_path: Path) -> None:
    dataset = IamLinesDataset(data=fake_iam(tmp_path))
    first = next(iter(dataset.make()["train"]))
    box = line_box(word_boxes(0, FORMS["a01-000u"][1][0][1]))
    assert (first.key, first.target, first.writer) == ("a01-000u-00", TEXTS["a01-000u-00"], "000")
    assert first.image.shape == (box[3], box[2])
    assert first.image.dtype == np.uint8
    assert int(first.image[0, 0]) == INK
    assert texts(dataset) == {name: text for name, text in TEXTS.items() if name.startswith("a01")}
    assert texts(dataset, "validation") == {name: text for name, text in TEXTS.items() if "c04-156" in name}


def test_iams_own_images_of_lines_are_taken_where_they_are(tmp_path: Path) -> None:
    dataset = IamLinesDataset(data=fake_iam(tmp_path, "forms ascii lines", "archives"))
    first = next(iter(dataset.make()["train"]))
    assert int(first.image[0, 0]) == PAPER
    assert (first.image[2:-2, 2] == INK).any()


def test_a_missing_line_is_named(tmp_path: Path) -> None:
    files = fake_iam(tmp_path, "ascii lines") / "raw/iam/files"
    next(files.rglob("c04-156-01.png")).unlink()
    with pytest.raises(DataError, match=r"c04-156\.png is missing"):
        IamLinesDataset(data=tmp_path).make()


def test_tokens_are_joined_by_blanks_if_asked_for(tmp_path: Path) -> None:
    dataset = IamLinesDataset(data=fake_iam(tmp_path, "forms ascii xml"), spacing="tokens")
    assert texts(dataset)["a01-000u-01"] == 'Mr. Foot . " M Ps ( all ) agree'


def test_the_users_table_of_natural_spacing_comes_first(tmp_path: Path) -> None:
    table = fake_iam(tmp_path) / "raw/iam/files/natural.tsv"
    table.write_text("line\tsplit\tsegmentation\ttext\na01-000x-00\ttrain\tok\tA MOVE\n")
    assert texts(IamLinesDataset(data=tmp_path))["a01-000x-00"] == "A MOVE"


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    name = next(iter(FAULTY)).rpartition("-")[0]
    lines = [("ok", "fine")] * 10 + [("ok", "wrong"), ("ok", "long " * 20 + "x"), ("ok", "é")]
    data = fake_iam(tmp_path, forms={**FORMS, name: ("400", lines)})
    dataset = IamLinesDataset(data=data, segmentation="ok")
    assert "a01-000u-01" not in texts(dataset)
    assert len(texts(dataset, "validation")) == 2 + 10
    assert dataset.left_out() == {
        "forms in no list": 1,
        "forms not here": 1199 - 5,
        "lines not well segmented": 1,
        "lines without a right box": 1,
        "texts of more than 97 characters": 1,
        "texts with a character that is not IAM's": 1,
    }
    assert len(texts(IamLinesDataset(data=data, max_length=9))) == 0


def test_lines_that_a_list_of_lines_passes_over_are_left_out(tmp_path: Path) -> None:
    files = fake_iam(tmp_path) / "raw/iam/files"
    for name, line in (("trainset", "a01-000u-01"), ("testset", "c04-156-00")):
        (files / f"{name}.txt").write_text(f"{line}\n")
    (files / "validationset1.txt").write_text("a01-000x-00\n")
    (files / "validationset2.txt").write_text("c04-110-00\n")
    dataset = IamLinesDataset(data=tmp_path, splits="large_writer_independent")
    assert [list(texts(dataset, split)) for split in ("train", "validation", "test")] == [
        ["a01-000u-01"],
        ["a01-000x-00", "c04-110-00"],
        ["c04-156-00"],
    ]
    assert dataset.left_out()["lines in no list"] == 3


def test_a_line_without_ink_is_left_out(tmp_path: Path) -> None:
    path = next((fake_iam(tmp_path) / "raw/iam/files").rglob("c04-156.png"))
    page = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    page[100:] = PAPER
    cv2.imwrite(str(path), page)
    assert list(texts(IamLinesDataset(data=tmp_path), "validation")) == ["c04-156-00"]


def test_boxes_that_stand_too_high_are_moved_to_their_ink(tmp_path: Path) -> None:
    path = next((fake_iam(tmp_path) / "raw/iam/files").rglob("a01-000x.png"))
    page = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(path), np.vstack((np.full((31, page.shape[1]), PAPER, np.uint8), page)))
    examples = {example.key: example.image for example in IamLinesDataset(data=tmp_path).make()["train"]}
    lines = FORMS["a01-000x"][1]
    for number in (0, 1):
        image = examples[f"a01-000x-{number:02d}"]
        assert image.shape[::-1] == line_box(word_boxes(number, lines[number][1]))[2:]
        assert (image == INK).sum() == sum(w * h for _, _, w, h in word_boxes(number, lines[number][1]))


def test_shapes_and_characters() -> None:
    dataset = IamLinesDataset()
    assert (dataset.input_shape, dataset.output_shape) == ((48, 1280), (97, 79))
    assert dataset.classes == CHARACTERS
    assert len(set(CHARACTERS)) == 79
    assert IamLinesDataset(width=640, max_length=50).output_shape == (50, 79)


@pytest.mark.parametrize("wrong", [{"spacing": "none"}, {"max_length": 0}, {"width": 100}])
def test_settings_out_of_their_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        IamLinesDataset(**wrong)


def test_lines_are_kept_and_opened_again_and_an_empty_split_says_so(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    data = fake_iam(tmp_path, forms={name: FORMS[name] for name in ("a01-000u", "a01-000x", "c04-156")})
    dataset = IamLinesDataset(data=data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train = dataset.split("train")
    assert list(train.writers) == ["000", "000", "001", "001"]
    with pytest.warns(UserWarning, match="No form of the test split"):
        assert len(dataset.split("test")) == 0
    for path in data.rglob("*.png"):
        path.write_bytes(b"")
    again = IamLinesDataset(data=data).split("train")
    assert np.array_equal(again[3].image, train[3].image)
    assert again[3].target == TEXTS["a01-000x-01"]
    assert len(IamLinesDataset(data=data, subsample_fraction=0.5).split("train")) == 2
    assert len(IamLinesDataset(data=data, subsample_fraction=0.5).split("validation")) == 1


def test_forms_added_later_are_seen(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    fake_iam(tmp_path, forms={name: FORMS[name] for name in ("a01-000u", "a01-000x", "c04-156")})
    first = IamLinesDataset(data=tmp_path)
    with pytest.warns(UserWarning, match="No form of the test split"):
        assert len(first.split("test")) == 0
    fake_iam(tmp_path)
    assert IamLinesDataset(data=tmp_path).processed != first.processed
    assert len(IamLinesDataset(data=tmp_path).split("test"))
