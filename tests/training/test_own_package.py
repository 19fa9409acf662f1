"""A data set, a model and a network of a user's own package are named by dotted path and do as ours."""

from __future__ import annotations

import pytest

from inkread.datasets.names import find_dataset
from inkread.training.fitting import FitSettings, fit
from inkread.training.models.names import find_model, open_weights

LETTERS = '''
import numpy as np
from torch import nn
from torch.nn import functional as F

from inkread.datasets.dataset import Dataset, Example
from inkread.training.models.character import CharacterModel


class StrokeDataset(Dataset):
    """Lines that stand or lie."""

    task = "characters"
    folder = "strokes"
    classes = ("|", "-")
    input_shape = (20, 20)
    output_shape = (2,)

    def arguments(self):
        return {"seed": self.seed}

    def make(self):
        return {name: self.draw(number) for number, name in enumerate(("train", "validation", "test"))}

    def draw(self, number):
        rng = np.random.default_rng(self.seed + number)
        for index in range(24):
            image = np.full((20, 20), 255, np.uint8)
            place = int(rng.integers(6, 12))
            image[2:18, place : place + 3] = 0
            drawn = image if index % 2 == 0 else image.T.copy()
            yield Example(drawn, index % 2, f"writer {number}", str(index))


def network(input_shape, output_shape, bias=True):
    height, width = input_shape
    return nn.Sequential(nn.Flatten(), nn.Linear(height * width, output_shape[0], bias=bias))


class StrokeModel(CharacterModel):
    """Its own loss, and one more score."""

    better = ("error", "min")

    def loss(self, output, batch):
        return F.multi_margin_loss(output, batch.targets)

    def scores(self):
        accuracy = super().scores()["accuracy"]
        return {"accuracy": accuracy, "error": 1.0 - accuracy}
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "strokes_of_mine"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "letters.py").write_text(LETTERS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "strokes_of_mine.letters"


def test_everything_of_a_package_outside_ours_is_trained_kept_and_opened(tmp_path, package):
    dataset = find_dataset(f"{package}.StrokeDataset")(data=tmp_path)
    kind = find_model(f"{package}.StrokeModel")
    model = kind.for_dataset(dataset, f"{package}.network", {"bias": False})
    result = fit(model, dataset, FitSettings(batch_size=6, epochs=6, workers=1), tmp_path / "run")
    assert result.scores["error"] == 0.0 and result.best.name == "best.ckpt"
    assert model.evaluate(dataset.split("test"))["accuracy"] == 1.0
    path = model.save_weights(tmp_path)
    assert path.name == "StrokeModel_StrokeDataset_network_weights.safetensors"
    example = dataset.split("test")[1]
    assert open_weights(path).predict_on_image(example.image).text == "-"
    assert kind.for_dataset(dataset).describe()["network"] == "mlp"  # the default of CharacterModel
