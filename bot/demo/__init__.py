"""``ainews demo``: the real bot in front of a simulated Discord, in the local browser."""
