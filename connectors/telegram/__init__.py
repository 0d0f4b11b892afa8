"""Telegram: partners ask in their messenger."""

import os

# python-telegram-bot's spans of time as timedelta, as its next version has them; without it every 429 brings a warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")
