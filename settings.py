"""Settings of both programs, read once from the environment. A wrong value stops the start and names its variable."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

ROOT = Path(__file__).resolve().parent
DATA = ROOT / "data"

LANGUAGES = ("en", "zh")
"""The languages that facts and texts must have, the fallback first."""


LONGEST_ENGINE_TIMEOUT = 2.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_on_this_machine(url: str) -> bool:
    """Tells whether an address leads to this machine itself: never through a proxy, and safe without TLS."""
    return urlsplit(url).hostname in LOOPBACK


class SettingError(Exception):
    """A setting can't be used; the message names the variable and says what is wanted."""


class Secret:
    """A text that doesn't show itself when printed or logged."""

    def __init__(self, value: str) -> None:
        """Keeps the value."""
        self._value = value

    def reveal(self) -> str:
        """Returns the value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True)
class Telegram:
    """What an installation may choose of Telegram.

    Attributes:
        token: of the bot; None leaves Telegram off.
        webhook_url: the public https address of our webhook; None asks Telegram for news instead (long polling).
        proxy: through which Telegram is reached; may hold a password.
        api_base_url: of the Bot API; another one for a server of one's own, or a relay.
        key: what a connector on another host shows the service; None admits none.
    """

    token: Secret | None
    webhook_url: str | None
    proxy: Secret | None
    api_base_url: str
    key: Secret | None


@dataclass(frozen=True)
class Settings:
    """What an installation may choose.

    Attributes:
        var: the folder for everything that is written: databases, secrets, the trained model.
        host: the address that the service listens on.
        port: the service's port; 0 lets the system choose.
        database_url: SQLAlchemy address of the facts database.
        engine_python: the interpreter of the engine's environment.
        conversation_rate: messages that one conversation may send, e.g. ``30 per 30 second``.
        address_rate: messages that one network address may send.
        engine_timeout: seconds that a visitor's message may take in the engine before the facts' own search answers.
        frame_origins: the sites that may show the widget's chat in a frame, e.g. ``https://www.example.gov.cn``.
        public_url: the address that visitors know the service by, for permanent links; None takes that of the request.
        retention_days: days after its last message that a conversation is deleted.
        signing_key: signs the conversation tokens.
        inner_token: what service and engine show each other.
        telegram: all about Telegram.
    """

    var: Path
    host: str
    port: int
    database_url: str
    engine_python: Path
    engine_timeout: float
    conversation_rate: str
    address_rate: str
    frame_origins: tuple[str, ...]
    public_url: str | None
    retention_days: int
    signing_key: Secret
    inner_token: Secret
    telegram: Telegram

    @property
    def tracker_file(self) -> Path:
        """The engine's own SQLite file."""
        return self.var / "tracker.db"

    @property
    def models(self) -> Path:
        """The folder of trained models."""
        return self.var / "models"

    @property
    def cache(self) -> Path:
        """What may be deleted at any time."""
        return self.var / "cache"


def load(environ: Mapping[str, str] = os.environ, *, host: str | None = None, port: int | None = None) -> Settings:
    """Reads the settings and makes the secrets that don't exist yet.

    Args:
        environ: the variables, by name.
        host: overrides ``XIADU_HOST``.
        port: overrides ``XIADU_PORT``.

    Raises:
        SettingError: a variable can't be used.
        OSError: ``var`` can't be written.
    """
    var = Path(environ.get("XIADU_VAR") or ROOT / "var").resolve()
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    timeout = _number(environ, "XIADU_ENGINE_TIMEOUT", "1.5", float)
    if not 0.1 <= timeout <= LONGEST_ENGINE_TIMEOUT:
        longest = f"{LONGEST_ENGINE_TIMEOUT} seconds: a visitor is answered within 3"
        raise SettingError(f"XIADU_ENGINE_TIMEOUT must lie between 0.1 and {longest}, not {timeout}.")
    chosen_port = port if port is not None else _number(environ, "XIADU_PORT", "8080", int)
    if not 0 <= chosen_port <= 65535:
        raise SettingError(f"XIADU_PORT (or --port) must lie between 0 and 65535, not {chosen_port}.")
    return Settings(
        var=var,
        host=host or environ.get("XIADU_HOST") or "127.0.0.1",
        port=chosen_port,
        database_url=_database_url(environ, f"sqlite:///{var / 'xiadu.db'}"),
        engine_python=Path(environ.get("XIADU_ENGINE_PYTHON") or ROOT / ".venv-engine/bin/python"),
        engine_timeout=timeout,
        conversation_rate=_rate(environ, "XIADU_CONVERSATION_RATE", "30 per 30 second"),
        address_rate=_rate(environ, "XIADU_ADDRESS_RATE", "200 per 10 second"),
        frame_origins=_origins(environ, "XIADU_FRAME_ORIGINS"),
        public_url=_public_url(environ, "XIADU_PUBLIC_URL"),
        retention_days=_retention(environ, "XIADU_RETENTION_DAYS"),
        signing_key=_secret(environ, "XIADU_SIGNING_KEY", var / "secrets" / "signing-key"),
        inner_token=_secret(environ, "XIADU_INNER_TOKEN", var / "secrets" / "inner-token"),
        telegram=_telegram(environ),
    )


