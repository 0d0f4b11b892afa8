"""The ways in: each connector takes messages, and sends replies out. They know ``conversations`` only."""
