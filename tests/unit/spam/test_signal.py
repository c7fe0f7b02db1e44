from moderation.spam.signal import MOST_SPANS, Span, mark


def test_empty_ranges_are_left_out() -> None:
    spans = mark("body", [(0, 2), (3, 3), (5, 6)])

    assert spans == (
        Span(field="body", start=0, end=2),
        Span(field="body", start=5, end=6),
    )


def test_a_signal_marks_no_more_than_a_moderator_looks_at() -> None:
    spans = mark("author", ((place, place + 1) for place in range(1_000)))

    assert len(spans) == MOST_SPANS
    assert spans[0].start == 0
