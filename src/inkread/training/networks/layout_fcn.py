"""The original's line detector as a line finder: ``fcn`` with the three maps of ``LayoutNet``."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from inkread.training.networks.fcn import fcn
from inkread.training.networks.layout_net import MAPS


class LayoutFcn(nn.Module):
    """Input and output as those of ``LayoutNet``; it looks at grey, and its maps are halved at the end.

    Args:
        layer_size, num_rounds: see ``fcn``.
    """

    def __init__(self, layer_size: int = 32, num_rounds: int = 2) -> None:
        super().__init__()
        self.fcn = fcn((0, 0), (0, 0, len(MAPS)), layer_size, num_rounds)

    def forward(self, image: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(image))

    def logits(self, image: Tensor) -> Tensor:
        """Return the maps' logits, (N, 3, H / 2, W / 2), of uint8 (N, H, W, 3)."""
        grey = image.float().mean(3)[:, None] / 127.5 - 1
        return F.avg_pool2d(self.fcn(grey), 2)
