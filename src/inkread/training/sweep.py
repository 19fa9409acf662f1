"""A sweep without an account: Optuna chooses, this runs the trials, and nothing is lost by a kill.

Every trial is held by a lock file that a crash releases. Whoever looks for work first takes over
trials that were begun and are held by nobody (same values, same folder, so that training goes on
from its last checkpoint), and only then asks for a new one. Hence the same command resumes, helps
a sweep that runs already, and joins from another host where the storage is on a shared folder.
"""

from __future__ import annotations

import fcntl
import math
import multiprocessing
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from inkread.errors import ConfigError, DataError, InkreadError
from inkread.training.sweep_results import Result, results, shown
from inkread.training.sweep_space import Sweep

if TYPE_CHECKING:
    from optuna import Study
    from optuna.samplers import BaseSampler
    from optuna.storages import BaseStorage
    from optuna.trial import Trial

Report = Callable[[int, Mapping[str, float]], None]
"""Called with the number of epochs done and the validation scores; raises to end a trial early."""

Objective = Callable[[dict[str, Any], Path, Report], Mapping[str, float]]
"""Trains with a configuration into a folder, going on with what is there; returns validation scores."""

_TRIALS = 20  # where neither the file nor the user says how many


class MetricError(ConfigError):
    """The sweep's metric is not among the scores: no trial can tell anything, so the sweep stops."""


@dataclass(frozen=True)
class Place:
    """Where a sweep lives: trials' folders below ``out``, the study in the file ``storage``.

    A storage ending in .log or .journal is Optuna's journal, for several hosts on a shared folder;
    any other is an SQLite file, for one host. Lock files lie beside it.
    """

    sweep: Sweep
    out: Path
    storage: Path

    def folder(self, number: int) -> Path:
        """Folder of a trial; people count from 1."""
        return self.out / f"trial-{number + 1:04d}"

    def open(self, sampler: BaseSampler | None = None) -> Study:
        """Open the study, making it first if it is not there; one with a sampler is for asking only."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.CRITICAL)
        storage, name = _open_storage(self.storage), self.sweep.name
        sampler, pruner = sampler or optuna.samplers.RandomSampler(), self.sweep.pruner()
        described = self.sweep.described()
        try:
            study = optuna.load_study(study_name=name, storage=storage, sampler=sampler, pruner=pruner)
        except KeyError:
            study = optuna.create_study(
                study_name=name, storage=storage, sampler=sampler, pruner=pruner, direction=self.sweep.goal
            )
            study.set_user_attr("inkread", described)
        if study.user_attrs.get("inkread") != described:
            raise ConfigError(
                f"{self.storage} holds a sweep {name!r} of other settings; name another --out for this one."
            )
        return study

    def hold(self, name: str, wait: bool = False) -> IO[str] | None:
        """Take a lock; None if another process has it. Closing the file, or dying, lets it go."""
        # a record lock: forked data workers do not inherit it, and shared folders know it
        path = self.storage.with_name(self.storage.name + ".locks") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            file.close()
            return None
        return file

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one process at a time look for work."""
        file = self.hold("asking", wait=True)
        assert file is not None
        with file:
            yield


@cache  # opening takes a while, and a process needs one
def _open_storage(path: Path) -> BaseStorage:
    from optuna.storages import JournalStorage, RDBStorage
    from optuna.storages.journal import JournalFileBackend
    from sqlalchemy import event

    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in (".log", ".journal"):
        return JournalStorage(JournalFileBackend(str(path)))
    storage = RDBStorage(f"sqlite:///{path}", engine_kwargs={"connect_args": {"timeout": 60}})

    def hurry(connection: Any, _: Any) -> None:  # a write-ahead log waits for the disk once in a while only
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    storage.engine.dispose()
    event.listen(storage.engine, "connect", hurry)
    return storage


