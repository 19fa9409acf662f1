"""``GPUManager``: a free GPU for each run, held by a file lock that ends with the process that holds it.

Free is a GPU that hardly uses memory (``nvidia-smi`` tells) and that no other run of ours holds.
Locks lie in a folder of the user's own under the temporary files; there is no server.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inkread.errors import ConfigError

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, memory alone decides
    fcntl = None  # type: ignore[assignment]

_QUERY = ("--query-gpu=index,memory.total,memory.used", "--format=csv,noheader,nounits")
_held: dict[int, int] = {}  # descriptor -> process that opened it


@dataclass(frozen=True)
class Gpu:
    """One GPU as PyTorch numbers it.

    Attributes:
        number: among the GPUs that ``CUDA_VISIBLE_DEVICES`` shows, as PyTorch counts them.
        index: among all of the machine, as ``nvidia-smi`` counts them.
        total, used: memory in MiB.
    """

    number: int
    index: int
    total: int
    used: int


def list_gpus() -> list[Gpu]:
    """Return the GPUs that this process may use; none where there is no ``nvidia-smi``.

    Raises:
        ConfigError: ``nvidia-smi`` fails or says something that is no list of GPUs.
    """
    shown = os.environ.get("CUDA_VISIBLE_DEVICES")
    if shown is not None and (not shown.strip() or shown.strip().startswith("-")):
        return []
    entries = [[]] if shown is None else [[f"--id={entry.strip()}"] for entry in shown.split(",")]
    try:
        rows = [row for entry in entries for row in _ask(entry)]
    except FileNotFoundError:
        return []
    return [Gpu(number, *row) for number, row in enumerate(rows)]


def _ask(which: list[str]) -> list[tuple[int, int, int]]:
    try:
        answer = subprocess.run(
            ["nvidia-smi", *which, *_QUERY], capture_output=True, text=True, timeout=60, check=True
        )
        rows = [line.split(",") for line in answer.stdout.splitlines() if line.strip()]
        return [(int(index), int(total), int(used)) for index, total, used in rows]
    except (subprocess.SubprocessError, PermissionError, ValueError) as error:
        raise ConfigError(
            f"nvidia-smi does not tell which GPUs there are ({error}); repair it, or use --gpu=cpu."
        ) from None


class GPUManager:
    """Gives out free GPUs and holds them until they are released or this process ends, however it ends.

    Args:
        folder: of the lock files; every process that competes must use the same.
        busy: share of its memory from which a GPU counts as taken by somebody else.
        interval: seconds between looks while waiting.
    """

    def __init__(self, folder: str | Path | None = None, busy: float = 0.1, interval: float = 10.0) -> None:
        self._folder = Path(folder or Path(tempfile.gettempdir()) / f"inkread-gpus-{getpass.getuser()}")
        self._busy = busy
        self._interval = interval
        self._locks: dict[int, int] = {}

    def get_free_gpu(self, wait: bool = True, say: Callable[[str], object] = print) -> int | None:
        """Take the free GPU with the most memory left and return its number for PyTorch.

        Args:
            wait: for one to become free; else return None when all are in use.
            say: told once, in one line, that all are in use.

        Raises:
            ConfigError: there is no GPU at all.
        """
        numbers = self.get_free_gpus(1, wait, say)
        return numbers[0] if numbers else None

    def get_free_gpus(self, count: int, wait: bool = True, say: Callable[[str], object] = print) -> list[int]:
        """Take several free GPUs, all or none; arguments and errors as of ``get_free_gpu``."""
        said = False
        while True:
            gpus = list_gpus()
            if len(gpus) < count or not gpus:
                raise ConfigError(f"There are {len(gpus)} GPUs here, fewer than {count}; use --gpu=cpu.")
            free = [gpu for gpu in gpus if gpu.used < self._busy * gpu.total]
            numbers: list[int] = []
            for gpu in sorted(free, key=lambda gpu: (gpu.used - gpu.total, gpu.number)):
                if len(numbers) < count and self._lock(gpu):
                    numbers.append(gpu.number)
            if len(numbers) == count:
                return numbers
            for number in numbers:
                self.release(number)
            if not wait:
                return []
            if not said:
                say(f"Waiting for a free GPU: of {len(gpus)}, {len(gpus) - len(numbers)} are in use.")
                said = True
            time.sleep(self._interval)

    def hold(self, number: int) -> bool:
        """Hold this GPU whatever its memory says; return False if another run of ours holds it.

        Raises:
            ConfigError: there is no such GPU.
        """
        gpus = list_gpus()
        if not 0 <= number < len(gpus):
            count = f"{len(gpus)} GPUs, numbered from 0" if len(gpus) != 1 else "one GPU, number 0"
            raise ConfigError(
                f"There is no GPU {number}: this machine has {count}; use --gpu=-1 for a free one."
            )
        return self._lock(gpus[number])

    def release(self, number: int) -> None:
        """Let others have this GPU."""
        descriptor = self._locks.pop(number)
        _held.pop(descriptor, None)
        os.close(descriptor)

    def _lock(self, gpu: Gpu) -> bool:
        if gpu.number in self._locks:
            return False
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / f"gpu{gpu.index}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if fcntl:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())  # for who wonders; the lock alone counts
        _let_go_in_forks()
        _held[descriptor] = os.getpid()
        self._locks[gpu.number] = descriptor
        return True


@contextlib.contextmanager
def hold_gpus(
    wanted: str, count: int = 1, say: Callable[[str], object] = print, manager: GPUManager | None = None
) -> Iterator[list[int]]:
    """Hold the GPUs that ``--gpu`` names for the length of a ``with`` block.

    Args:
        wanted: "cpu" for none, "-1" for free ones, or numbers as "0" or "0,1".
        count: how many free ones.
        say: told in one line that there is no GPU, or that one is shared.
        manager: one of your own.

    Yields:
        their numbers for PyTorch; none where PyTorch sees no GPU.

    Raises:
        ConfigError: ``wanted`` is none of these, or there is no such GPU.
    """
    try:
        numbers = [] if wanted == "cpu" else [int(number) for number in wanted.split(",")]
    except ValueError:
        raise ConfigError(
            f"--gpu is a number, several as 0,1, -1 for a free one, or cpu, not {wanted!r}; correct it."
        ) from None
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # so that both count alike
    import torch

    if not numbers or not torch.cuda.is_available():
        if numbers:
            say("There is no GPU here that PyTorch can use: training on the CPU.")
        yield []
        return
    manager = manager or GPUManager()
    if not list_gpus():  # no nvidia-smi: nothing to choose by
        yield numbers if min(numbers) >= 0 else list(range(count))
        return
    if min(numbers) < 0:
        held = numbers = manager.get_free_gpus(count, say=say)
    else:
        held = [number for number in numbers if manager.hold(number)]
        for number in sorted({*numbers} - {*held}):
            say(f"GPU {number} is in use by another run of yours; both share it.")
    try:
        yield numbers
    finally:
        for number in held:
            manager.release(number)


@functools.cache
def _let_go_in_forks() -> None:
    """Close inherited locks after a fork: a data loader's worker must not outlive its parent's hold."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_let_go)


def _let_go() -> None:
    for descriptor, process in list(_held.items()):
        if process != os.getpid():
            os.close(descriptor)
            del _held[descriptor]
