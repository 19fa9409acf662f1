"""GPUManager with an ``nvidia-smi`` of our own on the PATH, and real processes that compete."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from inkread.errors import ConfigError
from inkread.training.gpus import GPUManager, hold_gpus, list_gpus

BUSY, IDLE = "40960, 30000", "40960, 4"
PERSONAL = "0, 24576, 10"


@pytest.fixture
def nvidia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file whose lines the fake ``nvidia-smi`` prints; ``--id=N`` takes one of them."""
    answer = tmp_path / "answer.csv"
    binary = tmp_path / "bin" / "nvidia-smi"
    binary.parent.mkdir()
    binary.write_text(
        textwrap.dedent(f"""\
            #!/bin/sh
            case "$1" in --id=*) exec sed -n "$((${{1#--id=}} + 1))p" {answer} ;; esac
            [ "$*" = "--query-gpu=index,memory.total,memory.used --format=csv,noheader,nounits" ] || exit 9
            exec cat {answer}
            """)
    )
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{binary.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return answer


def hold_in_another_process(folder: Path, also: str = "") -> tuple[subprocess.Popen[str], str]:
    """Start a process that takes a free GPU and keeps it; return it and the number it printed."""
    program = f"""
import os, sys, time
from inkread.training.gpus import GPUManager
number = GPUManager({str(folder)!r}).get_free_gpu(wait=False)
{also}
print(number, flush=True)
sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    assert process.stdin and process.stdout
    process.stdin.close()
    process.wait()
    process.stdout.close()


def test_the_free_gpu_with_the_most_memory_is_given(nvidia: Path, tmp_path: Path) -> None:
    nvidia.write_text(f"0, {BUSY}\n1, {IDLE}\n2, 81920, 12\n")
    manager = GPUManager(tmp_path / "locks")
    assert [manager.get_free_gpu(wait=False) for _ in range(3)] == [2, 1, None]
    manager.release(2)
    assert manager.get_free_gpu() == 2


def test_a_gpu_that_somebody_else_computes_on_is_not_free(nvidia: Path, tmp_path: Path) -> None:
    nvidia.write_text(f"0, {BUSY}\n")
    assert GPUManager(tmp_path / "locks").get_free_gpu(wait=False) is None
    assert GPUManager(tmp_path / "locks", busy=0.9).get_free_gpu(wait=False) == 0


def test_numbers_are_those_that_pytorch_uses(
    nvidia: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia.write_text(f"0, {IDLE}\n1, {BUSY}\n2, {IDLE}\n")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,1")
    assert [(gpu.number, gpu.index) for gpu in list_gpus()] == [(0, 2), (1, 1)]
    assert GPUManager(tmp_path / "locks").get_free_gpu(wait=False) == 0
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert list_gpus() == []


def test_processes_that_compete_get_different_gpus(nvidia: Path, tmp_path: Path) -> None:
    nvidia.write_text(f"0, {IDLE}\n1, {IDLE}\n")
    started = [hold_in_another_process(tmp_path / "locks") for _ in range(3)]
    assert sorted(number for _, number in started) == ["0", "1", "None"]
    for process, _ in started:
        end(process)


def test_a_gpu_whose_holder_is_killed_is_free_again(nvidia: Path, tmp_path: Path) -> None:
    nvidia.write_text(PERSONAL)
    process, number = hold_in_another_process(tmp_path / "locks")
    manager = GPUManager(tmp_path / "locks")
    assert (number, manager.get_free_gpu(wait=False)) == ("0", None)
    process.send_signal(signal.SIGKILL)
    end(process)
    assert manager.get_free_gpu(wait=False) == 0


def test_a_child_that_outlives_its_killed_parent_holds_nothing(nvidia: Path, tmp_path: Path) -> None:
    nvidia.write_text(PERSONAL)
    alive, kept = os.pipe()  # the orphan lives until the test lets go of its end
    fork = f"child = os.fork()\nif child == 0:\n    os.read({alive}, 1)\n    os._exit(0)"
    program = f"""
import os, sys
from inkread.training.gpus import GPUManager
number = GPUManager({str(tmp_path / "locks")!r}).get_free_gpu(wait=False)
os.close({kept})
{fork}
print(number, child, flush=True)
sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=(alive, kept),
    )
    assert process.stdout
    number, child = process.stdout.readline().split()
    process.kill()
    end(process)
    os.kill(int(child), 0)  # it does live
    try:
        assert number == "0"
        free = None
        for _ in range(100):  # until the child has run for the first time
            free = GPUManager(tmp_path / "locks").get_free_gpu(wait=False)
            if free is not None:
                break
            time.sleep(0.05)
        assert free == 0
    finally:
        os.close(alive)
        os.close(kept)


