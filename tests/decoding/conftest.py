"""A small language model that every test of this folder may use."""

from __future__ import annotations

import pytest

from inkread.decoding.language import LanguageModel
from inkread.decoding.language_build import build
from inkread.decoding.language_text import SYMBOLS

ENGLISH = (
    "The cat sat on the mat and the dog ran to the hen. The man had a hat, and the cat ate the fat rat. "
    "That is that, and this is the end of it; what they had then they have not had since. "
)
FRENCH = (
    "Le chat était sur la table et le chien courait à côté de la poule. "
    "L'homme avait un chapeau et il a mangé. "
    "C'est la fin de l'histoire ; ce qu'ils avaient alors, ils ne l'ont plus eu depuis l'été. "
)


@pytest.fixture(scope="session")
def language_model() -> LanguageModel:
    models = {"en": build([ENGLISH] * 3, SYMBOLS, 5, 0.0), "fr": build([FRENCH] * 3, SYMBOLS, 5, 0.0)}
    return LanguageModel(SYMBOLS, models)
