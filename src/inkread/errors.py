"""Every exception that inkread raises on purpose.

::

    InkreadError
    ├── InputError            what the user handed over cannot be read
    │   ├── ImageError        not an image, damaged, too large, locked
    │   └── GroundTruthError  a transcription (ALTO, PAGE-XML, index.tsv) is at fault
    ├── AlphabetError         a character that the alphabet does not hold
    ├── BundleError           a model file that is missing or breaks its contract
    ├── DataError             raw data that is missing or fails its checksum
    └── ConfigError           a setting or an experiment's configuration is wrong

Each message is one sentence that says what is wrong and what to do about it.
"""

from __future__ import annotations


class InkreadError(Exception):
    """Base of all errors that inkread raises on purpose."""


class InputError(InkreadError):
    """What the user handed over cannot be read."""


class ImageError(InputError):
    """A file or array that is not an image, is damaged, too large, or locked."""


class GroundTruthError(InputError):
    """A transcription file (ALTO, PAGE-XML, index.tsv) that is at fault."""


class AlphabetError(InkreadError):
    """A character that the alphabet does not hold."""


class BundleError(InkreadError):
    """A model file that is missing, damaged, or breaks the metadata contract."""


class DataError(InkreadError):
    """Raw data that is missing, incomplete, or fails its checksum."""


class ConfigError(InkreadError):
    """A setting or an experiment's configuration that is wrong."""
