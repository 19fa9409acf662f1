from pathlib import Path

import numpy as np
from page_scores import errors_by_kind, read_sheets, score
from page_systems import PageReading, PageRun, pages_of_tsv
from pages import row_of
from PIL import Image
from prepare import alto_of

HEADER = "level page_num block_num par_num line_num word_num left top width height conf text"


def tsv(*rows: str) -> str:
    return "\n".join("\t".join(row.split(" ", 11)) for row in rows)


def test_tesseracts_table_gives_lines_and_words_page_by_page() -> None:
    table = tsv(
        HEADER,
        "1 1 0 0 0 0 0 0 99 99 -1 ",
        "4 1 1 1 1 0 10 20 30 5 -1 ",
        "5 1 1 1 1 1 10 20 9 5 90 Dear",
        "5 1 1 1 1 2 20 20 9 5 90 M.",
        "1 3 0 0 0 0 0 0 99 99 -1 ",
        '5 3 1 1 1 1 10 20 9 5 90 "x',
    )
    pages = pages_of_tsv(table, 3)
    assert [page.text for page in pages] == ["Dear M.", "", '"x']
    assert pages[0].polygons == [[[10, 20], [40, 20], [40, 25], [10, 25]]]


def test_an_error_belongs_to_the_kind_of_its_line() -> None:
    lines = [("abc", ""), ("def", "consent"), ("ghi", "crossed_out")]
    errors, characters = errors_by_kind(lines, "abc dxf ghi++")
    assert errors == {"consent": 1, "crossed_out": 2}
    assert sum(characters.values()) == len("abc def ghi")
    assert errors_by_kind([("ab", "")], "")[0] == {"": 2}


def test_a_page_scores_by_its_own_alto(tmp_path: Path) -> None:
    ink = np.full((120, 300), 255, np.uint8)
    for left in range(20, 200, 10):
        ink[30:50, left : left + 3] = ink[80:100, left : left + 3] = 0
    Image.fromarray(ink).save(tmp_path / "a.png")
    rows = [((15, 25, 190, 30), "first line"), ((15, 75, 190, 30), "second")]
    alto_of("a.png", ink.shape, rows).write(tmp_path / "a.xml", encoding="utf-8")
    (tmp_path / "lines.tsv").write_text("a\t1\tconsent\n", encoding="utf-8")
    sheets = read_sheets(tmp_path)
    boxes = [[[15, 25], [205, 25], [205, 55], [15, 55]]]
    run = PageRun([PageReading("first line secand", boxes)], 1.5, 99.6)
    scores = score(sheets, run.readings)
    assert (scores.lines.lines, scores.lines.found, scores.lines.missed) == (2, 1, 1)
    assert row_of("set", "one", run, scores) == (
        "set", "one", "1", "2", "50.00", "0.00", "0.00", "50.00", "", "5.88", "33.33", "0.00", "",
        "1.50", "100",
    )  # fmt: skip
