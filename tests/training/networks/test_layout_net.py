"""The line finder's network begins as the detector that it came from."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from inkread.training.networks.layout_net import LayoutNet, from_detector  # noqa: E402
from inkread.training.networks.text_detector import TextDetector  # noqa: E402


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
