"""Weights of a model as two files: safetensors, and beside it JSON that says what they are of."""

from __future__ import annotations

import json
import os
from pathlib import Path

from torch import Tensor

from inkread.errors import BundleError, ConfigError
from inkread.training.models.description import Description


def write(folder: Path, description: Description, weights: dict[str, Tensor]) -> Path:
    """Write weights and description, each beside its place first.

    Returns:
        path of the safetensors file, ``Model_Dataset_network_weights.safetensors``.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{description.weights_name}.safetensors"
    draft = path.with_suffix(f".{os.getpid()}.draft")
    text = json.dumps(description.as_json(), ensure_ascii=False, indent=1)
    draft.write_text(text + "\n", encoding="utf-8")
    os.replace(draft, path.with_suffix(".json"))
    save_file({name: tensor.cpu().contiguous() for name, tensor in weights.items()}, str(draft))
    os.replace(draft, path)
    return path


def read(path: str | Path) -> tuple[Description, dict[str, Tensor]]:
    """Read what ``write`` wrote.

    Args:
        path: of the safetensors file, or of the JSON file beside it.

    Raises:
        BundleError: one of the two is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = Path(path)
    try:
        description = Description.from_json(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
        return description, load_file(str(path.with_suffix(".safetensors")))
    except (OSError, ValueError, SafetensorError, ConfigError) as error:
        raise BundleError(
            f"The weights {path} cannot be read ({error}); both the .safetensors and the .json file that "
            "save_weights wrote must be there."
        ) from None
