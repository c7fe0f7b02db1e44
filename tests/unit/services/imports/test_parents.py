from sqlalchemy.orm import Session

from moderation.services.imports.parents import settle_parents
from moderation.storage.models import ImportRecord, ImportSource
from tests.factories import make_comment, make_site, make_thread


def test_an_answer_that_finds_its_place_changes_its_page(session: Session) -> None:
    site = make_site(session)
    thread = make_thread(session, site)
    source = ImportSource(site_id=site.id, name="wxr")
    session.add(source)
    session.flush()
    parent, answer = make_comment(session, thread), make_comment(session, thread)
    other = make_thread(session, site, key="other")
    session.add_all(
        [
            ImportRecord(source_id=source.id, external_id="1", comment_id=parent.id),
            ImportRecord(
                source_id=source.id, external_id="2", comment_id=answer.id, awaits="1"
            ),
        ]
    )
    session.flush()
    before = {one.id: one.version for one in (thread, other)}

    settle_parents(session, source.id)

    session.expire_all()
    assert answer.parent_id == parent.id
    # Else readers who have the page would be told that it is what it was.
    assert thread.version > before[thread.id]
    assert other.version == before[other.id]
