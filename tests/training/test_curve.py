"""The learning curve: what is printed while it grows, and its picture."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from inkread.training import curve, trainer
from inkread.training.curve import LearningCurve, draw_curve


def test_the_first_step_and_then_a_line_a_minute_say_what_is_left(tmp_path, monkeypatch, capsys):
    seconds = iter((100.0, 110.0, 120.0, 165.0, 175.0))
    monkeypatch.setattr(curve.time, "monotonic", lambda: next(seconds))
    telling = LearningCurve(tmp_path / "curve.csv", 16)
    for step in (201, 202, 205, 206):
        telling.on_train_batch_end(
            SimpleNamespace(global_step=step, max_steps=650, is_global_zero=True), None, {"loss": 0.25}
        )
    assert capsys.readouterr().out.splitlines() == [
        "step 201 of 650  loss 0.2500  10 s",
        "step 206 of 650  loss 0.2500  75 s, 96 min to go",
    ]


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ("fma avx avx2", True),
        ("avx2 avx512f avx512_vnni", True),
        ("avx2 avx512f avx512_bf16", False),
        ("avx2 amx_bf16", False),
        (None, False),
    ],
)
def test_who_asks_for_bfloat16_without_having_it_is_told(tmp_path, monkeypatch, capsys, flags, told):
    described = tmp_path / "cpuinfo"
    described.write_text(
        "Features : fp asimd\n" if flags is None else f"model : 1\nflags\t\t: {flags}\nbugs : x\n"
    )
    monkeypatch.setattr(trainer, "_PROCESSOR", described)
    for precision in ("bf16-mixed", "32-true"):
        trainer.make_trainer(tmp_path, steps=1, validate_every=None, precision=precision)
        assert ("32-true" in capsys.readouterr().out) == (told and precision == "bf16-mixed")
    monkeypatch.setenv("LOCAL_RANK", "1")
    trainer.make_trainer(tmp_path, steps=1, validate_every=None, precision="bf16-mixed")
    assert not capsys.readouterr().out


def test_a_falling_curve_falls_in_the_picture(tmp_path):
    path = tmp_path / "curve.csv"
    path.write_text(
        "step,samples,seconds,loss,cer_a,cer_b,cer\n"
        "10,1000,5,1.0,0.40,0.20,0.30\n20,2000,9,0.5,0.20,0.20,0.20\n30,3000,14,0.3,0.10,0.20,0.15\n"
    )
    picture = draw_curve(path)
    assert picture.shape == (480, 900, 3) and picture.dtype == np.uint8
    first = np.all(picture == (200, 80, 40), axis=2)
    columns = np.flatnonzero(first[:, :730].any(axis=0))
    heights = [int(np.flatnonzero(first[:, column])[0]) for column in (columns[2], columns[-3])]
    assert heights[0] < heights[1] - 100
