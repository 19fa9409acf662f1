import hashlib
import json
import sys
import urllib.error
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from inkread.cli import main
from inkread.cli.data import data
from inkread.cli.data_fetch import find_metadata
from inkread.datasets import download
from inkread.datasets.names import DATASETS, NEEDS
from inkread.datasets.packed_lines import PackedLines
from inkread.errors import ConfigError, DataError
from tests.datasets.own import alto, line_image

CONTENT = b"content" * 3000
URL = "https://files.example/a.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with one raw data set."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    (tmp_path / "raw" / "little").mkdir(parents=True)
    (tmp_path / "raw" / "little" / "metadata.toml").write_text(
        'title = "A little set"\nlicence = "MIT"\n'
        f'[[files]]\nname = "a.txt"\nsha256 = "{digest}"\nurl = "{URL}"\n',
        encoding="utf-8",
    )
    (tmp_path / "a.txt").write_bytes(CONTENT)
    return tmp_path


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A folder of eight lines by four writers."""
    rows = []
    for number in range(8):
        line_image(tmp_path / "lines" / f"{number}.png", 20 + number)
        rows.append(f"{number}.png\tun été {number}\thand{number % 4}\n")
    (tmp_path / "lines" / "index.tsv").write_text("".join(rows), encoding="utf-8")
    return tmp_path / "lines"


def test_list_names_every_data_set_and_the_raw_data_with_their_licences(folder: Path) -> None:
    result = CliRunner().invoke(data, ["list", "--data", str(folder)])
    assert result.exit_code == 0
    for name in DATASETS:
        assert name in result.output
    assert "IamLinesDataset          lines       needs iam: not there" in result.output
    assert "EmnistLinesDataset       lines       needs emnist or unipen: not there" in result.output
    assert "little        to fetch A little set (MIT)" in result.output
    (folder / "raw" / "little" / "files").mkdir()
    (folder / "raw" / "little" / "files" / "a.txt").touch()
    assert "little        there " in CliRunner().invoke(data, ["list", "--data", str(folder)]).output
    assert set(NEEDS) == set(DATASETS)


def test_fetch_takes_a_file_from_where_it_is(folder: Path) -> None:
    result = CliRunner().invoke(data, ["fetch", "little", "--data", str(folder), "--from", str(folder)])
    assert result.output == "a.txt: fetched\n"
    assert (folder / "raw" / "little" / "files" / "a.txt").read_bytes() == CONTENT


def test_fetch_tells_how_far_it_is_in_plain_lines_where_there_is_no_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Answer:
        status = 200
        headers = {"Content-Length": str(len(CONTENT))}  # noqa: RUF012
        left = CONTENT

        def __enter__(self) -> "Answer":
            return self

        def __exit__(self, *arguments: object) -> None:
            pass

        def read(self, size: int) -> bytes:
            chunk, self.left = self.left[:7000], self.left[7000:]
            return chunk

    monkeypatch.setattr(download, "_open_https", lambda request: Answer())
    result = CliRunner().invoke(data, ["fetch", "little", "--data", str(folder)])
    assert result.stdout == "a.txt: fetched\n"
    assert "(33 %)" in result.stderr
    assert "(100 %)" in result.stderr


def test_a_fetch_that_fails_is_one_line_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(request: object) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(download, "_open_https", away)
    result = CliRunner().invoke(main, ["data", "fetch", "little", "--data", str(folder)])
    assert result.exit_code == 1
    assert result.stderr.startswith("inkread: a.txt could not be fetched")
    assert len(result.stderr.splitlines()) == 1
    assert list((folder / "raw" / "little" / "files").iterdir()) == []


def test_an_unknown_set_names_the_nearest_and_the_known_ones(folder: Path) -> None:
    result = CliRunner().invoke(data, ["fetch", "litle", "--data", str(folder)])
    assert isinstance(result.exception, DataError)
    assert "did you mean 'little'" in str(result.exception)
    assert "known here: little" in str(result.exception)


def test_raw_data_are_found_by_the_class_that_needs_them() -> None:
    ours = Path(__file__).parents[2] / "data"
    for name, needs in NEEDS.items():
        if needs:
            assert find_metadata(name, ours).name == needs[0]


def test_check_prints_faults_and_a_summary_and_says_so_by_its_exit_code(lines: Path) -> None:
    result = CliRunner().invoke(data, ["check", str(lines)])
    assert (result.exit_code, result.output) == (0, "8 lines checked; no faults\n")
    (lines / "index.tsv").write_text("0.png\t\n1.png\ta\u2211\n", encoding="utf-8")
    for number in range(2, 8):
        (lines / f"{number}.png").unlink()
    result = CliRunner().invoke(data, ["check", str(lines)])
    assert result.exit_code == 1
    first, second, summary = result.output.splitlines()
    assert first == f"{lines / 'index.tsv'}:1: the text is empty; write it, or remove the line."
    assert second.startswith(f"{lines / 'index.tsv'}:2: characters outside the alphabet: '\u2211'")
    assert summary == "2 lines checked; 2 faults: 1 empty text, 1 outside the alphabet"


def test_check_gives_json_and_takes_an_alphabet(lines: Path, tmp_path: Path) -> None:
    (tmp_path / "alphabet.txt").write_text("unét0123456", encoding="utf-8")
    result = CliRunner().invoke(
        data, ["check", str(lines), "--json", "--alphabet", str(tmp_path / "alphabet.txt")]
    )
    assert result.exit_code == 1
    told = json.loads(result.output)
    assert told["examples"] == 8
    assert told["kinds"] == {"outside the alphabet": 1}
    assert told["faults"][0]["line"] == 8
    assert "'7'" in told["faults"][0]["fault"]


def test_check_of_what_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["data", "check", str(tmp_path / "none")])
    assert (result.exit_code, result.stderr.startswith("inkread: ")) == (2, True)
    assert "is no folder" in result.stderr
    result = CliRunner().invoke(main, ["data", "check", "IamLinesDatset"])
    assert result.exit_code == 2
    assert "did you mean 'IamLinesDataset'" in result.stderr


def test_show_draws_a_folder_and_counts_it(lines: Path, tmp_path: Path) -> None:
    out = tmp_path / "seen" / "sheet.png"
    result = CliRunner().invoke(data, ["show", str(lines), "-o", str(out), "--count", "3"])
    assert result.exit_code == 0, result.exception
    assert "FolderLinesDataset: lines" in result.output
    assert result.output.splitlines()[-1] == f"{out}: 3 of train"
    with Image.open(out) as sheet:
        assert sheet.width == 1200


def test_show_draws_pages_another_split_and_takes_settings(tmp_path: Path) -> None:
    for stem in "abcd":
        alto(tmp_path / "pages" / f"{stem}.xml", [("text", "10 10 300 10 300 50 10 50")])
        line_image(tmp_path / "pages" / f"{stem}.png", 1, size=(100, 320))
    out = tmp_path / "sheet.png"
    result = CliRunner().invoke(
        data,
        ["show", str(tmp_path / "pages"), "-o", str(out), "--split", "test", "--set", "test_fraction=0.5"],
    )
    assert result.exit_code == 0, result.exception
    assert result.output.splitlines()[-1] == f"{out}: 2 of test"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "test_fractoin=0.5"], "did you mean 'test_fraction'"),
        (["--set", "nonsense"], "is no setting"),
        (["--set", "test_fraction=0", "--split", "test"], "The test split is empty"),
    ],
)
def test_show_tells_what_it_cannot_do(lines: Path, arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(data, ["show", str(lines), "-o", str(lines.parent / "s.png"), *arguments])
    assert isinstance(result.exception, ConfigError | DataError)
    assert message in str(result.exception)


DOTS = """
import numpy as np
from inkread.datasets.dataset import Dataset, Example

