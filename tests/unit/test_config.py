import stat
from pathlib import Path

import pytest

from moderation.config import SettingsError, load_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MODERATION_DATA_DIR", str(tmp_path / "data"))


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings()

    assert settings.database_url == f"sqlite:///{tmp_path}/data/moderation.sqlite3"
    assert settings.limits_enabled


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(
    tmp_path: Path,
) -> None:
    first, second = load_settings(), load_settings()

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    mode = (tmp_path / "data" / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_secret_may_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text("s" * 40 + "\n")
    monkeypatch.setenv("MODERATION_SECRET_KEY_FILE", str(file))

    settings = load_settings()

    assert settings.secret_key == "s" * 40


def test_all_problems_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_SECRET_KEY", "short")
    monkeypatch.setenv("MODERATION_TRUSTED_PROXIES", "-1")
    monkeypatch.setenv("MODERATION_BASE_URL", "comments.example.org")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    named = [problem.split(":")[0] for problem in caught.value.problems]
    assert sorted(named) == [
        "MODERATION_BASE_URL",
        "MODERATION_SECRET_KEY",
        "MODERATION_TRUSTED_PROXIES",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "comments.example.org",
        "ftp://comments.example.org",
        # Nothing of ours would be found there.
        "https://example.org/comments",
        "https://example.org/?a=b",
        "https://example.org/#a",
    ],
)
def test_an_address_we_can_not_be_reached_at_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("MODERATION_BASE_URL", address)

    with pytest.raises(SettingsError, match="MODERATION_BASE_URL: Give an address"):
        load_settings()


def test_a_slash_behind_our_address_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_BASE_URL", "https://comments.example.org/")

    assert load_settings().base_url == "https://comments.example.org"


def test_a_misspelt_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_BASEURL", "https://comments.example.org")

    with pytest.raises(SettingsError, match="MODERATION_BASEURL: no such setting"):
        load_settings()


def test_an_unwritable_data_directory_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MODERATION_DATA_DIR", str(tmp_path / "file" / "data"))

    with pytest.raises(SettingsError, match="MODERATION_DATA_DIR"):
        load_settings()


def test_old_keys_verify_and_the_newest_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_SECRET_KEY", "n" * 40)
    monkeypatch.setenv("MODERATION_OLD_SECRET_KEYS", "a" * 40 + "," + "b" * 40)

    settings = load_settings()

    assert settings.signing_keys == ["a" * 40, "b" * 40, "n" * 40]


def test_the_data_directory_is_made_for_its_owner_only_though_a_key_is_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MODERATION_SECRET_KEY", "s" * 40)

    load_settings()

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("MAIL_FROM", "nobody"),
        # Two senders, and a header of its own.
        ("MAIL_FROM", "a@example.org, b@example.org"),
        ("MAIL_FROM", "a@example.org\nBcc: b@example.org"),
        ("WEBHOOK_ALLOW", "10.0.0.0/33"),
        ("WEBHOOK_ALLOW", "intranet.example.org"),
        ("QUEUE_URL", "mysql://host"),
    ],
)
def test_what_nothing_can_be_sent_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MODERATION_{name}", value)

    with pytest.raises(SettingsError, match=f"MODERATION_{name}"):
        load_settings()


def test_a_mail_server_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODERATION_SMTP_URL", "smtp://mail.example.org")

    with pytest.raises(SettingsError, match="MODERATION_MAIL_FROM: say whom"):
        load_settings()


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("comments@example.org", ""),
        ("<comments@example.org>", ""),
        ("Blog, Inc. <comments@example.org>", "Blog, Inc."),
    ],
)
def test_a_sender_may_have_a_name(
    monkeypatch: pytest.MonkeyPatch, value: str, name: str
) -> None:
    monkeypatch.setenv("MODERATION_MAIL_FROM", value)

    sender = load_settings().sender

    assert (sender.display_name, sender.addr_spec) == (name, "comments@example.org")


def test_networks_that_webhooks_may_reach_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MODERATION_WEBHOOK_ALLOW", "10.1.0.0/16, ::1/128")

    allowed = load_settings().webhook_allow

    assert [str(network) for network in allowed] == ["10.1.0.0/16", "::1/128"]


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "METRICS_TOKEN", "SMTP_URL", "DATABASE_URL"]
)
def test_every_secret_may_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    values = {
        "SMTP_URL": "smtp://user:password@mail.example.org",
        "DATABASE_URL": "postgresql://user:password@host/name",
    }
    value = values.get(name, "s" * 40)
    file = tmp_path / "secret"
    file.write_text(f"{value}\n")
    monkeypatch.setenv("MODERATION_MAIL_FROM", "comments@example.org")
    monkeypatch.setenv(f"MODERATION_{name}_FILE", str(file))

    settings = load_settings()

    assert getattr(settings, name.lower()) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # Nobody must guess it.
        ("METRICS_TOKEN", "short"),
        ("METRICS_ALLOW", "everybody"),
        ("OTEL_ENDPOINT", "collector:4318"),
    ],
)
def test_who_watches_is_told_what_can_not_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MODERATION_{name}", value)

    with pytest.raises(SettingsError, match=f"MODERATION_{name}"):
        load_settings()