def _telegram(environ: Mapping[str, str]) -> Telegram:
    token = (environ.get("TELEGRAM_TOKEN") or "").strip()
    key = (environ.get("XIADU_TELEGRAM_KEY") or "").strip()
    if re.search(r"[^\x21-\x7e]", key):
        raise SettingError("XIADU_TELEGRAM_KEY must have ASCII letters, digits and signs only: it travels in a header.")
    return Telegram(
        token=Secret(token) if token else None,
        webhook_url=_webhook_url(environ, "TELEGRAM_WEBHOOK_URL"),
        proxy=_proxy(environ, "TELEGRAM_PROXY"),
        api_base_url=_base_url(environ, "TELEGRAM_API_BASE_URL", "https://api.telegram.org"),
        key=_strong(key, "XIADU_TELEGRAM_KEY") if key else None,
    )


def _webhook_url(environ: Mapping[str, str], name: str) -> str | None:
    value = (environ.get(name) or "").strip()
    if not value:
        return None
    address = _address(value, name)
    # Telegram delivers over TLS only; without it only to a server of the Bot API on this machine.
    secure = address.scheme == "https" or (address.scheme == "http" and is_on_this_machine(value))
    if not secure or not address.hostname or address.query or address.fragment:
        raise SettingError(f"{name} must be like 'https://ask.example.gov.cn/telegram/webhook', not {value!r}.")
    return value


def _proxy(environ: Mapping[str, str], name: str) -> Secret | None:
    value = (environ.get(name) or "").strip()
    if not value:
        return None
    match = re.fullmatch(
        r"(https?|socks5h?)://([^\s/@]+@)?([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?P<port>:[0-9]{1,5})?/?", value
    )
    if match is None or not 0 < int((match["port"] or ":1")[1:]) < 65536:
        # Not shown: it may hold a password.
        raise SettingError(f"{name} must be like 'http://proxy.example:3128' or 'socks5://user:password@host:1080'.")
    return Secret(value)


def _address(value: str, name: str) -> SplitResult:
    if "@" in value:  # not shown: it may hold a password
        raise SettingError(f"{name} can't hold a user name or a password.")
    try:
        address = urlsplit(value)
        usable = address.port != 0 and not re.search(r"[^\x21-\x7e]", value)
    except ValueError:
        usable = False
    if not usable:
        raise SettingError(f"{name} is no address that can be reached: {value!r}.")
    return address


def _base_url(environ: Mapping[str, str], name: str, default: str) -> str:
    value = ((environ.get(name) or "").strip() or default).rstrip("/")
    if re.search(r"[^/]/bot", value):  # not shown: what follows may be the token
        raise SettingError(f"{name} must be like {default!r}, without '/bot' and the token.")
    address = _address(value, name)
    if address.scheme not in ("http", "https") or not address.hostname or address.query or address.fragment:
        raise SettingError(f"{name} must be like {default!r}, without the token, not {value!r}.")
    if address.scheme == "http" and not is_on_this_machine(value):
        raise SettingError(f"{name} must begin with https: the bot's token travels in each call.")
    return value


def _number[T: (int, float)](environ: Mapping[str, str], name: str, default: str, kind: type[T]) -> T:
    value = environ.get(name) or default
    try:
        return kind(value)
    except ValueError:
        raise SettingError(f"{name} must be a number, not {value!r}.") from None


def _database_url(environ: Mapping[str, str], default: str) -> str:
    value = environ.get("XIADU_DATABASE_URL") or default
    if not value.startswith("sqlite:///"):  # not shown: it may hold a password
        raise SettingError(
            "XIADU_DATABASE_URL must be like sqlite:////srv/xiadu.db: other databases are not ready yet."
        )
    return value


def _origins(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    origins = tuple((environ.get(name) or "").split())
    for origin in origins:
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", origin):
            raise SettingError(
                f"{name} must hold origins like 'https://www.example.gov.cn', separated by spaces, not {origin!r}."
            )
    return origins


def _public_url(environ: Mapping[str, str], name: str) -> str | None:
    value = (environ.get(name) or "").rstrip("/")
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", value):
        raise SettingError(f"{name} must be like 'https://ask.example.gov.cn', not {value!r}.")
    return value or None


def _retention(environ: Mapping[str, str], name: str) -> int:
    days = _number(environ, name, "90", int)
    if not 1 <= days <= 3650:
        raise SettingError(f"{name} must lie between 1 and 3650 days, not {days}.")
    return days


def _rate(environ: Mapping[str, str], name: str, default: str) -> str:
    value = environ.get(name) or default
    if not re.fullmatch(r"[1-9]\d* per ([1-9]\d* )?(second|minute|hour)", value):
        raise SettingError(f"{name} must read like '30 per 10 second', not {value!r}.")
    return value


def _make_secret(file: Path) -> None:
    """Writes a new secret whole or not at all; of two that begin at once, the later finds the earlier's replaced."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}-{os.getpid()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(32))
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _secret(environ: Mapping[str, str], name: str, file: Path) -> Secret:
    """Takes a secret from the environment, or from its file, which is made at the first start."""
    value = environ.get(name)
    if value is None:
        if not file.exists() or not file.stat().st_size:
            _make_secret(file)
        value = file.read_text().strip()
        name = str(file)
    return _strong(value, name)


def _strong(value: str, name: str) -> Secret:
    if len(value) < 32 or len(set(value)) < 8:
        raise SettingError(f"{name} must be at least 32 characters, hard to guess (for example: openssl rand -hex 32).")
    return Secret(value)
