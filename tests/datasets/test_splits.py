from pathlib import Path

import pytest

from inkread.datasets.dataset import Split
from inkread.datasets.splits import carve, read_split_file
from inkread.errors import GroundTruthError


def test_groups_stay_whole_and_shares_are_reached() -> None:
    groups = [f"hand{number % 10}" for number in range(100)]
    splits = carve(groups, [None] * 100, 0.2, 0.1, seed=3)
    assert [splits.count("train"), splits.count("validation"), splits.count("test")] == [70, 20, 10]
    assert len({(group, split) for group, split in zip(groups, splits, strict=True)}) == 10


def test_a_split_that_is_given_is_kept_and_not_added_to() -> None:
    given: list[Split | None] = ["test", None, None, None, "train", None]
    splits = carve(["a", "b", "c", "d", "e", "f"], given, 0.25, 0.25, seed=1)
    assert splits[0] == "test"
    assert splits.count("test") == 1
    assert splits.count("validation") == 1


def test_the_seed_decides_and_training_is_never_left_empty() -> None:
    ways = {tuple(carve(list("abcdef"), [None] * 6, 0.3, 0.3, seed)) for seed in range(8)}
    assert len(ways) > 1
    assert carve(["a"], [None], 0.4, 0.4, 1) == ["train"]
    assert carve([], [], 0.1, 0.1, 1) == []
    assert sorted(carve(["a", "b"], [None] * 2, 0.1, 0.1, 1)) == ["test", "train"]


def test_a_name_with_two_splits_or_none_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "split.tsv"
    path.write_text("a\ttrain\nb\n\na\ttest\n", encoding="utf-8")
    told: list[tuple[int, str]] = []
    assert read_split_file(path, lambda path, line, fault: told.append((line, fault))) == {"a": "train"}
    assert [line for line, _ in told] == [2, 4]
    with pytest.raises(GroundTruthError, match=r"split\.tsv, line 2"):
        read_split_file(path)
