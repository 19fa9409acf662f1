import numpy as np
import pytest

torch = pytest.importorskip("torch")

from inkread.training.networks.text_detector import Excitation, TextDetector  # noqa: E402
from tests.training.networks.pages import page  # noqa: E402


@pytest.fixture(scope="module")
def detector():
    torch.manual_seed(4)
    return TextDetector().eval()


def test_probabilities_are_the_logits_squashed(detector):
    image = torch.from_numpy(page(64, 96)[None])
    with torch.no_grad():
        torch.testing.assert_close(torch.sigmoid(detector.logits(image)), detector(image))


def test_images_of_a_batch_do_not_see_each_other(detector):
    images = torch.from_numpy(np.stack([page(64, 96), np.full((64, 96, 3), 200, dtype=np.uint8)]))
    with torch.no_grad():
        both = detector(images)
        for index in range(2):
            torch.testing.assert_close(
                both[index], detector(images[index : index + 1])[0], atol=1e-5, rtol=1e-4
            )


def test_excitation_scales_channels_by_a_hard_sigmoid_of_the_mean():
    layer = Excitation(4, slope=0.2, residual=True)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.expand.bias.copy_(torch.tensor([0.0, 1.0, -1.0, 9.0]))  # gates 0.5, 0.7, 0.3, 1
        scaled = layer(torch.ones(1, 4, 2, 2))
    torch.testing.assert_close(scaled[0, :, 0, 0], torch.tensor([1.5, 1.7, 1.3, 2.0]))
