"""Which language a page is in: the languages are weighed by how well they explain its greedy reading.

A page that is clearly in one language is read with that one; where there is little text or it could
be either, the models are mixed by their posterior. A line of more digits than letters is in none: no
model knows what digit comes next. Nothing else is done for a page that none of them explains (another
language, random codes): it gets the language that explains it least badly, and ``FLOOR`` of each model's
probabilities, with the decoder's cutoff, keeps strokes above habit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inkread.alphabet import Alphabet
from inkread.decoding.capitals import in_capitals
from inkread.decoding.greedy import greedy
from inkread.decoding.language import LanguageModel

_CHARACTERS = 1500
_TEMPERATURE = 4.0
_IDLE = 0.02


def choose(
    lines: Sequence[npt.NDArray[np.float32]], alphabet: Alphabet, language_model: LanguageModel
) -> dict[str, float]:
    """Weigh the languages of one page.

    Args:
        lines: of each line float32 (T, C), natural log of a softmax over C = len(alphabet) classes.
        alphabet: the characters of the classes.
        language_model: the languages to choose from.

    Returns:
        The weight of each language that has one, summing to 1; all alike for a page without text.
    """
    texts: list[str] = []
    for line in lines:
        text = greedy(line, alphabet).text
        texts.append(text.lower() if in_capitals(text) else text)
        if sum(map(len, texts)) > _CHARACTERS:
            break
    return blend_of(" ".join(texts), language_model)


def blend_of(text: str, language_model: LanguageModel) -> dict[str, float]:
    """Return the weight of each language given a rough reading of the page.

    Neighbouring characters are not independent evidence, so the log likelihoods are divided by
    ``_TEMPERATURE``; languages left with less than ``_IDLE`` get no weight at all.
    """
    names = language_model.languages
    scores = [language_model.log_likelihood(text, name) / _TEMPERATURE for name in names]
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    total = sum(weights)
    kept = {name: weight for name, weight in zip(names, weights, strict=True) if weight >= _IDLE * total}
    return {name: weight / sum(kept.values()) for name, weight in kept.items()}


def is_figures(line: npt.NDArray[np.float32], alphabet: Alphabet) -> bool:
    """Tell whether a line, as in ``choose``, is read as more digits than letters along its best path."""
    text = greedy(line, alphabet).text
    return sum(map(str.isdigit, text)) > sum(map(str.isalpha, text))
