"""The numbers that turn evidence into probabilities: three logistic functions, fitted on held-out hands.

They belong to the weights that they were fitted with, so a bundle carries them. A ``Calibration``
has two ``Scale``s, as a reading that was made with a language model is another thing than the best
path: what the network saw is no longer all that speaks for a character.

J. Platt: Probabilistic outputs for support vector machines, 1999.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inkread.errors import BundleError

Floats = npt.NDArray[np.float64]

CHARACTER = (
    "constant",
    "seen",
    "rival",
    "agreed",
    "usual",
    "seen nearby",
    "usual nearby",
    "strange",
    "crowding",
    "short",
)
"""What speaks for a character; see ``evidence``."""
WORD = ("constant", "doubt", "weakest", "agreed", "usual")
"""What speaks for a word; see ``word_features``."""
LINE = ("constant", "mean", "weakest")
"""What speaks for a line; see ``line_features``."""

_LEAST = 1e-4
_AGREED, _USUAL = CHARACTER.index("agreed"), CHARACTER.index("usual")


@dataclass(frozen=True, slots=True)
class Scale:
    """Weights of the three logistic functions, in the order of ``CHARACTER``, ``WORD`` and ``LINE``.

    As they come, nothing is calibrated: a character is as sure as the network is of it, a word about
    as sure as all of its characters together, a line as its characters on average.
    """

    characters: tuple[float, ...] = (0.0, 1.0, *(0.0 for _ in CHARACTER[2:]))
    words: tuple[float, ...] = (-0.5, -1.2, 0.0, 0.0, 0.0)
    line: tuple[float, ...] = (0.0, 1.0, 0.0)

    def __post_init__(self) -> None:
        for name, values in (("characters", CHARACTER), ("words", WORD), ("line", LINE)):
            mine = tuple(float(value) for value in getattr(self, name))
            if len(mine) != len(values) or not all(math.isfinite(value) for value in mine):
                raise BundleError(f"A calibration has {len(values)} numbers for {name}; fit it again.")
            object.__setattr__(self, name, mine)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The scales of readings ``with_model`` (a language model's) and of best paths (``alone``)."""

    with_model: Scale = field(default_factory=Scale)
    alone: Scale = field(default_factory=Scale)

    def to_dict(self) -> dict[str, dict[str, list[float]]]:
        """Return it as a bundle's metadata have it."""
        return {
            name: {part: list(getattr(scale, part)) for part in ("characters", "words", "line")}
            for name, scale in (("with_model", self.with_model), ("alone", self.alone))
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Mapping[str, Sequence[float]]]) -> Calibration:
        """Read it back; what is missing stays uncalibrated.

        Raises:
            BundleError: numbers that are no calibration.
        """
        try:
            return cls(
                **{
                    name: Scale(**{part: tuple(v) for part, v in scale.items()})
                    for name, scale in values.items()
                }
            )
        except (TypeError, ValueError, AttributeError) as error:
            raise BundleError(f"The model's calibration cannot be used ({error}); fit it again.") from None


def logistic(features: Floats, weights: Sequence[float]) -> Floats:
    """Return the logistic function, float64 (N,) in 0 to 1, of features (N, F)."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(features @ np.asarray(weights), -30.0, 30.0))))


def logit(probability: Floats | float, reach: float = 8.0) -> Floats:
    """Return the logarithm of the odds, at most ``reach`` from zero."""
    inside = np.clip(np.asarray(probability, dtype=np.float64), _LEAST, 1.0 - _LEAST)
    return np.asarray(np.clip(np.log(inside / (1.0 - inside)), -reach, reach))


def word_places(text: str) -> list[list[int]]:
    """Return the places of the characters of each word of ``text``, and of the spaces that bound it."""
    groups: list[list[int]] = []
    before: list[int] = []
    inside = False
    for place, character in enumerate(text):
        if character == " ":
            if inside:
                groups[-1].append(place)
            before, inside = [place], False
        elif inside:
            groups[-1].append(place)
        else:
            groups.append([*before, place])
            inside = True
    return groups


def word_features(text: str, evidence: Floats, characters: Floats) -> Floats:
    """Return the ``WORD`` features, float64 (M, F), of the M words of a line.

    A word has the characters that bound it with it: where a space is wrong, so is the word.

    - doubt: the logarithm of minus the logarithm of the chance that all of its characters are right,
      were they independent;
    - weakest: the least of their confidences, as log odds;
    - agreed: the least of theirs;
    - usual: the sum of theirs, in tens of nats.

    Args:
        text: the line.
        evidence: float64 (N, F), the ``CHARACTER`` features.
        characters: float64 (N,), the characters' confidences.
    """
    inside = np.clip(characters, _LEAST, 1.0 - _LEAST)
    rows = [
        (
            1.0,
            math.log(-np.log(inside[places]).sum()),
            float(logit(inside[places].min())),
            evidence[places, _AGREED].min(),
            evidence[places, _USUAL].sum() / 10.0,
        )
        for places in word_places(text)
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, len(WORD))


def line_features(characters: Floats) -> Floats:
    """Return the ``LINE`` features, float64 (1, F), of a line: its characters' mean and least confidence."""
    values = (1.0, float(logit(characters.mean())), float(logit(characters.min())))
    return np.array([values], dtype=np.float64)
