"""The line networks: a line gives the same alone and in any batch, and windows must be enough."""

from __future__ import annotations

import pytest
import torch

from inkread.errors import ConfigError
from inkread.training.networks.fcn import fcn
from inkread.training.networks.lenet import lenet
from inkread.training.networks.line_cnn import line_cnn_all_conv, places
from inkread.training.networks.line_lstm import line_lstm_ctc
from inkread.training.networks.mlp import mlp
from inkread.training.networks.names import FITS, build_network, default_network, find_network, full_name

BUILDERS = [line_lstm_ctc, line_cnn_all_conv]


def lines(widths, height=28):
    """Lines of random pixels, padded with paper."""
    generator = torch.Generator().manual_seed(1)
    batch = torch.ones(len(widths), 1, height, max(widths))
    for line, width in zip(batch, widths, strict=True):
        line[:, :, :width] = torch.rand(1, height, width, generator=generator) * 2 - 1
    return batch


@pytest.mark.parametrize("build", BUILDERS)
@pytest.mark.parametrize("height", [28, 48])
def test_a_line_gives_the_same_alone_and_in_any_batch(build, height):
    torch.manual_seed(2)
    network = build((height, 256), (12, 7)).eval()
    widths = [96, 256, 32, 160]
    batch = lines(widths, height)
    with torch.no_grad():
        together = network(batch, torch.tensor(widths))
        for number, width in enumerate(widths):
            line = batch[number : number + 1, :, :, :width]
            for alone in (network(line)[0], network(line, torch.tensor([width]))[0]):
                found = together[number][: len(alone)]
                torch.testing.assert_close(found.exp(), alone.exp(), rtol=1e-5, atol=1e-5)


def test_the_readers_own_network_does_too_and_takes_48_rows():
    torch.manual_seed(2)
    network = build_network("line_reader", (48, 96), (12, 7), {"num_layers": 2}).eval()
    batch = lines([64, 96, 64], 48)
    with torch.no_grad():
        together = network(batch, torch.tensor([64, 96, 64]))
        assert together.shape == (3, 24, 7)
        for number, width in enumerate((64, 96, 64)):
            alone = network(batch[number : number + 1, :, :, :width])[0]
            torch.testing.assert_close(together[number][: width // 4], alone, rtol=1e-5, atol=1e-5)
    with pytest.raises(ConfigError, match="48 pixels high, not 28"):
        build_network("line_reader", (28, 96), (12, 7), {})


@pytest.mark.parametrize(("window_width", "window_stride"), [(14, 7), (16, 8), (9, 4), (5, 5)])
@pytest.mark.parametrize("build", BUILDERS)
def test_windows_cover_the_line_and_give_probabilities(build, window_width, window_stride):
    network = build((28, 160), (20, 7), window_width=window_width, window_stride=window_stride).eval()
    log_probs = network(lines([160, 160]))
    places_or_frames = 160 // window_stride if build is line_lstm_ctc else 20
    assert log_probs.shape == (2, places_or_frames, 7)
    torch.testing.assert_close(log_probs.exp().sum(2), torch.ones(2, places_or_frames), atol=1e-3, rtol=0)


@pytest.mark.parametrize("build", BUILDERS)
def test_the_defaults_do_for_glyph_lines_and_for_iam(build):
    build((28, 960), (34, 95))
    build((28, 1024), (97, 95))
    build((48, 2048), (97, 95))


@pytest.mark.parametrize("build", BUILDERS)
def test_too_few_windows_and_windows_with_gaps_are_said(build):
    with pytest.raises(ConfigError, match="34 windows every 28 columns, fewer than the 40 characters"):
        build((28, 960), (40, 95), window_width=28, window_stride=28)
    with pytest.raises(ConfigError, match="leave gaps"):
        build((28, 960), (34, 95), window_width=4, window_stride=8)


def test_places_are_those_that_sure_windows_write():
    written = torch.tensor([[0.0, 1.0, 0.0, 1.0, 1.0]])
    found = places(written, 4)[0]
    expected = torch.zeros(5, 4)
    expected[1, 0] = expected[3, 1] = expected[4, 2] = 1.0
    assert torch.equal(found, expected)


def test_places_of_coin_throws_follow_the_binomial():
    found = places(torch.full((1, 4), 0.5), 4)[0]
    assert found.sum(1).tolist() == [0.5, 0.5, 0.5, 0.5]
    assert found[3].tolist() == [1 / 16, 3 / 16, 3 / 16, 1 / 16]  # C(3, i) / 8, and it writes by half


def test_characters_and_pages_get_a_logit_a_class():
    images = torch.zeros(2, 1, 28, 20)
    assert mlp((28, 20), (9,))(images).shape == (2, 9)
    assert mlp((28, 20), (9,), num_layers=0)(images).shape == (2, 9)
    assert lenet((28, 20), (9,))(images).shape == (2, 9)
    assert fcn((28, 20), (28, 20, 3))(images).shape == (2, 3, 28, 20)
    assert fcn((28, 20), (28, 20, 3))(torch.zeros(1, 1, 45, 63)).shape == (1, 3, 45, 63)


def test_networks_are_found_by_name_alias_or_dotted_path():
    assert find_network("lstm") is find_network("line_lstm_ctc") is line_lstm_ctc
    assert full_name("cnn") == "line_cnn_all_conv" and full_name("a.b") == "a.b"
    assert find_network("inkread.training.networks.mlp.mlp") is mlp
    assert [default_network(model) for model in FITS] == ["mlp", "line_cnn_all_conv", "line_lstm_ctc", "fcn"]
    for name in ("mpl", "nowhere.at.all"):
        with pytest.raises(ConfigError):
            find_network(name)
    with pytest.raises(ConfigError, match="did you mean 'window_width'"):
        build_network("cnn", (28, 160), (20, 7), {"window_widht": 16})
