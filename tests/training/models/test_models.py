"""Every model, with every network that fits it, learns a batch by heart, predicts, and is kept."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from inkread.errors import BundleError, ConfigError, DataError, ImageError
from inkread.training.models.base import Model, Optimisation
from inkread.training.models.character import CharacterModel
from inkread.training.models.line import LineModel
from inkread.training.models.line_ctc import LineModelCtc, frames_needed
from inkread.training.models.line_detector import LineDetectorModel
from inkread.training.models.names import find_model, open_weights
from tests.training.tiny_data import TinyCharacters, TinyLines, TinyPages

# data set, model, network, its settings, steps to learn a batch by heart, learning rate, score
PAIRS = [
    (TinyCharacters, CharacterModel, "mlp", {"layer_size": 64, "num_layers": 2}, 60, 3e-3),
    (TinyCharacters, CharacterModel, "lenet", {"layer_size": 32}, 20, 3e-3),
    (TinyLines, LineModel, "line_cnn_all_conv", {"layer_size": 64}, 100, 1e-2),
    (TinyLines, LineModelCtc, "line_lstm_ctc", {"layer_size": 48}, 100, 1e-2),
    (TinyPages, LineDetectorModel, "fcn", {"layer_size": 16, "num_rounds": 1}, 60, 1e-2),
]
NAMES = [pair[2] for pair in PAIRS]


def overfit(model, batch, steps, rate):
    """Train on one batch, without Lightning; the weights are the averaged ones too."""
    optimiser = torch.optim.Adam(model.network.parameters(), lr=rate)
    torch.manual_seed(5)
    model.train()
    for _ in range(steps):
        optimiser.zero_grad()
        loss = model.loss(model.respond(model.network, batch), batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.network.parameters(), 5.0)
        optimiser.step()
    model.take_weights(model.network.state_dict())


@pytest.mark.parametrize(("data", "kind", "network", "arguments", "steps", "rate"), PAIRS, ids=NAMES)
def test_a_batch_is_learned_by_heart_and_the_weights_are_kept(
    tmp_path, data, kind, network, arguments, steps, rate
):
    dataset = data(data=tmp_path)
    model = kind.for_dataset(
        dataset, network, arguments | {"dropout_amount": 0.0} if network != "fcn" else arguments
    )
    examples = dataset.split("train")
    some = examples.take(range(8))
    before = model.evaluate(some)
    overfit(model, model.collate([model.encode(example) for example in some]), steps, rate)
    after = model.evaluate(some, batch_size=3)
    assert after["loss"] < 0.3 * before["loss"]
    assert after[kind.better[0]] > 0.9, after

    image = some[0].image
    said = model.predict_on_image(image)
    assert 0.5 < said.confidence <= 1.0
    if dataset.task == "regions":
        assert said.map.shape == image.shape and (said.map[some[0].target > 0] > 0).mean() > 0.8
    else:
        truth = some[0].target
        assert said.text == (truth if isinstance(truth, str) else dataset.classes[truth])
        assert said.best[0] == (said.text, said.confidence)
        turned = model.predict_on_image(np.repeat((255 - image)[:, :, None], 3, axis=2))
        assert turned.text == said.text  # light on dark, and in colour

    path = model.save_weights(tmp_path / "weights")
    assert path.name == f"{kind.__name__}_{data.__name__}_{network}_weights.safetensors"
    again = open_weights(path)
    assert again.describe() == model.describe() and type(again) is kind
    assert again.predict_on_image(image).confidence == pytest.approx(said.confidence, abs=1e-5)
    fresh = kind.for_dataset(dataset, network, again.description.network_args, seed=2)
    fresh.load_weights(tmp_path / "weights")
    assert fresh.evaluate(some, batch_size=3) == pytest.approx(after, abs=1e-4)


def test_the_report_tells_how_well_each_class_is_told(tmp_path):
    dataset = TinyCharacters(data=tmp_path)
    model = CharacterModel.for_dataset(dataset)
    scores = model.evaluate(dataset.split("test"))
    assert model.confusion.shape == (6, 6) and model.confusion.sum() == 8
    assert scores["accuracy"] == np.trace(model.confusion) / 8
    report = model.report()
    assert [row.name for row in report] == list(dataset.classes)
    assert [row.count for row in report] == [2, 2, 1, 1, 1, 1]
    assert len(model.predict_on_image(dataset.split("test")[0].image).best) == 5


def test_augmented_examples_vary_with_their_generator_alone(tmp_path):
    dataset = TinyCharacters(data=tmp_path)
    model = CharacterModel.for_dataset(dataset, optimisation=Optimisation(augment=True))
    example = dataset.split("train")[0]
    plain, *varied = (
        model.encode(example, rng)[0] for rng in (None, *(np.random.default_rng(n) for n in (1, 2, 1)))
    )
    assert plain.shape == (28, 28) and not np.array_equal(varied[0], varied[1])
    assert np.array_equal(varied[0], varied[2])


def test_models_are_found_by_name_and_the_nearest_is_named():
    assert find_model("LineModelCtc") is LineModelCtc
    assert find_model("tests.training.models.test_models.Own") is Own
    with pytest.raises(ConfigError, match="LineModelCtc"):
        find_model("LineModelCTC")
    with pytest.raises(ConfigError, match="derive"):
        find_model("inkread.training.models.base.Optimisation")
    with pytest.raises(ConfigError, match="lacks collate, encode, loss, measure, predict, scores; define"):
        find_model("tests.training.models.test_models.Unfinished")


class Unfinished(Model):
    """A model without its hooks."""

    task = "characters"
    better = ("accuracy", "max")


class Own(CharacterModel):
    """A user's model."""


