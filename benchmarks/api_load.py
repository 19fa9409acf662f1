"""The web API under load and under fire, against a server of its own on a loopback port.

    python benchmarks/api_load.py cost                      one line by the API and in Python
    python benchmarks/api_load.py load --clients 64 --seconds 60
    python benchmarks/api_load.py death                     a worker is killed in mid-request
    python benchmarks/api_load.py fire --count 10000        bent files, then schemathesis if installed

Every loop is bounded, no request goes anywhere but 127.0.0.1, and images are never fetched by
address. The lines are those of samples/phone-photo.jpg. Clients that are told "busy" wait as long
as Retry-After says. A command ends with code 1 where a promise does not hold.
"""

from __future__ import annotations

import http.client
import io
import multiprocessing
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import click
from api_server import Served, ask
from bent_files import KINDS, bent, seed_files
from PIL import Image
from systems import processor

from inkread.document import Page
from inkread.reader import Reader
from inkread.runtime.cores import available_cores

PHOTO = Path(__file__).resolve().parent.parent / "samples" / "phone-photo.jpg"
LINE_HEIGHT = 96
MAX_CLIENTS, MAX_SECONDS, MAX_COUNT = 128, 300, 20_000


@click.group(help=__doc__)
def main() -> None:
    click.echo(f"{processor()}, {date.today()}")


@main.command()
@click.option("--count", type=click.IntRange(2, 1000), default=60, show_default=True)
def cost(count: int) -> None:
    """What the API adds to one line: its time and Python's, turn by turn, one thread each.

    The processor's time is what to look at where other programs use the machine as well.
    """
    reader, lines = Reader(threads=1), sample_lines()
    python: list[float] = []
    api: list[float] = []
    with Served("--workers", str(available_cores())) as served:  # then each has one thread as well
        connection = served.connect()
        for number in range(count + 4):
            if number == 4:  # everything is warm
                own, cpu = time.process_time(), served.cpu()
            line = lines[number % len(lines)]
            python.append(seconds(lambda line=line: reader.read(line, as_line=True)))  # type: ignore[misc]
            api.append(seconds(lambda line=line: ask(connection, "/v1/predict", line)))  # type: ignore[misc]
        own_spent, cpu_spent = time.process_time() - own, served.cpu() - cpu
    ours, theirs = median_ms(python[4:]), median_ms(api[4:])
    click.echo(f"{count} lines, median: Python {ours:.1f} ms, API {theirs:.1f} ms")
    click.echo(f"the API adds {theirs - ours:.1f} ms, a factor of {theirs / ours:.2f}")
    own_spent, cpu_spent = own_spent / count * 1000, cpu_spent / count * 1000
    click.echo(f"processor time a line: Python and client {own_spent:.1f} ms, server {cpu_spent:.1f} ms")
    sys.exit(theirs - ours > 10 and cpu_spent - own_spent > 10)


