from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Engine, event, func, select

from moderation.cli.database import open_database
from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.services.imports import spool
from moderation.services.memory import find_twins
from moderation.services.sites import find_site
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text
from moderation.storage.models import (
    CampaignMember,
    Comment,
    Decision,
    Event,
    ImportRecord,
    LearntSite,
    Lesson,
    Mail,
    SignalEvidence,
    TextBand,
    Thread,
)
from moderation.storage.models.base import Base
from tests.cli.running import Outcome, Run
from tests.unit.formats import samples

ADDED = ("site", "add", "blog", "--name", "B", "--origin", "https://blog.example")
LONG = "I have read what you wrote about gardens and found that it helped me a lot."


@pytest.fixture
def wxr(tmp_path: Path) -> Path:
    """Return an export of six comments on one page, one of them a pingback."""
    write = samples.write_wxr_comment
    path = tmp_path / "export.xml"
    path.write_text(
        samples.write_wxr(
            # The answer stands first, and was written first by its clock.
            write(2, body=f"Yes. {LONG}", parent=1, date="2020-01-01 00:00:00"),
            write(1, body=f"<b>Hello</b>, {LONG}"),
            write(3, body='<a href="http://casino.example/">win</a>', approved="spam"),
            write(4, body="Wait", approved="0", parent=77),
            write(5, body="Gone", approved="trash"),
            write(6, body="Linked", type_="pingback"),
        )
    )
    return path


def read_report(done: Outcome) -> Mapping[str, str]:
    assert done.status == 0, done.err
    return dict(line.split("\t")[:2] for line in done.out if "\t" in line)


def count(model: type[Base]) -> int:
    with open_database() as database, database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_comments_arrive_with_time_status_kind_and_place(run: Run, wxr: Path) -> None:
    run(*ADDED)

    done = run("import", "wxr", str(wxr), "--site", "blog")

    report = read_report(done)
    names = ("comments", "threads", "replies", "orphans", "new", "pingbacks")
    assert [report[name] for name in names] == ["6", "1", "2", "1", "6", "1"]
    with open_database() as database, database.read() as session:
        by_body = {c.body[:4]: c for c in session.scalars(select(Comment))}
        thread = session.scalars(select(Thread)).one()
    assert (thread.key, thread.url, thread.title) == ("/first/", "", "First post")
    assert thread.approved_count == 3
    hello, yes = by_body["**He"], by_body["Yes."]
    assert hello.html.startswith("<p><strong>Hello</strong>, I have")
    assert hello.created_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (yes.parent_id, hello.parent_id) == (hello.id, None)
    assert [by_body[x].status for x in ("[win", "Wait", "Gone")] == [
        Status.SPAM,
        Status.HELD,
        Status.REJECTED,
    ]
    assert by_body["Link"].kind is CommentKind.PINGBACK
    # What it answered is not there.
    assert by_body["Wait"].parent_id is None
    assert {c.verdict for c in by_body.values()} == {None}


def test_what_is_approved_and_spam_teaches_and_nobody_is_told(
    run: Run, wxr: Path
) -> None:
    run(*ADDED)

    run("import", "wxr", str(wxr), "--site", "blog")

    with open_database() as database, database.read() as session:
        site = session.scalars(select(LearntSite)).one()
        labels = session.scalars(select(Decision.label).order_by(Decision.id)).all()
    # The pingback is nobody's writing.
    assert (site.spam, site.ham) == (1, 2)
    assert sorted(filter(None, labels)) == ["ham", "ham", "spam"]
    assert count(Lesson) == 3
    assert count(TextBand) > 0
    assert count(SignalEvidence) > 0
    assert count(CampaignMember) >= 6
    assert (count(Event), count(Mail)) == (0, 0)


def test_texts_that_were_imported_are_known_when_they_come_again(
    run: Run, tmp_path: Path
) -> None:
    run(*ADDED)
    path = tmp_path / "x.xml"
    path.write_text(
        samples.write_wxr(
            samples.write_wxr_comment(1, body=LONG, approved="spam"),
            samples.write_wxr_comment(2, body=f"{LONG} Thanks.", approved="1"),
        )
    )

    run("import", "wxr", str(path), "--site", "blog")

    with open_database() as database, database.read() as session:
        site = find_site(session, "blog")
        body = f"Hello! {LONG}"
        found = find_twins(session, site.id, Submission(body=body), sketch_text(body))
    # As if a moderator had said so.
    assert (found.spam, found.approved, found.other) == (1, 1, 0)


def test_without_learning_nothing_is_learnt(run: Run, wxr: Path) -> None:
    run(*ADDED)

    done = run("import", "wxr", str(wxr), "--site", "blog", "--no-learn")

    assert (count(Comment), count(Lesson), count(LearntSite)) == (6, 0, 0)
    assert not any(line.startswith("expected") for line in done.out)


