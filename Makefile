# Two commands do all the set-up: `make demo` runs the main job, `make test` passes the tests.
# Uses uv when it is there, else venv and pip. Needs Python 3.11 or newer as `python3` (or PYTHON=...).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check format bench bench-scale faults clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    the main job on a sample, against a store on this machine"
	@echo "make test    the tests"
	@echo "make check   formatting, lint, types"
	@echo "make format  format the code"
	@echo "make bench   speed, as ratios"
	@echo "make bench-scale  processes, machines and ledgers, as ratios"
	@echo "make faults  the long campaign of kills and faults"

demo: $(VENV)/run.stamp
	$(BIN)/importer demo

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

check: $(VENV)/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/test.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/bench.stamp
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.report

bench-scale: $(VENV)/test.stamp
	$(BIN)/python -m benchmarks.scale

faults: $(VENV)/test.stamp
	$(BIN)/python -m benchmarks.faults

clean:
	rm -rf $(VENV)

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "make: Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3" >&2; exit 1; }
	@if command -v uv >/dev/null; then uv venv --quiet --python $(PYTHON) $(VENV); \
	else $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"; fi

$(VENV)/run.stamp: $(VENV)/pyvenv.cfg pyproject.toml
	@if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python -e .; \
	else $(BIN)/python -m pip install --quiet -e .; fi
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python --group test; \
	else $(BIN)/python -m pip install --quiet --group test; fi
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp
	@if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python --group bench; \
	else $(BIN)/python -m pip install --quiet --group bench; fi
	@touch $@
