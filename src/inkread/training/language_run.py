"""Training a language model of word pieces; a run killed at any step goes on from its last checkpoint."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from inkread.errors import ConfigError, DataError
from inkread.training.language_texts import PieceTexts
from inkread.training.networks.piece_lstm import PieceLstm

_WARM_UP = 100


@dataclass(frozen=True)
class LanguageRun:
    """How a model is trained.

    Attributes:
        steps: of the whole run.
        batch: windows a step.
        learning_rate: the highest; it rises for a tenth of the run, 100 steps at most, and falls in a line
            to almost nothing.
        weight_decay: of AdamW.
        seed: of the windows and of dropout.
        checkpoint_every: steps.
        half: multiply in bfloat16, which processors with AVX-512 BF16 do faster.
    """

    steps: int
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    seed: int = 1
    checkpoint_every: int = 250
    half: bool = False

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 1 or self.checkpoint_every < 1 or not self.learning_rate > 0:
            raise ConfigError("Steps, batch, checkpoint_every and learning_rate are above 0; correct them.")

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        rise = min(_WARM_UP, self.steps // 10 + 1)
        return self.learning_rate * min(1.0, (step + 1) / rise) * (1.0 - step / self.steps) + 1e-5

    def fit(
        self, network: PieceLstm, texts: PieceTexts, checkpoint: Path, say: Callable[[str], None] = print
    ) -> PieceLstm:
        """Train ``network`` in place, from ``checkpoint`` on if that is there, and return it.

        Raises:
            DataError: a checkpoint of another run, or one that cannot be read.
        """
        optimiser = torch.optim.AdamW(
            network.parameters(), self.learning_rate, betas=(0.9, 0.99), weight_decay=self.weight_decay
        )
        which = asdict(self) | {"texts": texts.fingerprint, "network": str(network)}
        del which["checkpoint_every"]
        first = _resume(which, network, optimiser, checkpoint) if checkpoint.is_file() else 0
        network.train()
        total = 0.0
        for step in range(first, self.steps):
            torch.manual_seed(self.seed * 1_000_003 + step)
            for group in optimiser.param_groups:
                group["lr"] = self.rate(step)
            rows = torch.from_numpy(texts.batch((self.seed, step), self.batch))
            with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
                logits = network.logits(rows[:, :-1])
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            total += loss.item()
            done = step + 1
            if done % self.checkpoint_every == 0 or done == self.steps:
                since = done - max(first, (done - 1) // self.checkpoint_every * self.checkpoint_every)
                _save(which, network, optimiser, checkpoint, done)
                say(f"step {done} of {self.steps}: {total / since:.3f} nats a piece")
                total = 0.0
        return network.eval()


def _save(
    which: dict[str, object],
    network: PieceLstm,
    optimiser: torch.optim.Optimizer,
    checkpoint: Path,
    done: int,
) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    draft = checkpoint.with_name(checkpoint.name + ".part")
    state = {
        "run": which,
        "done": done,
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    torch.save(state, draft)
    os.replace(draft, checkpoint)


def _resume(
    which: dict[str, object], network: PieceLstm, optimiser: torch.optim.Optimizer, checkpoint: Path
) -> int:
    """Return how many steps were done; network and optimiser are as they were then."""
    try:
        state = torch.load(checkpoint, weights_only=True)
        run, done = state["run"], int(state["done"])
        if run == which:
            network.load_state_dict(state["network"])
            optimiser.load_state_dict(state["optimiser"])
            return done
    except Exception as error:  # pickle's, torch's and the file system's
        raise DataError(f"The checkpoint {checkpoint} cannot be read; remove it to begin anew.") from error
    raise DataError(
        f"{checkpoint} is of a run with other settings or texts; give those, or another file for this run."
    )
