"""The line finder's network begins as the detector that it came from."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from inkread.runtime.session import LayoutSession  # noqa: E402
from inkread.runtime.store import packaged  # noqa: E402
from inkread.training.networks.layout_net import LayoutNet, from_detector  # noqa: E402
from inkread.training.networks.text_detector import TextDetector  # noqa: E402
from inkread.training.stored import load_weights  # noqa: E402
from tests.training.networks.pages import page  # noqa: E402


@pytest.fixture(scope="module")
def nets():
    torch.manual_seed(2)
    detector, net = TextDetector().eval(), LayoutNet().eval()
    net.load_state_dict(from_detector(detector.state_dict()))
    return detector, net


def test_the_core_is_the_detectors_map_at_half_its_resolution(nets) -> None:
    detector, net = nets
    image = torch.randint(0, 256, (2, 64, 96, 3), dtype=torch.uint8)
    with torch.no_grad():
        theirs, ours = detector.logits(image), net.logits(image)
    assert ours.shape == (2, 3, 32, 48)
    halved = torch.nn.functional.avg_pool2d(theirs[:, None], 2)[:, 0]
    torch.testing.assert_close(ours[:, 0], halved, rtol=1e-4, atol=1e-5)


def test_the_other_maps_begin_near_nothing(nets) -> None:
    image = torch.full((1, 64, 64, 3), 250, dtype=torch.uint8)
    with torch.no_grad():
        maps = nets[1](image)
    assert float(maps.min()) >= 0.0 and float(maps[:, 1:].max()) < 0.3


def test_the_detector_is_left_as_it_was(nets) -> None:
    weights = nets[0].state_dict()
    before = weights["head.4.weight"].clone()
    from_detector(weights)["head.4.weight"].zero_()
    torch.testing.assert_close(weights["head.4.weight"], before)


@pytest.fixture(scope="module")
def shipped():
    return LayoutSession(packaged("layout"), threads=1)


def test_the_shipped_bundle_agrees_with_the_network(shipped):
    network = LayoutNet().eval()
    weights = load_weights(packaged("layout"))
    network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    for height, width in ((96, 160), (160, 96)):
        with torch.no_grad():
            (expected,) = network(torch.from_numpy(page(height, width)[None])).numpy()
        found = shipped.run(page(height, width))
        assert np.abs(found - expected).mean() < 0.15 * np.abs(expected - expected.mean()).mean()
        assert np.mean((found > 0.5) == (expected > 0.5)) > 0.97


def test_rows_of_strokes_have_cores_feet_and_ground_between_and_bare_paper_has_none(shipped):
    core, baseline, separator = shipped.run(page(224, 320))
    rows = core[:, 30:120].mean(axis=1)
    assert core.max() > 0.6 and baseline.max() > 0.4 and separator.max() > 0.4
    tops = np.arange(24, 200, 40)
    assert rows[(tops + 8) // 2].min() > rows[(tops[:-1] + 28) // 2].max()
    assert shipped.run(np.full((224, 320, 3), 240, dtype=np.uint8))[0].max() < 0.3
