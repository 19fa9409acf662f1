"""Line sources by the name that a configuration gives them.

Each entry of a configuration's ``sources`` is a mapping: ``source`` is the name, ``weight`` its
share, the rest goes to the source. Paths are relative to the data folder, or else to the current one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from inkread.datasets.base import LineSource
from inkread.datasets.dataset_lines import DatasetLines
from inkread.datasets.empty_lines import EmptyLines
from inkread.datasets.font_lines import FontLines
from inkread.datasets.mixture import Mixture, VariedLines
from inkread.datasets.packed_lines import PackedLines
from inkread.datasets.paths import located
from inkread.datasets.synthetic_pages import SyntheticPages
from inkread.datasets.unipen_lines import UnipenLines
from inkread.errors import ConfigError
from inkread.ink.corpus import Corpus


def _corpus(data: Path, settings: Mapping[str, Any]) -> Corpus:
    """Texts to write, with the transcripts of packed training lines as more of the same."""
    extra = {
        language: PackedLines(located(data, path)).texts
        for language, path in settings.get("transcripts", {}).items()
    }
    root = located(data, settings.get("text", "text"))
    return Corpus(root, settings.get("languages"), extra, folders=settings.get("folders"))


def _unipen_lines(data: Path, settings: dict[str, Any]) -> LineSource:
    corpus = _corpus(data, settings.pop("corpus", {}))
    root = settings.pop("root", None)
    return UnipenLines(
        located(data, root) if root else None,
        cache=data / settings.pop("cache"),
        split_file=located(data, settings.pop("split_file")),
        corpus=corpus,
        **settings,
    )


def _font_lines(data: Path, settings: dict[str, Any]) -> LineSource:
    corpus = _corpus(data, settings.pop("corpus", {}))
    return FontLines(located(data, settings.pop("fonts", "fonts")), corpus, **settings)


def _varied_lines(data: Path, settings: dict[str, Any]) -> LineSource:
    return VariedLines(PackedLines(located(data, settings.pop("packed"))), **settings)


def _dataset_lines(data: Path, settings: dict[str, Any]) -> LineSource:
    lines = DatasetLines(
        data, settings.pop("dataset"), settings.pop("split", "train"), settings.pop("dataset_args", {})
    )
    return VariedLines(lines, **settings)


def _empty_lines(data: Path, settings: dict[str, Any]) -> LineSource:
    return EmptyLines(**settings)


def _synthetic_pages(data: Path, settings: dict[str, Any]) -> SyntheticPages:
    pens, fonts = settings.pop("pens", None), settings.pop("fonts", None)
    texts = _corpus(data, settings.pop("corpus")) if "corpus" in settings else None
    printing = [located(data, path) for path in settings.pop("print_fonts", ())]
    return SyntheticPages(
        None if pens is None else cast(UnipenLines, _unipen_lines(data, dict(pens))),
        None if fonts is None else cast(FontLines, _font_lines(data, {"part": "train", **fonts})),
        texts=texts,
        print_fonts=printing,
        **settings,
    )


LINE_SOURCES: Mapping[str, Callable[[Path, dict[str, Any]], LineSource]] = {
    "unipen_lines": _unipen_lines,
    "font_lines": _font_lines,
    "varied_lines": _varied_lines,
    "dataset_lines": _dataset_lines,
    "empty_lines": _empty_lines,
}


PAGE_SOURCES: Mapping[str, Callable[[Path, dict[str, Any]], SyntheticPages]] = {
    "synthetic_pages": _synthetic_pages,
}


def make_page_source(data: str | Path, entry: Mapping[str, Any]) -> SyntheticPages:
    """Return the source of pages that ``entry`` describes: ``source`` is its name, the rest its settings.

    ``pens`` and ``fonts`` are mappings with the settings of ``unipen_lines`` and of ``font_lines``, whose
    ``part`` is "train" unless said otherwise; ``corpus`` says what is printed.

    Raises:
        ConfigError: an unknown source, or a setting that it does not take.
        DataError: data that are missing.
    """
    settings = dict(entry)
    name = settings.pop("source", None)
    if name not in PAGE_SOURCES:
        raise ConfigError(f"There is no page source {name!r}; use one of {', '.join(PAGE_SOURCES)}.")
    try:
        return PAGE_SOURCES[name](Path(data), settings)
    except (TypeError, KeyError) as error:
        raise ConfigError(f"The source {name!r} has a wrong setting ({error}); correct it.") from error


def make_source(data: str | Path, entries: Iterable[Mapping[str, Any]]) -> LineSource:
    """Return the mixture of the sources that ``entries`` describe.

    Raises:
        ConfigError: an unknown source, or a setting that it does not take.
        DataError: data that are missing.
    """
    sources, weights = [], []
    for entry in entries:
        settings = dict(entry)
        name = settings.pop("source", None)
        weights.append(float(settings.pop("weight", 1.0)))
        if name not in LINE_SOURCES:
            raise ConfigError(f"There is no line source {name!r}; use one of {', '.join(LINE_SOURCES)}.")
        try:
            sources.append(LINE_SOURCES[name](Path(data), settings))
        except (TypeError, KeyError) as error:
            raise ConfigError(f"The source {name!r} has a wrong setting ({error}); correct it.") from error
    return Mixture(sources, weights)
