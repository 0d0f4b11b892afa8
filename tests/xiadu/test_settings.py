"""The settings: a wrong value names its variable, and secrets stay secret."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest

from settings import ROOT, Secret, SettingError, Telegram, load

GOOD = "0123456789abcdefghijklmnopqrstuvwxyz"
HUSH = "hush-hush"


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
    assert settings.telegram == Telegram(None, None, None, "https://api.telegram.org", None)
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
            "TELEGRAM_TOKEN": f" 123456:{GOOD} ",
            "TELEGRAM_WEBHOOK_URL": " https://ask.example.gov.cn/telegram/webhook ",
            "TELEGRAM_PROXY": f"socks5://user:{HUSH}@proxy.example:1080",
            "TELEGRAM_API_BASE_URL": "https://relay.example:8443/telegram/",
            "XIADU_TELEGRAM_KEY": f"{GOOD}!\n",
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
    telegram = settings.telegram
    secrets = (telegram.token, telegram.proxy, telegram.key)
    assert [secret and secret.reveal() for secret in secrets] == [
        f"123456:{GOOD}",
        f"socks5://user:{HUSH}@proxy.example:1080",
        f"{GOOD}!",
    ]
    assert telegram.webhook_url == "https://ask.example.gov.cn/telegram/webhook"
    assert telegram.api_base_url == "https://relay.example:8443/telegram"


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
    ("TELEGRAM_WEBHOOK_URL", "ask.example.gov.cn/telegram/webhook"),
    ("TELEGRAM_WEBHOOK_URL", "http://ask.example.gov.cn/telegram/webhook"),
    ("TELEGRAM_WEBHOOK_URL", "https:///telegram/webhook"),
    ("TELEGRAM_WEBHOOK_URL", "https://ask.example.gov.cn/telegram/webhook?secret=1"),
    ("TELEGRAM_WEBHOOK_URL", "https://ask.example.gov.cn/telegram/webhook#here"),
    ("TELEGRAM_WEBHOOK_URL", "https://ask.example.gov.cn:99999/telegram/webhook"),
    ("TELEGRAM_WEBHOOK_URL", "https://[::1/telegram/webhook"),
    ("TELEGRAM_WEBHOOK_URL", "https://ask example.gov.cn/telegram/webhook"),
    ("TELEGRAM_WEBHOOK_URL", "https://user:hush@ask.example.gov.cn/telegram/webhook"),
    ("TELEGRAM_PROXY", "proxy.example:3128"),
    ("TELEGRAM_PROXY", "socks4://proxy.example:1080"),
    ("TELEGRAM_PROXY", "ftp://proxy.example"),
    ("TELEGRAM_PROXY", "http://proxy.example:3128/path"),
    ("TELEGRAM_PROXY", "http://proxy.example:99999"),
    ("TELEGRAM_PROXY", "http://"),
    ("TELEGRAM_API_BASE_URL", "api.telegram.org"),
    ("TELEGRAM_API_BASE_URL", "http://relay.example"),
    ("TELEGRAM_API_BASE_URL", "https://"),
    ("TELEGRAM_API_BASE_URL", "https://relay.example?to=telegram"),
    ("TELEGRAM_API_BASE_URL", "https://relay.example:99999"),
    ("TELEGRAM_API_BASE_URL", "https://[::1"),
    ("TELEGRAM_API_BASE_URL", "https://user:hush@relay.example"),
    ("TELEGRAM_API_BASE_URL", "https://api.telegram.org/bot123456:hush"),
    ("XIADU_TELEGRAM_KEY", "short"),
    ("XIADU_TELEGRAM_KEY", "a" * 64),
    ("XIADU_TELEGRAM_KEY", "钥匙" + GOOD),
    ("XIADU_TELEGRAM_KEY", f"{GOOD} {GOOD}"),
    ("XIADU_TELEGRAM_KEY", f"{GOOD}\r\nX-Other: 1"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_stops_and_names_its_variable(var: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=rf"\b{name}\b") as told:
        load({"XIADU_VAR": str(var), name: value})
    assert str(told.value).endswith((".", ")."))


@pytest.mark.parametrize(
    "name", ["TELEGRAM_WEBHOOK_URL", "TELEGRAM_PROXY", "TELEGRAM_API_BASE_URL", "XIADU_TELEGRAM_KEY"]
)
@pytest.mark.parametrize("value", ["", "  "])
def test_what_is_set_to_nothing_is_not_set(var: Path, name: str, value: str) -> None:
    assert load({"XIADU_VAR": str(var), name: value}).telegram == load({"XIADU_VAR": str(var)}).telegram


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_WEBHOOK_URL", "http://127.0.0.1:8080/telegram/webhook"),
        ("TELEGRAM_WEBHOOK_URL", "https://bot.example:8443/any/path"),
        ("TELEGRAM_API_BASE_URL", "http://localhost:8081"),
        ("TELEGRAM_API_BASE_URL", "http://[::1]:8081"),
        ("TELEGRAM_API_BASE_URL", "https://bot.example/relay"),
    ],
)
def test_these_addresses_can_be_used_without_tls_only_on_this_machine(var: Path, name: str, value: str) -> None:
    telegram = load({"XIADU_VAR": str(var), name: value}).telegram
    assert value in (telegram.webhook_url, telegram.api_base_url)


@pytest.mark.parametrize(
    "value",
    [
        "http://proxy.example:3128",
        "https://proxy.example",
        "socks5h://user:pass%40word@10.0.0.1:1080",
        "socks5://[::1]:9/",
    ],
)
def test_these_proxies_can_be_used(var: Path, value: str) -> None:
    proxy = load({"XIADU_VAR": str(var), "TELEGRAM_PROXY": value}).telegram.proxy
    assert proxy is not None
    assert proxy.reveal() == value


@pytest.mark.parametrize("scheme", ["ftp", "socks5x", "http:"])
@pytest.mark.parametrize(
    "place", ["user:{}@proxy.example:3128/path", "user:{}@pro xy.example", "user:{}@proxy.example:999999"]
)
def test_the_password_of_a_proxy_is_not_shown_by_its_refusal(var: Path, scheme: str, place: str) -> None:
    with pytest.raises(SettingError, match="TELEGRAM_PROXY") as told:
        load({"XIADU_VAR": str(var), "TELEGRAM_PROXY": f"{scheme}://{place.format(HUSH)}"})
    assert HUSH not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_API_BASE_URL", f"https://user:{HUSH}@relay.example"),
        ("TELEGRAM_API_BASE_URL", f"https://api.telegram.org/bot123456:{HUSH}"),
        ("TELEGRAM_WEBHOOK_URL", f"https://user:{HUSH}@ask.example/telegram/webhook"),
        ("XIADU_TELEGRAM_KEY", HUSH),
        ("XIADU_TELEGRAM_KEY", f"{HUSH} {GOOD}"),
    ],
)
def test_no_secret_of_telegrams_is_shown_by_its_refusal(var: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as told:
        load({"XIADU_VAR": str(var), name: value})
    assert HUSH not in str(told.value)


def test_the_secrets_of_telegram_do_not_show_themselves(var: Path) -> None:
    environ = {
        "TELEGRAM_TOKEN": f"1:{HUSH}",
        "TELEGRAM_PROXY": f"http://u:{HUSH}@p:1",
        "XIADU_TELEGRAM_KEY": HUSH + GOOD,
    }
    settings = load({"XIADU_VAR": str(var), **environ})
    assert HUSH not in f"{settings!r} {settings.telegram} {settings.telegram.token!r}"


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