class DotDataset(Dataset):
    task, folder, classes, input_shape, output_shape = "characters", "dots", ("a", "b"), (28, 28), (2,)

    def __init__(self, size=4, **settings):
        super().__init__(**settings)
        self.size = size

    def arguments(self):
        return {"size": self.size}

    def make(self):
        image = np.full((28, 28), 255, np.uint8)
        image[10:18, 10:18] = 0
        splits = ("train", "validation", "test")
        return {split: [Example(image, n % 2, split) for n in range(self.size)] for split in splits}
"""


def test_a_users_own_data_set_is_shown_and_checked_by_its_dotted_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dotpackage").mkdir()
    (tmp_path / "dotpackage" / "dots.py").write_text(DOTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    name = "dotpackage.dots.DotDataset"
    result = CliRunner().invoke(data, ["show", name, "--set", "size=6"])
    assert result.exit_code == 0, result.exception
    assert "DotDataset: characters, 2 classes, input 28 x 28" in result.output
    assert result.output.splitlines()[-1] == "sheet.png: 6 of train"
    assert (tmp_path / "sheet.png").is_file()
    result = CliRunner().invoke(data, ["check", name])
    assert (result.exit_code, result.output) == (0, "12 characters checked; no faults\n")


def test_pack_cuts_the_lines_of_pages_into_one_file(tmp_path: Path) -> None:
    line = '<TextLine HPOS="5" VPOS="5" WIDTH="40" HEIGHT="20"><String CONTENT="mot"/></TextLine>'
    xml = f'<alto><Layout><Page WIDTH="50" HEIGHT="30">{line}</Page></Layout></alto>'
    (tmp_path / "leaf.xml").write_text(xml, encoding="utf-8")
    Image.fromarray(np.full((30, 50), 200, np.uint8)).save(tmp_path / "leaf.png")
    out = tmp_path / "lines.parquet"
    result = CliRunner().invoke(data, ["pack", str(tmp_path), str(out)])
    assert result.output == f"{out}: 1 lines\n"
    assert PackedLines(out).sample(0).text == "mot"
    result = CliRunner().invoke(data, ["pack", str(tmp_path), str(tmp_path / "lines.npz")])
    assert "must end in .parquet" in str(result.exception)


def test_check_goes_on_past_a_path_that_no_file_can_have(lines: Path) -> None:
    with (lines / "index.tsv").open("a", encoding="utf-8") as index:
        index.write("a\0.png\ttext\n")
    result = CliRunner().invoke(data, ["check", str(lines)])
    assert result.exit_code == 1
    assert f"{lines / 'index.tsv'}:9: the image's path holds a NUL character" in result.output
