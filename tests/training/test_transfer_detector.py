import os
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from inkread.errors import BundleError  # noqa: E402
from inkread.runtime.session import DetectorSession  # noqa: E402
from inkread.training.networks.text_detector import TextDetector  # noqa: E402
from inkread.training.stored import load_weights  # noqa: E402
from inkread.training.transfer_detector import main, published_convolutions, transfer  # noqa: E402

PUBLISHED = Path(os.environ.get("INKREAD_PUBLISHED", "")) / "PP-OCRv6_det_small.onnx"


class _Lookalike(torch.nn.Module):
    """The published network's interface around ours: (N, 3, H, W) blue, green, red in -1 to 1."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, pixels):
        return self.detector(((pixels.flip(1) + 1) * 127.5).permute(0, 2, 3, 1))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A graph such as the published one, with random weights; and the network that it came from."""
    torch.manual_seed(1)
    detector = TextDetector().eval()
    path = tmp_path_factory.mktemp("published") / "det.onnx"
    torch.onnx.export(
        _Lookalike(detector), (torch.zeros(1, 3, 64, 64),), str(path), dynamo=False, do_constant_folding=False
    )
    model = onnx.load(str(path))
    _part_biases(model.graph)
    onnx.save(model, str(path))
    return path, detector


def _part_biases(graph):
    """Move each convolution's bias into an Add behind an Identity, as the published graph has it."""
    stored = {entry.name: onnx.numpy_helper.to_array(entry) for entry in graph.initializer}
    nodes = []
    for number, node in enumerate(graph.node):
        nodes.append(node)
        if node.op_type in ("Conv", "ConvTranspose") and len(node.input) == 3:
            bias = stored[node.input.pop()].reshape(1, -1, 1, 1)
            graph.initializer.append(onnx.numpy_helper.from_array(bias, f"parted{number}"))
            (output,) = node.output
            node.output[0] = f"bare{number}"
            nodes.append(onnx.helper.make_node("Identity", [f"bare{number}"], [f"same{number}"]))
            nodes.append(onnx.helper.make_node("Add", [f"same{number}", f"parted{number}"], [output]))
    del graph.node[:]
    graph.node.extend(nodes)


def test_weights_are_found_in_the_order_of_the_graph(published):
    path, detector = published
    expected = detector.state_dict()
    expected["stem.down.weight"] = expected["stem.down.weight"].flip(1)  # the published order of colours
    found = transfer(path)
    assert list(found) == list(expected)
    for name, tensor in found.items():
        torch.testing.assert_close(tensor, expected[name])


def test_another_network_is_refused(published, tmp_path):
    model = onnx.load(str(published[0]))
    del model.graph.node[-4:]
    onnx.save(model, str(tmp_path / "other.onnx"))
    with pytest.raises(BundleError, match="does not hold"):
        transfer(tmp_path / "other.onnx")
    with pytest.raises(BundleError, match="cannot be read"):
        published_convolutions(tmp_path / "missing.onnx")


def test_the_command_makes_a_bundle(published, tmp_path, capsys):
    path = tmp_path / "detector.onnx"
    main([str(published[0]), str(path)])
    assert DetectorSession(path, threads=1).contract.kind == "detector"
    assert set(load_weights(path)) == set(published[1].state_dict())
    assert "MB" in capsys.readouterr().out


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="INKREAD_PUBLISHED does not name the published models")
def test_the_network_agrees_with_the_published_file():
    detector = TextDetector().eval()
    detector.load_state_dict(transfer(PUBLISHED))
    session = onnxruntime.InferenceSession(str(PUBLISHED), providers=["CPUExecutionProvider"])
    image = np.random.default_rng(0).integers(0, 256, (96, 160, 3), dtype=np.uint8)
    image[30:50, 20:140:6] = 0
    pixels = (image[None, :, :, ::-1].astype(np.float32) / 127.5 - 1).transpose(0, 3, 1, 2)
    (expected,) = session.run(None, {"x": np.ascontiguousarray(pixels)})
    with torch.no_grad():
        found = detector(torch.from_numpy(image[None]))[0].numpy()
    np.testing.assert_allclose(found, expected[0, 0], atol=1e-4)
