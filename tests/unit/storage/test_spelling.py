from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from moderation.domain.statuses import Status
from moderation.storage.models import Comment, Notice, NoticeKind, SignalEvidence
from moderation.storage.spelling import find_rows, insert_all, spell
from tests.factories import make_comment, make_site, make_thread

AT = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
FIND = select(Comment.status, Comment.created_at, Comment.failures, Comment.id).where(
    Comment.id == bindparam("comment"), Comment.status == Status.HELD
)
FIND_ALL = select(Comment.id).where(Comment.id.in_(bindparam("ids", expanding=True)))
ADD = insert(Notice)


@pytest.fixture
def comment(session: Session) -> Comment:
    thread = make_thread(session, make_site(session))
    comment = make_comment(session, thread)
    comment.created_at, comment.failures = AT, ["links"]
    session.flush()
    return comment


def test_values_are_read_as_the_columns_have_them(
    session: Session, comment: Comment
) -> None:
    [found] = find_rows(session.connection(), FIND, {"comment": comment.id})

    assert (found.status, found.created_at, found.failures, found.id) == (
        Status.HELD,
        AT,
        ["links"],
        comment.id,
    )
    assert isinstance(found.status, Status)


def test_values_given_replace_those_of_the_run_before(
    session: Session, comment: Comment
) -> None:
    connection = session.connection()

    first = find_rows(connection, FIND, {"comment": comment.id})
    other = find_rows(connection, FIND, {"comment": comment.id + 1})

    assert (len(first), len(other)) == (1, 0)


def test_a_list_of_any_length_can_be_given(session: Session, comment: Comment) -> None:
    connection = session.connection()

    found = [
        find_rows(connection, FIND_ALL, {"ids": ids})
        for ids in ([comment.id], [comment.id, comment.id + 1], [comment.id + 1])
    ]

    assert [len(rows) for rows in found] == [1, 1, 0]


@pytest.mark.parametrize(
    "given",
    [
        # All that the row needs.
        {"due_at": AT},
        # Not the column that Python fills by default: it is filled all the same.
        {},
    ],
)
def test_rows_are_inserted_with_their_defaults(
    session: Session, comment: Comment, given: Mapping[str, Any]
) -> None:
    row = {"comment_id": comment.id, "kind": NoticeKind.HELD, **given}

    insert_all(session.connection(), ADD, [row])

    stored = session.scalars(select(Notice)).one()
    assert stored.kind is NoticeKind.HELD
    assert stored.due_at >= AT


def test_rows_of_other_columns_are_spelled_anew(
    session: Session, comment: Comment
) -> None:
    add = insert(SignalEvidence)
    row = {"comment_id": comment.id, "name": "a", "weight": 1.0, "reason": "b"}
    with_spans = {**row, "position": 1, "spans": [["body", 0, 2]]}
    other_order = {"spans": [["name", 1, 2]], "position": 2, **row}

    insert_all(session.connection(), add, [with_spans])
    insert_all(session.connection(), add, [other_order])

    session.expire_all()
    assert [signal.spans for signal in comment.signals] == [
        [["body", 0, 2]],
        [["name", 1, 2]],
    ]


def test_a_value_that_is_missing_is_an_error(session: Session) -> None:
    with pytest.raises(KeyError, match="comment"):
        find_rows(session.connection(), FIND, {})


def test_a_value_that_is_none_of_the_column_s_is_refused(
    session: Session, comment: Comment
) -> None:
    row = {"comment_id": comment.id, "kind": "nothing", "due_at": AT}

    with pytest.raises((ValueError, StatementError), match="nothing"):
        insert_all(session.connection(), ADD, [row])


def test_what_the_database_refuses_is_told_as_by_core(
    session: Session, comment: Comment
) -> None:
    row = {"comment_id": comment.id, "kind": NoticeKind.HELD, "due_at": AT}

    with pytest.raises(IntegrityError):
        insert_all(session.connection(), ADD, [row, row])


def test_a_statement_is_spelled_once(session: Session) -> None:
    dialect = session.connection().dialect

    assert spell(FIND, dialect) is spell(FIND, dialect)
