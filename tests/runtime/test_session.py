import multiprocessing
import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from inkread.alphabet import Alphabet
from inkread.errors import BundleError, ImageError
from inkread.images.line import to_input
from inkread.runtime.bundle import METADATA_KEY, Contract
from inkread.runtime.cores import available_cores
from inkread.runtime.session import DetectorSession, LineSession
from inkread.runtime.store import packaged

onnx = pytest.importorskip("onnx")


def mean_pool_model(contract, classes=3, metadata=True, output="log_probs"):
    """A line model by hand: log-softmax of the mean over each 4 columns, times the class number."""
    helper, number = onnx.helper, onnx.TensorProto
    nodes = [
        helper.make_node("AveragePool", ["lines"], ["pooled"], kernel_shape=[48, 4], strides=[48, 4]),
        helper.make_node("Squeeze", ["pooled", "axis"], ["frames"]),  # (N, 1, W / 4)
        helper.make_node("Transpose", ["frames"], ["columns"], perm=[0, 2, 1]),
        helper.make_node("Mul", ["columns", "slopes"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], [output], axis=2),
    ]
    graph = helper.make_graph(
        nodes,
        "mean",
        [helper.make_tensor_value_info("lines", number.FLOAT, ["n", 1, 48, "w"])],
        [helper.make_tensor_value_info(output, number.FLOAT, ["n", "t", classes])],
        [
            helper.make_tensor("axis", number.INT64, [1], [2]),
            helper.make_tensor("slopes", number.FLOAT, [classes], range(classes)),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if metadata:
        helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    return model.SerializeToString()


LINE = Contract("line", "mean", "1", alphabet=("a", "b"))
BATCH = np.random.default_rng(0).integers(0, 256, (2, 48, 64), dtype=np.uint8)


@pytest.fixture(scope="module")
def session():
    return LineSession(mean_pool_model(LINE), threads=1)


def expected(batch):
    logits = to_input(batch).reshape(len(batch), 48, -1, 4).mean(axis=(1, 3))[:, :, None] * np.arange(3)
    return logits - np.log(np.exp(logits).sum(axis=2, keepdims=True))


def test_a_line_session_scales_as_the_normaliser_does(session):
    log_probs = session.run(BATCH)
    assert log_probs.dtype == np.float32
    np.testing.assert_allclose(log_probs, expected(BATCH), atol=1e-5)


def test_a_session_knows_its_contract_and_alphabet(session):
    assert session.contract == LINE
    assert session.alphabet == Alphabet("ab")


def test_a_file_opens_as_its_content_does(session, tmp_path):
    path = tmp_path / "lines.onnx"
    path.write_bytes(mean_pool_model(LINE))
    for source in (path, str(path)):
        np.testing.assert_array_equal(LineSession(source, threads=1).run(BATCH), session.run(BATCH))


def test_threads_share_a_session(session):
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(session.run, [BATCH] * 16):
            np.testing.assert_allclose(result, expected(BATCH), atol=1e-5)


def test_a_pickled_session_opens_again(session):
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(session)).run(BATCH), session.run(BATCH))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_process_reads_with_a_session_of_its_own():
    session = LineSession(mean_pool_model(LINE), threads=2)
    session.run(BATCH)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        result = pool.apply_async(session.run, (BATCH,)).get(timeout=30)
    np.testing.assert_allclose(result, expected(BATCH), atol=1e-5)


@pytest.mark.parametrize(
    "batch",
    [BATCH.astype(np.float32), BATCH[0], BATCH[:, :40], BATCH[:, :, :50], BATCH[:0]],
    ids=["dtype", "one line", "height", "width", "empty"],
)
def test_lines_that_do_not_fit_are_refused(session, batch):
    with pytest.raises(ImageError, match="normalise"):
        session.run(batch)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not onnx", "damaged"),
        (mean_pool_model(LINE, metadata=False), "not an inkread model"),
        (mean_pool_model(Contract("detector", "mean", "1")), "a detector model where a line model"),
        (mean_pool_model(Contract("line", "mean", "1", alphabet=("a",))), "3 classes"),
        (mean_pool_model(LINE, output="scores"), "break its contract"),
    ],
)
def test_a_file_that_breaks_its_contract_is_refused(content, says):
    with pytest.raises(BundleError, match=says):
        LineSession(content, threads=1)


def test_a_line_model_is_no_detector():
    with pytest.raises(BundleError, match="detector model is needed"):
        DetectorSession(mean_pool_model(LINE))


def test_a_missing_file_and_a_wrong_thread_count_are_told(tmp_path):
    with pytest.raises(BundleError, match="no model file"):
        LineSession(tmp_path / "missing.onnx")
    with pytest.raises(BundleError, match="thread"):
        LineSession(mean_pool_model(LINE), threads=0)


def test_cores_are_counted_within_what_the_process_may_use():
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


def test_the_shipped_recogniser_reads_a_line_alone_as_in_a_batch():
    session = LineSession(packaged("line"), threads=1)
    lines = np.full((3, 48, 160), 255, dtype=np.uint8)
    lines[0, 10:40, 8:120:9] = 20
    lines[1, 20:30, 30:60] = 90
    together = session.run(lines)
    assert together.shape == (3, 160 // session.contract.stride, len(session.alphabet))
    np.testing.assert_allclose(np.exp(together).sum(axis=2), 1.0, atol=1e-4)
    for index in range(3):
        np.testing.assert_allclose(session.run(lines[index : index + 1])[0], together[index], atol=1e-3)
