"""What the operator is shown, and what the operator's buttons and options hold."""
