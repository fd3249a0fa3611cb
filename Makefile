# Every target sets up .venv by itself; only Python 3.11+, make and git are needed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# Spark comes as 450 MB of source without a wheel: pip would compress them only to unpack them
AS_IT_IS := --no-compile --config-settings=--build-option=--compression=stored
MUTATED := mapping_engine/core mapping_engine/engine/interpreter.py mapping_engine/engine/codegen mapping_engine/types

.PHONY: play-types spark demo test coverage check lint types layers lowest versions schema docs mutants code-mutants kill-tests fuzz bench soak bench-versions vscode clean
.DEFAULT_GOAL := test

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "mapping-engine needs Python 3.11 or later; name one with: make PYTHON=python3.11"; exit 1; }
	@echo "setting up .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(INSTALL) -e '.[dev]'
	@touch $(READY)

spark: $(READY)  ## Spark as well, for its tests and bench.spark; they need Java 17 besides
	@$(BIN)/python -c 'import pyspark, pandas' 2>/dev/null || { echo "adding Spark to .venv (once)"; \
		$(INSTALL) $(AS_IT_IS) pyspark && $(INSTALL) -e '.[spark]'; }

demo: $(READY)  ## the main job on the reference's own track call and some others
	@$(BIN)/python examples/demo.py

test: $(READY)  ## all tests
	$(BIN)/pytest -n auto --dist loadgroup

coverage: export COVERAGE_FILE := $(CURDIR)/build/coverage/data
coverage: $(READY)  ## all tests, and which branches they and the processes they start take
	@rm -rf build/coverage
	$(BIN)/coverage run -m pytest -n auto --dist loadgroup --ignore tests/bench/test_code_mutants.py
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/coverage json --quiet -o build/coverage/report.json
	$(BIN)/python -m tools.branches build/coverage/report.json

check: lint types layers test  ## what CI runs

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

play-types:  ## the types of the page of `play`; this needs Node, which nothing else does
	npx --yes --package typescript@7.0.2 tsc --noEmit --strict --checkJs --noUncheckedIndexedAccess \
		--module esnext --moduleResolution bundler --target es2023 --lib es2023,dom,dom.iterable \
		mapping_engine/play/page/*.js

layers: $(READY)
	$(BIN)/lint-imports

lowest:  ## the tests under the lowest versions that pyproject.toml accepts, in .venv-lowest
	@$(PYTHON) -m venv .venv-lowest
	@$(PYTHON) -m tools.lowest_bounds > .venv-lowest/pins.txt
	@.venv-lowest/bin/pip install --quiet -r .venv-lowest/pins.txt coverage duckdb hypothesis polars pytest pytest-xdist
	@.venv-lowest/bin/pip install --quiet --no-deps -e .
	.venv-lowest/bin/pytest -n auto --dist loadgroup --ignore tests/project --ignore tests/lsp

versions:  ## the tests on each Python of pyproject.toml that is found, in .venv-3.x
	@$(PYTHON) -m tools.versions

schema: $(READY)  ## write grammar/*.schema.json and the parser's tables from what they are made of
	$(BIN)/python -m tools.editor_schema
	$(BIN)/python -m tools.grammar_tables

docs: $(READY)  ## write the generated tables and the outputs shown in the documents
	$(BIN)/python -m tools.language_tables
	$(BIN)/python -m tools.check_pages
	$(BIN)/python -m tools.pack_pages
	$(BIN)/python -m tools.reach
	$(BIN)/python -m tools.event_formats
	$(BIN)/python -m tools.shown_output

mutants: $(READY)  ## plant mistakes in the bundled packs, and write docs/mutation-study.md
	$(BIN)/python -m bench.mutations --report docs/mutation-study.md

code-mutants: $(READY)  ## plant mistakes in the code, and write docs/code-mutants.md
	$(BIN)/python -m bench.code_mutants $(MUTATED) --ignored tests/bench tests/mutants tests/project/test_wheel.py \
		--report docs/code-mutants.md

ROUNDS ?= 300
SEED ?= 1
kill-tests: $(READY)  ## apply, killed at random points and gone on with: make kill-tests ROUNDS=1000
	@rm -rf build/killed && mkdir -p build/killed
	$(BIN)/python -m tests.cli.killing build/killed $(SEED) $(ROUNDS)

SECONDS ?= 60
fuzz: $(READY)  ## random events and rule files for a while: make fuzz SECONDS=600
	$(BIN)/python -m bench.fuzz --seconds $(SECONDS)

bench: $(READY)  ## how fast the engine is, beside the same job by hand, the floor, and a naive way
	$(BIN)/python -m bench.speed
	$(BIN)/python -m bench.speed.commands
	$(BIN)/python -m bench.speed.jobs

soak: $(READY)  ## a million events of all packs through apply: flat memory, drawn in build/soak.svg
	$(BIN)/python -m bench.soak

bench-versions: $(READY)  ## this version beside an older one: make bench-versions OLD=/path/to/python
	@test -n "$(OLD)" || { echo "name the interpreter that has the old version: make $@ OLD=..."; exit 1; }
	$(BIN)/python -m bench.speed.versions $(OLD)

vscode:  ## build/mapping-engine.vsix, the extension for VS Code; needs Node 20+
	@mkdir -p build && cp LICENSE editors/vscode/LICENSE
	cd editors/vscode && npm ci --omit=dev --ignore-scripts --no-audit --no-fund && \
		npx --yes @vscode/vsce@3.9.2 package --allow-missing-repository --out ../../build/mapping-engine.vsix

clean:
	rm -rf .venv .venv-lowest .venv-3.* build dist .code_mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis
