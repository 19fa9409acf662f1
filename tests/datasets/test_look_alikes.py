from inkread.datasets.look_alikes import LOOK_ALIKES, PRINTABLE, alike, fold


def test_no_character_is_in_two_groups() -> None:
    members = "".join(LOOK_ALIKES)
    assert len(set(members)) == len(members) and set(members) <= set(PRINTABLE)
    assert len(PRINTABLE) == 94


def test_members_fold_to_the_first_of_their_group() -> None:
    assert fold("0") == fold("O") == "o" and fold("a") == "a"
    assert alike("c", "C") and alike("|", "l") and not alike("a", "A") and not alike("5", "S")
