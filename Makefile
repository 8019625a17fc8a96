# `make demo` and `make test` do all the set-up by themselves; nothing else is needed but Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Most tests wait for a simulated detector, not for a core.
WORKERS ?= 4

.PHONY: help demo test long lint docs bench clean

help:
	@echo "make demo   scan a simulated detector and judge it on its component's record"
	@echo "make test   the tests with their coverage; every scenario at a small count"
	@echo "make long   the same scenarios at full count"
	@echo "make lint   ruff, mypy, the import contracts, the documentation in strict mode"
	@echo "make docs   the documentation in docs/_build/html"
	@echo "make bench  speed against a floor measured in the same run"
	@echo "make clean  remove everything that make made, the environment too"

demo: $(READY)
	$(BIN)/scantrail demo

test: $(READY)
	$(BIN)/python -m pytest -m "not long and not alone" -n $(WORKERS) --dist worksteal --cov --cov-report=
	$(BIN)/python -m pytest -m "alone and not long" --cov --cov-append --cov-report=term --cov-fail-under=80

long: $(READY)
	$(BIN)/python -m pytest -m long --durations=0
	$(BIN)/python -m pytest -m "hypothesis and not long" -n $(WORKERS) --hypothesis-profile=search

lint: $(READY) docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY)
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

bench: $(READY)
	@set -e; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script; done

clean:
	rm -rf $(VENV) docs/_build docs/pictures .coverage .coverage.* htmlcov
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests docs benchmarks -name __pycache__ -prune -exec rm -rf {} +

# The constraints pin the build's own requirements too. An old pip takes PIP_CONSTRAINT into the isolated build, a new one
# PIP_BUILD_CONSTRAINT; each ignores what it does not know. Neither uv nor PYTHONDONTWRITEBYTECODE leaves bytecode behind,
# and without it every command would start several times slower.
$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Scantrail needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute)"
	@if command -v uv >/dev/null; then \
		uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV) && \
		UV_CONSTRAINT=constraints.txt UV_BUILD_CONSTRAINT=constraints.txt \
			uv pip install --quiet --python $(BIN)/python --editable '.[dev]'; \
	else \
		$(PYTHON) -m venv $(VENV) && \
		PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
			$(BIN)/python -m pip install --quiet --editable '.[dev]'; \
	fi
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib src >/dev/null || true
	@touch $@
