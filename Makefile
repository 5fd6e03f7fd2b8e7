# What must pass before a change: make check.  The tools come from .venv; README.md says how it is made.
BIN := .venv/bin

.PHONY: check fix lint test demo

check: lint test

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test:
	$(BIN)/pytest -n 2 --cov --cov-report=
	$(BIN)/coverage report --skip-covered --sort=cover
	$(BIN)/coverage report --include='watcher/reader/*' --fail-under=95 --format=total

fix:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo:
	$(BIN)/bounce-watcher demo
