from dataclasses import replace

import pytest

from moderation.app import create_app
from moderation.config import Settings, SettingsError


def test_limits_that_can_not_be_read_are_refused(settings: Settings) -> None:
    wrong = replace(settings, post_limit="lots", login_limit="")

    with pytest.raises(SettingsError) as caught:
        create_app(wrong)

    named = [problem.split(":")[0] for problem in caught.value.problems]
    assert named == ["MODERATION_POST_LIMIT", "MODERATION_LOGIN_LIMIT"]


def test_a_storage_that_can_not_be_used_is_refused(settings: Settings) -> None:
    url = "foo://user:secret@host"
    wrong = replace(settings, limits_enabled=True, limits_url=url)

    with pytest.raises(SettingsError, match="MODERATION_LIMITS_URL") as caught:
        create_app(wrong)

    assert "secret" not in str(caught.value)