def test_twice_is_the_same_as_once(run: Run, wxr: Path) -> None:
    run(*ADDED)
    run("import", "wxr", str(wxr), "--site", "blog")
    before = [count(m) for m in (Comment, Decision, Lesson, ImportRecord, TextBand)]

    again = run("import", "wxr", str(wxr), "--site", "blog")

    lines = read_report(again)
    assert (lines["new"], lines["known already"]) == ("0", "6")
    after = [count(m) for m in (Comment, Decision, Lesson, ImportRecord, TextBand)]
    assert after == before


def test_a_dry_run_reports_all_and_stores_nothing(run: Run, wxr: Path) -> None:
    run(*ADDED)

    dry = run("import", "wxr", str(wxr), "--site", "blog", "--dry-run")
    stored = count(Comment) + count(Thread) + count(ImportRecord)
    wet = run("import", "wxr", str(wxr), "--site", "blog")

    assert stored == 0
    assert dry.out == wet.out
    assert any("answers a comment that is not on its page" in x for x in dry.out)


def test_an_import_that_was_stopped_goes_on_where_it_was(
    run: Run, wxr: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*ADDED)
    monkeypatch.setattr(spool.Spool.read_comments, "__kwdefaults__", {"length": 2})
    monkeypatch.setattr("moderation.cli.importing.BATCHES_AT_ONCE", 1)
    whole = spool.Spool.read_comments
    stored: list[object] = []

    def stop(self: spool.Spool) -> object:
        for some in whole(self):
            if stored:
                raise KeyboardInterrupt
            stored.append(some)
            yield some

    with monkeypatch.context() as patch:
        patch.setattr(spool.Spool, "read_comments", stop)
        stopped = run("import", "wxr", str(wxr), "--site", "blog")
    half = count(Comment)

    run("import", "wxr", str(wxr), "--site", "blog")

    assert (stopped.status, stopped.err[-1]) == (1, "moderation: stopped")
    assert (half, count(Comment), count(Lesson)) == (2, 6, 3)
    with open_database() as database, database.read() as session:
        assert session.scalar(select(func.count(Comment.parent_id))) == 1


def test_a_broken_file_leaves_nothing_and_is_one_line(run: Run, wxr: Path) -> None:
    run(*ADDED)
    wxr.write_text(wxr.read_text()[:-300])

    done = run("import", "wxr", str(wxr), "--site", "blog")

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
    assert "ends in the middle" in done.err[0]
    assert (count(Comment), count(Thread)) == (0, 0)


def test_another_blog_that_numbers_its_comments_alike_is_another(
    run: Run, tmp_path: Path
) -> None:
    run(*ADDED)
    for year in (2018, 2019):
        comment = samples.write_wxr_comment(1, date=f"{year}-01-02 03:04:05")
        path = tmp_path / f"{year}.xml"
        path.write_text(samples.write_wxr(comment))

        run("import", "wxr", str(path), "--site", "blog")
        run("import", "wxr", str(path), "--site", "blog")

    assert count(Comment) == 2


def test_comments_that_were_deleted_here_do_not_come_back(run: Run, wxr: Path) -> None:
    run(*ADDED)
    run("import", "wxr", str(wxr), "--site", "blog")
    with open_database() as database, database.write() as session:
        session.delete(session.scalars(select(Comment)).first())

    run("import", "wxr", str(wxr), "--site", "blog")

    assert count(Comment) == 5


def test_what_people_sent_twice_is_kept_twice(run: Run, tmp_path: Path) -> None:
    run(*ADDED)
    path = tmp_path / "x.xml"
    path.write_text(samples.write_wxr(*map(samples.write_wxr_comment, (1, 2, 3))))

    run("import", "wxr", str(path), "--site", "blog")

    assert count(Comment) == 3


def test_what_a_form_refuses_is_mended_and_reported(run: Run, tmp_path: Path) -> None:
    run(*ADDED)
    text = samples.write_wxr(
        samples.write_wxr_comment(1, name=" "),
        samples.write_wxr_comment(2, body="x" * 65_526),
    )
    path = tmp_path / "x.xml"
    path.write_text(
        text.replace("ada@example.org", "nobody").replace(
            "https://ada.example/", "http://x/?'onmouseover='alert(1)'x='"
        )
    )

    done = run("import", "wxr", str(path), "--site", "blog")

    with open_database() as database, database.read() as session:
        comment = session.scalars(select(Comment)).one()
    assert (comment.name, comment.email, comment.website) == ("Anonymous", "", "")
    mended = {line.split("\t")[0] for line in done.out if line.startswith("mended")}
    assert mended == {
        "mended: no name, so Anonymous",
        "mended: no valid e-mail address, left empty",
        "mended: website is no web address, left empty",
        "mended: longer than 65,525 characters, not imported",
    }
    assert "left out\t1" in done.out


