import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInputError, NotAllowedError
from moderation.domain.roles import Role
from moderation.services.access import OPERATOR, load_actor
from moderation.services.consents import Consent, read_consent, set_consent
from moderation.storage.models import SiteChange
from tests.factories import make_moderator, make_site


def test_what_the_form_says_is_set_and_recorded_once(session: Session) -> None:
    site = make_site(session)
    wanted = Consent(text=" We keep\nit. ", url="https://blog.example/privacy")

    set_consent(session, OPERATOR, "blog", wanted)
    set_consent(session, OPERATOR, "blog", wanted)

    assert read_consent(site).text == "We keep it."
    assert read_consent(site).url == "https://blog.example/privacy"
    assert len(session.scalars(select(SiteChange)).all()) == 1


@pytest.mark.parametrize(
    ("consent", "field"),
    [
        # Only web pages: a script is none.
        (Consent(url="javascript:alert(1)"), "privacy_url"),
        (Consent(url="https://x.example/" + "a" * 2_000), "privacy_url"),
        (Consent(text="a" * 1_001), "consent"),
        (Consent(text="a\x00"), "consent"),
    ],
)
def test_what_can_not_be_said_is_refused(
    session: Session, consent: Consent, field: str
) -> None:
    site = make_site(session)

    with pytest.raises(InvalidInputError) as caught:
        set_consent(session, OPERATOR, "blog", consent)

    assert list(caught.value.errors) == [field]
    assert read_consent(site) == Consent()


def test_only_owners_say_what_the_form_says(session: Session) -> None:
    make_site(session)
    someone = make_moderator(session, role=Role.MODERATOR, site_key="blog")
    actor = load_actor(session, someone.id)

    with pytest.raises(NotAllowedError):
        set_consent(session, actor, "blog", Consent(text="Mine"))
