"""``xiadu telegram check`` says in plain words what is right and what isn't, and never shows the token."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from connectors.telegram import line
from connectors.telegram.webhook import PATH
from settings import ROOT, SettingError, load
from tests.connectors.telegram.station import Station
from tests.helpers.bot_api import BotApi
from tests.helpers.http_server import Answer, answering
from xiadu.telegram import check_telegram

SECRET = "AAHwrongWRONGwrongWRONGwrongWRONGwr"
PASSWORD = "hush-hush-of-the-proxy"


@dataclass
class Told:
    """What the command said."""

    code: int
    lines: list[str]

    @property
    def bad(self) -> list[str]:
        """What isn't right."""
        return [line for line in self.lines if line.startswith("NO  ")]


Look = Callable[..., Told]


@pytest.fixture
def look(tmp_path: Path, api: BotApi, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Look:
    """Runs the command with the emulator's token and address, or others."""

    def run(**environ: str) -> Told:
        chosen = {
            "XIADU_VAR": str(tmp_path / "var"),
            "TELEGRAM_TOKEN": api.token,
            "TELEGRAM_API_BASE_URL": api.url,
            **environ,
        }
        code = check_telegram(load(chosen))
        out, err = capsys.readouterr()
        for hidden in (chosen["TELEGRAM_TOKEN"], chosen["TELEGRAM_TOKEN"].partition(":")[2], PASSWORD):
            assert not hidden.strip() or hidden not in out + err + caplog.text
        lines = out.splitlines()
        assert all(line.startswith(("ok  ", "NO  ")) for line in lines)
        assert code == (1 if any(line.startswith("NO") for line in lines) else 0)
        assert err == ""
        return Told(code, lines)

    return run


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine where nobody listens, kept so that nobody will."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def set_webhook(api: BotApi, url: str) -> None:
    """Has Telegram deliver to an address."""
    assert httpx.post(f"{api.url}/bot{api.token}/setWebhook", json={"url": url}, trust_env=False).json()["ok"]


# The token


@pytest.mark.parametrize("token", ["", "  "])
def test_without_a_token_it_says_where_one_comes_from(look: Look, api: BotApi, token: str) -> None:
    told = look(TELEGRAM_TOKEN=token)
    (only,) = told.bad
    assert told.lines == [only]
    assert "TELEGRAM_TOKEN" in only
    assert "@BotFather" in only
    assert api.calls == []


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        f"bot123456:{SECRET}",
        "123456",
        "123456:",
        f"123456;{SECRET}",
        f"123456:{SECRET}/../x",
        "１２３:" + SECRET,
    ],
)
def test_what_does_not_look_like_a_token_is_told_without_asking_telegram(look: Look, api: BotApi, token: str) -> None:
    told = look(TELEGRAM_TOKEN=token)
    (only,) = told.lines
    assert only.startswith("NO  Token: TELEGRAM_TOKEN doesn't look like one")
    assert api.calls == []


def test_a_wrong_token_is_told_apart_from_an_unreachable_address(look: Look, api: BotApi) -> None:
    told = look(TELEGRAM_TOKEN=f"987654:{SECRET}")
    assert told.lines[0] == f"ok  Address: {api.url} answers."
    assert told.lines[1].startswith("NO  Token: wrong")
    assert len(told.lines) == 2


def test_a_revoked_token_is_a_wrong_one(look: Look, api: BotApi) -> None:
    api.token_revoked = True
    assert look().bad[0].startswith("NO  Token: wrong")


def test_white_space_around_a_token_does_no_harm(look: Look, api: BotApi) -> None:
    assert look(TELEGRAM_TOKEN=f" {api.token}\n").code == 0


# The address


def test_an_unreachable_address_says_nothing_about_the_token(look: Look, closed_port: int) -> None:
    told = look(TELEGRAM_API_BASE_URL=f"http://127.0.0.1:{closed_port}")
    (only,) = told.lines
    assert only.startswith(f"NO  Address: http://127.0.0.1:{closed_port} can't be reached from here (ConnectError).")
    assert "TELEGRAM_PROXY" in only
    assert "TELEGRAM_API_BASE_URL" in only


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_a_dead_proxy_is_told(look: Look, api: BotApi, closed_port: int, scheme: str) -> None:
    told = look(TELEGRAM_PROXY=f"{scheme}://user:{PASSWORD}@127.0.0.1:{closed_port}")
    (only,) = told.lines
    assert only.startswith(f"NO  Address: {api.url} through TELEGRAM_PROXY can't be reached from here")
    assert only.endswith("Is TELEGRAM_PROXY right, and does it run?")
    assert api.calls == []


