"""A small language model learns, goes on where it was killed, and leaves as the bundle that reading opens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from inkread.decoding.pieces import START, Pieces
from inkread.errors import BundleError, ConfigError, DataError
from inkread.runtime.session import LineSession, SentenceSession
from inkread.sentences import SentenceModel
from inkread.training.language_export import export_language, language_contract
from inkread.training.language_run import LanguageRun
from inkread.training.language_texts import PieceTexts
from inkread.training.networks.piece_lstm import PieceLstm

PIECES = Pieces([*"abcdefghijklmnopqrstuvwxyz .", " the", " cat", " sat", " on", " mat"])
TEXTS = {"cats": ["the cat sat on the mat."] * 40, "others": ["the mat sat on the cat."] * 20}


def network() -> PieceLstm:
    torch.manual_seed(1)
    return PieceLstm(len(PIECES), cells=64, width=32)


def texts() -> PieceTexts:
    return PieceTexts(PIECES, TEXTS, {"others": 0.5}, 6)


def test_windows_begin_at_words_and_depend_on_the_seed_alone() -> None:
    rows = texts().batch((3, 4), 50)
    assert rows.shape == (50, 7) and rows.dtype == np.int64
    assert (rows[:, 0] == START).all()
    assert all(PIECES.pieces[number - 2].startswith(" ") for number in rows[:, 1])
    np.testing.assert_array_equal(rows, texts().batch((3, 4), 50))
    assert not np.array_equal(rows, texts().batch((3, 5), 50))


def test_collections_that_cannot_be_drawn_from_are_told() -> None:
    with pytest.raises(DataError, match="'news'"):
        PieceTexts(PIECES, TEXTS, {"news": 2.0}, 6)
    with pytest.raises(DataError, match="more text"):
        PieceTexts(PIECES, {"short": ["the"]}, {}, 6)
    with pytest.raises(ConfigError, match="above 0"):
        LanguageRun(0)


def test_it_learns_what_follows_what(tmp_path: Path) -> None:
    said: list[str] = []
    trained = LanguageRun(150, batch=16, learning_rate=0.02).fit(
        network(), texts(), tmp_path / "run.ckpt", said.append
    )
    with torch.no_grad():
        likely, unlikely = (
            float(trained(torch.tensor([PIECES.encode(text)])).sum())
            for text in ("the cat sat on the", "the sat cat the on")
        )
    assert likely > unlikely + 3.0
    assert said and said[-1].startswith("step 150 of 150")


def test_a_run_that_was_killed_equals_one_that_was_not(tmp_path: Path) -> None:
    run = LanguageRun(6, batch=4, checkpoint_every=2)
    whole = run.fit(network(), texts(), tmp_path / "whole.ckpt", lambda _: None)

    class Killed(Exception):
        pass

    def die(line: str) -> None:
        if line.startswith("step 4"):
            raise Killed

    with pytest.raises(Killed):
        run.fit(network(), texts(), tmp_path / "run.ckpt", die)
    torch.manual_seed(99)
    resumed = run.fit(network(), texts(), tmp_path / "run.ckpt", lambda _: None)
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], value, rtol=0, atol=0)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    LanguageRun(2, batch=2).fit(network(), texts(), tmp_path / "run.ckpt", lambda _: None)
    with pytest.raises(DataError, match="other settings"):
        LanguageRun(3, batch=2).fit(network(), texts(), tmp_path / "run.ckpt", lambda _: None)
    other = PieceTexts(PIECES, TEXTS, {"others": 0.6}, 6)
    with pytest.raises(DataError, match="or texts"):
        LanguageRun(2, batch=2).fit(network(), other, tmp_path / "run.ckpt", lambda _: None)
    LanguageRun(2, batch=2, checkpoint_every=1).fit(network(), texts(), tmp_path / "run.ckpt", lambda _: None)
    (tmp_path / "run.ckpt").write_bytes(b"no checkpoint")
    with pytest.raises(DataError, match="remove it"):
        LanguageRun(2, batch=2).fit(network(), texts(), tmp_path / "run.ckpt", lambda _: None)


def test_the_bundle_gives_what_the_network_gives_alone_and_in_any_batch(tmp_path: Path) -> None:
    trained = network()
    path = export_language(trained, language_contract(PIECES, "tiny", "1", "a note"), tmp_path / "tiny.onnx")
    model = SentenceModel(path, threads=1)
    assert model.pieces.pieces == PIECES.pieces
    lines = ["the cat sat on the mat.", "mat", "", "the the the on on"]
    together = model.log_probabilities(lines)
    for line, found in zip(lines, together, strict=True):
        assert model.log_probabilities([line])[0] == pytest.approx(found, abs=0.05)
        with torch.no_grad():
            assert float(trained(torch.tensor([PIECES.encode(line)])).sum()) == pytest.approx(found, abs=0.2)
    assert model.log_probabilities([]) == []
    contract = SentenceSession(path, threads=1).contract
    assert (contract.kind, contract.name, contract.note) == ("sentences", "tiny", "a note")
    with pytest.raises(BundleError, match="sentences model where a line model"):
        LineSession(path)


def test_pieces_that_the_graph_lacks_are_refused(tmp_path: Path) -> None:
    more = Pieces([*PIECES.pieces, " dog"])
    with pytest.raises(BundleError, match="fewer word pieces"):
        export_language(network(), language_contract(more, "tiny", "1"), tmp_path / "tiny.onnx")
    with pytest.raises(ValueError, match="different"):
        Pieces(["a", "a"])
    with pytest.raises(ValueError, match="one line"):
        Pieces(["a\nb"])


def test_long_lines_are_weighed_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = export_language(network(), language_contract(PIECES, "tiny", "1"), tmp_path / "tiny.onnx")
    model = SentenceModel(path, threads=1)
    lines = ["the cat sat on the mat. " * 20] * 9 + ["mat"]
    whole = model.log_probabilities(lines)
    sizes: list[int] = []
    run_raw = SentenceSession.run_raw

    def seen(self: SentenceSession, batch: np.ndarray) -> np.ndarray:
        sizes.append(batch.size)
        return run_raw(self, batch)

    monkeypatch.setattr(SentenceSession, "run_raw", seen)
    assert model.log_probabilities(lines) == pytest.approx(whole)
    assert max(sizes) <= 600 and len(sizes) > 1


def test_a_network_that_the_file_does_not_match_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inkread.training.language_export._FAR", -1.0)
    with pytest.raises(BundleError, match="does not give"):
        export_language(network(), language_contract(PIECES, "tiny", "1"), tmp_path / "tiny.onnx")
    assert not list(tmp_path.iterdir())
