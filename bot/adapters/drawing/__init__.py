"""Pictures of messages as their readers will see them: in a terminal, and as a web page."""
