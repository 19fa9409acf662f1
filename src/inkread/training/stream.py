"""The endless stream of training batches: batch ``k`` is a function of (seed, k) alone.

Samples are drawn in groups of several batches, sorted by width within the group and cut into
batches of like width, which then come in random order. Worker processes take whole groups in
turn, so the order does not depend on how many there are; a run that stops in mid-group starts
there again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from inkread.alphabet import Alphabet
from inkread.datasets.base import LineSource, sample_rng
from inkread.errors import InkreadError
from inkread.images.line import normalise_line, pad_to_width

WIDTH_BUCKET = 64
_ATTEMPTS = 20


class LineBatch(NamedTuple):
    """Normalised lines of one batch, padded to one width with paper.

    Attributes:
        lines: uint8 (N, 1, H, W).
        widths: int64 (N,), each line's own normalised width in columns.
        targets: int64 (sum of lengths,), the class numbers of all texts end to end.
        lengths: int64 (N,), characters of each text.
        texts: N texts to score against, or none.
    """

    lines: Tensor
    widths: Tensor
    targets: Tensor
    lengths: Tensor
    texts: tuple[str, ...] = ()


def make_batch(
    images: Sequence[np.ndarray],
    labels: Sequence[Sequence[int]],
    texts: Sequence[str] = (),
    bucket: int = WIDTH_BUCKET,
) -> LineBatch:
    """Pad normalised lines, uint8 (H, W), with paper to a common width, a multiple of ``bucket``."""
    widest = max(image.shape[1] for image in images)
    width = -(-widest // bucket) * bucket
    return LineBatch(
        lines=torch.from_numpy(np.stack([pad_to_width(image, width) for image in images])[:, None]),
        widths=torch.tensor([image.shape[1] for image in images]),
        targets=torch.tensor([number for label in labels for number in label], dtype=torch.long),
        lengths=torch.tensor([len(label) for label in labels]),
        texts=tuple(texts),
    )


class LineStream(IterableDataset[list[LineBatch]]):
    """Groups of batches without end, from the one that holds batch ``start``.

    Args:
        source: where samples come from.
        alphabet: encodes the texts.
        seed: of the whole stream.
        batch_size: lines a batch.
        group: batches that are drawn, sorted and cut together.
        start: the first batch to train on; batches before it belong to an earlier run.
        stride: columns of a line for one frame; a text that needs more frames is drawn again.
        rank, world: of several training processes, each takes every ``world``-th group; ``start``
            counts the batches of one process.
    """

    def __init__(
        self,
        source: LineSource,
        alphabet: Alphabet,
        seed: int,
        batch_size: int,
        group: int = 8,
        start: int = 0,
        stride: int = 4,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.source = source
        self.alphabet = alphabet
        self.seed = seed
        self.batch_size = batch_size
        self.group = group
        self.start = start
        self.stride = stride
        self.rank = rank
        self.world = world

    def line(self, index: int) -> tuple[np.ndarray, list[int]]:
        """Return normalised line ``index`` of the stream, uint8 (48, W), and its class numbers.

        Raises:
            InkreadError: the source gave nothing usable in twenty draws.
        """
        rng = sample_rng(self.seed, index)
        failure: Exception = InkreadError("The source's texts are too long for their images.")
        for _ in range(_ATTEMPTS):
            try:
                sample = self.source.sample(index, rng)
                label = self.alphabet.encode(sample.text)
            except InkreadError as error:
                failure = error
                continue
            image = normalise_line(sample.image)
            repeats = sum(a == b for a, b in itertools.pairwise(label))
            if (label or not sample.text) and len(label) + repeats <= image.shape[1] // self.stride:
                return image, label
        raise InkreadError(f"Sample {index} cannot be made; look at the data: {failure}") from failure

    def draw_group(self, number: int) -> list[LineBatch]:
        """Return the batches of group ``number``, in their final order."""
        first = number * self.group * self.batch_size
        drawn = [self.line(first + offset) for offset in range(self.group * self.batch_size)]
        drawn.sort(key=lambda item: item[0].shape[1])
        size = self.batch_size
        batches = [drawn[at : at + size] for at in range(0, len(drawn), size)]
        order = sample_rng(self.seed + 1, number).permutation(len(batches))
        return [make_batch([i for i, _ in batches[k]], [t for _, t in batches[k]]) for k in order]

    def __iter__(self) -> Iterator[list[LineBatch]]:
        """Give group after group; of several workers, each gives every n-th, which a loader puts in order."""
        worker = get_worker_info()
        turn = self.start // self.group + (worker.id if worker else 0)
        while True:
            yield self.draw_group(turn * self.world + self.rank)
            turn += worker.num_workers if worker else 1


class StreamLoader:
    """The batches of a stream, in order, whatever the number of worker processes.

    Iterating begins at batch ``stream.start`` each time.
    """

    def __init__(self, stream: LineStream, workers: int) -> None:
        self.stream = stream
        self.workers = workers

    def __iter__(self) -> Iterator[LineBatch]:
        cv2.setNumThreads(1)  # here, not in the workers: a forked one may hang on the pool it inherits
        groups = DataLoader(
            self.stream,
            batch_size=None,
            num_workers=self.workers,
            prefetch_factor=2 if self.workers else None,
            generator=torch.Generator(),
        )
        skip = self.stream.start % self.stream.group
        for group in groups:
            yield from group[skip:]
            skip = 0
