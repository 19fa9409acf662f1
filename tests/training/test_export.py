import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

sys.path.insert(0, str(Path(__file__).parent))

from tiny_networks import TinyDetector, TinyLineNetwork, train_a_little  # noqa: E402

from inkread.errors import BundleError  # noqa: E402
from inkread.images.line import to_input  # noqa: E402
from inkread.runtime.bundle import Contract  # noqa: E402
from inkread.runtime.session import DetectorSession, LineSession  # noqa: E402
from inkread.training.export import export_bundle  # noqa: E402
from inkread.training.stored import load_weights  # noqa: E402

LINE = Contract("line", "tiny", "1", alphabet=("a", "b", " "))


@pytest.fixture(scope="module")
def network():
    return train_a_little(TinyLineNetwork())


@pytest.fixture(scope="module")
def bundles(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundles")
    return {half: export_bundle(network, LINE, folder / f"{half}.onnx", half=half) for half in (False, True)}


def torch_output(network, batch):
    with torch.no_grad():
        return network.eval()(torch.from_numpy(to_input(batch))).numpy()


@pytest.mark.parametrize(("count", "width"), [(1, 32), (3, 96), (2, 320), (1, 1024)])
def test_torch_and_onnx_agree_at_any_width_and_batch(network, bundles, count, width):
    batch = np.random.default_rng(width).integers(0, 256, (count, 48, width), dtype=np.uint8)
    expected = torch_output(network, batch)
    for half, tolerance in ((False, 1e-4), (True, 5e-3)):
        found = LineSession(bundles[half], threads=1).run(batch)
        assert found.shape == (count, width // 4, 4)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=tolerance)


def test_every_weight_comes_back_under_its_own_name(network, bundles):
    expected = network.state_dict()
    for half, tolerance in ((False, 0.0), (True, 1e-3)):
        weights = load_weights(bundles[half])
        assert list(weights) == list(expected)
        for name, array in weights.items():
            np.testing.assert_allclose(array, expected[name].numpy(), rtol=tolerance, atol=tolerance / 100)


def test_a_bundle_starts_another_training_and_leaves_unchanged(bundles, tmp_path):
    again = TinyLineNetwork()
    weights = load_weights(bundles[True])
    again.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    copy = export_bundle(again, LINE, tmp_path / "again.onnx", half=True)
    assert copy.read_bytes() == bundles[True].read_bytes()


def test_half_precision_halves_what_is_large(tmp_path):
    wide = TinyLineNetwork()
    wide.unused = torch.nn.Linear(500, 500)
    sizes = [
        export_bundle(wide, LINE, tmp_path / f"{half}.onnx", half=half).stat().st_size
        for half in (True, False)
    ]
    assert sizes[0] < 0.6 * sizes[1]


def test_export_does_not_touch_the_network(network, tmp_path):
    network.train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    export_bundle(network, LINE, tmp_path / "tiny.onnx")
    assert network.training
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


def test_a_detector_takes_pixels_as_they_are(tmp_path):
    detector = TinyDetector()
    contract = Contract("detector", "tiny", "1", height=0, stride=1)
    session = DetectorSession(export_bundle(detector, contract, tmp_path / "detector.onnx"), threads=1)
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    with torch.no_grad():
        expected = detector(torch.from_numpy(image[None])).numpy()[0]
    np.testing.assert_allclose(session.run(image), expected, atol=1e-3)


class _FrozenWidth(TinyLineNetwork):
    def forward(self, lines):
        count = int(lines.shape[3]) // 4
        return super().forward(lines) + torch.zeros(1, count, 1)


def test_a_graph_that_froze_the_width_never_replaces_a_good_file(tmp_path):
    path = tmp_path / "lines.onnx"
    path.write_bytes(b"the good one")
    with pytest.raises(BundleError, match="tracing froze"):
        export_bundle(_FrozenWidth(), LINE, path)
    assert path.read_bytes() == b"the good one"
    assert list(tmp_path.iterdir()) == [path]


def test_weights_of_a_file_that_is_not_ours_are_refused(tmp_path):
    path = tmp_path / "other.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(BundleError, match="cannot be read"):
        load_weights(path)
    with pytest.raises(BundleError, match="cannot be read"):
        load_weights(tmp_path / "missing.onnx")
