from inkread.metrics import (
    ErrorCounts,
    alignment,
    character_errors,
    corpus_cer,
    corpus_errors,
    corpus_wer,
    fold,
    word_errors,
)


def test_fold_joins_whitespace_and_makes_quotes_and_dashes_ascii() -> None:
    assert fold("  “l’été”\u00a0–\n1914—18 ") == '"l\'été" - 1914-18'


def test_fold_composes_accents_but_keeps_case_and_punctuation() -> None:
    assert fold("E\u0301te\u0301, Œuvre…") == "Été, Œuvre…"


def test_one_substitution_one_deletion_one_insertion() -> None:
    assert character_errors("kitten", "sitting") == ErrorCounts(2, 1, 0, 6)
    assert character_errors("sitting", "kitten") == ErrorCounts(2, 0, 1, 7)
    assert character_errors("kitten", "sitting").rate == 3 / 6


def test_equal_after_folding_is_no_error() -> None:
    assert character_errors("l’été", "l'e\u0301te\u0301").errors == 0


def test_a_line_that_failed_counts_as_read_empty() -> None:
    assert character_errors("four", "") == ErrorCounts(0, 0, 4, 4)
    assert character_errors("four", "").rate == 1.0


def test_words_invented_on_a_blank_page_show_in_the_rate() -> None:
    assert character_errors("", "").rate == 0.0
    assert character_errors("", "abc").rate == 3.0


def test_words_are_compared_whole() -> None:
    assert word_errors("the cat sat on", "the cat sit") == ErrorCounts(1, 0, 1, 4)


def test_corpus_rate_is_not_the_mean_of_the_lines_rates() -> None:
    pairs = [("ab", "xx"), ("abcdefgh", "abcdefgh")]
    assert corpus_cer(pairs) == 2 / 10
    assert corpus_wer([("a b c", "a b c"), ("d", "e")]) == 1 / 4
    assert corpus_errors(iter(pairs)) == ErrorCounts(2, 0, 0, 10)


def test_an_empty_corpus_has_no_errors() -> None:
    assert corpus_cer([]) == 0.0


def test_alignment_pieces_join_to_both_texts() -> None:
    steps = alignment("the cat", "tha cats")
    assert steps == [
        ("equal", "th", "th"),
        ("replace", "e", "a"),
        ("equal", " cat", " cat"),
        ("insert", "", "s"),
    ]
    assert "".join(step[1] for step in steps) == "the cat"
    assert "".join(step[2] for step in steps) == "tha cats"
