"""Errors to expect of the readings that a language model leaves in question: minimum error training.

CTC makes the right text likely; what counts are the errors of the text that the decoder picks, the language
model's word included. So the decoder reads each line as a page of its own, and the network learns to make
those of its best readings likelier that have fewer errors than the mean (Prabhavalkar et al., "Minimum word
error rate training for attention-based sequence-to-sequence models", ICASSP 2018; of CTC, and by samples of
its paths, Graves & Jaitly, 2014).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from inkread.alphabet import Alphabet
from inkread.datasets.paths import located
from inkread.decoding.beam import TEMPERATURE, BeamDecoder
from inkread.decoding.choose import choose, is_figures
from inkread.decoding.hypothesis import Hypothesis
from inkread.decoding.language import LanguageModel
from inkread.errors import ConfigError
from inkread.metrics import character_errors
from inkread.runtime.store import packaged
from inkread.training.stream import LineBatch


class ExpectedErrors:
    """A loss of the best readings of each line; no part of the model that learns.

    The language model must not have seen what the lines say: of text that it knows by heart it is surer
    than it will ever be in use.

    Args:
        alphabet: classes of the network's output; class 0 the blank.
        language_model: with which the lines are read.
        weight: of this loss beside CTC's; above 0.
        best: readings of a line, 2 or more.
        width: prefixes that the search keeps, ``best`` or more.

    Raises:
        ConfigError: a setting out of its range.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        language_model: LanguageModel,
        weight: float = 1.0,
        best: int = 8,
        width: int = 32,
    ) -> None:
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0.0 < weight < math.inf:
            raise ConfigError(f"The weight of expected errors is above 0, not {weight!r}; correct it.")
        if type(best) is not int or type(width) is not int or not 2 <= best <= width:
            raise ConfigError(
                "Expected errors are of 2 readings or more and of width at most, both whole numbers, not "
                f"{best!r} and {width!r}; correct best and width."
            )
        self.weight = float(weight)
        self._alphabet, self._language_model = alphabet, language_model
        self._decoder = BeamDecoder(alphabet, language_model, width, best=best)

    @classmethod
    def of(cls, settings: Mapping[str, Any], alphabet: Alphabet, data: Path) -> ExpectedErrors:
        """Return the loss that an experiment asks for.

        Args:
            settings: ``language`` (a file that ``build_language.py`` wrote, or ``shipped``), and the other
                arguments where they are given.
            alphabet: of the network.
            data: the folder that the file's path is relative to.

        Raises:
            ConfigError: settings that there are not, or no such file.
            BundleError: the language model cannot be read.
        """
        known = {"language", "weight", "best", "width"}
        if not isinstance(settings, Mapping) or not {"language"} <= set(settings) <= known:
            raise ConfigError(
                f"Expected errors need a language and may have {', '.join(sorted(known - {'language'}))}; "
                "correct the experiment's expected_errors."
            )
        chosen = dict(settings)
        name = chosen.pop("language")
        path = packaged("language") if name == "shipped" else located(data, str(name))
        if not path.is_file():
            raise ConfigError(
                f"There is no language model {path}; correct the path, or build it with "
                "training/build_language.py."
            )
        return cls(alphabet, LanguageModel.load(path), **chosen)

    def loss(self, output: Tensor, batch: LineBatch, frames: Tensor) -> Tensor:
        """Return the characters that are expected to be wrong, summed over lines, a scalar float32.

        The probability of a reading is that of its paths times what the decoder gave for its text, to the
        power of 1 / ``TEMPERATURE``, among the readings kept; the gradient goes through the paths alone.
        Errors are counted as everywhere (``metrics.fold``: the kind of a quote or a dash makes none).

        Args:
            output: log-probabilities (N, T, C).
            batch: the lines, with what they say.
            frames: int64 (N,), frames of each line; those behind are padding.
        """
        log_probs = output.float()
        seen = log_probs.detach().cpu().numpy()
        rows: list[int] = []
        labels: list[list[int]] = []
        scores: list[float] = []
        errors: list[float] = []
        targets = [line.tolist() for line in batch.targets.split(batch.lengths.tolist())]
        for row, (target, count) in enumerate(zip(targets, frames.tolist(), strict=True)):
            text = self._alphabet.decode(target)
            for reading in self._readings(seen[row, :count]):
                rows.append(row)
                labels.append(self._alphabet.encode(reading.text))
                scores.append(reading.score)
                errors.append(float(character_errors(text, reading.text).errors))
        which = torch.tensor(rows, device=output.device)
        paths = -F.ctc_loss(
            log_probs[which].transpose(0, 1),
            torch.tensor([number for label in labels for number in label], dtype=torch.long),
            frames[which.to(frames.device)],
            torch.tensor([len(label) for label in labels]),
            reduction="none",
            zero_infinity=True,
        )
        weighed = (paths - paths.detach() + torch.tensor(scores, device=output.device)) / TEMPERATURE
        wrong = torch.tensor(errors, device=output.device)
        total = log_probs.new_zeros(())
        for row in range(len(targets)):
            own = which == row
            total = total + (weighed[own].softmax(dim=0) * wrong[own]).sum()
        return total

    def _readings(self, log_probs: npt.NDArray[np.float32]) -> list[Hypothesis]:
        if is_figures(log_probs, self._alphabet):  # these are read without a language model in use, too
            return self._decoder.decode(log_probs, {})
        return self._decoder.decode(log_probs, choose([log_probs], self._alphabet, self._language_model))
