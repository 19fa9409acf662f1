"""A trained character model becomes a bundle that reads what the model reads."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("lightning")

from inkread.characters import CharacterRecogniser  # noqa: E402
from inkread.datasets.dataset import Example  # noqa: E402
from inkread.errors import BundleError, ConfigError  # noqa: E402
from inkread.images.character import normalise_character  # noqa: E402
from inkread.runtime.session import CharacterSession, LineSession  # noqa: E402
from inkread.training.export_characters import LogSoftmax, export_characters  # noqa: E402
from inkread.training.models.character import CharacterModel  # noqa: E402
from inkread.training.models.description import Description  # noqa: E402
from inkread.training.stored import load_weights  # noqa: E402

SETTINGS = {"widths": (8, 8, 8), "depths": (0, 0, 1)}


def model_of(
    classes: str, shape: tuple[int, int] = (16, 16), network: str = "character_cnn"
) -> CharacterModel:
    arguments = SETTINGS if network == "character_cnn" else {}
    return CharacterModel.build(
        Description(
            model="CharacterModel",
            dataset="none",
            network=network,
            classes=tuple(classes),
            input_shape=shape,
            output_shape=(len(classes),),
            network_args=arguments,
        )
    )


def bars(count: int) -> list[Example]:
    """Upright bars are class 0, level ones class 1; one in five has the wrong label."""
    examples = []
    for number in range(count):
        image = np.full((40, 40), 255, np.uint8)
        image[18:23, 5:35] = 0
        kind = number % 2
        examples.append(Example(image if kind else image.T.copy(), kind if number % 5 else 1 - kind))
    return examples


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CharacterModel]:
    model = model_of("|-x")
    path = tmp_path_factory.mktemp("bundle") / "characters.onnx"
    contract = export_characters(model, bars(20), path, "tiny", "1", "of a test")  # type: ignore[arg-type]
    assert contract.kind == "character" and contract.alphabet == ("|", "-", "x")
    assert contract.temperature != 1.0 and contract.height == 16
    return path, model


def test_the_bundle_gives_what_the_model_gives(bundle: tuple[Path, CharacterModel]) -> None:
    path, model = bundle
    session = CharacterSession(path, threads=1)
    batch = np.stack([normalise_character(example.image, 16) for example in bars(3)])
    with torch.no_grad():
        expected = model.eval()(torch.from_numpy(batch[:, None])).log_softmax(dim=1).numpy()
    np.testing.assert_allclose(session.run(batch), expected, atol=5e-3)
    np.testing.assert_allclose(session.run(batch[:1]), expected[:1], atol=5e-3)


def test_a_recogniser_reads_by_it(bundle: tuple[Path, CharacterModel]) -> None:
    path, model = bundle
    recogniser = CharacterRecogniser(path, threads=1)
    assert (recogniser.model.name, recogniser.model.version) == ("tiny", "1")
    reading = recogniser.read(bars(1)[0].image)
    assert len(reading.candidates) == 3
    assert sum(candidate.probability for candidate in reading.candidates) == pytest.approx(1, abs=1e-5)
    assert reading.text == model.predict_on_image(bars(1)[0].image).text


def test_the_weights_come_back(bundle: tuple[Path, CharacterModel]) -> None:
    path, _ = bundle
    network = LogSoftmax(model_of("|-x").averaged.module)
    network.load_state_dict({name: torch.from_numpy(array) for name, array in load_weights(path).items()})


def test_a_network_of_logits_becomes_one_of_log_probabilities(tmp_path: Path) -> None:
    path = tmp_path / "mlp.onnx"
    assert export_characters(model_of("ab", network="mlp"), None, path, "m", "1").temperature == 1.0
    output = CharacterSession(path, threads=1).run(np.full((2, 16, 16), 255, np.uint8))
    np.testing.assert_allclose(np.exp(output).sum(axis=1), 1.0, rtol=1e-5)


def test_what_does_not_fit_is_told(bundle: tuple[Path, CharacterModel], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="square"):
        export_characters(model_of("ab", (16, 24)), None, tmp_path / "x.onnx", "m", "1")
    with pytest.raises(BundleError, match="line model is needed"):
        LineSession(bundle[0], threads=1)
