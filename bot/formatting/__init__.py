"""A post becomes messages that Discord accepts and shows well. Pure."""
