"""Weights & Biases, when the user has it: config, metrics, example pictures and test scores of a run.

It is optional in every way: absent, logged out or unreachable, it costs one line and training goes
on. With ``WANDB_MODE=offline`` nothing is sent; ``wandb sync`` sends the run's folder later.
"""

from __future__ import annotations

import netrc
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROJECT = "inkread"
_ID_FILE = "wandb_id.txt"


class Tracker:
    """One run at Weights & Biases, made by ``start_tracking``."""

    def __init__(self, run: Any) -> None:
        self._run = run

    def log(self, row: Mapping[str, float], step: int) -> None:
        """Send the figures known at this step."""
        self._run.log(dict(row), step=step)

    def picture(self, name: str, path: Path) -> None:
        """Send a picture from its file."""
        import wandb

        self._run.log({name: wandb.Image(str(path))})

    def finish(self, scores: Mapping[str, float] | None = None) -> None:
        """End the run, with its final scores in the summary; without scores it counts as failed."""
        self._run.summary.update(dict(scores or {}))
        self._run.finish(exit_code=1 if scores is None else 0)


def start_tracking(
    config: Mapping[str, Any],
    out: Path,
    group: str | None = None,
    say: Callable[[str], object] = print,
) -> Tracker | None:
    """Begin a run, or go on with the one begun in ``out``.

    Args:
        config: settings of the experiment.
        out: run folder; takes ``wandb/`` and the run's identifier.
        group: joins runs, such as those of one ``experiment_group``.
        say: told in one line why there is no tracking.

    Returns:
        the tracker, or None where Weights & Biases is absent, logged out or unreachable.
    """
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    os.environ.setdefault("WANDB_SILENT", "true")
    os.environ.setdefault("WANDB_INIT_TIMEOUT", "30")
    silence = "; --nowandb leaves this line out"
    try:
        import wandb
    except ImportError:
        say(f"Not tracked by Weights & Biases: pip install 'inkread[wandb]' to have it{silence}.")
        return None
    settings = wandb.setup().settings
    if settings.mode in {None, "online", "run"} and not _logged_in(settings):
        say(f"Not tracked by Weights & Biases: run wandb login, or set WANDB_MODE=offline{silence}.")
        return None
    try:
        run = wandb.init(
            project=os.environ.get("WANDB_PROJECT", PROJECT),
            config=dict(config),
            dir=out,
            group=group,
            id=_identifier(out),
            resume="allow",
            settings=wandb.Settings(console="off"),
        )
    except (wandb.Error, OSError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        say(f"Not tracked by Weights & Biases ({reason}){silence}.")
        return None
    return Tracker(run)


def _identifier(out: Path) -> str | None:
    """Return the run's identifier, kept in its folder; None leaves it to a sweep's agent."""
    if "WANDB_RUN_ID" in os.environ:
        return None
    file = out / _ID_FILE
    if not file.exists():
        file.write_text(secrets.token_hex(4))
    return file.read_text().strip()


def _logged_in(settings: Any) -> bool:
    if settings.api_key or settings.identity_token_file:
        return True
    try:
        known = netrc.netrc(os.environ.get("NETRC")).hosts
        return not known.keys().isdisjoint({urlsplit(settings.base_url).netloc, "api.wandb.ai"})
    except (OSError, netrc.NetrcParseError):
        return False
