"""A Discord bot that publishes a daily AI-news post and lets members look up past ones."""
