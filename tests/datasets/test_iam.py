import os
from pathlib import Path

import numpy as np
import pytest

from inkread.datasets.dataset import SPLITS
from inkread.datasets.iam import FORM_SHAPE, IamDataset
from inkread.errors import ConfigError, DataError
from tests.datasets.fake_iam import FORMS, TEXTS, draw, fake_iam, iam_files, lay_out, line_box, word_boxes

DEVELOPMENT = Path(os.environ.get("INKREAD_DATA", "nowhere")) / "iam"


def names(dataset: IamDataset) -> dict[str, list[str]]:
    return {split: [form.name for form in dataset.forms(split)] for split in SPLITS}


@pytest.mark.parametrize("how", ["unpacked", "flat", "archives"])
@pytest.mark.parametrize("parts", ["forms ascii", "forms xml", "forms ascii xml lines", "lines xml"])
def test_forms_are_read_from_any_layout_and_either_transcription(
    tmp_path: Path, parts: str, how: str
) -> None:
    dataset = IamDataset(data=fake_iam(tmp_path, parts, how))
    expected = {"train": ["a01-000u", "a01-000x"], "validation": ["c04-156"], "test": ["c04-110"]}
    assert names(dataset) == expected
    assert {line.name: line.text for form in dataset.forms() for line in form.lines} == TEXTS
    assert [form.writer for form in dataset.forms()] == ["000", "001", "200", "100"]
    form = dataset.form("a01-000u")
    first, second = form.lines
    assert second.tokens == ("Mr.", "Foot", ".", '"', "M Ps", "(", "all", ")", "agree")
    assert (first.segmentation, second.segmentation, first.threshold) == ("ok", "err", 150)
    assert first.box == line_box(word_boxes(0, FORMS["a01-000u"][1][0][1]))
    assert len(first.components) == (5 if "xml" in parts else 0)
    margin = 2 if "lines" in parts else 0
    assert dataset.line(form, first).shape == (first.box[3] + 2 * margin, first.box[2] + 2 * margin)


def test_forms_in_no_list_and_forms_that_are_not_here_are_counted(tmp_path: Path) -> None:
    dataset = IamDataset(data=fake_iam(tmp_path))
    assert dataset.left_out() == {"forms in no list": 1, "forms not here": 1199 - 4}


def test_the_large_writer_independent_lists_name_lines(tmp_path: Path) -> None:
    data = fake_iam(tmp_path)
    lists = {
        "LWI/trainset.txt": b"c04-156-00\n",
        "LWI/validationset1.txt": b"a01-000u-00\r\n",
        "LWI/validationset2.txt": b"a01-000x-01\n",
        "LWI/testset.txt": b"f07-101a-00 \n\n",
    }
    task = {"largeWriterIndependentTextLineRecognitionTask.zip": lists}
    dataset = IamDataset(data=data, splits="large_writer_independent")
    with pytest.raises(DataError, match="add IAM's largeWriter"):
        dataset.forms()
    lay_out(data / "raw/iam/files", task, "archives")
    dataset = IamDataset(data=data, splits="large_writer_independent")
    expected = {"train": ["c04-156"], "validation": ["a01-000u", "a01-000x"], "test": ["f07-101a"]}
    assert names(dataset) == expected
    assert dataset.lists.lists("c04-156-00")
    assert not dataset.lists.lists("c04-156-01")


def test_a_missing_form_is_named_unless_a_part_is_asked_for(tmp_path: Path) -> None:
    files = fake_iam(tmp_path) / "raw/iam/files"
    next(files.rglob("c04-156.png")).unlink()
    with pytest.raises(DataError, match=r"c04-156\.png is missing .* formsA-D\.tgz"):
        IamDataset(data=tmp_path).forms("train")
    dataset = IamDataset(data=tmp_path, partial=True)
    assert names(dataset)["validation"] == []
    assert dataset.left_out()["forms without image"] == 1


def test_a_form_without_transcription_is_named_unless_a_part_is_asked_for(tmp_path: Path) -> None:
    table = next((fake_iam(tmp_path) / "raw/iam/files").rglob("lines.txt"))
    table.write_text("\n".join(row for row in table.read_text().split("\n") if "c04-156" not in row))
    with pytest.raises(DataError, match=r"c04-156\.png has no transcription"):
        IamDataset(data=tmp_path).forms()
    dataset = IamDataset(data=tmp_path, partial=True)
    assert names(dataset)["validation"] == []
    assert dataset.left_out()["forms without transcription"] == 1


def test_missing_files_say_how_to_get_them(tmp_path: Path) -> None:
    data = fake_iam(tmp_path, parts="forms")
    with pytest.raises(DataError, match=r"neither lines\.txt nor XML .* add IAM's ascii\.tgz"):
        IamDataset(data=data).forms()
    with pytest.raises(DataError, match="register at the IAM"):
        IamDataset(data=data, files=tmp_path / "nothing").forms()
    lay_out(data / "raw/iam/files", iam_files(parts="ascii"))
    (data / "raw/iam/aachen.tsv").unlink()
    with pytest.raises(DataError, match=r"aachen\.tsv is missing"):
        IamDataset(data=data).forms()


