"""The database behind the ledger and the subscriptions."""