def test_an_address_that_does_not_answer_is_given_up(look: Look, api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "READ", 0.2)
    api.fail("getMe", hang=True)
    (only,) = look().lines
    assert "can't be reached from here (ReadTimeout)" in only


@pytest.mark.parametrize("problem", [{"drop": True}, {"status": 502}, {"status": 502, "body": b"<html>Bad gateway"}])
def test_an_address_with_a_fault_is_not_the_tokens(look: Look, api: BotApi, problem: dict[str, object]) -> None:
    api.fail("getMe", **problem)  # type: ignore[arg-type]
    (only,) = look().lines
    assert only.startswith("NO  Address:")
    assert "\\" not in only  # no bytes of somebody's page


@pytest.mark.parametrize("status", [200, 401, 403, 404])
def test_an_address_where_no_bot_api_answers_is_not_the_tokens(look: Look, status: int) -> None:
    with answering(Answer(raw=b"<html>Nothing to see here", status=status)) as page:
        (only,) = look(TELEGRAM_API_BASE_URL=page.url).lines
    assert only.startswith(f"NO  Address: {page.url}")
    assert "Token" not in only
    assert "html" not in only


def test_an_address_with_a_password_is_refused_without_showing_it(look: Look, api: BotApi) -> None:
    host = api.url.removeprefix("http://")
    for name in ("TELEGRAM_API_BASE_URL", "TELEGRAM_WEBHOOK_URL"):
        with pytest.raises(SettingError, match=name) as told:
            look(**{name: f"http://user:{PASSWORD}@{host}"})
        assert PASSWORD not in str(told.value)


# Long polling


def test_long_polling_is_all_right(look: Look, api: BotApi) -> None:
    told = look()
    assert told.code == 0
    assert told.lines == [
        f"ok  Address: {api.url} answers.",
        "ok  Token: right, it is that of @xining_test_bot (Xining Test).",
        "ok  Way in: long polling; nothing waits.",
    ]


def test_what_waits_is_counted(look: Look, api: BotApi) -> None:
    anna = api.person()
    anna.says("one")
    assert look().lines[-1].endswith("one update waits.")
    anna.says("two")
    assert look().lines[-1].endswith("2 updates wait.")


def test_looking_takes_nothing_and_changes_nothing(look: Look, api: BotApi, station: Station) -> None:
    anna = api.person()
    look()
    anna.says("Hello")
    api.wait(lambda: anna.heard)
    assert {call.status for call in api.polls if call.status} <= {200}
    assert len(anna.heard) == 1


def test_long_polling_with_a_webhook_that_is_still_set_says_so(look: Look, api: BotApi) -> None:
    set_webhook(api, "http://127.0.0.1:1/old")
    told = look()
    assert told.code == 0
    assert "long polling is chosen" in told.lines[-1]
    assert "http://127.0.0.1:1/old" in told.lines[-1]
    assert api.webhook is not None


def test_when_telegram_does_not_tell_of_the_webhook_that_is_told(look: Look, api: BotApi) -> None:
    api.fail("getWebhookInfo", status=500)
    told = look()
    assert [line[:9] for line in told.lines] == ["ok  Addre", "ok  Token", "NO  Webho"]


# The webhook


@pytest.fixture
def hooked(make_station: Callable[..., Station]) -> Station:
    """A connector that Telegram delivers to."""
    return make_station(webhook=True).start()


def url_of(station: Station) -> str:
    """The webhook's address."""
    assert station.settings.telegram.webhook_url is not None
    return station.settings.telegram.webhook_url


def test_a_webhook_that_is_right(look: Look, hooked: Station) -> None:
    told = look(TELEGRAM_WEBHOOK_URL=url_of(hooked))
    assert told.bad == []
    assert told.lines[2:] == [
        f"ok  Webhook: Telegram delivers to {url_of(hooked)}; nothing waits.",
        f"ok  Webhook: {url_of(hooked)} leads to this service.",
    ]


