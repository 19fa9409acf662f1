"""What a model reads and how it is built: all that it takes to build it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from inkread.errors import ConfigError


@dataclass(frozen=True)
class Description:
    """A model in words.

    Attributes:
        model: class of the model, by name, or by dotted path where it is the user's.
        dataset: class name of the data set that it is for.
        dataset_args: the data set's ``arguments()``.
        network: name of the network, or dotted path.
        network_args: its settings.
        classes: name of each class of the data set, by number.
        input_shape: (H, W) of the images, for lines of the widest.
        output_shape: as the data set's.
    """

    model: str
    dataset: str
    network: str
    classes: tuple[str, ...]
    input_shape: tuple[int, int]
    output_shape: tuple[int, ...]
    dataset_args: Mapping[str, Any] = field(default_factory=dict)
    network_args: Mapping[str, Any] = field(default_factory=dict)

    @property
    def weights_name(self) -> str:
        """Name of the file of weights without its ending: ``Model_Dataset_network_weights``."""
        parts = (self.model, self.dataset, self.network)
        return "_".join(part.rpartition(".")[2] for part in parts) + "_weights"

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        values = asdict(self)
        for name in ("classes", "input_shape", "output_shape"):
            values[name] = list(values[name])
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Description:
        """Return the description that ``as_json`` gave.

        Raises:
            ConfigError: the values are not of one.
        """
        try:
            shapes = {name: tuple(values[name]) for name in ("classes", "input_shape", "output_shape")}
            return cls(**{**values, **shapes})
        except (KeyError, TypeError) as error:
            raise ConfigError(
                f"This is no description of a model ({error}); save its weights again."
            ) from None
