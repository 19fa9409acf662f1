"""Data sets by the name that a configuration or a command gives them.

A name is the class name of a data set of ours, or the dotted path of one of the user's
(``mypackage.letters.LetterDataset``); modules are imported when one of theirs is asked for.
"""

from __future__ import annotations

import difflib
import inspect
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from inkread.datasets.dataset import Dataset
from inkread.errors import ConfigError

_MODULES = {
    "EmnistDataset": "inkread.datasets.emnist",
    "EmnistLinesDataset": "inkread.datasets.emnist_lines",
    "UnipenCharactersDataset": "inkread.datasets.unipen_characters",
    "IamDataset": "inkread.datasets.iam",
    "IamLinesDataset": "inkread.datasets.iam_lines",
    "IamParagraphsDataset": "inkread.datasets.iam_paragraphs",
    "FolderLinesDataset": "inkread.datasets.folder",
    "GroundTruthDataset": "inkread.datasets.ground_truth_lines",
}

NEEDS: Mapping[str, tuple[str, ...]] = {
    "EmnistDataset": ("emnist",),
    "EmnistLinesDataset": ("emnist", "unipen"),
    "UnipenCharactersDataset": ("unipen",),
    "IamDataset": ("iam",),
    "IamLinesDataset": ("iam",),
    "IamParagraphsDataset": ("iam",),
    "FolderLinesDataset": (),
    "GroundTruthDataset": (),
}
"""The raw data (folders of ``data/raw``) of which each needs one; none: a folder of the user's."""


class _Datasets(Mapping[str, type[Dataset]]):
    """The data sets of ours; a class is imported as it is looked up."""

    def __getitem__(self, name: str) -> type[Dataset]:
        found: type[Dataset] = getattr(import_module(_MODULES[name]), name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in _MODULES

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


DATASETS: Mapping[str, type[Dataset]] = _Datasets()
"""The data sets of ours by class name."""


def find_dataset(name: str) -> type[Dataset]:
    """Return the class of a data set.

    Args:
        name: class name of one of ours, or dotted path of a subclass of ``Dataset``; its module
            is looked for in the working folder too.

    Raises:
        ConfigError: there is none of that name (the nearest right one is named), its module
            cannot be imported, or it is no ``Dataset``.
    """
    if name in DATASETS:
        return DATASETS[name]
    if "." not in name:
        raise ConfigError(
            f"There is no data set {name!r}; {did_you_mean(name, DATASETS)}use one of {', '.join(DATASETS)}, "
            "or the dotted path of a class of your own, package.module.Class."
        )
    found = import_dotted(name, "data set")
    if not (isinstance(found, type) and issubclass(found, Dataset)):
        raise ConfigError(f"{name} is no data set; derive the class from inkread.datasets.dataset.Dataset.")
    return found


def make_dataset(name: str, arguments: Mapping[str, Any]) -> Dataset:
    """Return the data set ``name`` made with ``arguments``.

    Raises:
        ConfigError: as ``find_dataset`` does; an argument that it does not take (the nearest right
            one is named) or lacks, or one that is out of its range.
    """
    kind = find_dataset(name)
    known = arguments_of(kind)
    for argument in arguments:
        if argument not in known:
            raise ConfigError(
                f"{kind.__name__} takes no {argument!r}; {did_you_mean(argument, known)}"
                f"use one of {', '.join(known)}."
            )
    lacking = [n for n, default in known.items() if default is inspect.Parameter.empty and n not in arguments]
    if lacking:
        raise ConfigError(f"{kind.__name__} needs {' and '.join(lacking)}; give it, as in path=FOLDER.")
    try:
        return kind(**arguments)
    except TypeError as error:
        raise ConfigError(f"{name} cannot be made with these arguments ({error}); correct them.") from error


def arguments_of(kind: type[Dataset]) -> dict[str, Any]:
    """Return the arguments a data set takes, with their defaults; ``inspect.Parameter.empty`` for none.

    Where a class hands ``**settings`` on to the class above it, that one's are among them.
    """
    found: dict[str, Any] = {}
    for base in kind.__mro__:
        if "__init__" not in vars(base):
            continue
        parameters = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                found.setdefault(parameter.name, parameter.default)
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            break
    return found


def import_dotted(path: str, what: str) -> Any:
    """Return what a dotted path names; the working folder is searched as ``python -m`` does.

    Args:
        path: ``package.module.name``.
        what: what it should be, for messages: "data set", "network".

    Raises:
        ConfigError: the module cannot be imported, or holds no such name.
    """
    module_name, _, name = path.rpartition(".")
    if os.getcwd() not in sys.path and "" not in sys.path:
        sys.path.append(os.getcwd())
    try:
        module = import_module(module_name)
    except ImportError as error:
        raise ConfigError(
            f"The {what} {path!r} cannot be imported ({error}); run from the folder that holds its package, "
            "or install it."
        ) from error
    except (ValueError, TypeError):  # an empty part, or a leading dot
        raise ConfigError(f"{path!r} is no dotted path; write package.module.name.") from None
    try:
        return getattr(module, name)
    except AttributeError:
        hint = did_you_mean(name, [known for known in vars(module) if not known.startswith("_")])
        raise ConfigError(f"{module_name} holds no {name!r}; {hint}correct the name.") from None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'x', or `` for the known name nearest to ``name``, "" where none is near."""
    lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.5)
    return f"did you mean {lower[near[0]]!r}? Else " if near else ""
