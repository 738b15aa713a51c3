# `make` alone lists what there is. Needs Python >= 3.11; everything else is installed into .venv* folders.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
DATABASE := seg.duckdb
export DBT_PROFILES_DIR := $(CURDIR)

.PHONY: help build publish test obp docs example evaluate bench faults demo lock clean lint test-dbt test-python test-consumer test-oldest-duckdb

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | column -t -s '|'

# One environment per lock file: .venv for building, .venv-test, .venv-lint, ...
.venv/.locked: requirements/build.lock
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv-%/.locked: requirements/%.lock
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

build: .venv/.locked ## build the demo store into seg.duckdb and print what it found
	.venv/bin/dbt --quiet build
	@.venv/bin/python scripts/print_summary.py $(DATABASE)

publish: .venv/.locked ## copy the marts of the last build into published/, for BI tools
	@.venv/bin/python scripts/publish.py $(DATABASE) published

test: lint test-dbt test-python test-consumer test-oldest-duckdb ## everything that must hold: lint, dbt, pytest, a consumer's shop, the oldest DuckDB

lint: .venv-lint/.locked ## sqlfluff and ruff
	.venv-lint/bin/ruff check .
	.venv-lint/bin/sqlfluff lint --processes 2 --disable-progress-bar models tests/models tests/macros

test-dbt: .venv-test/.locked ## dbt build of the demo store, warnings as errors
	@rm -f target/test.duckdb
	SEG_DUCKDB_PATH=target/test.duckdb .venv-test/bin/dbt --warn-error --quiet build
	@echo "dbt build: every model, seed and test passed"

# Logs and estimators that off-policy estimates are held against; what obp itself asks for (torch) is not needed.
obp: .venv-test/.locked ## install obp's logs into the test environment
	.venv-test/bin/pip install --quiet --disable-pip-version-check --no-deps -r requirements/obp.lock

test-python: test-dbt obp ## pytest, on the demo store that test-dbt built
	OMP_NUM_THREADS=1 SEG_DEMO_DATABASE=target/test.duckdb .venv-test/bin/pytest -q --numprocesses 2 --dist loadfile --durations 20

test-consumer: .venv-test/.locked ## a shop of five files that installs the package
	.venv-test/bin/python tests/python/shops.py tests/consumer

test-oldest-duckdb: .venv-oldest/.locked ## dbt build of the demo store on the oldest supported DuckDB
	@rm -f target/oldest.duckdb
	SEG_DUCKDB_PATH=target/oldest.duckdb .venv-oldest/bin/dbt --warn-error --quiet build --target-path target/oldest
	@.venv-oldest/bin/python -c "import duckdb; print('dbt build on DuckDB', duckdb.__version__, 'passed')"

docs: .venv/.locked ## one html page of the docs: target/static_index.html
	.venv/bin/dbt --quiet build
	.venv/bin/dbt --quiet docs generate --static
	@echo "open target/static_index.html"

example: .venv-test/.locked ## a real grocer's year, installed and built as any shop would
	cd examples/complete_journey && $(CURDIR)/.venv-test/bin/python load.py
	cd examples/complete_journey && DBT_PROFILES_DIR=. $(CURDIR)/.venv-test/bin/dbt --quiet deps
	cd examples/complete_journey && DBT_PROFILES_DIR=. $(CURDIR)/.venv-test/bin/dbt --quiet build
	@.venv-test/bin/python scripts/print_summary.py examples/complete_journey/complete_journey.duckdb

evaluate: .venv-test/.locked .venv-peers/.locked .venv-bench/.locked ## cut off the last horizon of shops, predict it and recommend beside peers, segment five, write tests/real_shops/RESULTS.md and the README's tables (SEG_REAL_DATA names the shops' folder)
	OMP_NUM_THREADS=1 .venv-test/bin/python tests/real_shops/evaluate.py --readme
	OMP_NUM_THREADS=1 .venv-test/bin/python tests/real_shops/measure.py
	OMP_NUM_THREADS=1 .venv-test/bin/python tests/real_shops/evaluate_segments.py --readme
	OMP_NUM_THREADS=1 .venv-test/bin/python tests/real_shops/evaluate_recommendations.py --readme

bench: .venv/.locked .venv-bench/.locked ## time and memory beside scripts of pandas and of Polars, on 5 and 20 million events, and of recommendations beside implicit, on 20 million; writes the README's tables
	.venv-bench/bin/python tests/benchmark/bench.py --write
	.venv-bench/bin/python tests/benchmark/score.py --write
	.venv-bench/bin/python tests/benchmark/realtime.py --write
	.venv-bench/bin/python tests/benchmark/recommend.py --write
	.venv-bench/bin/python tests/benchmark/scale.py --write
	.venv-bench/bin/python tests/benchmark/bench.py --users 464000 --products 50000 --repetitions 1 --memory-limit 12GB --write

faults: .venv-test/.locked ## kill builds at random moments and compare the next one with an undisturbed one, 20 of each kind; writes what was found into the README
	.venv-test/bin/python tests/benchmark/faults.py --write

demo: .venv/.locked ## write seeds/demo and its truth anew
	.venv/bin/python tests/benchmark/generate_store.py --demo

# Installs what the .in files allow today and writes down the versions, without addresses.
lock: ## write requirements/*.lock anew
	for kind in build test lint bench oldest peers; do \
		rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock; \
		.venv-lock/bin/pip install --quiet -r requirements/$$kind.in; \
		{ echo "# Exact versions of everything that requirements/$$kind.in installs; written by \`make lock\`."; \
		  .venv-lock/bin/pip freeze --exclude-editable; } > requirements/$$kind.lock; \
	done; rm -rf .venv-lock

clean: ## remove what builds left (not the environments)
	rm -rf target logs dbt_packages seg.duckdb published examples/*/target examples/*/dbt_packages examples/*/*.duckdb
