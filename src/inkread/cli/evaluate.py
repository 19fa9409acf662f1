"""``inkread evaluate``: error rates of the reader on texts that are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inkread.cli.read import LANGUAGES
from inkread.writers.fitting import utf8

if TYPE_CHECKING:
    from inkread.evaluation import Scores
    from inkread.reader import Reader

_HELP = {"help_option_names": ["-h", "--help"]}


def _options(function: Callable[..., None]) -> Callable[..., None]:
    """Add what both verbs take."""
    for option in (
        click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Processor threads to use."),
        click.option("--model", metavar="NAME|ONNX", help="base, small, or a line bundle.  [default: base]"),
        click.option("--language", type=click.Choice(LANGUAGES), default="auto", show_default=True),
        click.option("--worst", type=click.IntRange(min=0), default=5, show_default=True, metavar="N"),
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first so many."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.argument("folder", type=click.Path(path_type=Path)),
    ):
        function = option(function)
    return function


@click.group("evaluate", context_settings=_HELP)
def command() -> None:
    """Measure how well the reader reads texts that are known.

    Rates are of the whole corpus, after folding spaces, quotes and dashes; case, accents and
    punctuation count. What cannot be read counts as read empty.
    """


@command.command("lines", context_settings=_HELP)
@_options
def lines(
    folder: Path,
    as_json: bool,
    limit: int | None,
    worst: int,
    language: str,
    model: str | None,
    threads: int | None,
) -> None:
    """Read line images: FOLDER holds index.tsv, rows of image path, tab, text."""
    from inkread.evaluation import evaluate_lines
    from inkread.reader import Reader

    reader = Reader(model, threads, language)
    scores = evaluate_lines(reader, folder, limit)
    count = len(scores.read.items)
    result = {
        "cer": scores.read.characters.rate,
        "wer": scores.read.words.rate,
        "cer_greedy": scores.greedy.characters.rate,
        "wer_greedy": scores.greedy.words.rate,
        "lines": count,
        "seconds": scores.seconds,
        "lines_per_second": count / max(scores.seconds, 1e-9),
    } | _about(reader, scores.read, scores.failed, worst)
    if as_json:
        click.echo(utf8(json.dumps(result, ensure_ascii=False, indent=1)))
        return
    click.echo(_headline(count, "lines", scores.read, reader))
    click.echo(_rates("greedy", scores.greedy))
    if language != "none":
        click.echo(_rates("with language model", scores.read))
    click.echo(f"{scores.seconds:.1f} s, {result['lines_per_second']:.1f} lines a second")
    _tail(scores.read, scores.failed, worst)


@command.command("pages", context_settings=_HELP)
@_options
@click.option("--keep-crossed-out", is_flag=True, help="Expect words marked >crossed out< to be read.")
def pages(
    folder: Path,
    as_json: bool,
    limit: int | None,
    worst: int,
    language: str,
    model: str | None,
    threads: int | None,
    keep_crossed_out: bool,
) -> None:
    """Read page images: FOLDER holds them beside ALTO, PAGE-XML or .txt files.

    The text of all lines in reading order is compared; a line counts as found where a read one
    shares at least half of the ink of both.
    """
    from inkread.evaluation import evaluate_pages
    from inkread.reader import Reader

    reader = Reader(model, threads, language)
    report: Callable[[str], None] = (
        (lambda name: None) if as_json else (lambda name: click.echo(name, err=True))
    )
    scores = evaluate_pages(reader, folder, limit, "keep" if keep_crossed_out else "drop", report)
    count = len(scores.read.items)
    result = {
        "cer": scores.read.characters.rate,
        "wer": scores.read.words.rate,
        "pages": count,
        "lines_true": scores.lines_true,
        "lines_found": scores.lines_found,
        "lines_read": scores.lines_read,
        "seconds": scores.seconds,
    } | _about(reader, scores.read, scores.failed, worst)
    if as_json:
        click.echo(utf8(json.dumps(result, ensure_ascii=False, indent=1)))
        return
    click.echo(_headline(count, "pages", scores.read, reader))
    click.echo(_rates("text in reading order", scores.read))
    if scores.lines_true:
        share = scores.lines_found / scores.lines_true
        click.echo(
            f"found {scores.lines_found} of {scores.lines_true} lines ({share:.1%}), read {scores.lines_read}"
        )
    click.echo(f"{scores.seconds:.1f} s, {scores.seconds / max(count, 1):.2f} s a page")
    _tail(scores.read, scores.failed, worst)


def _about(reader: Reader, scores: Scores, failed: list[tuple[str, str]], worst: int) -> dict[str, Any]:
    """Return what both verbs tell about a run."""
    counts = scores.characters
    return {
        "characters": counts.reference,
        "words": scores.words.reference,
        "substitutions": counts.substitutions,
        "insertions": counts.insertions,
        "deletions": counts.deletions,
        "language": reader.language,
        "model": {"name": reader.model.name, "version": reader.model.version},
        "failed": [{"name": name, "error": message} for name, message in failed],
        "worst": [
            {"name": name, "cer": rate, "text": text, "read": read}
            for rate, name, text, read in scores.worst(worst)
        ],
    }


def _headline(count: int, what: str, scores: Scores, reader: Reader) -> str:
    return (
        f"{count:,} {what}, {scores.characters.reference:,} characters, {scores.words.reference:,} words; "
        f"{reader.model.name} {reader.model.version}, language {reader.language}"
    )


def _rates(name: str, scores: Scores) -> str:
    counts = scores.characters
    return (
        f"{name + ':':<22} CER {counts.rate:7.2%} ({counts.substitutions:,} substituted, "
        f"{counts.insertions:,} inserted, {counts.deletions:,} deleted)   "
        f"WER {scores.words.rate:7.2%} ({scores.words.errors:,} of {scores.words.reference:,})"
    )


def _tail(scores: Scores, failed: list[tuple[str, str]], worst: int) -> None:
    for name, message in failed:
        click.echo(f"inkread: {name}: {message}", err=True)
    for rate, name, text, read in scores.worst(worst):
        click.echo(utf8(f"\n{rate:7.1%}  {name}\n  text: {_short(text)}\n  read: {_short(read)}"))


def _short(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
