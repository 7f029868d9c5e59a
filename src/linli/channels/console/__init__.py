"""The console: the program `linli` and the processes it looks after."""
