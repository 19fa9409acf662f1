"""Cut the benchmark folders that ``inkread evaluate lines|pages`` and the scripts here take.

    python benchmarks/prepare.py --iam DATA/iam --copiste DATA/copiste OUT

makes in OUT

- ``iam_validation``: the Aachen validation lines of IAM, cut from the form images by the boxes of
  lines.txt without padding; references with natural spacing (natural.tsv);
- ``iam_pages_validation``: the forms of these lines beside ALTO that has the same boxes, moved over
  the ink where they all stand too high or too low;
- ``copiste_validation``, ``copiste_test``: lines cut by their ALTO polygons, straightened;
  ``..._no_consent``: the same without the paragraph that every volunteer copied;
  ``..._crossed_out``: the lines with crossed-out words, which are left out of the reference;
- ``copiste_pages_validation``, ``copiste_pages_test``: whole pages beside their ALTO; what lies
  above the first long line and in no polygon (printed headers) is painted white, crossed-out words
  are left out of the ALTO; ``lines.tsv`` names the lines (page, number, kind) of the consent
  paragraph and those with crossed-out words.

A folder of lines has ``index.tsv`` (image path, tab, text).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import cv2
import numpy as np
import numpy.typing as npt
from lxml import etree

from inkread.datasets.copiste import Split, consent_lines, pages_of, read_split
from inkread.datasets.ground_truth import drop_crossed_out, has_crossed_out, read_ground_truth
from inkread.datasets.ground_truth_lines import cut_line, open_grey
from inkread.datasets.iam import IamDataset
from inkread.datasets.iam_boxes import settled
from inkread.datasets.iam_records import Box

Grey = npt.NDArray[np.uint8]
Row = tuple[str, Grey, str, str]
"""Of a line its name, image, text and writer ("" where unknown)."""


def write_lines(folder: Path, rows: Iterable[Row]) -> None:
    """Write lines as ``images/NAME.png`` and ``index.tsv``."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    index = []
    for name, image, text, writer in rows:
        cv2.imwrite(str(folder / "images" / f"{name}.png"), image)
        index.append(f"images/{name}.png\t{text}\t{writer}\n")
    (folder / "index.tsv").write_text("".join(index), encoding="utf-8")
    click.echo(f"{folder.name}: {len(index)} lines")


def iam_lines(iam: Path) -> Iterator[Row]:
    """Yield the lines of the Aachen validation forms, cut by the boxes of lines.txt as they are."""
    dataset = IamDataset(files=iam)
    for form in dataset.forms("validation", pages=True):
        for line in form.lines:
            yield line.name, dataset.cut(form, line), line.text, form.writer


def write_forms(iam: Path, folder: Path) -> None:
    """Write the Aachen validation forms and their ALTO."""
    folder.mkdir(parents=True, exist_ok=True)
    dataset = IamDataset(files=iam)
    forms = dataset.forms("validation", pages=True)
    for form in forms:
        page = dataset.page(form)
        cv2.imwrite(str(folder / f"{form.name}.png"), page)
        rows = [(line.box, line.text) for line in settled(page, form.lines) if line.box]
        alto_of(f"{form.name}.png", page.shape, rows).write(folder / f"{form.name}.xml", encoding="utf-8")
    click.echo(f"{folder.name}: {len(forms)} pages")


def alto_of(image: str, shape: tuple[int, ...], rows: Iterable[tuple[Box, str]]) -> etree._ElementTree:
    """Return the least ALTO that tells an image's lines by their boxes (left, top, width, height)."""
    root = etree.Element("alto", nsmap={None: "http://www.loc.gov/standards/alto/ns-v4#"})
    about = etree.SubElement(etree.SubElement(root, "Description"), "sourceImageInformation")
    etree.SubElement(about, "fileName").text = image
    page = etree.SubElement(
        etree.SubElement(root, "Layout"), "Page", WIDTH=str(shape[1]), HEIGHT=str(shape[0])
    )
    block = etree.SubElement(etree.SubElement(page, "PrintSpace"), "TextBlock")
    for (left, top, width, height), text in rows:
        line = etree.SubElement(block, "TextLine")
        right, bottom = left + width, top + height
        corners = f"{left} {top} {right} {top} {right} {bottom} {left} {bottom}"
        etree.SubElement(etree.SubElement(line, "Shape"), "Polygon", POINTS=corners)
        etree.SubElement(line, "String", CONTENT=text)
    return etree.ElementTree(root)


