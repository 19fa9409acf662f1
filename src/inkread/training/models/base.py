"""``Model``: the public base of all models, a network with its loss, its metrics and its predictions.

What a subclass of yours says::

    class LetterModel(Model):
        task = "characters"                 # of the data sets that it fits
        better = ("accuracy", "max")        # the score that decides which checkpoint is best

        def encode(self, example, rng=None): ...  # an example as numpy arrays and numbers
        def collate(self, encoded): ...           # a list of them as a batch of tensors
        def loss(self, output, batch): ...        # what training lowers
        def measure(self, output, batch): ...     # add to self.tally what the scores need
        def scores(self): ...                     # {name: value} of self.tally
        def predict(self, image): ...             # a Prediction

and a configuration names it by dotted path. Often it is less: a subclass of ``CharacterModel``
with another ``loss``.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from inkread.datasets.dataset import Dataset, Example, Examples, Task
from inkread.errors import BundleError, ConfigError
from inkread.training.models import weights_file
from inkread.training.models.description import Description
from inkread.training.models.loop import Loop
from inkread.training.models.optimisation import Optimisation
from inkread.training.models.prediction import Prediction
from inkread.training.networks.names import build_network, default_network, full_name

if TYPE_CHECKING:
    from inkread.training.fitting import FitResult

__all__ = ["Description", "Model", "Optimisation", "Prediction"]


class Model(Loop):
    """A network with its optimiser; subclasses add the loss and the metrics.

    ``network`` is what is trained, ``averaged`` (an exponential moving average of its weights)
    what is validated, saved and used.

    Class attributes:
        task: "characters", "lines" or "regions": of the data sets that the model fits.
        better: the score that decides which checkpoint is best, and whether more or less is.

    Args:
        network: float32 (N, 1, H, W) in -1 to 1, dark ink -1 -> what the subclass says.
        optimisation: how it is trained.
        description: what it is for; a model without one cannot be saved by ``save_weights``.
    """

    task: ClassVar[Task]
    better: ClassVar[tuple[str, Literal["max", "min"]]]

    def __init__(
        self,
        network: nn.Module,
        optimisation: Optimisation | None = None,
        description: Description | None = None,
    ) -> None:
        super().__init__(network, optimisation or Optimisation())
        self.description = description

    # Building

    @classmethod
    def for_dataset(
        cls,
        dataset: Dataset,
        network: str | None = None,
        network_args: Mapping[str, Any] | None = None,
        optimisation: Optimisation | None = None,
        seed: int = 1,
    ) -> Self:
        """Return a fresh model for a data set.

        Args:
            dataset: what it is to learn; it is not loaded.
            network: name of a network, or dotted path of a function of yours; the model's own
                default without it.
            network_args: settings of the network.
            optimisation: how to train.
            seed: of the first weights.

        Raises:
            ConfigError: the data set is of another task; the network does not exist, does not
                fit, or has no such setting.
        """
        if dataset.task != cls.task:
            raise ConfigError(
                f"{cls.__name__} is for {cls.task} and {type(dataset).__name__} has {dataset.task}; "
                "choose another model or another data set."
            )
        ours = cls.__module__.startswith("inkread.")
        description = Description(
            model=cls.__name__ if ours else f"{cls.__module__}.{cls.__qualname__}",
            dataset=type(dataset).__name__,
            dataset_args=dict(dataset.arguments()),
            network=full_name(network or cls.default_network()),
            network_args=dict(network_args or {}),
            classes=tuple(dataset.classes),
            input_shape=dataset.input_shape,
            output_shape=tuple(dataset.output_shape),
        )
        return cls.build(description, optimisation, seed)

    @classmethod
    def build(cls, description: Description, optimisation: Optimisation | None = None, seed: int = 1) -> Self:
        """Return a fresh model as described.

        Raises:
            ConfigError: the network does not exist, does not fit, or has no such setting.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = build_network(
                description.network,
                description.input_shape,
                cls.network_output(description.output_shape),
                description.network_args,
            )
        return cls.around(network, optimisation, description)

    @classmethod
    def default_network(cls) -> str:
        """Name of the network that the model gets where none is named: that of its nearest base of ours."""
        for base in cls.__mro__:
            if base.__module__.startswith("inkread."):
                return default_network(base.__name__)
        raise AssertionError  # Model itself is ours

    @classmethod
    def network_output(cls, output_shape: Sequence[int]) -> tuple[int, ...]:
        """Return the shape that the network gives, of the data set's ``output_shape``."""
        return tuple(output_shape)

    @classmethod
    def around(cls, network: nn.Module, optimisation: Optimisation | None, description: Description) -> Self:
        """Return the model around a network that is built."""
        return cls(network, optimisation, description)

    def describe(self) -> dict[str, Any]:
        """Return, as JSON values, all that it takes to build the model again (without its weights)."""
        return self._described().as_json()

    def _described(self) -> Description:
        if self.description is None:
            raise ConfigError("This model was not made for a data set; make it by for_dataset or build.")
        return self.description

    @property
    def classes(self) -> tuple[str, ...]:
        """Name of each class of the data set, by number."""
        return self._described().classes

    @property
    def input_shape(self) -> tuple[int, int]:
        """(H, W) of the images that the network gets, for lines of the widest."""
        return self._described().input_shape

    # Hooks for a subclass to define, beside those of Loop

    @abstractmethod
    def encode(self, example: Example, rng: np.random.Generator | None = None) -> tuple[Any, ...]:
        """Return an example as ``collate`` takes it: numpy arrays and numbers; runs in workers.

        Args:
            example: of the data set.
            rng: of this example in this epoch, in training; None where nothing is to vary.
        """

    @abstractmethod
    def collate(self, encoded: list[tuple[Any, ...]]) -> Any:
        """Return a batch: a tuple whose first entry is a tensor with a row an example; runs in workers."""

    @abstractmethod
    def predict(self, image: npt.NDArray[np.uint8]) -> Prediction:
        """Return what the averaged network says of an image, uint8 (H, W) or (H, W, 3 or 4)."""

    def check(self, dataset: Dataset) -> None:
        """Raise ConfigError where the model cannot learn the data set; called before training."""

    def group_by(self, examples: Examples) -> Sequence[float] | None:
        """Return a figure for each example, those of like figures being batched together; or None."""
        return None

    # What a user calls

    def fit(self, dataset: Dataset, *, out: str | Path | None = None, **settings: Any) -> FitResult:
        """Train on a data set's training examples; the model is left with its best weights.

        Args:
            dataset: of the model's task.
            out: folder for the checkpoints; a temporary one without it.
            settings: see ``training.fitting.FitSettings`` (batch_size, epochs, ...).

        Raises:
            ConfigError: a wrong setting; ``out`` holds a run already.
            DataError: data that are missing or damaged.
        """
        from inkread.training.fitting import fit, fit_settings

        return fit(self, dataset, fit_settings(settings), out)

    @torch.no_grad()
    def evaluate(self, examples: Examples, batch_size: int = 64) -> dict[str, float]:
        """Return the averaged network's scores on examples, and their mean ``loss``.

        Raises:
            ConfigError: there are no examples.
        """
        if not len(examples):
            raise ConfigError("There are no examples to evaluate on; choose another split.")
        self.eval()
        self.on_validation_epoch_start()
        for first in range(0, len(examples), batch_size):
            numbers = range(first, min(first + batch_size, len(examples)))
            batch = self.collate([self.encode(examples[number]) for number in numbers])
            self.validation_step(self.transfer_batch_to_device(batch, self.device, 0), 0)
        return self._all_scores()

    @torch.no_grad()
    def predict_on_image(self, image: npt.NDArray[np.uint8]) -> Prediction:
        """Return what the model says of an image.

        Args:
            image: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), of any size; dark ink on
                light paper or light on dark.

        Raises:
            ImageError: wrong dtype or shape, or an empty array.
        """
        self.eval()
        return self.predict(image)

    def save_weights(self, folder: str | Path) -> Path:
        """Write the averaged weights as ``Model_Dataset_network_weights.safetensors``, a JSON beside it.

        Returns:
            the path; ``models.names.open_weights`` makes a model of it again.
        """
        return weights_file.write(Path(folder), self._described(), self.averaged.module.state_dict())

    def load_weights(self, folder: str | Path) -> None:
        """Take the weights that a model of the same description saved in a folder.

        Raises:
            BundleError: they are missing, damaged, or of other shapes.
        """
        path = Path(folder) / f"{self._described().weights_name}.safetensors"
        self.take_weights(weights_file.read(path)[1], path)

    def take_weights(self, weights: Mapping[str, Tensor], origin: object = "given") -> None:
        """Take weights, as the network's and as the averaged ones.

        Raises:
            BundleError: they are of another network.
        """
        try:
            self.network.load_state_dict(weights)
            self.averaged.module.load_state_dict(weights)
        except RuntimeError as error:
            raise BundleError(
                f"The weights {origin} are of another network than this model's; give it the same data set "
                f"and settings ({error})."
            ) from None
