"""The line finder's network: the text detector's features, and three maps of what makes a line.

Backbone and pyramid are those of :mod:`.text_detector`. Its head, which gave one map at the
image's full resolution, gives three at half of it: that is what lines are traced on, and the
larger part of the head's cost is saved. Baseline and separator beside the core of a line are after
kraken's and ARU-Net's pixel classes (Gruening et al., A two-stage method for text line detection, 2019).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from inkread.training.networks.text_detector import PYRAMID, TextDetector

MAPS = ("core", "baseline", "separator")
"""The maps in their order; ``datasets.layout_targets`` says what each shows."""

_RARE = -2.5  # logit from which maps start that the detector does not know


class LayoutNet(TextDetector):
    """Three probabilities for every second pixel.

    Input uint8 (N, H, W, 3), RGB, H and W multiples of 32; output float32 (N, 3, H / 2, W / 2),
    0 to 1: the maps of ``MAPS``.
    """

    def __init__(self) -> None:
        super().__init__()
        middle = PYRAMID // 4
        self.head = nn.Sequential(
            nn.Conv2d(PYRAMID, middle, 3, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(middle, middle, 2, stride=2),
            nn.ReLU(),
            nn.Conv2d(middle, len(MAPS), 1),
        )

    def forward(self, image: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(image))

    def logits(self, image: Tensor) -> Tensor:
        """Return the maps' logits, (N, 3, H / 2, W / 2)."""
        return self.head(self.features(image))


def from_detector(weights: Mapping[str, Tensor], seed: int = 1) -> dict[str, Tensor]:
    """Return the state dict of a :class:`LayoutNet` that begins as a detector.

    The core's map is the detector's, each pixel the mean (of logits) of the four that it stands
    for; the other two begin near 0 with small random weights.

    Args:
        weights: state dict of a ``TextDetector``.
        seed: of the random weights.
    """
    state = {name: tensor.clone() for name, tensor in weights.items()}
    last = state["head.4.weight"].mean((2, 3)).T[..., None, None]  # (1, 24, 1, 1) of (24, 1, 2, 2)
    others = len(MAPS) - 1
    generator = torch.Generator().manual_seed(seed)
    spread = float(last.std()) * 0.1
    fresh = torch.randn((others, *last.shape[1:]), generator=generator) * spread
    state["head.4.weight"] = torch.cat((last, fresh))
    state["head.4.bias"] = torch.cat((state["head.4.bias"], torch.full((others,), _RARE)))
    return state
