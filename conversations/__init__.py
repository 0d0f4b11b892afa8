"""Talks with visitors: tokens, history, once-only handling, issued buttons, feedback, and answering without the engine."""
