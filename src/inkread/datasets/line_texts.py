"""What lines say where no natural text is to be had: stock sentences, marks and figures among words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_STOCK = (
    "The quick brown fox jumps over the lazy dog while five wizards box.",
    "Please send the parcel to 24 Mill Lane, Oxford, before Friday, June 3rd.",
    'He said: "We shall meet again at noon", and closed the old door behind him.',
    "It was a bright cold day in April, and the clocks were striking thirteen.",
    "Le garçon a mangé une pêche près de la forêt où il était né l'été dernier.",
    "Nous avons reçu votre lettre du 14 août; la réponse suivra bientôt, très chère amie.",
)

_MONTHS = "January February March April May June July August September October November December".split()
_JOINED = (("(", ")"), ('"', '"'), ("'", "'"), ("[", "]"))


def plain_line(rng: np.random.Generator, min_chars: int = 1, max_chars: int = 90) -> str:
    """Return whole words out of one of a few stock sentences, at most ``max_chars`` characters."""
    words = _STOCK[int(rng.integers(len(_STOCK)))].split()
    start = int(rng.integers(len(words)))
    text = words[start]
    for word in words[start + 1 :] + words[:start]:
        if len(text) + 1 + len(word) > max_chars:
            break
        text = f"{text} {word}"
    return text[:max_chars]


def _figure(rng: np.random.Generator) -> str:
    number = int(np.exp(rng.uniform(0.0, 11.0)))
    day, year = int(rng.integers(1, 32)), int(rng.integers(1850, 2031))
    month = int(rng.integers(12))
    cents = int(rng.integers(100))
    forms = (
        f"{number}",
        f"{number:,}",
        f"${number:,}.{cents:02d}",
        f"{number},{cents:02d} €",
        f"{day}/{month + 1}/{year % 100:02d}",
        f"{day}.{month + 1}.{year}",
        f"{_MONTHS[month]} {day}, {year}",
        f"{day} {_MONTHS[month]} {year}",
        f"{int(rng.integers(24))}:{int(rng.integers(60)):02d}",
        f"{int(rng.integers(1, 101))}%",
        f"No. {number}",
        f"({int(rng.integers(100, 999))}) {int(rng.integers(100, 999))}-{int(rng.integers(1000, 9999))}",
        f"{chr(65 + int(rng.integers(26)))}{chr(65 + int(rng.integers(26)))}{int(rng.integers(1000))}",
        f"{cents} + {number} = {cents + number}",
        f"#{number}",
        f"p. {cents}",
    )
    return forms[int(rng.integers(len(forms)))]


def mark_up(words: Sequence[str], rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Return for each word of a word salad the marks before it, those after it, and a figure to follow it."""
    result = []
    for number, word in enumerate(words):
        before, after, extra = "", "", ""
        chance = rng.random()
        last = number == len(words) - 1
        bare = word[-1:].isalnum() and word[:1].isalnum()
        if bare and last and chance < 0.35:
            after = ".?!,;:-"[int(rng.choice(7, p=(0.6, 0.08, 0.07, 0.1, 0.05, 0.05, 0.05)))]
        elif bare and chance < 0.09:
            after = ","
        elif bare and chance < 0.15:
            after = ".;:!?"[int(rng.choice(5, p=(0.6, 0.12, 0.12, 0.08, 0.08)))]
        elif bare and chance < 0.175:
            before, after = _JOINED[int(rng.choice(4, p=(0.35, 0.45, 0.15, 0.05)))]
        elif chance < 0.205:
            extra = "&-+=/*#@"[int(rng.choice(8, p=(0.3, 0.4, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05)))]
        elif chance < 0.25:
            extra = _figure(rng).split()[0]
        result.append((before, after, extra))
    return result
