import json

import pytest

from inkread.alphabet import READER_ALPHABET
from inkread.errors import BundleError
from inkread.runtime.bundle import METADATA_KEY, Contract

LINE = Contract(
    "line", "tiny", "1", alphabet=("a", "é", " "), temperature=1.5, note="made by a test", beam=32
)


def test_a_contract_comes_back_from_its_json_unchanged():
    assert Contract.from_json(LINE.to_json()) == LINE


def test_an_alphabet_object_is_taken_as_it_is():
    contract = Contract("line", "tiny", "1", alphabet=READER_ALPHABET)
    assert contract.alphabet == READER_ALPHABET.characters
    assert Contract.from_json(contract.to_json()) == contract


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "page"}, "kind"),
        ({"name": ""}, "name"),
        ({"alphabet": ()}, "alphabet"),
        ({"alphabet": ("a", "a")}, "alphabet"),
        ({"stride": 5}, "stride"),
        ({"temperature": 0.0}, "temperature"),
        ({"beam": -1}, "beam"),
    ],
)
def test_a_contract_that_no_reader_could_use_is_refused(change, says):
    values = {"kind": "line", "name": "tiny", "version": "1", "alphabet": ("a",)} | change
    with pytest.raises(BundleError, match=says):
        Contract(**values)


def test_metadata_that_is_not_ours_is_refused():
    with pytest.raises(BundleError, match="not an inkread model"):
        Contract.from_metadata({"author": "someone"})
    with pytest.raises(BundleError, match="not JSON"):
        Contract.from_metadata({METADATA_KEY: "{"})


@pytest.mark.parametrize("values", [{"format": 2}, {"height": "48"}, {"name": None}, {"stride": 4.0}])
def test_metadata_of_another_format_or_type_is_refused(values):
    text = json.dumps(json.loads(LINE.to_json()) | values)
    with pytest.raises(BundleError):
        Contract.from_json(text)


def test_a_bundle_from_before_beams_is_read():
    values = json.loads(LINE.to_json())
    del values["beam"]
    assert Contract.from_json(json.dumps(values)).beam == 0


def test_metadata_of_a_later_version_may_say_more():
    assert Contract.from_json(json.dumps(json.loads(LINE.to_json()) | {"new": 1})) == LINE
