"""The settings: a wrong value names its variable, and secrets stay secret."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest

from settings import ROOT, Secret, SettingError, load

GOOD = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "var"


def test_without_any_variable_everything_has_its_value(var: Path) -> None:
    settings = load({"XIADU_VAR": str(var)})
    assert (settings.var, settings.host, settings.port, settings.engine_timeout) == (var, "127.0.0.1", 8080, 1.5)
    assert settings.database_url == f"sqlite:///{var}/xiadu.db"
    assert settings.engine_python == ROOT / ".venv-engine/bin/python"
    assert (settings.conversation_rate, settings.address_rate) == ("30 per 30 second", "200 per 10 second")
    assert (settings.frame_origins, settings.public_url, settings.retention_days) == ((), None, 90)
    assert (settings.tracker_file, settings.models, settings.cache) == (
        var / "tracker.db",
        var / "models",
        var / "cache",
    )


def test_every_variable_is_taken(var: Path) -> None:
    settings = load(
        {
            "XIADU_VAR": str(var),
            "XIADU_HOST": "0.0.0.0",
            "XIADU_PORT": "0",
            "XIADU_DATABASE_URL": "sqlite:////elsewhere.db",
            "XIADU_ENGINE_PYTHON": "/usr/bin/python3.10",
            "XIADU_ENGINE_TIMEOUT": "0.5",
            "XIADU_CONVERSATION_RATE": "5 per minute",
            "XIADU_ADDRESS_RATE": "7 per 2 hour",
            "XIADU_FRAME_ORIGINS": " https://www.example.gov.cn  http://localhost:8000 ",
            "XIADU_PUBLIC_URL": "https://ask.example.gov.cn/",
            "XIADU_RETENTION_DAYS": "30",
            "XIADU_SIGNING_KEY": GOOD,
            "XIADU_INNER_TOKEN": GOOD[::-1],
        }
    )
    assert (settings.host, settings.port, settings.engine_timeout) == ("0.0.0.0", 0, 0.5)
    assert settings.database_url == "sqlite:////elsewhere.db"
    assert settings.engine_python == Path("/usr/bin/python3.10")
    assert (settings.conversation_rate, settings.address_rate) == ("5 per minute", "7 per 2 hour")
    assert (settings.signing_key.reveal(), settings.inner_token.reveal()) == (GOOD, GOOD[::-1])
    assert settings.frame_origins == ("https://www.example.gov.cn", "http://localhost:8000")
    assert (settings.public_url, settings.retention_days) == ("https://ask.example.gov.cn", 30)
    assert not (var / "secrets").exists()


def test_the_command_line_overrides_host_and_port(var: Path) -> None:
    environ = {"XIADU_VAR": str(var), "XIADU_HOST": "::1", "XIADU_PORT": "1"}
    settings = load(environ, host="127.0.0.2", port=0)
    assert (settings.host, settings.port) == ("127.0.0.2", 0)


def test_the_folder_is_made_and_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load({"XIADU_VAR": "some/var"})
    assert settings.var == tmp_path / "some" / "var"
    assert settings.var.is_dir()


WRONG = [
    ("XIADU_PORT", "web"),
    ("XIADU_PORT", "80.5"),
    ("XIADU_PORT", "-1"),
    ("XIADU_PORT", "65536"),
    ("XIADU_ENGINE_TIMEOUT", "soon"),
    ("XIADU_ENGINE_TIMEOUT", "0"),
    ("XIADU_ENGINE_TIMEOUT", "-2"),
    ("XIADU_ENGINE_TIMEOUT", "61"),
    ("XIADU_ENGINE_TIMEOUT", "nan"),
    ("XIADU_ENGINE_TIMEOUT", "inf"),
    ("XIADU_CONVERSATION_RATE", "many"),
    ("XIADU_CONVERSATION_RATE", "0 per second"),
    ("XIADU_CONVERSATION_RATE", "5 per 0 second"),
    ("XIADU_CONVERSATION_RATE", "5/second"),
    ("XIADU_ADDRESS_RATE", "5 per day; 1 per second"),
    ("XIADU_ADDRESS_RATE", "-5 per second"),
    ("XIADU_FRAME_ORIGINS", "*"),
    ("XIADU_FRAME_ORIGINS", "www.example.gov.cn"),
    ("XIADU_FRAME_ORIGINS", "https://*.example.gov.cn"),
    ("XIADU_FRAME_ORIGINS", "https://a.example/"),
    ("XIADU_FRAME_ORIGINS", "https://a.example, https://b.example"),
    ("XIADU_FRAME_ORIGINS", "https://a.example; script-src *"),
    ("XIADU_PUBLIC_URL", "ask.example.gov.cn"),
    ("XIADU_PUBLIC_URL", "https://ask.example.gov.cn/xiadu"),
    ("XIADU_PUBLIC_URL", "javascript:alert(1)"),
    ("XIADU_PUBLIC_URL", 'https://a.example"'),
    ("XIADU_RETENTION_DAYS", "0"),
    ("XIADU_RETENTION_DAYS", "-1"),
    ("XIADU_RETENTION_DAYS", "3651"),
    ("XIADU_RETENTION_DAYS", "a year"),
    ("XIADU_RETENTION_DAYS", "1.5"),
    ("XIADU_SIGNING_KEY", ""),
    ("XIADU_SIGNING_KEY", "short"),
    ("XIADU_SIGNING_KEY", "a" * 64),
    ("XIADU_INNER_TOKEN", "abcabcabc" * 8),
    ("XIADU_DATABASE_URL", "nonsense"),
    ("XIADU_DATABASE_URL", "unheard-of://host/name"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_stops_and_names_its_variable(var: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=rf"\b{name}\b") as told:
        load({"XIADU_VAR": str(var), name: value})
    assert str(told.value).endswith((".", ")."))


@pytest.mark.parametrize("name", ["XIADU_SIGNING_KEY", "XIADU_INNER_TOKEN"])
def test_a_weak_secret_is_not_shown_by_its_refusal(var: Path, name: str) -> None:
    with pytest.raises(SettingError) as told:
        load({"XIADU_VAR": str(var), name: "hush-hush"})
    assert "hush-hush" not in str(told.value)


def test_secrets_are_made_once_and_for_their_owner_alone(var: Path) -> None:
    first = load({"XIADU_VAR": str(var)})
    files = sorted((var / "secrets").iterdir())
    assert [file.name for file in files] == ["inner-token", "signing-key"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert stat.S_IMODE((var / "secrets").stat().st_mode) == 0o700
    assert [file.read_text() for file in files] == [first.inner_token.reveal(), first.signing_key.reveal()]
    assert first.inner_token.reveal() != first.signing_key.reveal()
    again = load({"XIADU_VAR": str(var)})
    assert again.signing_key.reveal() == first.signing_key.reveal()
    assert again.inner_token.reveal() == first.inner_token.reveal()
    other = load({"XIADU_VAR": str(var.with_name("other"))})
    assert other.signing_key.reveal() != first.signing_key.reveal()


@pytest.mark.parametrize("content", ["short\n", "a" * 64])
def test_a_file_with_a_weak_secret_is_named(var: Path, content: str) -> None:
    load({"XIADU_VAR": str(var)})
    file = var / "secrets" / "signing-key"
    file.write_text(content)
    with pytest.raises(SettingError, match="signing-key must be at least 32 characters"):
        load({"XIADU_VAR": str(var)})
    assert file.read_text() == content


def test_a_secret_that_was_never_written_is_made_anew(var: Path) -> None:
    load({"XIADU_VAR": str(var)})
    file = var / "secrets" / "signing-key"
    file.write_text("")  # a disk that was full
    assert load({"XIADU_VAR": str(var)}).signing_key.reveal() == file.read_text()
    assert [left.name for left in file.parent.iterdir() if left.name.startswith("signing-key")] == ["signing-key"]


def test_white_space_around_a_secret_in_a_file_does_not_count(var: Path) -> None:
    load({"XIADU_VAR": str(var)})
    (var / "secrets" / "signing-key").write_text(f"{GOOD}\n")
    assert load({"XIADU_VAR": str(var)}).signing_key.reveal() == GOOD


def test_a_secret_does_not_show_itself(var: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = load({"XIADU_VAR": str(var), "XIADU_SIGNING_KEY": GOOD, "XIADU_INNER_TOKEN": GOOD})
    secret = Secret(GOOD)
    logging.getLogger("test").warning("%s %r %s", secret, secret, settings)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r}", repr([secret]), repr(settings), caplog.text]
    assert [text for text in shown if GOOD in text] == []
    assert secret.reveal() == GOOD


def test_settings_do_not_change(var: Path) -> None:
    settings = load({"XIADU_VAR": str(var)})
    with pytest.raises(AttributeError):
        settings.port = 1  # type: ignore[misc]


def test_a_folder_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        load({"XIADU_VAR": str(tmp_path / "file")})