@pytest.mark.parametrize(
    ("format_", "comments", "threads"),
    [
        ("disqus", 3, 2),
        ("isso", 3, 2),
        ("isso-json", 3, 1),
        ("remark42", 2, 1),
        ("artrans", 2, 1),
        ("staticman", 3, 2),
    ],
)
def test_each_format_is_imported_once(
    run: Run, tmp_path: Path, format_: str, comments: int, threads: int
) -> None:
    run(*ADDED)
    path = tmp_path / "given"
    posts = [samples.write_disqus_post(n, thread=1 + n % 2) for n in range(3)]
    texts = {
        "disqus": samples.write_disqus(*posts),
        "isso-json": samples.ISSO_JSON,
        "remark42": samples.REMARK42,
        "artrans": samples.ARTRANS,
    }
    if format_ == "isso":
        samples.write_isso(path)
    elif format_ == "staticman":
        samples.write_staticman(path)
    else:
        path.write_text(texts[format_])

    done = [run("import", format_, str(path), "--site", "blog") for _ in range(2)]

    assert [one.status for one in done] == [0, 0]
    assert (count(Comment), count(Thread)) == (comments, threads)


def test_on_a_deleted_page_nothing_stays_public(run: Run, tmp_path: Path) -> None:
    run(*ADDED)
    path = tmp_path / "x.xml"
    path.write_text(samples.write_disqus(samples.write_disqus_post(1, thread=2)))

    run("import", "disqus", str(path), "--site", "blog")

    with open_database() as database, database.read() as session:
        assert session.scalars(select(Comment.status)).all() == [Status.REJECTED]


def test_a_large_import_is_prepared_in_another_process(
    run: Run, wxr: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*ADDED)
    monkeypatch.setattr("moderation.cli.importing.MANY", 2)
    monkeypatch.setattr(spool.Spool.read_comments, "__kwdefaults__", {"length": 1})

    done = run("import", "wxr", str(wxr), "--site", "blog")

    assert (done.status, count(Comment)) == (0, 6)


def test_no_more_pages_are_kept_in_memory_than_are_needed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*ADDED)
    monkeypatch.setattr("moderation.services.imports.run.MOST_REMEMBERED_PAGES", 1)
    path = tmp_path / "x.xml"
    posts = [samples.write_disqus_post(n, thread=1 + n % 3) for n in range(9)]
    path.write_text(samples.write_disqus(*posts))

    report = read_report(run("import", "disqus", str(path), "--site", "blog"))

    missing = "mended: its page is not in the file, so named by number"
    assert (report["threads"], report[missing]) == ("3", "1")
    assert (count(Comment), count(Thread)) == (9, 3)


@pytest.mark.sqlite(reason="each import has a database of its own")
def test_all_at_once_is_the_same_as_one_by_one(
    run: Run, wxr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for length in (1, 500):
        monkeypatch.setenv("MODERATION_DATA_DIR", str(tmp_path / f"by {length}"))
        monkeypatch.setattr(
            spool.Spool.read_comments, "__kwdefaults__", {"length": length}
        )
        with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
            run(*ADDED)
            read_report(run("import", "wxr", str(wxr), "--site", "blog"))
        found.append(read_tables())

    one_by_one, at_once = found
    assert {name for name in at_once if at_once[name] != one_by_one[name]} == set()
    assert all(at_once[model.__tablename__] for model in (Comment, Lesson, TextBand))


def read_tables() -> Mapping[str, Sequence[tuple[object, ...]]]:
    """Return all rows, by table; ids are given in the order of arrival."""
    with open_database() as database, database.read() as session:
        return {
            name: sorted(
                (tuple(row) for row in session.execute(select(table))), key=repr
            )
            for name, table in Base.metadata.tables.items()
        }


@pytest.mark.sqlite(reason="reads how SQLite does it")
def test_no_batch_reads_a_whole_table(run: Run, wxr: Path) -> None:
    run(*ADDED)
    asked: dict[str, object] = {}

    def note(*given: object) -> None:
        _, _, statement, parameters, _, is_many = given
        if str(statement).startswith("SELECT") and not is_many:
            asked.setdefault(str(statement), parameters)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        read_report(run("import", "wxr", str(wxr), "--site", "blog"))
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    plans = [step for text, given in asked.items() for step in explain(text, given)]
    assert any(step.startswith("SEARCH import_records") for step in plans)
    tables = (Comment, ImportRecord, Lesson, TextBand, CampaignMember)
    scans = [f"SCAN {model.__tablename__}" for model in tables]
    # With a million comments each batch would take seconds.
    assert [step for step in plans if step.startswith(tuple(scans))] == []


def explain(statement: str, parameters: object) -> Sequence[str]:
    """Return the steps in which SQLite does a statement."""
    with open_database() as database, database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}",
            parameters,  # type: ignore[arg-type]
        )
        return [row.detail for row in rows]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("import", "wxr", "EXPORT", "--site", "none"), 1),
        (("import", "nothing", "EXPORT", "--site", "blog"), 2),
        (("import", "wxr", "missing.xml", "--site", "blog"), 2),
        (("import", "wxr", "EXPORT"), 2),
        (("import", "wxr", "EXPORT", "--site", "blog", "--rewrite", "x"), 1),
    ],
)
def test_what_can_not_be_done_is_one_line(
    run: Run, wxr: Path, arguments: tuple[str, ...], status: int
) -> None:
    run(*ADDED)

    done = run(*(str(wxr) if word == "EXPORT" else word for word in arguments))

    assert (done.status, len(done.err)) == (status, 1)
