import stat
from pathlib import Path

from moderation.cli.first_run import describe_first_run
from moderation.config import Settings
from moderation.services.setups import CODE_FILE
from moderation.storage.session import Database
from tests.factories import make_moderator


def test_who_starts_the_service_is_told_the_code(settings: Settings) -> None:
    told = describe_first_run(settings)

    path = settings.data_dir / CODE_FILE
    assert told.endswith(path.read_text().strip())
    assert "http://localhost/login/setup" in told
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # The same one every time: it may be on its way into the form.
    assert describe_first_run(settings) == told


def test_once_somebody_can_log_in_nothing_is_said(
    settings: Settings, tmp_path: Path
) -> None:
    database = Database(settings.database_url)
    with database.write() as session:
        make_moderator(session)
    database.close()

    assert describe_first_run(settings) == ""
    assert not (tmp_path / CODE_FILE).exists()
