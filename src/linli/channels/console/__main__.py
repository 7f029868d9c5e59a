"""`python -m linli.channels.console` is `linli`."""

from linli.channels.console.main import main

main()
