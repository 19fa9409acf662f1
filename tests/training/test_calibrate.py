import numpy as np
import pytest

from inkread.training.calibrate import (
    calibration_error,
    fit_temperature,
    negative_log_likelihood,
    tempered,
)


def overconfident(factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Log-probabilities ``factor`` times as sharp as the chances by which the truth is drawn."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0.0, 1.5, (4000, 6))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (chances.cumsum(axis=1) > rng.random((4000, 1))).argmax(axis=1)
    sharp = logits * factor
    return sharp - np.log(np.exp(sharp).sum(axis=1, keepdims=True)), truth


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_the_temperature_undoes_what_made_the_logits_too_sharp_or_too_flat(factor: float) -> None:
    log_probs, truth = overconfident(factor)
    temperature = fit_temperature(log_probs, truth)
    assert temperature == pytest.approx(factor, rel=0.1)
    assert negative_log_likelihood(log_probs, truth, temperature) <= negative_log_likelihood(log_probs, truth)
    assert calibration_error(tempered(log_probs, temperature), truth) < 0.03


def test_the_calibration_error_is_the_gap_between_sureness_and_being_right() -> None:
    sure = np.tile([0.9, 0.1], (10, 1))
    assert calibration_error(sure, np.array([0] * 9 + [1])) == pytest.approx(0.0, abs=1e-9)
    assert calibration_error(sure, np.array([0] * 4 + [1] * 6)) == pytest.approx(0.5)


def test_tempered_rows_add_up_to_one() -> None:
    log_probs, _ = overconfident(1.0)
    np.testing.assert_allclose(tempered(log_probs, 1.7).sum(axis=1), 1.0)
