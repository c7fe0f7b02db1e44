import pytest
from sqlalchemy.orm import Session

from moderation.domain.errors import NotAllowedError, NotFoundError, StaleNoteError
from moderation.domain.roles import Role
from moderation.services.access import Actor, load_actor
from moderation.services.notes import Remark, write_note
from moderation.storage.models import Comment, Note
from tests.factories import make_comment, make_moderator, make_site, make_thread


@pytest.fixture
def comment(session: Session) -> Comment:
    return make_comment(session, make_thread(session, make_site(session)))


@pytest.fixture
def alice(session: Session, comment: Comment) -> Actor:
    del comment
    return load_actor(session, make_moderator(session, site_key="blog").id)


def test_a_note_is_written_changed_and_deleted(
    session: Session, alice: Actor, comment: Comment
) -> None:
    first = write_note(session, alice, comment.id, Remark(body="Kind.", version=0))
    assert first is not None
    assert (first.body, first.version) == ("Kind.", 1)
    assert first.moderator_id == alice.moderator_id

    second = write_note(session, alice, comment.id, Remark(body="Rude.", version=1))
    assert second is not None
    assert (second.body, second.version) == ("Rude.", 2)

    assert write_note(session, alice, comment.id, Remark(body="", version=2)) is None
    assert session.get(Note, comment.id) is None


def test_a_note_does_not_touch_the_comment(
    session: Session, alice: Actor, comment: Comment
) -> None:
    write_note(session, alice, comment.id, Remark(body="Kind.", version=0))

    assert comment.version == 1


@pytest.mark.parametrize(
    "version",
    [
        # There was none, or an older one.
        0,
        1,
        # There is no such yet.
        3,
    ],
)
def test_what_somebody_else_noted_meanwhile_is_not_overwritten(
    session: Session, alice: Actor, comment: Comment, version: int
) -> None:
    comment.note = Note(body="Theirs.", version=2)
    session.flush()

    with pytest.raises(StaleNoteError):
        write_note(session, alice, comment.id, Remark(body="Mine.", version=version))

    assert comment.note.body == "Theirs."


@pytest.mark.parametrize(
    ("site_key", "role", "error"),
    [
        # Who only reads, and who may not even do that.
        ("blog", Role.VIEWER, NotAllowedError),
        ("other", Role.OWNER, NotFoundError),
    ],
)
def test_others_write_no_notes(
    session: Session,
    comment: Comment,
    site_key: str,
    role: Role,
    error: type[Exception],
) -> None:
    make_site(session, key="other")
    bob = make_moderator(session, email="b@b.example", role=role, site_key=site_key)
    actor = load_actor(session, bob.id)

    with pytest.raises(error):
        write_note(session, actor, comment.id, Remark(body="Mine.", version=0))
