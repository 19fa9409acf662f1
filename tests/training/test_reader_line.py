"""The reader's line model learns, and its schedule ends low."""

from __future__ import annotations

from dataclasses import replace

import torch

from inkread.alphabet import READER_ALPHABET
from inkread.decoding.greedy import greedy
from inkread.runtime.store import packaged
from inkread.training.models.base import Optimisation
from inkread.training.models.reader_line import ReaderLineModel
from inkread.training.start import bundle_network
from inkread.training.stream import LineStream
from tests.training.lines import PrintedLines


class SwappedCase(PrintedLines):
    """The texts with their case swapped: something that the shipped weights do not know."""

    def sample(self, index, rng):
        sample = super().sample(index, rng)
        return replace(sample, text=sample.text.swapcase())


def test_the_network_overfits_one_batch():
    network, _ = bundle_network(packaged("line"))
    model = ReaderLineModel(network, READER_ALPHABET, Optimisation(steps=40))
    batch = LineStream(SwappedCase(), READER_ALPHABET, 1, batch_size=2, group=1).draw_group(0)[0]
    model.log = lambda *_, **__: None
    optimiser = torch.optim.AdamW(model.network.parameters(), lr=1e-4)
    losses = []
    for _ in range(15):
        optimiser.zero_grad()
        loss = model.training_step(batch, 0)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.network.parameters(), 5.0)
        optimiser.step()
        losses.append(loss.item())
    assert losses[0] > 1.0
    assert losses[-1] < 0.1
    with torch.no_grad():
        log_probs = network(batch.lines.float() / 127.5 - 1.0)
    texts = torch.split(batch.targets, batch.lengths.tolist())
    for frames, width, target in zip(log_probs, batch.widths, texts, strict=True):
        read = greedy(frames[: int(width) // 4].numpy(), READER_ALPHABET).text
        assert read == READER_ALPHABET.decode(target.tolist())


def test_the_schedule_warms_up_and_ends_low():
    optimisation = Optimisation(steps=1000, warmup=100)
    assert optimisation.scale(0) < 0.02
    assert optimisation.scale(100) == 1.0
    assert optimisation.scale(1000) < 0.02
    assert all(optimisation.scale(s) >= optimisation.scale(s + 1) for s in range(100, 1000))
