import pytest

torch = pytest.importorskip("torch")

from inkread.errors import ConfigError  # noqa: E402
from inkread.training.networks.character_cnn import character_cnn  # noqa: E402


def test_it_gives_log_probabilities_and_fits_two_megabytes_in_half_precision() -> None:
    network = character_cnn((32, 32), (94,)).eval()
    output = network(torch.rand(3, 1, 32, 32) * 2 - 1)
    assert output.shape == (3, 94)
    torch.testing.assert_close(output.exp().sum(dim=1), torch.ones(3))
    assert 500_000 < sum(p.numel() for p in network.parameters()) < 1_000_000


def test_a_picture_reads_the_same_alone_and_in_a_batch() -> None:
    network = character_cnn((16, 16), (5,), widths=(8, 8, 8), depths=(1, 1, 1)).eval()
    batch = torch.rand(4, 1, 16, 16) * 2 - 1
    torch.testing.assert_close(network(batch)[2:3], network(batch[2:3]), atol=1e-5, rtol=1e-4)


def test_it_learns_a_batch_by_heart() -> None:
    torch.manual_seed(0)
    network = character_cnn((16, 16), (6,), widths=(8, 8, 8), depths=(0, 0, 1), dropout_amount=0.0)
    images, classes = torch.rand(12, 1, 16, 16) * 2 - 1, torch.arange(12) % 6
    optimiser = torch.optim.AdamW(network.parameters(), 1e-2)
    for _ in range(30):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(network(images), classes).backward()
        optimiser.step()
    assert (network(images).argmax(dim=1) == classes).all()


def test_what_does_not_fit_is_told() -> None:
    with pytest.raises(ConfigError, match="multiples of 8"):
        character_cnn((28, 28), (94,))
    with pytest.raises(ConfigError, match="three"):
        character_cnn((32, 32), (94,), widths=(8, 8))