@dataclass
class Count:
    """What the clients of one run saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, status: int, took: float) -> None:
        """Note one answer; status 0 is a connection that broke."""
        with self.lock:
            self.statuses[status] += 1
            if status == 200:
                self.seconds.append(took)


@main.command()
@click.option("--clients", type=click.IntRange(1, MAX_CLIENTS), default=64, show_default=True)
@click.option("--seconds", "duration", type=click.IntRange(1, MAX_SECONDS), default=60, show_default=True)
@click.option("--workers", type=click.IntRange(1, 8), default=2, show_default=True)
@click.option("--threads", type=click.IntRange(1, 200), default=32, show_default=True)
def load(clients: int, duration: int, workers: int, threads: int) -> None:
    """Many clients at once: served, refused, how fast, and whether memory stays flat."""
    lines = sample_lines()
    bare = bare_throughput(lines, workers, min(15.0, duration))
    with Served("--workers", str(workers), "--threads", str(threads)) as served:
        run_clients(served, lines, workers, 5.0)  # until every session has grown to its size
        memory = [served.memory()]

        def weigh() -> None:
            for _ in range(4):
                time.sleep(duration / 4)
                memory.append(served.memory())

        scales = threading.Thread(target=weigh)
        scales.start()
        count = run_clients(served, lines, clients, duration)
        scales.join()
    total, good = sum(count.statuses.values()), count.statuses[200]
    times = sorted(count.seconds) or [0.0]
    speed = good / duration
    rows = {
        "clients": clients,
        "answers": total,
        "served": f"{good} ({good / max(total, 1):.0%})",
        "by status": dict(count.statuses),
        "p50 s": f"{times[len(times) // 2]:.2f}",
        "p99 s": f"{times[int(len(times) * 0.99)]:.2f}",
        "lines/s": f"{speed:.1f}",
        f"bare, {workers} processes, lines/s": f"{bare:.1f}",
        "of the bare throughput": f"{speed / bare:.0%}",
        "memory MB, at each quarter": ", ".join(f"{size:.0f}" for size in memory),
    }
    for name, value in rows.items():
        click.echo(f"{name:<32} {value}")
    sys.exit(not set(count.statuses) <= {200, 503} or good * 2 < total)


@main.command()
def death() -> None:
    """Kill a worker in mid-request: the other serves on, and a new one comes."""
    lines = sample_lines()
    with Served("--workers", "2") as served:
        victim = served.workers()[0]
        timer = threading.Timer(3.0, served.kill, (victim,))
        timer.start()
        count = run_clients(served, lines, 8, 12.0)
        timer.join()
        deadline = time.monotonic() + 60
        while len(served.workers()) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        workers = served.workers()
        again = run_clients(served, lines, 4, 2.0)
    broken, good = count.statuses[0], count.statuses[200]
    click.echo(f"served {good}, broken with their worker {broken}, others {dict(count.statuses)}")
    click.echo(f"workers afterwards: {len(workers)}, the killed one among them: {victim in workers}")
    fine = victim not in workers and len(workers) == 2 and set(again.statuses) == {200}
    sys.exit(not (fine and good > 0 and set(count.statuses) <= {0, 200, 503}))


@main.command()
@click.option("--count", type=click.IntRange(1, MAX_COUNT), default=10_000, show_default=True)
@click.option("--seconds", "duration", type=click.IntRange(0, MAX_SECONDS), default=60, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def fire(count: int, duration: int, seed: int) -> None:
    """Malformed requests: no 500, no dead worker, no growth."""
    seeds = seed_files(Image.open(io.BytesIO(sample_lines()[0])).convert("RGB").resize((120, 24)))
    paths = ("/v1/predict", "/v1/read", "/v1/read?stream=ndjson", "/v1/read?mode=line&format=txt")
    limits = ("--max-pixels", "300000", "--max-pages", "3")
    with Served("--workers", "2", *limits) as served:
        workers, statuses, memory = served.workers(), Counter[int](), list[float]()

        def shoot(number: int) -> int:
            chance = random.Random(f"{seed} {number}")
            sent = bent(chance.choice(seeds), chance)
            return tried(served, chance.choice(paths), sent, chance.choice(KINDS))

        with ThreadPoolExecutor(4) as pool:
            for number, status in enumerate(pool.map(shoot, range(count))):
                statuses[status] += 1
                if (number + 1) % max(count // 5, 1) == 0:
                    memory.append(served.memory())
        alive = served.workers() == workers
        click.echo(f"{count} bent files: {dict(sorted(statuses.items()))}; workers alive: {alive}")
        click.echo(f"memory after each fifth, MB: {', '.join(f'{size:.0f}' for size in memory)}")
        fine = alive and not any(status == 0 or status == 500 for status in statuses)
        if duration and (schemathesis := shutil.which("st")):
            fine = by_document(served, schemathesis, duration) and served.workers() == workers and fine
    sys.exit(not fine)


def by_document(served: Served, schemathesis: str, duration: int) -> bool:
    """Let schemathesis make requests out of the server's own document, and compare the answers with it."""
    command = [schemathesis, "run", f"{served.url}/openapi.json", "--max-time", str(duration)]
    command += ["--suppress-health-check", "all"]  # of its own generator, not of the server
    command += ["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--no-color"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=4 * duration + 120)
    click.echo("\n".join(done.stdout.splitlines()[-25:]))
    return done.returncode == 0


CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "unsupported_method,allow_header_conformance"
)


def sample_lines() -> list[bytes]:
    """Return the sample's lines as PNG files of one height."""
    page: Page = Reader(threads=1, language="none").read(PHOTO)
    photo = Image.open(PHOTO).convert("L")
    lines = []
    for line in page.lines:
        xs, ys = [x for x, _ in line.polygon], [y for _, y in line.polygon]
        crop = photo.crop((int(min(xs)), int(min(ys)), int(max(xs)), int(max(ys))))
        out = io.BytesIO()
        crop.resize((crop.width * LINE_HEIGHT // crop.height, LINE_HEIGHT)).save(out, "PNG")
        lines.append(out.getvalue())
    return lines


def run_clients(served: Served, lines: list[bytes], clients: int, duration: float) -> Count:
    """Let clients send one line after the other for ``duration`` seconds."""
    count, end = Count(), time.monotonic() + duration

    def client(number: int) -> None:
        connection = served.connect()
        while time.monotonic() < end:
            number += 1
            started = time.monotonic()
            try:
                status, wait = ask(connection, "/v1/predict", lines[number % len(lines)])
            except (OSError, http.client.HTTPException):
                status, wait = 0, 0.2
                connection.close()
            if time.monotonic() < end + 1:
                count.add(status, time.monotonic() - started)
            time.sleep(min(wait, max(end - time.monotonic(), 0)))
        connection.close()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    return count


def tried(served: Served, path: str, content: bytes, kind: str) -> int:
    """Send one request on a connection of its own; 0 where none is answered."""
    connection = served.connect()
    try:
        return ask(connection, path, content, kind)[0]
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def bare_throughput(lines: list[bytes], processes: int, duration: float) -> float:
    """Return lines a second that so many processes read in Python, one thread each."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return sum(pool.starmap(_bare, [(lines, duration)] * processes))


def _bare(lines: list[bytes], duration: float) -> float:
    reader, done = Reader(threads=1), 0
    for line in lines:
        reader.read(line, as_line=True)
    started = time.monotonic()
    while time.monotonic() < started + duration:
        reader.read(lines[done % len(lines)], as_line=True)
        done += 1
    return done / (time.monotonic() - started)


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median_ms(values: Iterable[float]) -> float:
    """Return the median in milliseconds."""
    return statistics.median(values) * 1000


if __name__ == "__main__":
    main()
