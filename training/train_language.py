"""Train the neural language model: python training/train_language.py --text FOLDER --out FILE.

FOLDER has a folder of .txt files for each collection (data/raw/text/readme.md). A run that is stopped
goes on from its checkpoint, which lies beside FILE.
"""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import torch
from language_sources import takes_texts, texts_of, transcripts

from inkread.decoding.language_text import tidy
from inkread.decoding.pieces import Pieces, chunks
from inkread.ink.structured import structured
from inkread.training.language_export import export_language, language_contract
from inkread.training.language_run import LanguageRun
from inkread.training.language_texts import PieceTexts
from inkread.training.networks.piece_lstm import PieceLstm

WEIGHTS = {
    "gutenberg": 1.0,
    "eltec_eng": 0.6,
    "masc_plain": 2.5,
    "ewt": 2.5,
    "sotu": 1.0,
    "en_stories": 0.8,
    "fr_novels": 2.0,
    "fr_gsd": 4.0,
    "fr_stories": 2.5,
    "fr_guides": 2.5,
    "fr_manuals": 0.6,
    "transcripts": 4.0,
    "structured": 1.4,
}
"""How much more often than its length says a collection is drawn from: what is written today, more."""

STRUCTURED_LINES = 60_000
"""Made-up dates, amounts, names and codes, so that these are not argued away."""

NOTE = "LSTM over word pieces of English and French; docs/training.md says which texts it has seen."


def learn_pieces(collections: dict[str, list[str]], count: int) -> Pieces:
    """Return the pieces of byte-pair encoding (Sennrich et al., 2016) of all texts, weighed."""
    try:
        from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
    except ImportError as error:
        raise click.ClickException("Word pieces are learnt by tokenizers; pip install tokenizers.") from error
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("\x00"), "removed")
    trainer = trainers.BpeTrainer(vocab_size=count, min_frequency=20, show_progress=False)
    words = (
        "\x00".join(chunks(text))
        for name, texts in collections.items()
        for text in texts * max(round(WEIGHTS.get(name, 1.0)), 1)
    )
    tokenizer.train_from_iterator(words, trainer)
    found = tokenizer.get_vocab()
    return Pieces([piece for piece in sorted(found, key=found.__getitem__) if piece.strip("\n")])


@click.command(help=__doc__)
@takes_texts
@click.option("--pieces", "count", default=5000, show_default=True, help="Word pieces that are learnt.")
@click.option("--steps", default=15_000, show_default=True)
@click.option("--batch", default=128, show_default=True, help="Windows a step.")
@click.option("--length", default=48, show_default=True, help="Pieces of a window.")
@click.option("--learning-rate", default=2e-3, show_default=True)
@click.option("--half", is_flag=True, help="Multiply in bfloat16.")
@click.option("--seed", default=1, show_default=True)
@click.option("--version", default="0.0.0", show_default=True, help="Of the new bundle.")
def main(
    folder: Path,
    out: Path,
    pages: Path | None,
    count: int,
    steps: int,
    batch: int,
    length: int,
    learning_rate: float,
    half: bool,
    seed: int,
    version: str,
) -> None:
    collections = {
        name: [tidy(line) for text in texts_of(folder / name) for line in text.split("\n") if line.strip()]
        for name in WEIGHTS
        if (folder / name).is_dir()
    }
    if pages:
        collections["transcripts"] = [tidy(transcripts(pages))]
    if not collections:
        raise click.ClickException(
            f"There is no text in {folder}; give the folder that holds gutenberg/*.txt."
        )
    rng = np.random.default_rng(seed)
    collections["structured"] = [structured(rng) for _ in range(STRUCTURED_LINES)]
    list_file = out.with_suffix(".pieces.json")
    if list_file.is_file():
        pieces = Pieces(json.loads(list_file.read_text(encoding="utf-8")))
    else:
        pieces = learn_pieces(collections, count)
        list_file.parent.mkdir(parents=True, exist_ok=True)
        list_file.write_text(json.dumps(list(pieces.pieces), ensure_ascii=False), encoding="utf-8")
    weights = {name: weight for name, weight in WEIGHTS.items() if name in collections}
    texts = PieceTexts(pieces, collections, weights, length)
    click.echo(f"{texts.size:,} pieces of {len(pieces):,} kinds")
    torch.manual_seed(seed)
    network = PieceLstm(len(pieces))
    run = LanguageRun(steps, batch, learning_rate, seed=seed, half=half)
    run.fit(network, texts, out.with_suffix(".ckpt"), click.echo)
    export_language(network, language_contract(pieces, "inkread-sentences", version, NOTE), out)
    click.echo(f"{out}: {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
