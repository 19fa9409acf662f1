"""A character bundle made by hand: what its contract says, and what a session refuses."""

import numpy as np
import pytest

from inkread.errors import BundleError, ImageError
from inkread.runtime.bundle import METADATA_KEY, Contract
from inkread.runtime.session import SESSIONS, CharacterSession

onnx = pytest.importorskip("onnx")

CHARACTER = Contract("character", "ink", "1", alphabet=("a", "b"), height=8, stride=1, multiple=1)


def ink_model(contract: Contract, classes: int = 2) -> bytes:
    """Log-softmax of the picture's mean, times the class number."""
    helper, number = onnx.helper, onnx.TensorProto
    nodes = [
        helper.make_node("GlobalAveragePool", ["characters"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["mean"]),
        helper.make_node("Mul", ["mean", "slopes"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["log_probs"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "ink",
        [helper.make_tensor_value_info("characters", number.FLOAT, ["n", 1, 8, 8])],
        [helper.make_tensor_value_info("log_probs", number.FLOAT, ["n", classes])],
        [helper.make_tensor("slopes", number.FLOAT, [classes], range(classes))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    return model.SerializeToString()


def test_a_contract_of_characters_comes_back_and_needs_an_alphabet() -> None:
    assert Contract.from_json(CHARACTER.to_json()) == CHARACTER
    with pytest.raises(BundleError, match="character model needs an alphabet"):
        Contract("character", "ink", "1", height=8)


def test_a_session_scales_as_the_normaliser_does() -> None:
    session = CharacterSession(ink_model(CHARACTER), threads=1)
    batch = np.random.default_rng(0).integers(0, 256, (3, 8, 8), dtype=np.uint8)
    logits = (batch / 127.5 - 1.0).mean(axis=(1, 2))[:, None] * np.arange(2)
    expected = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(session.run(batch), expected, atol=1e-5)


@pytest.mark.parametrize(
    "batch", [np.zeros((1, 8, 9), np.uint8), np.zeros((8, 8), np.uint8), np.zeros((1, 8, 8), np.float32)]
)
def test_what_is_not_normalised_is_refused(batch: np.ndarray) -> None:
    with pytest.raises(ImageError, match="normalise"):
        CharacterSession(ink_model(CHARACTER), threads=1).run(batch)


def test_a_graph_of_other_classes_than_its_alphabet_is_refused() -> None:
    with pytest.raises(BundleError, match="3 classes but its alphabet has 2"):
        CharacterSession(ink_model(CHARACTER, classes=3), threads=1)


def test_every_kind_has_its_session() -> None:
    assert set(SESSIONS) == {"line", "layout", "detector", "character", "sentences"}
    assert SESSIONS["character"] is CharacterSession
