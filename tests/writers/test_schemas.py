"""The bundled schemas are the files that their readme lists, and others' pages are read by the writers."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from inkread.datasets.ground_truth import find_ground_truth, read_ground_truth
from inkread.writers import alto
from tests.writers.schema import SCHEMAS, schema


def test_the_schemas_are_unchanged() -> None:
    named = re.findall(r"^    ([0-9a-f]{64})  (\S+)$", (SCHEMAS / "README.md").read_text("utf-8"), re.M)
    assert len(named) == 3
    for digest, name in named:
        assert hashlib.sha256((SCHEMAS / name).read_bytes()).hexdigest() == digest


def test_the_schemas_compile_without_the_network() -> None:
    assert schema("alto-4-4.xsd") is not None and schema("pagecontent-2019-07-15.xsd") is not None


@pytest.mark.skipif("INKREAD_DATA" not in os.environ, reason="INKREAD_DATA names no folder of raw data")
def test_transcribed_pages_are_read_as_for_training() -> None:
    for path in find_ground_truth(Path(os.environ["INKREAD_DATA"]) / "copiste" / "alto")[:5]:
        (page,) = alto.read(path.read_bytes())
        true = read_ground_truth(path)
        assert [line.text for line in page.lines] == [line.text for line in true.lines]
        assert [len(line.polygon) for line in page.lines] == [len(line.polygon) for line in true.lines]
