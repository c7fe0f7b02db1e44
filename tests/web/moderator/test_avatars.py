import re
from collections import Counter

import pytest

from moderation.web.moderator.avatars import SIZE, TONES, draw_avatar

KEY = "k" * 48


@pytest.mark.parametrize("address", ["Ada@Example.org", " ada@example.org "])
def test_an_author_looks_alike_however_the_address_is_typed(address: str) -> None:
    assert draw_avatar(address, KEY) == draw_avatar("ada@example.org", KEY)


def test_without_the_key_a_picture_tells_no_address() -> None:
    assert draw_avatar("ada@example.org", "a" * 48) != draw_avatar(
        "ada@example.org", "b" * 48
    )


def test_authors_look_different_and_each_picture_is_mirrored() -> None:
    pictures = [draw_avatar(f"{number}@example.org", KEY) for number in range(500)]

    assert len(set(pictures)) > 480
    assert set(Counter(picture.tone for picture in pictures)) == set(range(TONES))
    for picture in pictures:
        fields = {
            (int(x) + step, int(y))
            for x, y, length in re.findall(r"M(\d) (\d)h(\d)", picture.path)
            for step in range(int(length))
        }
        assert fields == {(SIZE - 1 - x, y) for x, y in fields}
