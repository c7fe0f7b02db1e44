from dataclasses import replace

import pytest

from moderation.services.campaign_decisions import Preview
from moderation.web.moderator.campaign_cards import describe_preview, describe_spread

PREVIEW = Preview(
    held=41,
    looked_at=41,
    networks=12,
    lowest=0.04,
    mean=0.8,
    highest=0.99,
    honest=2,
    by_known_authors=0,
    seen=7,
)


@pytest.mark.parametrize(
    ("preview", "sentence"),
    [
        (PREVIEW, "41 comments from 12 networks; 2 look honest."),
        (
            replace(PREVIEW, honest=1, by_known_authors=1),
            (
                "41 comments from 12 networks; 1 looks honest, "
                "1 is by authors of approved comments."
            ),
        ),
        # Where networks are not kept, nothing is said of them.
        (replace(PREVIEW, networks=0, honest=0), "41 comments; none look honest."),
        (
            replace(PREVIEW, held=2_000, looked_at=500, networks=1),
            "2,000 comments from 1 network; 2 look honest (of the newest 500).",
        ),
    ],
)
def test_a_preview_is_one_sentence(preview: Preview, sentence: str) -> None:
    assert describe_preview(preview) == sentence


def test_the_scores_are_told_as_a_span() -> None:
    alike = replace(PREVIEW, lowest=0.99)

    assert describe_spread(PREVIEW) == "Spam scores from 4% to 99%"
    assert describe_spread(alike) == "Spam score 99%"