def test_a_model_of_the_users_is_kept_under_its_dotted_path(tmp_path):
    model = Own.for_dataset(TinyCharacters(data=tmp_path), network_args={"layer_size": 8})
    assert model.describe()["model"] == "tests.training.models.test_models.Own"
    path = model.save_weights(tmp_path)
    assert path.name == "Own_TinyCharacters_mlp_weights.safetensors"
    assert type(open_weights(path)).__name__ == "Own"


def test_what_does_not_fit_is_said(tmp_path):
    with pytest.raises(ConfigError, match="LineModel is for lines and TinyCharacters has characters"):
        LineModel.for_dataset(TinyCharacters(data=tmp_path))
    with pytest.raises(ConfigError, match="did you mean 'layer_size'"):
        CharacterModel.for_dataset(TinyCharacters(data=tmp_path), "mlp", {"layersize": 8})
    with pytest.raises(ConfigError, match="did you mean 'lenet'"):
        CharacterModel.for_dataset(TinyCharacters(data=tmp_path), "lenett")
    lines = LineModel.for_dataset(TinyLines(data=tmp_path))
    example = TinyLines(data=tmp_path).split("train")[0]
    with pytest.raises(DataError, match="6 characters and the model 5 places"):
        lines.encode(type(example)(example.image, "abcdef"))
    with pytest.raises(DataError, match="does not hold 'z'"):
        lines.encode(type(example)(example.image, "az"))
    with pytest.raises(ImageError):
        lines.predict_on_image(np.zeros((3, 3), np.float32))
    with pytest.raises(ConfigError, match="no examples"):
        lines.evaluate([])


def test_damaged_or_missing_weights_are_said(tmp_path):
    model = CharacterModel.for_dataset(TinyCharacters(data=tmp_path))
    with pytest.raises(BundleError, match="cannot be read"):
        model.load_weights(tmp_path)
    path = model.save_weights(tmp_path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(BundleError, match="cannot be read"):
        open_weights(path)
    other = CharacterModel.for_dataset(TinyCharacters(data=tmp_path), "mlp", {"num_layers": 1})
    other.save_weights(tmp_path)
    with pytest.raises(BundleError, match="another network"):
        model.load_weights(tmp_path)


def test_windows_that_are_too_few_for_the_texts_are_said(tmp_path):
    dataset = TinyLines(data=tmp_path)
    assert frames_needed("aabba") == 7
    model = LineModelCtc.for_dataset(dataset)
    model.check(dataset)
    with pytest.raises(ConfigError, match=r"fewer than the 5 characters .* at most 19"):
        LineModelCtc.for_dataset(dataset, "lstm", {"window_width": 32, "window_stride": 32})

    class Doubles(TinyLines):
        def example(self, rng, index, writer):
            example = super().example(rng, index, writer)
            return type(example)(example.image, "aaaaa", writer, example.key)

    doubles = Doubles(data=tmp_path / "doubles")
    model = LineModelCtc.for_dataset(doubles, "lstm", {"window_width": 19, "window_stride": 19})
    with pytest.raises(ConfigError, match=r"needs 9 windows and the widest line has 5; .* at most 10"):
        model.check(doubles)
