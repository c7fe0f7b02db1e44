import pytest

from moderation.domain.campaigns import CampaignKind, describe_campaign


@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [
        (CampaignKind.TEXT, 41, "41 comments with nearly the same text"),
        (CampaignKind.DOMAIN, 12, "12 comments link to casino.example"),
        (CampaignKind.DOMAIN, 1, "1 comment links to casino.example"),
        # A regular of the blog, maybe: neither the key nor a reproach.
        (CampaignKind.AUTHOR, 1_200, "1,200 comments by the same author"),
    ],
)
def test_a_campaign_is_told_by_what_its_comments_share(
    kind: CampaignKind, number: int, words: str
) -> None:
    assert describe_campaign(kind, "casino.example", number) == words
