"""Build the packaged language model: python training/build_language.py --text FOLDER --out FILE."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
import numpy as np
from language_sources import takes_texts, texts_of, transcripts

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.language import LanguageModel
from inkread.decoding.language_build import build
from inkread.decoding.language_text import SYMBOLS, tidy
from inkread.decoding.words import Words, folded, words_of
from inkread.ink.structured import structured

SOURCES = {
    "en": {"gutenberg": 1, "eltec_eng": 1, "masc_plain": 1, "ewt": 1, "sotu": 1},
    "fr": {"fr_novels": 1, "fr_gsd": 2, "fr_stories": 2, "fr_guides": 2, "fr_manuals": 1},
}
"""Folders of each language, and how many times each text counts; gather_text.py writes the last ones."""

TRANSCRIPTS = 4
STRUCTURED_LINES = 20_000
KNOWN_WORDS = 100_000
LEAST = 1e-8


def chances(language: str, texts: list[str]) -> dict[str, float]:
    """Return the probability of the most frequent words of a language, and of those that the texts repeat.

    It is the mean of what wordfreq says (Speer, 2022) and of the word's share of the texts.
    """
    try:
        import wordfreq
    except ImportError as error:
        raise click.ClickException("The word lists come from wordfreq; pip install wordfreq.") from error
    known = wordfreq.get_frequency_dict(language, "large")
    usable = (word for word in known if word.isalpha() and all(letter in READER_ALPHABET for letter in word))
    common = sorted(usable, key=lambda word: (-known[word], word))[:KNOWN_WORDS]
    counts = Counter(folded(word) for text in texts for word in words_of(tidy(text)))
    total = counts.total()
    listed = {*common, *(word for word, count in counts.items() if count > 1)}
    return {
        word: max(0.5 * known.get(word, 0.0) + 0.5 * counts[word] / total, LEAST)
        for word in sorted(listed)
        if word.replace("'", "").isalpha()
    }


@click.command(help=__doc__)
@takes_texts
@click.option("--order", default=8, show_default=True, help="Longest n-gram.")
@click.option(
    "--threshold",
    type=(str, float),
    multiple=True,
    default=[("en", 2.2), ("fr", 2.6)],
    show_default=True,
    help="Nats over the whole text that an n-gram must be worth to be kept; repeat it for each language.",
)
@click.option(
    "--without", multiple=True, help="Leave out a folder of text, for a model that is to meet it as new."
)
def main(
    folder: Path,
    out: Path,
    pages: Path | None,
    order: int,
    threshold: list[tuple[str, float]],
    without: tuple[str, ...],
) -> None:
    known = {name for sources in SOURCES.values() for name in sources}
    for name in without:
        if name not in known:
            raise click.ClickException(
                f"There is no folder {name!r} to leave out; there are {', '.join(sorted(known))}."
            )
    rng = np.random.default_rng(1)
    models, words = {}, {}
    for language, least in threshold:
        texts = [
            text
            for name, times in SOURCES[language].items()
            if name not in without
            for text in texts_of(folder / name) * times
        ]
        if not texts:
            raise click.ClickException(f"No text of {language} is left; leave fewer folders out.")
        if language == "fr" and pages:
            texts += [transcripts(pages)] * TRANSCRIPTS
        words[language] = Words(chances(language, texts))
        texts.append(" ".join(structured(rng) for _ in range(STRUCTURED_LINES)))
        models[language] = build(texts, SYMBOLS, order, least)
        click.echo(f"{language}: {sum(map(len, texts)):,} characters, {len(models[language]):,} n-grams")
    LanguageModel(SYMBOLS, models, words).save(out)
    click.echo(f"{out}: {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
