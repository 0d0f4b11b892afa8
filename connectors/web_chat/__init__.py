"""The JSON API that the web chat, the terminal and any other client use."""

from connectors.web_chat.routes import make_routes

__all__ = ["make_routes"]
