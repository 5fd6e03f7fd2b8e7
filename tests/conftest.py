"""Make the mail servers of tests/servers known to every test as fixtures."""

pytest_plugins = ["tests.servers.fixtures"]
