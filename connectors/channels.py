"""The ways in, as the turn log names them."""

WEB = "web"
TELEGRAM = "telegram"

KEY_HEADER = "X-Xiadu-Telegram-Key"
"""With it a Telegram connector on another host shows the API that it is ours."""
