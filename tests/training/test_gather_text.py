"""Prose is gathered out of packages; menus, code and other languages are left."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from click.testing import CliRunner

from inkread.decoding.language import LanguageModel
from inkread.sentences import SentenceModel

ROOT = Path(__file__).resolve().parents[2]
FRENCH = "Le capitaine regarda la mer pendant que les autres parlaient dans la cale du navire."
ENGLISH = "The captain looked at the sea while the others were talking in the hold of the ship."
SPANISH = "El capitán miraba el mar mientras los otros hablaban en la bodega del barco de noche."


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    root = tmp_path / "packages"
    catalogue = root / "wesnoth" / "locale" / "fr" / "LC_MESSAGES" / "story.mo"
    catalogue.parent.mkdir(parents=True)
    source = tmp_path / "story.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        f'msgid "{ENGLISH}"\nmsgstr "{FRENCH}"\n\nmsgid "Save as..."\nmsgstr "Enregistrer sous..."\n',
        encoding="utf-8",
    )
    _compile(source, catalogue)
    page = "<html><body><p>{}</p><p>ls -la /usr/share/doc | grep que les des une</p></body></html>"
    for language, text in (("fr-FR", FRENCH.replace("mer", "lune")), ("es-ES", SPANISH)):
        file = root / "debian-handbook" / language / "index.html"
        file.parent.mkdir(parents=True)
        file.write_text(page.format(text), encoding="utf-8")
    help_page = root / "gnome-user-docs" / "help" / "fr" / "a.page"
    help_page.parent.mkdir(parents=True)
    help_page.write_text(
        f'<page xmlns="http://projectmallard.org/1.0/"><p>{FRENCH.replace("mer", "nuit")}</p></page>',
        encoding="utf-8",
    )
    manual = root / "gimp-help" / "fr" / "a.html"
    manual.parent.mkdir(parents=True)
    figures = "Les 1 234 et les 5 678 et les 9 012 et les 3 456 et les 7 890"
    filled = "Le fichier %s que vous avez ouvert dans la fenêtre est sur le disque"
    code = "le_nom = les_noms[une_page] que pour dans vous par sur qui il je ne pas"
    manual.write_text(
        "<html><body><ul>"
        f"<li><p>{FRENCH.replace('mer', 'côte')}</p> <p>{FRENCH.replace('mer', 'rive')}</p></li>"
        f"<li>{SPANISH}</li><li>{figures}</li><li>{filled}</li><li>{code}</li><li>{'.' * 50}</li>"
        "</ul></body></html>",
        encoding="utf-8",
    )
    game = root / "cataclysm-data" / "items.json"
    game.parent.mkdir(parents=True)
    game.write_text(json.dumps({"id": "x", "text": [ENGLISH.replace("sea", "sky"), "%d of {n}"]}))
    (root / "endless-sky").mkdir()
    (root / "endless-sky" / "talk.txt").write_text(f"say `{ENGLISH.replace('sea', 'sun')}`\n")
    (root / "sotu").mkdir()
    (root / "sotu" / "1901_roosevelt.txt").write_text("To the Senate.\n\nThe country is at peace.\n")
    (root / "sotu" / "1850_fillmore.txt").write_text("Too old.\n")
    return root


def _compile(source: Path, catalogue: Path) -> None:
    """Write a gettext catalogue as msgfmt does, without it."""
    import re
    import struct

    entries = re.findall(r'msgid "(.*)"\nmsgstr "(.*)"', source.read_text(encoding="utf-8"))
    pairs = sorted((key.encode(), value.replace("\\n", "\n").encode()) for key, value in entries)
    keys, values = (b"".join(part + b"\0" for part in column) for column in zip(*pairs, strict=True))
    offset, tables, starts = 28 + 16 * len(pairs), [], [0, 0]
    starts = [offset, offset + len(keys)]
    for column in range(2):
        for pair in pairs:
            tables.append(struct.pack("<II", len(pair[column]), starts[column]))
            starts[column] += len(pair[column]) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    catalogue.write_bytes(head + b"".join(tables) + keys + values)


def test_each_collection_holds_its_prose_once(packages: Path, tmp_path: Path) -> None:
    program = runpy.run_path(str(ROOT / "training/gather_text.py"))["main"]
    out = tmp_path / "text"
    result = CliRunner().invoke(program, ["--packages", str(packages), "--out", str(out)])
    assert result.exit_code == 0, result.output
    found = {file.stem: file.read_text(encoding="utf-8").splitlines() for file in out.rglob("*.txt")}
    assert found["fr_stories"] == [FRENCH]
    assert sorted(found["en_stories"]) == sorted(
        [ENGLISH, ENGLISH.replace("sea", "sky"), ENGLISH.replace("sea", "sun")]
    )
    assert sorted(found["fr_guides"]) == sorted(
        [FRENCH.replace("mer", "lune"), FRENCH.replace("mer", "nuit")]
    )
    assert found["fr_manuals"] == [FRENCH.replace("mer", "côte"), FRENCH.replace("mer", "rive")]
    assert found["sotu"] == ["To the Senate.", "The country is at peace."]
    assert "1 paragraphs" in result.output


def test_nothing_is_written_where_a_package_is_missing(packages: Path, tmp_path: Path) -> None:
    shutil.rmtree(packages / "gimp-help")
    program = runpy.run_path(str(ROOT / "training/gather_text.py"))["main"]
    result = CliRunner().invoke(program, ["--packages", str(packages), "--out", str(tmp_path / "text")])
    assert result.exit_code == 1 and "nothing of fr_manuals" in result.output
    assert not (tmp_path / "text").exists()


def test_a_language_model_is_trained_from_a_folder_of_text(tmp_path: Path) -> None:
    (tmp_path / "text" / "gutenberg").mkdir(parents=True)
    (tmp_path / "text" / "gutenberg" / "a.txt").write_text("the cat sat on the mat.\n" * 30)
    pieces = tmp_path / "out" / "model.pieces.json"
    pieces.parent.mkdir()
    pieces.write_text(json.dumps([*"acehmnost .", " the", "at"]))
    command = [sys.executable, "training/train_language.py", "--text", str(tmp_path / "text")]
    command += [
        "--out",
        str(tmp_path / "out" / "model.onnx"),
        "--steps",
        "2",
        "--batch",
        "2",
        "--length",
        "8",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "step 2 of 2" in done.stdout
    model = SentenceModel(tmp_path / "out" / "model.onnx", threads=1)
    assert model.pieces.pieces == tuple(json.loads(pieces.read_text()))
    assert model.log_probabilities(["the cat"])[0] < 0.0


def test_word_pieces_are_learnt_from_the_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tokenizers", reason="learns word pieces; only training needs it")
    monkeypatch.syspath_prepend(str(ROOT / "training"))
    learn = runpy.run_path(str(ROOT / "training/train_language.py"))["learn_pieces"]
    pieces = learn({"gutenberg": ["the cat sat on the mat."] * 30, "ewt": ["rare words"]}, 40)
    assert len(pieces.pieces) <= 40 and {"t", " the", " cat", "."} <= set(pieces.pieces)
    assert pieces.encode("the cat.") == [
        *pieces.encode("the"),
        *pieces.encode("cat"),
        *pieces.encode(".")[-1:],
    ]
    assert not any("r" in piece and len(piece) > 1 for piece in pieces.pieces)  # seen too seldom


def test_an_ngram_model_is_built_from_the_folders_that_are_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = types.SimpleNamespace(get_frequency_dict=lambda language, size: {"the": 0.05, "le": 0.05})
    monkeypatch.setitem(sys.modules, "wordfreq", words)
    monkeypatch.syspath_prepend(str(ROOT / "training"))
    program = runpy.run_path(str(ROOT / "training/build_language.py"))["main"]
    sources = {"en": {"gutenberg": 1, "ewt": 1}, "fr": {"fr_novels": 1}}
    monkeypatch.setitem(program.callback.__globals__, "SOURCES", sources)
    monkeypatch.setitem(program.callback.__globals__, "STRUCTURED_LINES", 5)
    for folder, text in (
        ("gutenberg", "the cat sat. "),
        ("ewt", "the zebu ran. "),
        ("fr_novels", "le chat. "),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(text * 50)
    whole, part = tmp_path / "whole.ngrams", tmp_path / "part.ngrams"
    command = ["--text", str(tmp_path), "--order", "4", "--out"]
    run = CliRunner()
    assert run.invoke(program, [*command, str(whole)], catch_exceptions=False).exit_code == 0
    assert run.invoke(program, [*command, str(part), "--without", "ewt"]).exit_code == 0
    models = [LanguageModel.load(path) for path in (whole, part)]
    known = [model.log_likelihood("the zebu", "en") for model in models]
    assert known[0] > known[1] + 2.0 and ["zebu" in model.words["en"] for model in models] == [True, False]
    for name, why in (("poems", "no folder 'poems'"), ("fr_novels", "No text of fr is left")):
        failed = run.invoke(program, [*command, str(part), "--without", name])
        assert failed.exit_code == 1 and why in failed.output
