# Everything a developer or an operator starts by hand. Each line is a script of a few lines in scripts/.
.PHONY: setup run test check format bench evaluate demo-reset

setup:
	@scripts/setup

run: setup
	@exec .venv/bin/linli run

test: setup
	@scripts/test

check: setup
	@scripts/check

format: setup
	@scripts/format

bench: setup
	@exec .venv/bin/python -m bench

evaluate: setup
	@exec .venv/bin/linli evaluate $(DATA)

demo-reset: setup
	@exec .venv/bin/linli demo reset
