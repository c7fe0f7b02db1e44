from moderation.domain.roles import Role


def test_a_viewer_decides_nothing() -> None:
    assert [role for role in Role if role.may_decide] == [Role.MODERATOR, Role.OWNER]
