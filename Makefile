# Everything runs from here with Python 3.11+ and make alone; `make` lists the targets.
PY := .venv/bin/python
PYTEST_FLAGS ?= -n auto
ARGS ?=
export PYTHON

# A .venv whose Python is gone (system upgrade) is made anew.
STALE := $(if $(wildcard $(PY)),,stale)

.PHONY: golden help setup practice teams-playground playground test check lint types layers browser bench lock clean stale
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

.venv/.runtime: requirements.txt requirements-uv.txt setup.sh $(STALE)
	@sh setup.sh runtime

.venv/.dev: requirements-dev.txt requirements-uv.txt setup.sh $(STALE)
	@sh setup.sh dev

setup: .venv/.dev ## the environment in .venv, from the lock

practice: .venv/.runtime ## the bot in a local workspace, in your browser; no account needed
	@exec $(PY) -m bot practice $(ARGS)

teams-playground: .venv/.runtime ## practice with Teams too, in Microsoft's Agents Playground; needs Node.js
	@exec $(PY) -m bot practice --teams $(ARGS)

test: check ## everything that Python and make can run
	$(PY) -m pytest --ignore=tests/browser --ignore=tests/playground $(PYTEST_FLAGS) $(ARGS)

check: lint types layers ## static checks only: lint and format, types, layers

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup
	$(PY) -m pyright

layers: setup
	$(PY) -c 'from importlinter.cli import lint_imports_command as run; run()' --no-cache --no-logo

browser: setup ## the practice page in a real Chromium (install the system's package first)
	$(PY) -m pytest tests/browser $(ARGS)

playground: setup ## Teams in the real Agents Playground, driven in a real Chromium; needs Node.js, npm, Chromium
	$(PY) -m pytest tests/playground $(ARGS)

golden: setup ## write the golden files and the README's table of commands anew
	$(PY) -m pytest -q tests/golden tests/test_readme.py --golden

bench: .venv/.dev ## how fast and how large, beside the bare floor
	$(PY) -m tests.bench $(ARGS)

lock: setup ## pin anew from pyproject.toml; ARGS=--upgrade for the newest versions
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements-uv.txt | $(LOCK) - -o requirements-uv.txt

# Names, versions and hashes only: no address of any registry.
LOCK = UV_PYTHON_DOWNLOADS=never .uv/bin/uv pip compile --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --quiet --custom-compile-command "make lock" $(ARGS)

clean: ## remove the environment and caches; data and settings stay
	rm -rf .venv .uv .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find bot handlers scheduler storage tests -name __pycache__ -type d -prune -exec rm -rf {} +
