"""A quantised bundle reads as its original does, in any batch, and is a start for training."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import onnx
import pytest
import torch
from click.testing import CliRunner
from onnx import numpy_helper

from inkread.cli import main as inkread
from inkread.datasets.layout_pages import MarkedPage, write_page
from inkread.errors import BundleError, ConfigError, DataError
from inkread.images.line import normalise_line, to_input
from inkread.runtime.bundle import Contract
from inkread.runtime.session import LineSession, PageSession
from inkread.runtime.store import recogniser
from inkread.training import quantise_inputs
from inkread.training.export import export_bundle
from inkread.training.layout_experiment import LayoutExperiment
from inkread.training.networks.layout_net import LayoutNet
from inkread.training.quantise import main, quantise
from inkread.training.quantise_inputs import inputs_of
from inkread.training.reader_experiment import Experiment
from inkread.training.start import bundle_network
from inkread.training.stored import load_weights

WORDS = ("reading", "letters", "nothing", "another", "quarter", "evening")
PAGES = {"name": "a", "version": "1", "optimisation": {"steps": 1, "learning_rate": 1e-3}}


def line(text):
    picture = np.full((60, 400), 245, np.uint8)
    cv2.putText(picture, text, (14, 42), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.4, 30, 2, cv2.LINE_AA)
    return normalise_line(picture)[None]


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """The shipped ``small``, which computes in float, and the same in integers."""
    plain = recogniser("small")
    inputs = [to_input(line(f"{one} {two[:4]}")) for one, two in pairwise(WORDS)]
    return plain, quantise(plain, tmp_path_factory.mktemp("bundles") / "whole.onnx", inputs, "7.7")


def probabilities(bundle, text):
    return np.exp(LineSession(bundle, threads=1).run(line(text))[0])


def test_it_gives_nearly_what_the_original_gives_and_is_smaller(bundles):
    plain, whole = bundles
    for one, other in (WORDS[:2], WORDS[2:4], WORDS[4:]):
        wanted, seen = probabilities(plain, one), probabilities(whole, one)
        apart = np.abs(wanted - probabilities(plain, other)).sum(axis=1).mean()
        error = np.abs(wanted - seen).sum(axis=1).mean()
        assert error < 0.25 * apart, (one, error, apart)
        assert np.mean(wanted.argmax(axis=1) == seen.argmax(axis=1)) > 0.9, one
    assert whole.stat().st_size < 0.85 * plain.stat().st_size
    ours, theirs = (LineSession(bundle, threads=1).contract for bundle in (whole, plain))
    assert ours.version == "7.7" and ours.calibration == theirs.calibration and ours.name == theirs.name


def test_a_line_reads_the_same_alone_and_in_a_batch(bundles):
    session = LineSession(bundles[1], threads=1)
    one, two = line(WORDS[0]), line(WORDS[1])
    together = session.run(np.concatenate((one, two)))
    assert np.abs(together[0] - together[1]).max() > 1.0
    np.testing.assert_allclose(together[0], session.run(one)[0], atol=1e-3)
    np.testing.assert_allclose(together[1], session.run(two)[0], atol=1e-3)


def test_kernels_are_integers_of_seven_bits_that_no_processor_overflows(bundles):
    stored = [numpy_helper.to_array(entry) for entry in onnx.load(str(bundles[1])).graph.initializer]
    kernels = [array for array in stored if array.dtype == np.int8 and array.ndim == 4]
    assert len(kernels) > 15
    assert all(np.abs(kernel.astype(int)).max() <= 64 for kernel in kernels)


def test_what_squeezes_and_excites_stays_in_float(bundles):
    nodes = onnx.load(str(bundles[1])).graph.node
    makers = {output: node.op_type for node in nodes for output in node.output}
    convolutions = [node for node in nodes if node.op_type == "Conv"]
    squeezing = [node for node in convolutions if "/excitation/" in node.name]
    assert squeezing and all(makers.get(node.input[0]) != "DequantizeLinear" for node in squeezing)
    assert any(makers.get(node.input[0]) == "DequantizeLinear" for node in convolutions)


def test_training_goes_on_from_it(bundles):
    plain, whole = (load_weights(path) for path in bundles)
    assert plain.keys() == whole.keys()
    integers = 0
    for name, weight in plain.items():
        assert whole[name].dtype == weight.dtype and whole[name].shape == weight.shape
        if weight.ndim == 4:
            step = np.abs(weight).max(axis=(1, 2, 3), keepdims=True) / 64
            apart = np.abs(whole[name] - weight) / np.maximum(step, 1e-12)
            assert np.quantile(apart, 0.9) < 1.5 and apart.max() < 16.0, (name, apart.max())
            integers += not np.array_equal(whole[name], weight)
    assert integers > 15
    network, _ = bundle_network(bundles[1])
    with torch.no_grad():
        seen = network(torch.from_numpy(to_input(line(WORDS[0])))).exp().numpy()[0]
    wanted, other = probabilities(bundles[0], WORDS[0]), probabilities(bundles[0], WORDS[1])
    assert np.abs(seen - wanted).sum(axis=1).mean() < 0.25 * np.abs(other - wanted).sum(axis=1).mean()


def test_a_line_finder_is_quantised_on_the_pages_of_its_recipe(tmp_path):
    torch.manual_seed(1)
    contract = Contract("layout", "tiny", "1", height=0, stride=2, multiple=32)
    network = LayoutNet().eval()
    export_bundle(network, contract, tmp_path / "plain.onnx")
    for number in range(3):
        noise = np.random.default_rng(number).integers(0, 255, (90, 64, 3)).astype(np.uint8)
        write_page(tmp_path / "pages", str(number), MarkedPage(noise, ()))
    inputs = inputs_of(LayoutExperiment(**PAGES, pages=[{"folder": "pages"}]), tmp_path)
    assert [page.shape for page in inputs] == [(1, 640, 640, 3)] * 3
    quantise(tmp_path / "plain.onnx", tmp_path / "whole.onnx", inputs)
    plain, whole = (PageSession(tmp_path / f"{name}.onnx", threads=1) for name in ("plain", "whole"))
    page = np.ascontiguousarray(inputs[0][0, :128, :128])
    wanted = plain.run(page)
    apart = np.abs(wanted - wanted.mean(axis=(1, 2), keepdims=True)).mean()
    assert 0.0 < np.abs(wanted - whole.run(page)).mean() < 0.3 * apart


class ShortLines:
    """Lines of 40 columns."""

    name = "short"

    def sample(self, index, rng):
        from inkread.datasets.base import LineSample

        return LineSample(np.asarray(rng.integers(0, 255, (48, 40)), np.uint8), "a", str(index))


def test_short_lines_are_set_in_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(quantise_inputs, "make_source", lambda data, entries: ShortLines())
    recipe = Experiment("a", [{"source": "short"}], {"steps": 1, "learning_rate": 1e-3})
    inputs = inputs_of(recipe, tmp_path)
    assert {row.shape for row in inputs} == {(1, 1, 48, 640)} and len(inputs) == 64
    assert min(float(np.ptp(row)) for row in inputs) > 1.0


def test_what_cannot_be_is_told(tmp_path, bundles):
    with pytest.raises(ConfigError, match="at least one"):
        quantise(bundles[0], tmp_path / "out.onnx", [])
    with pytest.raises(BundleError, match="cannot be read"):
        quantise(tmp_path / "none.onnx", tmp_path / "out.onnx", [np.zeros(1)])
    with pytest.raises(BundleError, match="already"):
        quantise(bundles[1], tmp_path / "out.onnx", [to_input(line("a"))])
    with pytest.raises(DataError, match="no marked pages"):
        inputs_of(LayoutExperiment(**PAGES, pages=[{"folder": "pages"}]), tmp_path)
    assert not list(tmp_path.iterdir())


def test_main_reads_the_recipe(tmp_path, monkeypatch, bundles):
    monkeypatch.setattr(quantise_inputs, "make_source", lambda data, entries: ShortLines())
    monkeypatch.setattr(quantise_inputs, "LINES", 2)
    recipe = tmp_path / "run.yaml"
    recipe.write_text("{name: a, sources: [{source: s}], optimisation: {steps: 1, learning_rate: 1.0e-3}}")
    main(str(bundles[0]), str(tmp_path / "out.onnx"), "2.0", str(recipe), str(tmp_path))
    assert LineSession(tmp_path / "out.onnx", threads=1).contract.version == "2.0"


def test_export_refuses_full_and_fast_together(tmp_path):
    for name in ("run.yaml", "last.ckpt"):
        (tmp_path / name).touch()
    paths = [str(tmp_path / name) for name in ("run.yaml", "last.ckpt", "out.onnx")]
    done = CliRunner().invoke(inkread, ["export", *paths, "--full", "--fast"])
    assert done.exit_code != 0 and "exclude each other" in done.output
    assert not (tmp_path / "out.onnx").exists()
