from moderation.spam.phrases import split_phrases


def test_lists_are_divided_by_commas_and_lines_don_t_matter() -> None:
    assert split_phrases("a b,\n  c", "d") == {"a b", "c", "d"}
