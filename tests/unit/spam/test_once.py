from moderation.spam.once import Reading


class Text:
    """Counts how often it is read."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.times = 0

    @Reading
    def length(self) -> int:
        """How long it is."""
        self.times += 1
        return len(self.body)


def test_a_reading_is_made_once_for_each_value() -> None:
    one, other = Text("one"), Text("other")

    assert [one.length, one.length, other.length, other.length] == [3, 3, 5, 5]
    assert (one.times, other.times) == (1, 1)


def test_a_reading_of_the_class_is_described() -> None:
    assert Text.length.__doc__ == "How long it is."
