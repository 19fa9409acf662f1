import os
from pathlib import Path

import pytest

from inkread.datasets.iam_records import merged, natural_spacing, read_lines, read_natural, read_xml
from inkread.errors import DataError
from tests.datasets.fake_iam import FORMS, TEXTS, iam_files

DEVELOPMENT = Path(os.environ.get("INKREAD_DATA", "nowhere")) / "iam"


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("resolution|.|Mr.|Foot", "resolution. Mr. Foot"),
        ("They|'ll|see|,|wo|n't|they|?", "They'll see, won't they?"),
        ('"|A|"|)|,|and', '"A"), and'),
        ("(|280,000|members|)|and", "(280,000 members) and"),
        ("um-chink|...|it|went|...|.", "um-chink... it went...."),
        ("IL|GRIDO|-|Paris", "IL GRIDO - Paris"),
        ('planned|.|"', 'planned."'),
        ("#", "#"),
    ],
)
def test_natural_spacing_of_a_line(tokens: str, text: str) -> None:
    assert natural_spacing([tokens.split("|")]) == [text]


def test_quotation_marks_open_and_close_on_from_line_to_line() -> None:
    lines = ['said|:|"|We', 'want|.|"|He|said|"|I', "told|them|,|'|go|.|'|At"]
    texts = ['said: "We', 'want." He said "I', "told them, 'go.' At"]
    assert natural_spacing(line.split("|") for line in lines) == texts


def test_xml_entities_and_spacing(tmp_path: Path) -> None:
    path = tmp_path / "a01-000u.xml"
    path.write_bytes(iam_files(FORMS, "xml")["xml.tgz"]["a01-000u.xml"])
    writer, lines = read_xml(path)
    assert writer == "000"
    assert [line.text for line in lines] == [TEXTS["a01-000u-00"], TEXTS["a01-000u-01"]]
    assert lines[0].tokens == ("He", "said", ":", '"', "Yes")


def test_xml_that_is_not_of_a_form_is_refused(tmp_path: Path) -> None:
    for content in ("<page/>", "<form><handwritten-part><line id='a'/></handwritten-part></form>", ""):
        (tmp_path / "a01-000u.xml").write_text(content)
        with pytest.raises(DataError, match=r"a01-000u\.xml"):
            read_xml(tmp_path / "a01-000u.xml")


def test_xml_reads_no_file_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    form = iam_files(FORMS, "xml")["xml.tgz"]["a01-000x.xml"].decode("latin-1")
    head = f'<!DOCTYPE form [<!ENTITY e SYSTEM "{tmp_path}/secret">]><form'
    start = form.index("<!DOCTYPE")
    evil = head + form[form.index("<form", start) + 5 :].replace(
        'text="stop"', 'text="stop"/>&e;<word text="x"'
    )
    (tmp_path / "a01-000x.xml").write_text(evil)
    try:
        _, lines = read_xml(tmp_path / "a01-000x.xml")
    except DataError:
        return
    assert "secret" not in repr(lines)


def test_boxes_of_the_table_and_texts_of_the_xml_go_together(tmp_path: Path) -> None:
    archives = iam_files(FORMS, "ascii xml")
    (tmp_path / "lines.txt").write_bytes(archives["ascii.tgz"]["lines.txt"].replace(b" 40 60 ", b" 39 60 "))
    (tmp_path / "a01-000u.xml").write_bytes(archives["xml.tgz"]["a01-000u.xml"].replace(b">Yes", b">No"))
    table = read_lines(tmp_path / "lines.txt")["a01-000u"]
    _, xml = read_xml(tmp_path / "a01-000u.xml")
    both = merged(table[:1], xml)
    assert [line.name for line in both] == ["a01-000u-00", "a01-000u-01"]
    assert both[0].box and both[0].box[0] == 39
    assert both[0].components == xml[0].components
    assert both[1] == xml[1]


def test_a_box_that_is_none_is_none(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("a01-000u-00 err 154 19 -1 -1 -1 -1 A|word\n")
    assert read_lines(tmp_path / "lines.txt")["a01-000u"][0].box is None


@pytest.mark.skipif(not DEVELOPMENT.is_dir(), reason="INKREAD_DATA names no folder with IAM")
def test_the_rule_of_spacing_agrees_with_the_table() -> None:
    table = read_natural(DEVELOPMENT / "natural.tsv")
    lines = [line for form in read_lines(DEVELOPMENT / "ascii" / "lines.txt").values() for line in form]
    assert len(lines) == 4297
    assert sum(table[line.name] != line.text for line in lines) <= 2