def test_waiting_says_so_once_and_ends_when_a_gpu_is_released(nvidia: Path, tmp_path: Path) -> None:
    nvidia.write_text(PERSONAL)
    process, _ = hold_in_another_process(tmp_path / "locks")
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        threading.Timer(0.2, end, [process]).start()

    assert GPUManager(tmp_path / "locks", interval=0.05).get_free_gpu(say=say) == 0
    assert said == ["Waiting for a free GPU: of 1, 1 are in use."]


def test_a_named_gpu_is_held_even_when_it_is_busy(nvidia: Path, tmp_path: Path) -> None:
    nvidia.write_text(f"0, {BUSY}\n1, {IDLE}\n")
    first, second = GPUManager(tmp_path / "locks"), GPUManager(tmp_path / "locks")
    assert first.hold(0) and not second.hold(0)
    with pytest.raises(ConfigError, match=r"There is no GPU 4: this machine has 2 GPUs"):
        first.hold(4)


def test_a_machine_without_gpus_and_a_broken_nvidia_smi_are_clear_errors(
    nvidia: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia.write_text("No devices were found\n")
    with pytest.raises(ConfigError, match=r"nvidia-smi does not tell .* --gpu=cpu"):
        GPUManager(tmp_path / "locks").get_free_gpu()
    nvidia.write_text("")
    with pytest.raises(ConfigError, match="There are 0 GPUs here"):
        GPUManager(tmp_path / "locks").get_free_gpu()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list_gpus() == []


def test_several_are_taken_all_or_none(nvidia: Path, tmp_path: Path) -> None:
    nvidia.write_text(f"0, {IDLE}\n1, {IDLE}\n")
    first, second = GPUManager(tmp_path / "locks"), GPUManager(tmp_path / "locks")
    one = first.get_free_gpu()
    assert second.get_free_gpus(2, wait=False) == [] and one == 0
    assert second.get_free_gpu() == 1  # the free one was not kept
    with pytest.raises(ConfigError, match="There are 2 GPUs here, fewer than 3"):
        first.get_free_gpus(3)


def test_the_command_s_gpus_are_held_and_let_go(
    nvidia: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia.write_text(f"0, {IDLE}\n1, {IDLE}\n")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    manager, other = GPUManager(tmp_path / "locks"), GPUManager(tmp_path / "locks")
    said: list[str] = []
    with hold_gpus("1", manager=manager) as one, hold_gpus("0,1", say=said.append, manager=other) as both:
        assert (one, both) == ([1], [0, 1])
    assert said == ["GPU 1 is in use by another run of yours; both share it."]
    with hold_gpus("-1", 2, manager=manager) as free:
        assert sorted(free) == [0, 1] and other.get_free_gpu(wait=False) is None
    assert other.get_free_gpu() == 0


def test_without_a_gpu_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    said: list[str] = []
    for wanted in ("-1", "1", "0,1", "cpu"):
        with hold_gpus(wanted, say=said.append) as gpus:
            assert gpus == []
    assert said == ["There is no GPU here that PyTorch can use: training on the CPU."] * 3
    with pytest.raises(ConfigError, match="--gpu is a number"), hold_gpus("first"):
        pass
