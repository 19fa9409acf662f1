"""Calibration of lines, on evidence whose truth is known."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from inkread.decoding.calibration import CHARACTER, Calibration, Scale
from inkread.runtime.bundle import METADATA_KEY, Contract
from inkread.training.calibrate import expected_calibration_error, fit_logistic, reliability
from inkread.training.calibrate_lines import Judged, fit_scale, judge, sureness, write_calibration


def lines(count: int, seed: int) -> list[Judged]:
    """Lines of two words whose characters are right as often as half their evidence says."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        evidence = np.zeros((9, len(CHARACTER)))
        evidence[:, 0], evidence[:, 1] = 1.0, rng.normal(2.0, 2.0, 9)
        right = rng.random(9) < 1.0 / (1.0 + np.exp(-0.5 * evidence[:, 1]))
        read = "".join("a" if fine else "x" for fine in right)
        read = read[:4] + " " + read[5:]
        made.append(judge("aaaa aaaa", read, evidence))
    return made


def test_a_judged_line_knows_what_is_right() -> None:
    judged = judge("the “cat” sat", 'the "cot" sit', np.zeros((13, len(CHARACTER))))
    assert judged.characters.tolist() == [1.0] * 6 + [0.0] + [1.0] * 4 + [0.0] + [1.0]
    assert judged.words.tolist() == [1.0, 0.0, 0.0]
    assert judged.share == 1 - 2 / 13


def test_a_fit_makes_confidences_true_for_other_lines() -> None:
    learnt, others = lines(300, 1), lines(300, 2)
    truth = np.concatenate([line.characters for line in others])
    errors = [
        expected_calibration_error(sureness(others, scale).characters, truth)
        for scale in (Scale(), fit_scale(learnt, with_model=False))
    ]
    assert errors[1] < 0.04 < errors[0]
    words = np.concatenate([line.words for line in others])
    assert expected_calibration_error(sureness(others, fit_scale(learnt, False)).words, words) < 0.08


def test_the_logistic_fit_finds_the_weights_that_made_the_truth() -> None:
    rng = np.random.default_rng(3)
    features = np.stack([np.ones(20000), rng.normal(size=20000)], axis=1)
    truth = rng.random(20000) < 1.0 / (1.0 + np.exp(-(0.5 + 1.5 * features[:, 1])))
    np.testing.assert_allclose(fit_logistic(features, truth.astype(float)), (0.5, 1.5), atol=0.08)


def test_reliability_has_the_bins_that_hold_examples() -> None:
    bins = reliability(np.array([0.1, 0.12, 0.9]), np.array([0.0, 1.0, 1.0]), bins=10)
    assert [(bin.count, round(bin.sure, 2), bin.right) for bin in bins] == [(2, 0.11, 0.5), (1, 0.9, 1.0)]


def test_a_bundle_carries_its_calibration(tmp_path: Path) -> None:
    taken, given = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in ("lines", "log_probs"))
    node = helper.make_node("Identity", ["lines"], ["log_probs"])
    graph = helper.make_graph([node], "graph", [taken], [given])
    model = helper.make_model(graph)
    contract = Contract("line", "a", "1", "ab")
    helper.set_model_props(model, {METADATA_KEY: contract.to_json(), "other": "kept"})
    onnx.save(model, str(tmp_path / "old.onnx"))
    calibration = Calibration(alone=Scale(line=(1.0, 2.0, 3.0)))
    write_calibration(tmp_path / "old.onnx", calibration, tmp_path / "new.onnx")
    found = {entry.key: entry.value for entry in onnx.load(str(tmp_path / "new.onnx")).metadata_props}
    assert Calibration.from_dict(Contract.from_metadata(found).calibration) == calibration
    assert found["other"] == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.onnx", "old.onnx"]