def run_sweep(
    sweep: Sweep,
    out: str | Path,
    objective: Objective,
    *,
    trials: int | None = None,
    jobs: int = 1,
    storage: str | Path | None = None,
    say: Callable[[str], None] = print,
) -> list[Result]:
    """Run the trials that are left, and return all, the best first.

    Args:
        sweep: what to search.
        out: folder for the trials, ``results.csv`` and ``parallel.png``.
        objective: runs one trial; picklable where ``jobs`` is more than one.
        trials: how many in all; by default the whole grid, ``run_cap``, or 20.
        jobs: processes to run trials in at once.
        storage: file of the study; ``out/sweep.db`` by default (see ``Place``).
        say: takes a line of progress.

    Raises:
        ConfigError: Optuna is missing, ``out`` holds another sweep, the metric is not among the
            scores, or no trial ended well.
        DataError: data that are missing; the trial goes on when the command is given again.
    """
    try:
        import optuna  # noqa: F401
    except ImportError:
        raise ConfigError("A sweep needs Optuna; install it: pip install 'inkread[sweep]'.") from None
    warnings.filterwarnings("ignore", module="optuna")
    place = Place(sweep, Path(out), (Path(storage) if storage else Path(out) / "sweep.db").resolve())
    wanted = [count for count in (trials or sweep.run_cap or None, sweep.size) if count]
    count = min(wanted) if wanted else _TRIALS
    with place.alone():
        place.open()
    if jobs <= 1:
        _work(place, objective, count, say)
    else:
        os.environ.setdefault("OMP_NUM_THREADS", str(max((os.cpu_count() or 1) // jobs, 1)))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, context, initializer=_die_with_parent) as pool:
            started = [pool.submit(_work, place, objective, count, partial(print, flush=True))
                       for _ in range(jobs)]  # fmt: skip
            for future in started:
                future.result()
    return results(place.open(), sweep)


def _work(place: Place, objective: Objective, count: int, say: Callable[[str], None]) -> None:
    """Run trials until none is left."""
    warnings.filterwarnings("ignore", module="optuna")
    while (found := _next_trial(place, count)) is not None:
        trial, lock = found
        with lock:
            _run(place, trial, objective, count, say)


def _next_trial(place: Place, count: int) -> tuple[Trial, IO[str]] | None:
    """Take over a trial that nobody holds, or begin a new one."""
    import optuna

    with place.alone():
        study = place.open()
        known = study.get_trials(deepcopy=False)
        for frozen in known:
            if frozen.state.name == "RUNNING" and (lock := place.hold(f"trial-{frozen.number + 1:04d}")):
                if study.get_trials(deepcopy=False)[frozen.number].state.name == "RUNNING":
                    study = place.open(_sampler(place.sweep, frozen.number))
                    return optuna.trial.Trial(study, frozen._trial_id), lock
                lock.close()  # it ended between the two looks
        if len(known) >= count:
            return None
        trial = place.open(_sampler(place.sweep, len(known))).ask()
        lock = place.hold(f"trial-{trial.number + 1:04d}", wait=True)
        assert lock is not None
        trial.set_user_attr("values", place.sweep.suggest(trial))
        return trial, lock


def _run(place: Place, trial: Trial, objective: Objective, count: int, say: Callable[[str], None]) -> None:
    """Run one trial and tell the study how it ended."""
    import optuna

    sweep, study = place.sweep, place.open()
    values = trial.user_attrs.get("values") or sweep.suggest(trial)
    known = study.get_trials(deepcopy=False)[trial.number]
    scores = dict(known.intermediate_values)
    spent, began = known.user_attrs.get("seconds", 0.0), time.monotonic()
    name = f"trial {trial.number + 1} of {count}"
    settings = ", ".join(
        f"{key.rpartition('.')[2]} {shown(value)}" for key, value in sweep.row(values).items()
    )
    say(f"{name}{': goes on' if scores else ''}: {settings}")

    def report(epoch: int, reported: Mapping[str, float]) -> None:
        if epoch not in scores:
            scores[epoch] = find_score(reported, sweep.metric)
            trial.report(scores[epoch], epoch)
        trial.set_user_attr("seconds", spent + time.monotonic() - began)
        if epoch < (sweep.early or {}).get("max_iter", math.inf) and trial.should_prune():
            raise optuna.TrialPruned

    folder = place.folder(trial.number)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        ended = objective(sweep.config(values), folder, report)
        if not scores:
            scores[0] = find_score(ended, sweep.metric)
        finite = [score for score in scores.values() if math.isfinite(score)]
        if not finite:
            raise ArithmeticError(f"{sweep.metric} was never a number")
        best = (min if sweep.goal == "minimize" else max)(finite)
        trial.set_user_attr("seconds", spent + time.monotonic() - began)
        study.tell(trial.number, best)
        say(f"{name}: {sweep.metric} {best:.4g}, {spent + time.monotonic() - began:.0f} s")
    except optuna.TrialPruned:
        study.tell(trial.number, state=optuna.trial.TrialState.PRUNED)
        say(f"{name}: pruned after {max(scores)} epochs, {sweep.metric} {scores[max(scores)]:.4g}")
    except (MetricError, DataError):  # true of every trial: this one goes on when that is mended
        raise
    except (InkreadError, RuntimeError, ValueError, ArithmeticError, MemoryError) as error:
        trial.set_user_attr("error", f"{type(error).__name__}: {error}")
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        say(f"{name} failed: {error}")


def find_score(scores: Mapping[str, float], metric: str) -> float:
    """Return a score by W&B's name (``val_loss``) or without its ``val_``.

    Raises:
        MetricError: no such score.
    """
    plain = metric.removeprefix("val_")
    for name in (metric, plain, f"val_{plain}"):
        if name in scores:
            return float(scores[name])
    raise MetricError(f"The sweep's metric {metric!r} is not reported; use one of {', '.join(scores)}.")


def _sampler(sweep: Sweep, number: int) -> BaseSampler:
    """Return the sampler for one trial: seeded by its number, so that a resumed sweep asks the same."""
    from optuna.samplers import GridSampler, RandomSampler, TPESampler

    if sweep.method == "grid":
        return GridSampler({name: p.labels for name, p in sweep.parameters.items()}, seed=1)
    if sweep.method == "random":
        return RandomSampler(seed=number + 1)
    return TPESampler(seed=number + 1, constant_liar=True)


def _die_with_parent() -> None:
    """End this process when the one that started it is gone, kill -9 included."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