def copiste_rows(folder: Path, split: Split) -> Iterator[tuple[Row, bool, bool]]:
    """Yield the lines of one split: the row, whether it is of the consent paragraph, and crossed out.

    The writer is the number of the text: a volunteer's pages share it.
    """
    rows = read_split(folder)
    pages = pages_of(rows, split)
    consent = set(consent_lines(rows, pages))
    for stem in pages:
        page = read_ground_truth(folder / "alto" / f"{stem}.xml")
        assert page.image is not None
        image = open_grey(page.image)
        for number, line in enumerate(page.scaled(image.shape[1], image.shape[0]).lines):
            text = drop_crossed_out(line.text)
            if text:
                cut = cut_line(image, line.polygon, line.baseline)
                row = (f"{stem}-{number:02d}", cut, text, rows[stem]["text"])
                yield row, (stem, number) in consent, has_crossed_out(line.text)


def whiten_header(image: Grey, polygons: list[npt.NDArray[np.float32]]) -> None:
    """Paint white, in place, what lies above the first long line and in no line's polygon.

    A long line spans half of the widest one; a page's name, written small at the height of the
    printed header, is not one.
    """
    widths = [float(np.ptp(polygon[:, 0])) for polygon in polygons]
    long = [polygon for polygon, width in zip(polygons, widths, strict=True) if width > max(widths) / 2]
    top = max(int(min(polygon[:, 1].min() for polygon in long)), 0)
    written = np.zeros_like(image)
    for polygon in polygons:
        cv2.fillPoly(written, [np.round(polygon).astype(np.int32).reshape(-1, 1, 2)], 255)
    written = np.asarray(cv2.dilate(written, np.ones((9, 9), np.uint8)), dtype=np.uint8)
    image[:top][written[:top] == 0] = 255


def write_pages(copiste: Path, split: Split, folder: Path) -> None:
    """Write the page images of one split and their ALTO, headers and crossed-out words removed."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = read_split(copiste)
    stems = pages_of(rows, split)
    consent = consent_lines(rows, stems)
    kinds = []
    for stem in stems:
        page = read_ground_truth(copiste / "alto" / f"{stem}.xml")
        assert page.image is not None
        image = open_grey(page.image).copy()
        for number, line in enumerate(page.lines):
            if has_crossed_out(line.text):
                kinds.append(f"{stem}\t{number}\tcrossed_out\n")
            elif (stem, number) in consent:
                kinds.append(f"{stem}\t{number}\tconsent\n")
        lines = page.scaled(image.shape[1], image.shape[0]).lines
        whiten_header(image, [line.polygon for line in lines])
        cv2.imwrite(str(folder / f"{stem}.png"), image)
        alto = etree.parse(copiste / "alto" / f"{stem}.xml")
        for string in alto.iter("{*}String"):
            string.set("CONTENT", drop_crossed_out(string.get("CONTENT", "")))
        for name in alto.iter("{*}fileName"):
            name.text = f"{stem}.png"
        alto.write(folder / f"{stem}.xml", encoding="utf-8", xml_declaration=True)
    (folder / "lines.tsv").write_text("".join(kinds), encoding="utf-8")
    click.echo(f"{folder.name}: {len(stems)} pages")


@click.command(help=__doc__)
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--iam", type=click.Path(exists=True, path_type=Path), help="Folder with forms, ascii, splits.")
@click.option("--copiste", type=click.Path(exists=True, path_type=Path), help="Folder with alto, pages.")
def main(out: Path, iam: Path | None, copiste: Path | None) -> None:
    if iam:
        write_lines(out / "iam_validation", iam_lines(iam))
        write_forms(iam, out / "iam_pages_validation")
    if copiste:
        splits: tuple[Split, ...] = ("validation", "test")
        for split in splits:
            rows = list(copiste_rows(copiste, split))
            name = f"copiste_{split}"
            write_lines(out / name, (row for row, _, crossed in rows if not crossed))
            rest = (row for row, consent, crossed in rows if not crossed and not consent)
            write_lines(out / f"{name}_no_consent", rest)
            write_lines(out / f"{name}_crossed_out", (row for row, _, crossed in rows if crossed))
            write_pages(copiste, split, out / f"copiste_pages_{split}")


if __name__ == "__main__":
    main()
