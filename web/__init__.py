"""The chat page, the widget for other sites, and the public pages on what is known."""
