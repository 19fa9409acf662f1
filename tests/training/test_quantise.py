"""A quantised bundle reads as its original does, in any batch, and is a start for training."""

from __future__ import annotations

import cv2
import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from inkread.errors import BundleError, ConfigError
from inkread.images.line import to_input
from inkread.runtime.bundle import Contract
from inkread.runtime.session import LineSession, PageSession
from inkread.training.export import export_bundle
from inkread.training.networks.layout_net import LayoutNet
from inkread.training.networks.line_reader import LineReader
from inkread.training.quantise import inputs_of, main, quantise
from inkread.training.recipe import load_recipe
from inkread.training.start import bundle_network
from inkread.training.stored import load_weights


def lines(count, width=96):
    rng = np.random.default_rng(count)
    for _ in range(count):
        line = np.full((1, 48, width), 255, np.uint8)
        for _ in range(6):
            start, end = (tuple(map(int, rng.integers(0, (width, 48)))) for _ in range(2))
            cv2.line(line[0], start, end, int(rng.integers(0, 120)), 2)
        yield line


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundles")
    torch.manual_seed(1)
    network = LineReader(8, width=64, layers=1, expansion=0.5).eval()
    plain = export_bundle(network, Contract("line", "tiny", "1", "abcdefg", stride=8), folder / "plain.onnx")
    return plain, quantise(plain, folder / "whole.onnx", [to_input(line) for line in lines(12)])


def test_it_gives_nearly_what_the_original_gives_and_is_smaller(bundles):
    plain, whole = bundles
    ours, theirs = LineSession(whole, threads=1), LineSession(plain, threads=1)
    assert ours.contract == theirs.contract
    for line in lines(5):
        seen, wanted = np.exp(ours.run(line)), np.exp(theirs.run(line))
        assert np.abs(seen - wanted).mean() < 0.1 * np.abs(wanted - wanted.mean()).mean() + 0.02
    assert whole.stat().st_size < 0.75 * plain.stat().st_size


def test_a_line_reads_the_same_alone_and_in_a_batch(bundles):
    session = LineSession(bundles[1], threads=1)
    one, two = lines(2)
    together = session.run(np.concatenate((one, two)))
    np.testing.assert_allclose(together[0], session.run(one)[0], atol=1e-4)
    np.testing.assert_allclose(together[1], session.run(two)[0], atol=1e-4)


def test_kernels_are_integers_of_seven_bits_that_no_processor_overflows(bundles):
    stored = [numpy_helper.to_array(entry) for entry in onnx.load(str(bundles[1])).graph.initializer]
    kernels = [array for array in stored if array.dtype == np.int8 and array.ndim == 4]
    assert len(kernels) > 20
    assert all(np.abs(kernel.astype(int)).max() <= 64 for kernel in kernels)


def test_training_goes_on_from_it(bundles):
    plain, whole = (load_weights(path) for path in bundles)
    assert plain.keys() == whole.keys()
    for name, weight in plain.items():
        assert whole[name].dtype == weight.dtype
        step = np.abs(weight).max() / 63 if weight.size else 0.0
        np.testing.assert_allclose(whole[name], weight, atol=max(0.51 * step, 1e-3))
    network, alphabet = bundle_network(bundles[1])
    assert "".join(alphabet) == "abcdefg"
    pixels = to_input(next(lines(1)))
    with torch.no_grad():
        seen = network(torch.from_numpy(pixels)).exp().numpy()
    wanted = np.exp(LineSession(bundles[0], threads=1).run_raw(pixels))
    assert np.abs(seen - wanted).mean() < 0.05


def test_a_line_finder_is_quantised_on_the_pages_of_its_recipe(tmp_path):
    torch.manual_seed(1)
    contract = Contract("layout", "tiny", "1", height=0, stride=2, multiple=32)
    export_bundle(LayoutNet().eval(), contract, tmp_path / "plain.onnx")
    recipe = tmp_path / "layout.yaml"
    recipe.write_text(
        "{name: a, version: '1', optimisation: {steps: 1, learning_rate: 1.0e-3}, pages: [{folder: pages}]}"
    )
    (tmp_path / "pages").mkdir()
    for number in range(2):
        noise = np.random.default_rng(number).integers(0, 255, (90, 64, 3))
        cv2.imwrite(str(tmp_path / "pages" / f"{number}.jpg"), noise)
    assert {page.shape for page in inputs_of(load_recipe(recipe), tmp_path)} == {(1, 640, 640, 3)}
    main(str(tmp_path / "plain.onnx"), str(tmp_path / "whole.onnx"), str(recipe), str(tmp_path))
    page = np.full((64, 64, 3), 200, np.uint8)
    plain, whole = (
        PageSession(tmp_path / f"{name}.onnx", threads=1).run(page) for name in ("plain", "whole")
    )
    assert plain.shape == whole.shape == (3, 32, 32)
    assert np.abs(plain - whole).mean() < 0.1


def test_what_cannot_be_is_told(tmp_path, bundles):
    with pytest.raises(ConfigError, match="at least one"):
        quantise(bundles[0], tmp_path / "out.onnx", [])
    with pytest.raises(BundleError, match="cannot be read"):
        quantise(tmp_path / "none.onnx", tmp_path / "out.onnx", [np.zeros(1)])
    assert not list(tmp_path.iterdir())
