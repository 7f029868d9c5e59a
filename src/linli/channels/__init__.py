"""The ways in and out: pages, API, messages, console. None imports another."""
