"""What is read where nothing can be read: drawn crops without a line of Latin writing.

    python benchmarks/nothing.py --system inkread --system inkread-greedy
    python benchmarks/nothing.py --bundle lines.onnx --csv nothing.csv --sheet nothing.png

Blank and ruled paper, doodles, photographs, printed pictures, and lines of Cyrillic and Chinese,
500 crops of a fixed seed. What matters is the share of them that is read with a line's confidence
above one half; at most 2 % should be. Cyrillic and Chinese want a font that has them (DejaVu and
WenQuanYi, as Debian packages them; others by ``--font``); without one, made-up characters stand in,
and the row is named after them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from systems import add_rows, show

from inkread.datasets.base import sample_rng
from inkread.ink.nothing import DRAWINGS, on_sheet, signs
from inkread.reader import Reader

HEADER = ("kind", "system", "crops", "with text", "characters", "over 0.5", "over 0.5 %", "mean confidence")
COUNT = 500
SEED = 20261130
LIMIT = 0.5

_DEJAVU = ("DejaVuSans.ttf", "DejaVuSerif-Italic.ttf", "DejaVuSerif.ttf", "DejaVuSans-Oblique.ttf")
FONTS: dict[str, tuple[str, ...]] = {"cyrillic": _DEJAVU, "greek": _DEJAVU, "armenian": _DEJAVU}
FONTS.update((script, ("wqy-zenhei.ttc",)) for script in ("chinese", "japanese", "korean"))
TEXTS = {
    "cyrillic": "Съешь же ещё этих мягких французских булок да выпей чаю Широкая электрификация южных "
    "губерний даст мощный толчок подъёму сельского хозяйства вчера шёл дождь и дети играли дома",
    "chinese": "天地玄黃 宇宙洪荒 日月盈昃 辰宿列張 寒來暑往 秋收冬藏 閏餘成歲 律呂調陽 雲騰致雨 露結為霜",
    "greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία και όλα τα παιδιά έπαιζαν στον κήπο",
    "armenian": "Բոլոր մարդիկ ծնվում են ազատ ու հավասար իրենց արժանապատվությամբ և իրավունքներով",
    "japanese": "いろはにほへと ちりぬるを わかよたれそ つねならむ ウヰノオクヤマ ケフコエテ アサキユメミシ",
    "korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다",
}
TESTED = ("cyrillic", "chinese")
"""Scripts that are tested; the others serve calibration, so that what is tested was not fitted to."""

Grey = npt.NDArray[np.uint8]
Crop = tuple[str, Grey]


def find_font(name: str, folders: tuple[Path, ...] = ()) -> ImageFont.FreeTypeFont | None:
    """Return a font by its file's name, from ``folders`` or the system's own; None if not there."""
    for path in (*(folder / name for folder in folders), name):
        try:
            return ImageFont.truetype(str(path), 40)
        except OSError:
            continue
    return None


def written(kind: str, fonts: list[ImageFont.FreeTypeFont], rng: np.random.Generator) -> Grey:
    """Set some words of another script, slanted a little, on paper."""
    font = fonts[int(rng.integers(len(fonts)))]
    known = TEXTS[kind].split()
    words = [known[int(number)] for number in rng.integers(len(known), size=int(rng.integers(1, 8)))]
    text = ("" if kind in ("chinese", "japanese") else " ").join(words)
    left, top, right, bottom = (int(side) for side in font.getbbox(text))
    picture = Image.new("L", (right - left + 24, bottom - top + 12))
    ImageDraw.Draw(picture).text((12 - left, 6 - top), text, fill=255, font=font)
    lean = float(rng.normal(0.1, 0.15))
    ink = np.asarray(picture, dtype=np.uint8)
    matrix = np.array([[1.0, -lean, lean * ink.shape[0] / 2], [0.0, 1.0, 0.0]])
    size = (ink.shape[1], ink.shape[0])
    leant = np.asarray(cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR), dtype=np.uint8)
    return on_sheet(leant.reshape(ink.shape), rng)


def crops(
    count: int = COUNT,
    folders: tuple[Path, ...] = (),
    seed: int = SEED,
    scripts: tuple[str, ...] = TESTED,
) -> Iterator[Crop]:
    """Yield crops as (kind, uint8 (H, W)), the kinds in turn; the chance of each lies in ``seed``."""
    kinds: dict[str, Callable[[np.random.Generator], Grey]] = {
        kind: draw for kind, draw in DRAWINGS.items() if draw is not signs
    }
    for kind in scripts:
        fonts = [font for name in FONTS[kind] if (font := find_font(name, folders))]
        kinds[kind if fonts else f"for {kind}"] = partial(written, kind, fonts) if fonts else signs
    names = list(kinds)
    for number in range(count):
        kind = names[number % len(names)]
        yield kind, kinds[kind](sample_rng(seed, number))


def sheet(items: list[tuple[Grey, str]], columns: int = 4, width: int = 360) -> Grey:
    """Return a contact sheet of crops with a caption under each, uint8 (H, W)."""
    cells = []
    for image, caption in items:
        scale = min(48 / image.shape[0], (width - 8) / image.shape[1])
        size = (max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1))
        cell = np.full((72, width), 255, np.uint8)
        cell[2 : 2 + size[1], 4 : 4 + size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        plain = caption.encode("ascii", "replace").decode()[: width // 8]
        cv2.putText(cell, plain, (4, 66), cv2.FONT_HERSHEY_SIMPLEX, 0.42, 0, 1, cv2.LINE_AA)
        cells.append(cell)
    cells += [np.full((72, width), 255, np.uint8)] * (-len(cells) % columns)
    rows = [np.hstack(cells[start : start + columns]) for start in range(0, len(cells), columns)]
    return np.vstack(rows)


@click.command(help=__doc__)
@click.option("--system", "systems", multiple=True, type=click.Choice(["inkread", "inkread-greedy"]))
@click.option("--bundle", type=click.Path(exists=True, path_type=Path), help="Another line bundle.")
@click.option("--count", type=click.IntRange(1), default=COUNT, show_default=True)
@click.option(
    "--font", "folders", multiple=True, type=click.Path(exists=True, path_type=Path), help="Font folder."
)
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Add the rows to this file.")
@click.option("--sheet", "picture", type=click.Path(path_type=Path), help="Draw the surest readings here.")
def main(
    systems: tuple[str, ...],
    bundle: Path | None,
    count: int,
    folders: tuple[Path, ...],
    table: Path | None,
    picture: Path | None,
) -> None:
    drawn = list(crops(count, folders))
    show(HEADER)
    rows = []
    for system in systems or ("inkread",):
        reader = Reader(bundle, threads=1, language="none" if system == "inkread-greedy" else "auto")
        lines = [next(iter(reader.read(image, as_line=True).lines), None) for _, image in drawn]
        sure = np.array([line.confidence if line else 0.0 for line in lines])
        lengths = np.array([len(line.text) if line else 0 for line in lines])
        for kind in (*dict.fromkeys(kind for kind, _ in drawn), "all"):
            mine = np.array([kind in (name, "all") for name, _ in drawn])
            over = int((sure[mine] > LIMIT).sum())
            counts = (mine.sum(), (lengths[mine] > 0).sum(), lengths[mine].sum(), over)
            rates = (f"{100 * over / mine.sum():.1f}", f"{sure[mine].mean():.2f}")
            cells = (kind, system, *map(str, counts), *rates)
            show(cells)
            rows.append(cells)
        if picture:
            order = np.argsort(-sure)[:96].tolist()
            items = [(drawn[n][1], f"{sure[n]:.2f} {line.text if (line := lines[n]) else ''}") for n in order]
            cv2.imwrite(str(picture), sheet(items))
    if table:
        add_rows(table, HEADER, rows)


if __name__ == "__main__":
    main()
