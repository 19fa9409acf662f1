"""Texts to write: windows of natural language out of open texts, and things that are no sentences.

All texts of a language lie in one ``bytes`` object, so that worker processes share it, and a
window costs one slice; what the reader's alphabet lacks is replaced or dropped as it is drawn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from inkread.alphabet import READER_ALPHABET
from inkread.errors import DataError
from inkread.ink.structured import structured

_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "…": "..."})
_ALIKE = {
    "―": "—", "‐": "-", "‑": "-", "−": "-", "„": "“", "‟": "“", "‚": "‘", "′": "'", "″": '"',
    "`": "'", "´": "'",
    "•": "·", "‹": "«", "›": "»", "_": "", "|": "", "~": "",
}  # fmt: skip
_LANGUAGES = ("en", "fr", "de")
_MODERN = {"masc_plain": 2.0, "ewt": 3.0, "gutenberg": 1.0, "eltec_eng": 1.0, "fr_gsd": 6.0, "fr_novels": 1.0}
_FOR_MODELS = ("sotu", "en_stories", "fr_stories", "fr_guides", "fr_manuals")  # taken where they are named
_ALLOWED = frozenset(READER_ALPHABET)
_BLANKS = re.compile(r"\s+")
_DETACHED = re.compile(r" ([.,)])|(\() ")
_DETACHED_ENGLISH = re.compile(r" ([;:!?](?=\s|$)|n't|'(?:s|re|ve|ll|d|m)\b)")
_OPENING = re.compile(r"[.!?]['\"”’»]?\s+(?=[A-ZÀ-Þ«“\"])")
_TAGS = re.compile(r"https?\S+|<[^>]*>|[*=#_-]{3,}|\[\d+\]")


def _keep() -> dict[int, str]:
    allowed = set(READER_ALPHABET)
    table = {ord(character): replacement for character, replacement in _ALIKE.items()}
    for code in range(0x80, 0x2200):
        if chr(code) in allowed or code in table:
            continue
        base = unicodedata.normalize("NFKD", chr(code))
        table[code] = "".join(character for character in base if character in allowed)
    for code in (0xA0, 0x2009, 0x202F, 0x2002, 0x2003):
        table[code] = " "
    for code in range(0x20):
        table[code] = " "
    return table


_TABLE = _keep()


class Corpus:
    """Natural and made-up texts for training lines.

    Args:
        root: folder of folders of ``.txt`` files, UTF-8; the language of a folder is the part of
            its name before or after an underscore that is "fr" or "de", else English.
        languages: share of each language.
        extra: more texts by language, such as the transcripts of training pages (of training
            writers only); they get a fifth of their language's draws.
        folders: names of the folders to take; None for all but ``_FOR_MODELS``.
        typographic: share of windows that keep curly quotes and dashes as the source has them; in
            the others these are the plain ASCII ones, which handwriting does not tell apart.

    Raises:
        DataError: the folder is missing, lacks one of ``folders``, or holds no text of a language asked for.
    """

    def __init__(
        self,
        root: Path,
        languages: Mapping[str, float] | None = None,
        extra: Mapping[str, Iterable[str]] | None = None,
        typographic: float = 0.15,
        folders: Iterable[str] | None = None,
    ) -> None:
        shares = dict(languages or {"en": 0.65, "fr": 0.30, "de": 0.05})
        if not root.is_dir():
            raise DataError(f"There is no folder of texts at {root}; give one with .txt files in folders.")
        if isinstance(folders, str):
            folders = [folders]
        wanted = None if folders is None else list(folders)
        for name in wanted or ():
            if not any((root / name).glob("*.txt")):
                raise DataError(f"There is no text in {root / name}; correct the corpus's folders.")
        parts: dict[str, list[tuple[float, bytes]]] = {}
        for folder in sorted(path for path in root.iterdir() if path.is_dir()):
            language = next((part for part in folder.name.split("_") if part in _LANGUAGES), "en")
            files = sorted(folder.glob("*.txt"))
            chosen = folder.name not in _FOR_MODELS if wanted is None else folder.name in wanted
            if language not in shares or not files or not chosen:
                continue
            text = b"\n".join(file.read_bytes() for file in files)
            parts.setdefault(language, []).append((_MODERN.get(folder.name, 1.0) * len(text) ** 0.5, text))
        for language, texts in (extra or {}).items():
            text = "\n".join(texts).encode()
            if language in shares and text:
                total = sum(weight for weight, _ in parts.get(language, [])) or 4.0
                parts.setdefault(language, []).append((total / 4.0, text))
        missing = sorted(shares.keys() - parts.keys())
        if missing:
            raise DataError(
                f"There is no text in {', '.join(missing)} under {root}; add some or drop the language."
            )
        total = sum(shares.values())
        self.languages = {language: share / total for language, share in shares.items()}
        self._texts: list[bytes] = []
        self._shares: dict[str, tuple[list[int], list[float]]] = {}
        for language in shares:
            weights = np.array([weight for weight, _ in parts[language]])
            first = len(self._texts)
            self._texts += [text for _, text in parts[language]]
            numbers = list(range(first, len(self._texts)))
            self._shares[language] = (numbers, list(np.cumsum(weights / weights.sum())))
        self._typographic = typographic

    def _language(self, rng: np.random.Generator) -> str:
        point = rng.random()
        for language, share in self.languages.items():
            point -= share
            if point < 0.0:
                return language
        return next(iter(self.languages))

    def sentence(
        self, rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90, language: str | None = None
    ) -> str:
        """Return a window of natural text: whole words, ``min_chars`` to ``max_chars`` characters.

        The window begins anywhere, as lines of writing do; about one in eight begins a sentence or
        ends with a hyphenated word. All characters are of the reader's alphabet. Lengths are spread
        around the middle of the range.

        Raises:
            DataError: a language that the corpus does not hold.
        """
        language = language or self._language(rng)
        if language not in self._shares:
            raise DataError(f"The corpus holds no {language!r}; ask for one of {', '.join(self._shares)}.")
        for _ in range(20):
            wanted = max(round(min_chars + (max_chars - min_chars) * float(rng.beta(2.2, 2.2))), min_chars)
            text = self._cut(self._window(rng, wanted, language), wanted, max_chars, rng)
            if min_chars <= len(text) <= max_chars:
                return text
        return text[:max_chars].strip() or "a"

    def _window(self, rng: np.random.Generator, wanted: int, language: str) -> str:
        numbers, edges = self._shares[language]
        point = rng.random()
        source = self._texts[
            numbers[next((i for i, edge in enumerate(edges) if point < edge), len(numbers) - 1)]
        ]
        opening = rng.random() < 0.12
        size = 2 * wanted + (240 if opening else 90)
        start = int(rng.integers(max(len(source) - size, 1)))
        piece = source[start : start + size].decode("utf-8", errors="ignore")
        found = _OPENING.search(piece, 0, len(piece) - wanted - 60) if opening else None
        piece = "x " + piece[found.end() :] if found else piece
        text = _BLANKS.sub(" ", _TAGS.sub(" ", piece).translate(_TABLE))
        text = _DETACHED.sub(lambda match: match.group(1) or match.group(2), text)
        if language != "fr" or rng.random() < 0.4:
            text = _DETACHED_ENGLISH.sub(r"\1", text)
        if rng.random() >= self._typographic:
            text = (
                text.translate(_PLAIN).replace("—", " - " if rng.random() < 0.5 else "-").replace("  ", " ")
            )
        text = text[text.find(" ") + 1 :].strip()
        return text if _ALLOWED.issuperset(text) else "".join(filter(_ALLOWED.__contains__, text))

    @staticmethod
    def _cut(text: str, wanted: int, longest: int, rng: np.random.Generator) -> str:
        if len(text) <= wanted:
            return text
        end = text.rfind(" ", 0, wanted + 1)
        after = text.find(" ", wanted)
        if end < 1 or (0 < after <= longest and after - wanted < wanted - end):
            end = after if 0 < after <= longest else end
        if end < 1:
            return ""
        word = text[end + 1 : text.find(" ", end + 1)]
        if rng.random() < 0.05 and len(word) > 6 and word.isalpha() and end + 6 < longest:
            split = int(rng.integers(2, min(len(word) - 2, longest - end - 2)))
            return f"{text[:end]} {word[:split]}-"
        return text[:end].strip()

    def structured(self, rng: np.random.Generator) -> str:
        """Return something that is no sentence: a date, an amount, an address, a code, a list entry, ..."""
        return structured(rng)

    def line(self, rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90) -> str:
        """Return what one line of a page may say: mostly natural text, at times structured or capitals.

        About 82 % are windows of text, an eighth of them with something structured set in, 18 % are
        structured alone; 5 % are in capitals.
        """
        if rng.random() < 0.18:
            text = structured(rng)
            while len(text) < max_chars - 24 and rng.random() < 0.35:
                text = f"{text}{rng.choice((' ', ', ', '  ', ' - '))}{structured(rng)}"
        else:
            text = self.sentence(rng, min_chars, max_chars)
            inset = structured(rng) if rng.random() < 0.12 else ""
            if inset and len(text) + len(inset) < max_chars:
                words = text.split(" ")
                place = int(rng.integers(len(words) + 1))
                text = " ".join([*words[:place], inset, *words[place:]])
        if rng.random() < 0.05:
            text = capitals(text)
        text = _BLANKS.sub(" ", text).strip()
        if len(text) > max_chars:
            text = text[: max(text.rfind(" ", 0, max_chars + 1), 0) or max_chars].strip()
        return text if len(text) >= min_chars else self.sentence(rng, min_chars, max_chars)


def capitals(text: str) -> str:
    """Return ``text`` in capitals, but for letters whose capital is not in the reader's alphabet."""
    return "".join(upper if (upper := letter.upper()) in READER_ALPHABET else letter for letter in text)