def test_a_proxy_for_the_web_is_not_asked_for_a_webhook_on_this_machine(
    look: Look, hooked: Station, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    assert look(TELEGRAM_WEBHOOK_URL=url_of(hooked)).bad == []


def test_a_webhook_that_is_set_elsewhere(look: Look, api: BotApi, hooked: Station) -> None:
    set_webhook(api, "http://127.0.0.1:1/old")
    (bad,) = look(TELEGRAM_WEBHOOK_URL=url_of(hooked)).bad
    assert f"Telegram delivers to http://127.0.0.1:1/old, not to {url_of(hooked)}" in bad


def test_a_webhook_that_is_not_set(look: Look, api: BotApi, hooked: Station) -> None:
    api.remove_webhook({})
    (bad,) = look(TELEGRAM_WEBHOOK_URL=url_of(hooked)).bad
    assert "not set at Telegram yet" in bad


def test_a_delivery_that_failed_is_told_with_its_reason(look: Look, api: BotApi, closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}{PATH}"
    set_webhook(api, url)
    api.person().says("Hello")
    api.wait(lambda: api.webhook is not None and api.webhook.last_error)
    told = look(TELEGRAM_WEBHOOK_URL=url)
    failed, unreachable = told.bad
    assert failed.endswith("UTC): Connection refused.")
    assert f"{url} can't be reached from here (ConnectError)" in unreachable
    assert "one update waits" in told.lines[2]


@pytest.mark.parametrize("status", [200, 302, 404, 502])
def test_a_webhook_where_something_else_answers(look: Look, api: BotApi, status: int) -> None:
    with answering(Answer(content={}, status=status)) as other:
        url = f"{other.url}{PATH}"
        set_webhook(api, url)
        (bad,) = look(TELEGRAM_WEBHOOK_URL=url).bad
    assert f"something else answers (status {status})" in bad


def test_a_webhook_on_another_path_of_the_service_is_told(look: Look, api: BotApi, hooked: Station) -> None:
    url = url_of(hooked).removesuffix(PATH) + "/telegram"
    set_webhook(api, url)
    (bad,) = look(TELEGRAM_WEBHOOK_URL=url).bad
    assert f"must hand it to {PATH}" in bad


@pytest.mark.parametrize("url", ["https://[::1", "https://bot.example.org:99999/hook", "https://a b.example/hook"])
def test_an_address_that_nobody_can_read_is_refused_in_a_sentence(look: Look, url: str) -> None:
    for name in ("TELEGRAM_WEBHOOK_URL", "TELEGRAM_API_BASE_URL"):
        with pytest.raises(SettingError, match=name):
            look(**{name: url})


# As its users run it


def test_the_command(api: BotApi, tmp_path: Path) -> None:
    def run(**environ: str) -> subprocess.CompletedProcess[str]:
        whole = {
            **os.environ,
            "XIADU_VAR": str(tmp_path),
            "TELEGRAM_TOKEN": api.token,
            "TELEGRAM_API_BASE_URL": api.url,
            **environ,
        }
        command = [sys.executable, "-m", "xiadu", "telegram", "check"]
        return subprocess.run(command, cwd=ROOT, env=whole, capture_output=True, text=True, timeout=20, check=False)

    cases = [
        {},
        {"TELEGRAM_TOKEN": f"987654:{SECRET}"},
        {"TELEGRAM_PROXY": f"ftp://user:{PASSWORD}@proxy.example"},
    ]
    with ThreadPoolExecutor() as pool:
        right, wrong, unset = pool.map(lambda case: run(**case), cases)
    assert (right.returncode, right.stderr) == (0, "")
    assert [line[:4] for line in right.stdout.splitlines()] == ["ok  "] * 3
    assert (wrong.returncode, wrong.stderr) == (1, "")
    assert [line[:4] for line in wrong.stdout.splitlines()] == ["ok  ", "NO  "]
    assert SECRET not in wrong.stdout
    assert (unset.returncode, unset.stdout) == (1, "")
    assert unset.stderr.startswith("xiadu: TELEGRAM_PROXY must be like ")
    assert unset.stderr.count("\n") == 1
    assert PASSWORD not in unset.stderr
