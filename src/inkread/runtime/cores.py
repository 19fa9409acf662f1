"""How many physical cores there are for this process: hyperthreads, affinity and quotas counted."""

from __future__ import annotations

import math
import os
from pathlib import Path


def available_cores() -> int:
    """Return how many physical cores this process may use: affinity and CPU quota respected."""
    if hasattr(os, "sched_getaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
    else:
        allowed = list(range(os.cpu_count() or 1))
    cores = {
        _read(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") or cpu for cpu in allowed
    }
    quota = _read("/sys/fs/cgroup/cpu.max").split()
    limit = math.ceil(int(quota[0]) / int(quota[1])) if quota and quota[0] != "max" else len(cores)
    return max(1, min(len(cores), limit))


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
