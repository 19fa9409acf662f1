"""Two views of a line, whose readings are to agree frame by frame: consistency regularisation.

After Yao et al., "CR-CTC: Consistency regularization on CTC for improved speech recognition" (ICLR 2025):
each line of a batch is seen twice, each time varied and masked otherwise, and beside the texts' CTC loss
each view learns what the other sees. Nothing moves along the line, so that frames stay comparable.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_SHIFT = 2.0
_HEIGHT = (0.92, 1.08)
_CONTRAST = (0.6, 1.1)
_NOISE = 0.08
_THICKER = 0.25
_MASKED = 0.12
_MASK = (4, 24)
_MASK_VALUE = 0.0


def view(lines: Tensor, widths: Tensor) -> Tensor:
    """Return lines varied, but not along the line: shifted, paler, noisier, thicker, stretches hidden.

    Args:
        lines: float32 (N, 1, H, W) in -1 to 1, ink -1.
        widths: int64 (N,), columns of each line's own.

    Returns:
        the same shape; hidden stretches (an eighth of a line, 4 to 24 columns each) are grey, 0.
    """
    count, _, height, width = lines.shape
    device = lines.device

    def drawn(low: float, high: float) -> Tensor:
        return torch.empty((count, 1, 1, 1), device=device).uniform_(low, high)

    middle = (height - 1) / 2.0
    rows = torch.arange(height, device=device, dtype=torch.float32).view(1, 1, height, 1)
    rows = ((rows - middle) * drawn(*_HEIGHT) + middle + drawn(-_SHIFT, _SHIFT)).clamp(0, height - 1)
    above = rows.floor().clamp(max=height - 2)
    share = rows - above
    first = above.long().expand(-1, -1, -1, width)
    varied = lines.gather(2, first) * (1.0 - share) + lines.gather(2, first + 1) * share
    thicker = -F.max_pool2d(F.pad(-varied, (0, 1, 0, 1), value=-1.0), 2, stride=1)
    varied = torch.where(
        torch.rand((count, 1, 1, 1), device=device) < _THICKER, (varied + thicker) / 2, varied
    )
    varied = 1.0 - (1.0 - varied) * drawn(*_CONTRAST)
    varied = varied + torch.randn_like(varied) * drawn(0.0, _NOISE)
    hidden = _stretches(widths, width)
    return varied.masked_fill(hidden[:, None, None, :], _MASK_VALUE).clamp(-1.0, 1.0)


def _stretches(widths: Tensor, width: int) -> Tensor:
    """Return the columns to hide, bool (N, width)."""
    columns = torch.arange(width, device=widths.device)
    mean = sum(_MASK) / 2.0
    most = max(1, round(_MASKED * width / mean))
    own = widths.float()[:, None]
    starts = torch.rand((len(widths), most), device=widths.device) * own
    lengths = torch.empty_like(starts).uniform_(*_MASK)
    # a line of half the batch's width takes half as many
    there = torch.arange(most, device=widths.device)[None, :] < (_MASKED * own / mean).round().clamp(min=1)
    after = columns[None, None, :] >= starts[:, :, None]
    before = columns[None, None, :] < (starts + lengths)[:, :, None]
    return (after & before & there[:, :, None]).any(dim=1)


def disagreement(one: Tensor, other: Tensor, frames: Tensor) -> Tensor:
    """Return the mean of both Kullback-Leibler divergences, each towards the other's held still.

    Args:
        one, other: log-probabilities (N, T, C) of two views of the same lines.
        frames: int64 (N,), frames of each line; those behind are padding and do not count.

    Returns:
        nats, summed over frames and lines.
    """
    apart = F.kl_div(one, other.detach(), reduction="none", log_target=True).sum(dim=2)
    apart = apart + F.kl_div(other, one.detach(), reduction="none", log_target=True).sum(dim=2)
    own = torch.arange(apart.shape[1], device=apart.device) < frames[:, None]
    return (apart * own).sum() / 2.0
