"""Tiny forms in exactly IAM's formats: each word is a block of ink, so that all boxes are known."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import cv2
import numpy as np

INK, PAPER, THRESHOLD = 40, 235, 150
TOP, PITCH, HEIGHT = 60, 50, 24

LINES_HEAD = """#--- lines.txt ---------------------------------------------------------------#
#
# iam database line information
#
# format: a01-000u-00 ok 154 19 408 746 1663 91 A|MOVE|to|stop|Mr.|Gaitskell|from
#
"""
FORMS_HEAD = "#--- forms.txt ---#\n#\n# format: a01-000u 000 2 prt 7 5 52 36\n#\n"
XML_HEAD = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE form SYSTEM "http://www.iam.unibe.ch/~fki/iamdb/form-metadata.dtd">
"""

Box = tuple[int, int, int, int]
Line = tuple[str, str]  # segmentation, tokens separated by |

FORMS: Mapping[str, tuple[str, Sequence[Line]]] = {
    "a01-000u": ("000", [("ok", 'He|said|:|"|Yes'), ("err", 'Mr.|Foot|.|"|M Ps|(|all|)|agree')]),
    "a01-000x": ("001", [("ok", "A|MOVE|to|stop"), ("ok", "it|,|he|thought|.")]),
    "c04-156": ("100", [("ok", "Validation|line|one"), ("ok", "and|two")]),
    "c04-110": ("200", [("ok", "It|'s|a|test")]),
    "f07-101a": ("300", [("ok", "in|no|list")]),
}
"""By Aachen: two train forms, one of validation, one of test, one in no list."""

TEXTS = {
    "a01-000u-00": 'He said: "Yes',
    "a01-000u-01": 'Mr. Foot." M Ps (all) agree',
    "a01-000x-00": "A MOVE to stop",
    "a01-000x-01": "it, he thought.",
    "c04-156-00": "Validation line one",
    "c04-156-01": "and two",
    "c04-110-00": "It's a test",
}


def word_boxes(line: int, tokens: str) -> list[Box]:
    boxes, x = [], 40
    for number, token in enumerate(tokens.split("|")):
        width = 6 * len(token) + 4
        boxes.append((x, TOP + PITCH * line + 3 * (number % 2), width, HEIGHT))
        x += width + 8
    return boxes


def line_box(boxes: Sequence[Box]) -> Box:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top


def draw(lines: Sequence[Line]) -> np.ndarray:
    page = np.full((TOP + PITCH * len(lines) + 60, 520), PAPER, dtype=np.uint8)
    for number, (_, tokens) in enumerate(lines):
        for x, y, width, height in word_boxes(number, tokens):
            page[y : y + height, x : x + width] = INK
    return page


def png(image: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".png", image)[1])


def xml_of(name: str, writer: str, lines: Sequence[Line]) -> str:
    """The form's XML; quotation marks escaped twice, as IAM has them."""
    rows = []
    for number, (segmentation, tokens) in enumerate(lines):
        line = f"{name}-{number:02d}"
        words = []
        for place, (token, (x, y, width, height)) in enumerate(
            zip(tokens.split("|"), word_boxes(number, tokens), strict=True)
        ):
            part = f'<cmp x="{x}" y="{y}" width="{width}" height="{height}"/>'
            text = quoteattr(token.replace('"', "&quot;"))
            words.append(f'<word id="{line}-{place:02d}" tag="AT" text={text}>{part}</word>')
        text = quoteattr(TEXTS.get(line, tokens.replace("|", " ")).replace('"', "&quot;"))
        rows.append(
            f'<line id="{line}" segmentation="{segmentation}" threshold="{THRESHOLD}" text={text}>'
            f"{''.join(words)}</line>"
        )
    return (
        f'{XML_HEAD}<form id="{name}" writer-id="{writer}" height="3542" width="2479">'
        '<machine-printed-part><machine-print-line text="printed"/></machine-printed-part>'
        f"<handwritten-part>{''.join(rows)}</handwritten-part></form>"
    )


def iam_files(
    forms: Mapping[str, tuple[str, Sequence[Line]]] = FORMS, parts: str = "forms ascii"
) -> dict[str, dict[str, bytes]]:
    """Return the content of IAM's archives: archive name -> path inside -> bytes."""
    archives: dict[str, dict[str, bytes]] = {}

    def put(archive: str, path: str, content: bytes) -> None:
        archives.setdefault(archive, {})[path] = content

    lines_txt, forms_txt = LINES_HEAD, FORMS_HEAD
    for name, (writer, lines) in sorted(forms.items()):
        page = draw(lines)
        if "forms" in parts:
            of = next(range_ for range_ in ("A-D", "E-H", "I-Z") if name[0] <= range_[-1].lower())
            put(f"forms{of}.tgz", f"{name}.png", png(page))
        if "xml" in parts:
            put("xml.tgz", f"{name}.xml", xml_of(name, writer, lines).encode("latin-1"))
        forms_txt += f"{name} {writer} 2 prt {len(lines)} {len(lines)} 52 36\n"
        for number, (segmentation, tokens) in enumerate(lines):
            x, y, width, height = line_box(word_boxes(number, tokens))
            line = f"{name}-{number:02d}"
            lines_txt += f"{line} {segmentation} {THRESHOLD} 9 {x} {y} {width} {height} {tokens}\n"
            if "lines" in parts:
                own = page[y - 2 : y + height + 2, x - 2 : x + width + 2]
                put("lines.tgz", f"{name[:3]}/{name}/{line}.png", png(own))
    if "ascii" in parts:
        put("ascii.tgz", "lines.txt", lines_txt.encode())
        put("ascii.tgz", "forms.txt", forms_txt.encode())
        put("ascii.tgz", "words.txt", b"# not read\n")
    return archives


def lay_out(folder: Path, archives: Mapping[str, Mapping[str, bytes]], how: str = "unpacked") -> None:
    """Lay IAM's files down: "unpacked" (a folder an archive), "flat" (all in one), or "archives"."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, members in archives.items():
        if how == "archives" and name.endswith(".tgz"):
            with tarfile.open(folder / name, "w:gz") as tape:
                for path, content in members.items():
                    member = tarfile.TarInfo(path)
                    member.size = len(content)
                    tape.addfile(member, io.BytesIO(content))
        elif how == "archives":
            with zipfile.ZipFile(folder / name, "w") as bundle:
                for path, content in members.items():
                    bundle.writestr(path, content)
        else:
            for path, content in members.items():
                inside = Path(path).name if how == "flat" else f"{name.rpartition('.')[0]}/{path}"
                (folder / inside).parent.mkdir(parents=True, exist_ok=True)
                (folder / inside).write_bytes(content)


def fake_iam(data: Path, parts: str = "forms ascii", how: str = "unpacked", forms=FORMS) -> Path:
    """Make a data folder with a fake IAM and the repository's Aachen lists; return it."""
    lay_out(data / "raw/iam/files", iam_files(forms, parts), how)
    lists = Path(__file__).parents[2] / "data/raw/iam/aachen.tsv"
    (data / "raw/iam/aachen.tsv").write_bytes(lists.read_bytes())
    return data