@pytest.mark.parametrize("archive", ["formsA-D.tgz", "ascii.tgz"])
def test_a_cut_archive_is_refused_and_leaves_nothing(tmp_path: Path, archive: str) -> None:
    path = fake_iam(tmp_path, how="archives") / "raw/iam/files" / archive
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=f"{archive} cannot be unpacked"):
        IamDataset(data=tmp_path).forms()
    left = list((tmp_path / "processed/iam/unpacked").iterdir())
    assert not any(archive in each.name for each in left)


def test_what_is_no_archive_or_holds_nothing_of_iam_is_refused(tmp_path: Path) -> None:
    files = fake_iam(tmp_path) / "raw/iam/files"
    (files / "xml.tgz").write_bytes(b"<html>please log in</html>")
    with pytest.raises(DataError, match=r"xml\.tgz cannot be unpacked"):
        IamDataset(data=tmp_path).forms()
    lay_out(files, {"xml.tgz": {"readme": b"nothing"}}, "archives")
    with pytest.raises(DataError, match=r"xml\.tgz holds none of IAM's files"):
        IamDataset(data=tmp_path).forms()


def test_members_of_an_archive_cannot_leave_their_folder(tmp_path: Path) -> None:
    fake_iam(tmp_path)
    lay_out(tmp_path / "raw/iam/files", {"xml.tgz": {"../../../../a01-000u.xml": b"<form/>"}}, "archives")
    assert IamDataset(data=tmp_path).files.xml["a01-000u"].is_relative_to(tmp_path / "processed/iam/unpacked")
    assert not (tmp_path / "a01-000u.xml").exists()


def test_an_archive_is_unpacked_once_and_not_beside_its_own_content(tmp_path: Path) -> None:
    data = fake_iam(tmp_path, how="archives")
    IamDataset(data=data).forms()
    unpacked = sorted((data / "processed/iam/unpacked").iterdir())
    assert [folder.name.rpartition("-")[0] for folder in unpacked] == [
        "ascii.tgz",
        "formsA-D.tgz",
        "formsE-H.tgz",
    ]
    (unpacked[0] / "lines.txt").write_text("")
    with pytest.raises(DataError, match="has no transcription"):
        IamDataset(data=data).forms()
    lay_out(data / "raw/iam/files", iam_files(), "flat")
    dataset = IamDataset(data=data)
    assert len(dataset.forms()) == 4
    assert dataset.form("a01-000u").image == data / "raw/iam/files/a01-000u.png"


def test_what_a_killed_process_left_half_unpacked_is_removed(tmp_path: Path) -> None:
    archive = fake_iam(tmp_path, how="archives") / "raw/iam/files/ascii.tgz"
    left = tmp_path / f"processed/iam/unpacked/.ascii.tgz-{archive.stat().st_size}.{2**22 + 1}.part"
    left.mkdir(parents=True)
    (left / "lines.txt").write_text("half")
    assert len(IamDataset(data=tmp_path).forms()) == 4
    assert not left.exists()


def test_damaged_files_are_named(tmp_path: Path) -> None:
    files = fake_iam(tmp_path, "forms ascii xml") / "raw/iam/files"
    dataset = IamDataset(data=tmp_path)
    image = next(files.rglob("a01-000x.png"))
    image.write_bytes(image.read_bytes()[:40])
    with pytest.raises(DataError, match=r"a01-000x\.png is damaged"):
        dataset.page(dataset.form("a01-000x"))
    xml = next(files.rglob("a01-000x.xml"))
    xml.write_text(xml.read_text()[:-30])
    with pytest.raises(DataError, match=r"a01-000x\.xml is not the XML of a form"):
        IamDataset(data=tmp_path).forms()
    xml.unlink()
    table = next(files.rglob("lines.txt"))
    table.write_text(table.read_text() + "a01-000x-09 ok one 9 1 1 1 1 word\n")
    with pytest.raises(DataError, match=r"lines\.txt, line 15: this is no row"):
        IamDataset(data=tmp_path).forms()


def test_unknown_settings_and_forms_are_refused(tmp_path: Path) -> None:
    for wrong in ({"splits": "mine"}, {"segmentation": "good"}, {"subsample_fraction": 2.0}):
        with pytest.raises(ConfigError):
            IamDataset(data=tmp_path, **wrong)
    with pytest.raises(DataError, match="a09-999"):
        IamDataset(data=fake_iam(tmp_path)).form("a09-999")


def test_whole_forms_are_examples(tmp_path: Path) -> None:
    dataset = IamDataset(data=fake_iam(tmp_path), segmentation="ok")
    (example,) = dataset.make()["train"]
    assert (example.key, example.writer) == ("a01-000x", "001")
    assert example.image.shape == example.target.shape == dataset.input_shape == FORM_SHAPE
    page = draw(FORMS["a01-000x"][1])
    ink = example.image < 100
    assert ink.sum() == (page < 100).sum()
    assert np.array_equal(example.target > 0, ink)
    assert set(example.target[:110].ravel()) == {0, 1}
    assert dataset.output_shape == (*FORM_SHAPE, 3)


@pytest.mark.skipif(not DEVELOPMENT.is_dir(), reason="INKREAD_DATA names no folder with IAM")
def test_the_development_forms_are_disjoint_by_writer(tmp_path: Path) -> None:
    dataset = IamDataset(data=tmp_path, files=DEVELOPMENT)
    assert [len(dataset.forms(split)) for split in SPLITS] == [447, 39, 0]
    train, validation = ({form.writer for form in dataset.forms(split)} for split in ("train", "validation"))
    assert train
    assert not train & validation
    assert dataset.left_out()["forms in no list"] == 2
