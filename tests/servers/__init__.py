"""Real servers for the tests, each on a free loopback port and in a folder of its own."""
