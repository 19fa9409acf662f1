"""Networks by name: what a configuration's ``network`` stands for, and which fits which model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from torch import nn

from inkread.errors import ConfigError
from inkread.training.named import check_arguments, find

_HERE = "inkread.training.networks"

NETWORKS: Mapping[str, str] = MappingProxyType(
    {
        "mlp": f"{_HERE}.mlp.mlp",
        "lenet": f"{_HERE}.lenet.lenet",
        "character_cnn": f"{_HERE}.character_cnn.character_cnn",
        "line_cnn_all_conv": f"{_HERE}.line_cnn.line_cnn_all_conv",
        "line_lstm_ctc": f"{_HERE}.line_lstm.line_lstm_ctc",
        "line_reader": f"{_HERE}.line_reader_ctc.line_reader",
        "fcn": f"{_HERE}.fcn.fcn",
        "cnn": f"{_HERE}.line_cnn.line_cnn_all_conv",
        "lstm": f"{_HERE}.line_lstm.line_lstm_ctc",
    }
)
"""Dotted path of each network's function, by name; the last two are other names."""

FITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CharacterModel": ("mlp", "lenet", "character_cnn"),
        "LineModel": ("line_cnn_all_conv",),
        "LineModelCtc": ("line_lstm_ctc", "line_reader"),
        "LineDetectorModel": ("fcn",),
    }
)
"""Names of our networks that fit each of our models, the default first."""

Network = Callable[..., nn.Module]
"""``(input_shape, output_shape, **network_args) -> nn.Module``, which takes float32 (N, 1, H, W)."""


def find_network(name: str) -> Network:
    """Return the function that builds a network.

    Args:
        name: one of ``NETWORKS``, or the dotted path of a function of your own.

    Raises:
        ConfigError: there is none; the message gives the nearest name.
    """
    network: Network = find(name, NETWORKS, "network")
    if not callable(network):
        raise ConfigError(f"{name} is no network; name a function or a class that gives a torch.nn.Module.")
    return network


def full_name(name: str) -> str:
    """Return a network's full name: ``line_lstm_ctc`` of ``lstm``, the name itself of any other."""
    return NETWORKS[name].rpartition(".")[2] if name in NETWORKS else name


def default_network(model: str) -> str:
    """Return the network that a model of ours gets where none is named.

    Raises:
        ConfigError: the model is not of ours.
    """
    if model not in FITS:
        raise ConfigError(f"{model} has no network of its own; name one of {', '.join(NETWORKS)}.")
    return FITS[model][0]


def check_fit(model: str, network: str) -> None:
    """Check that a network of ours fits a model of ours; nothing is said of those of the user's.

    Raises:
        ConfigError: it does not; the message names those that do.
    """
    if model in FITS and network in NETWORKS and full_name(network) not in FITS[model]:
        raise ConfigError(f"The network {network} does not fit {model}; use {' or '.join(FITS[model])}.")


def build_network(
    name: str,
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    arguments: Mapping[str, object],
) -> nn.Module:
    """Build a network by name.

    Args:
        name: as ``find_network`` takes it.
        input_shape: (H, W) of what it gets.
        output_shape: of what it gives; see the models.
        arguments: settings of its own.

    Raises:
        ConfigError: there is no such network, it has no such setting, or the setting is wrong.
    """
    network = find_network(name)
    check_arguments(network, arguments, f"network {name}")
    try:
        built = network(tuple(input_shape), tuple(output_shape), **arguments)
    except (TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            f"The network {name} cannot be built with these settings ({reason}); correct them."
        ) from error
    if not isinstance(built, nn.Module):
        raise ConfigError(f"{name} gives no torch.nn.Module; name a function or a class that does.")
    return built
