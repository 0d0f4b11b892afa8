"""The custom actions that Rasa calls: slots in, facts asked, reply out. Thin; nothing happens at import."""
