"""``LineModelCtc``: a network that reads whole lines, trained by connectionist temporal classification."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.alphabet import Alphabet
from inkread.datasets.dataset import Dataset
from inkread.decoding.confidence import of_characters, of_line
from inkread.decoding.greedy import greedy
from inkread.errors import ConfigError
from inkread.training.models.base import Description, Optimisation
from inkread.training.models.lines import LinesModel
from inkread.training.stream import LineBatch


def frames_needed(text: str) -> int:
    """Return the least frames that can write ``text``: a character each, and a blank in each double."""
    return len(text) + sum(a == b for a, b in itertools.pairwise(text))


class LineModelCtc(LinesModel):
    """CTC (Graves et al. 2006) over frames of a line.

    The network gives log-probabilities (N, T, classes), class 0 the blank; a line of its own width
    w has ``w // stride`` frames.

    Args:
        network, alphabet, optimisation, description: as ``LinesModel`` has them.
        stride: columns a frame; the network's own ``stride`` without it.
    """

    def __init__(
        self,
        network: nn.Module,
        alphabet: Alphabet,
        optimisation: Optimisation | None = None,
        description: Description | None = None,
        stride: int | None = None,
    ) -> None:
        super().__init__(network, alphabet, optimisation, description)
        self.stride = stride or int(network.stride)

    def check(self, dataset: Dataset) -> None:
        """Check that the widest line has frames enough for every text of the training examples.

        Raises:
            ConfigError: it has not.
        """
        frames = self.input_shape[1] // self.stride
        texts = dataset.split("train").targets
        longest = max((str(text) for text in texts), key=frames_needed, default="")
        needed = frames_needed(longest)
        if needed > frames:
            raise ConfigError(
                f"The text {longest!r} needs {needed} windows and the widest line has {frames}; give a "
                f"window_stride of at most {self.input_shape[1] // needed}."
            )

    def frames(self, batch: LineBatch) -> Tensor:
        """Return the frames of each line, int64 (N,)."""
        return torch.div(batch.widths, self.stride, rounding_mode="floor")

    def loss(self, output: Tensor, batch: LineBatch) -> Tensor:
        """Mean CTC loss per character of a batch; texts that do not fit their frames are left out."""
        losses = F.ctc_loss(
            output.float().transpose(0, 1),
            batch.targets,
            self.frames(batch),
            batch.lengths,
            reduction="none",
            zero_infinity=True,
        )
        return losses.sum() / batch.lengths.sum().clamp(min=1)

    def read(self, output: Tensor, batch: LineBatch) -> list[str]:
        frames = self.frames(batch).tolist()
        log_probs = output.float().cpu().numpy()
        return [greedy(line[:n], self.alphabet).text for line, n in zip(log_probs, frames, strict=True)]

    def confidence(self, output: Tensor, batch: LineBatch) -> float:
        log_probs = output[0, : int(self.frames(batch)[0])].float().cpu().numpy()
        return of_line(of_characters(log_probs, greedy(log_probs, self.alphabet), self.alphabet))
