from inkread.datasets.look_alikes import LOOK_ALIKES, PRINTABLE, alike, fold, fold_table


def test_no_character_is_in_two_groups() -> None:
    members = "".join(LOOK_ALIKES)
    assert len(set(members)) == len(members) and set(members) <= set(PRINTABLE)
    assert len(PRINTABLE) == 94


def test_members_fold_to_the_first_of_their_group() -> None:
    assert fold("0") == fold("O") == "o" and fold("a") == "a"
    assert alike("c", "C") and alike("|", "l") and not alike("a", "A") and not alike("5", "S")


def test_the_table_numbers_each_group_by_a_member() -> None:
    table = fold_table("abcCx")
    assert table == [0, 1, 2, 2, 4]
    full = fold_table()
    assert len(set(full)) == 94 - sum(len(group) - 1 for group in LOOK_ALIKES)
    assert all(alike(PRINTABLE[number], PRINTABLE[first]) for number, first in enumerate(full))
