import pytest
from sqlalchemy.orm import Session

from moderation.domain.policy import Policy
from moderation.storage.models import Site, Thread
from tests.factories import make_site, make_thread


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    session.commit()
    return site


@pytest.fixture
def thread(session: Session, site: Site) -> Thread:
    thread = make_thread(session, site)
    session.commit()
    return thread


@pytest.fixture
def trusting_thread(session: Session, site: Site, thread: Thread) -> Thread:
    """Return a thread where everything is published at once."""
    site.policy = Policy.HOLD_SUSPECT
    site.publish_below = site.spam_above = 1.0
    session.commit()
    return thread
