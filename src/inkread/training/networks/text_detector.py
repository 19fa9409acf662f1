"""A text detector: where on a page is writing, pixel by pixel.

The architecture is that of PP-OCRv6's small detector (PaddleOCR), read off its published graph:
a backbone of depthwise blocks, a feature pyramid with wide depthwise kernels, and the
probability branch of differentiable binarisation (Liao et al., AAAI 2020). Batch norms are folded
into the convolutions. In the shapes below, N is the batch, H and W the image's sides.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Output channels, stride, squeeze-and-excitation of each block; a pyramid level ends before each stride.
BLOCKS = (
    ((48, 1, True), (48, 1, False)),
    ((96, 2, False), (96, 1, True), (96, 1, False)),
    ((192, 2, False), (192, 1, True), (192, 1, False), (192, 1, True), (192, 1, False)),
    ((384, 2, False), (384, 1, True), (384, 1, False)),
)
STEM = 48
PYRAMID = 96


class TextDetector(nn.Module):
    """Probability of text for every pixel.

    Input uint8 (N, H, W, 3), RGB, H and W multiples of 32; output float32 (N, H, W), 0 to 1, high
    in the core of every run of text (differentiable binarisation shrinks the runs it is taught).
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = Stem(STEM)
        self.stages = nn.ModuleList()
        channels = STEM
        for stage in BLOCKS:
            blocks = []
            for width, stride, excited in stage:
                blocks.append(Block(channels, width, stride, excited))
                channels = width
            self.stages.append(nn.Sequential(*blocks))
        self.pyramid = Pyramid([stage[-1][0] for stage in BLOCKS], PYRAMID)
        self.head = nn.Sequential(
            nn.Conv2d(PYRAMID, PYRAMID // 4, 3, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(PYRAMID // 4, PYRAMID // 4, 2, stride=2),
            nn.ReLU(),
            nn.ConvTranspose2d(PYRAMID // 4, 1, 2, stride=2),
        )

    def forward(self, image: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(image))

    def logits(self, image: Tensor) -> Tensor:
        """Return the probabilities' logits, (N, H, W): what a training loss wants."""
        return self.head(self.features(image)).squeeze(1)

    def features(self, image: Tensor) -> Tensor:
        """Return what the head looks at, (N, 96, H / 4, W / 4)."""
        features = self.stem(image.permute(0, 3, 1, 2).float() / 127.5 - 1)  # (N, 48, H / 4, W / 4)
        levels = []
        for stage in self.stages:
            features = stage(features)
            levels.append(features)  # (N, 48 .. 384, H / 4 .. H / 32, W / 4 .. W / 32)
        return self.pyramid(levels)


class Stem(nn.Module):
    """(N, 3, H, W) -> (N, channels, H / 4, W / 4): two 2x2 convolutions beside a max pool."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half, quarter = channels // 2, channels // 4
        self.down = nn.Conv2d(3, half, 3, stride=2, padding=1)
        self.squeeze = nn.Conv2d(half, quarter, 2, padding="same")  # padded right and bottom
        self.expand = nn.Conv2d(quarter, half, 2, padding="same")
        self.merge = nn.Conv2d(channels, half, 3, stride=2, padding=1)
        self.widen = nn.Conv2d(half, channels, 1)

    def forward(self, image: Tensor) -> Tensor:
        features = F.relu(self.down(image))  # (N, channels / 2, H / 2, W / 2)
        pooled = F.max_pool2d(F.pad(features, (0, 1, 0, 1)), 2, stride=1)
        filtered = F.relu(self.expand(F.relu(self.squeeze(features))))
        return F.relu(self.widen(F.relu(self.merge(torch.cat((pooled, filtered), dim=1)))))


class Block(nn.Module):
    """Depthwise 3x3, squeeze-and-excitation in some, then two 1x1 over twice the width."""

    def __init__(self, channels: int, width: int, stride: int, excited: bool) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, stride=stride, padding=1, groups=channels)
        self.excite = Excitation(channels, slope=1 / 6) if excited else nn.Identity()
        self.mix = nn.Sequential(
            nn.Conv2d(channels, 2 * channels, 1), nn.GELU(), nn.Conv2d(2 * channels, width, 1)
        )
        self.residual = channels == width and stride == 1

    def forward(self, features: Tensor) -> Tensor:
        features = self.excite(self.depthwise(features))
        mixed: Tensor = self.mix(features)
        return features + mixed if self.residual else mixed


class Excitation(nn.Module):
    """Squeeze-and-excitation (Hu et al., CVPR 2018): each channel scaled by what the whole image holds.

    Args:
        slope: of the hard sigmoid, clip(slope * x + 1/2, 0, 1).
        residual: add the scaled features to the features.
    """

    def __init__(self, channels: int, slope: float, residual: bool = False) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // 4, 1)
        self.expand = nn.Conv2d(channels // 4, channels, 1)
        self.slope = slope
        self.residual = residual

    def forward(self, features: Tensor) -> Tensor:
        gate = self.expand(F.relu(self.squeeze(features.mean((2, 3), keepdim=True))))  # (N, channels, 1, 1)
        scaled = features * F.hardsigmoid(gate * (6 * self.slope))
        return features + scaled if self.residual else scaled


class Pyramid(nn.Module):
    """Four levels, fine to coarse -> one map (N, width, H / 4, W / 4), a quarter of it from each level."""

    def __init__(self, channels: list[int], width: int) -> None:
        super().__init__()
        coarse_first = channels[::-1]
        self.laterals = nn.ModuleList(
            nn.Sequential(nn.Conv2d(count, width, 1, bias=False), Excitation(width, slope=0.2, residual=True))
            for count in coarse_first
        )
        self.smooths = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, 7, padding=3, groups=width),
                nn.Conv2d(width, width // 4, 1, bias=False),
                Excitation(width // 4, slope=0.2, residual=True),
            )
            for _ in channels
        )

    def forward(self, levels: list[Tensor]) -> Tensor:
        maps: list[Tensor] = []
        for lateral, level in zip(self.laterals, reversed(levels), strict=True):
            features = lateral(level)
            maps.append(features + F.interpolate(maps[-1], scale_factor=2.0) if maps else features)
        smoothed = [smooth(features) for smooth, features in zip(self.smooths, maps, strict=True)]
        factors = [2.0 ** (len(levels) - 1 - number) for number in range(len(levels))]  # 8, 4, 2, 1
        full = [
            F.interpolate(part, scale_factor=factor) if factor > 1 else part
            for part, factor in zip(smoothed, factors, strict=True)
        ]
        return torch.cat(full, dim=1)
