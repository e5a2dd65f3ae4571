"""For all tests: nothing that is ever printed may hold a secret."""

pytest_plugins = ["tests.support.secret_watch"]
