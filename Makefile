# Two commands: `make demo` shows the product, `make test` proves it. Both set up everything they need.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes

# Many processes read the same modules: what one has compiled is there for the next, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test types behaviour check format proof bench lock clean

demo: .venv/ready
	@$(BIN)/python main.py demo $(ARGS)

test: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 types behaviour

types:
	$(BIN)/mypy
	$(BIN)/lint-imports

behaviour:
	$(BIN)/pytest -n 3 --dist worksteal

# What to run before each commit: mends the format, then everything that `make test` runs.
check: format test

format: .venv/ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The long proofs: every mutation of the protocol's data, long random walks, kills at every point.
proof: .venv/ready-dev
	$(BIN)/pytest -m proof -s

bench: .venv/ready-dev
	$(BIN)/pytest tests/benchmarks -m benchmark -s

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/pip || { rm -rf .venv; echo "Setting up .venv …"; $(PYTHON) -m venv .venv; } || { echo "Python's own venv and pip are needed; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(INSTALL) -r requirements.txt
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

# Renews both lock files from pyproject.toml (needs uv).
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.txt pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements.txt --group dev -o requirements-dev.txt pyproject.toml

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
