# Every command a contributor needs. Each does its own set-up; what it makes is under target/.

PYTHON ?= python3
VENVS := target/venvs
WHEEL := target/wheels/built
SOURCES := $(shell find core/src bindings-py/src bindings-py/python -type f -not -name '*.pyc') \
	Cargo.toml Cargo.lock core/Cargo.toml bindings-py/Cargo.toml bindings-py/pyproject.toml README.md \
	docs/rules.schema.json

NPM := target/npm/built
NPM_SOURCES := $(shell find core/src bindings-wasm -path '*/node_modules' -prune -o \
	-path '*/dist' -prune -o -path '*/tests' -prune -o -type f -print) Cargo.toml Cargo.lock \
	$(wildcard bindings-py/python/session_merge/django/ready/*.json) docs/rules.schema.json

.PHONY: race storm lab dist test test-rust test-python test-servers test-django test-locks \
	test-packages test-storm test-background test-npm test-lab test-docs test-edge lint bench \
	bench-js bench-django fuzz wheel npm playground clean

# Shows stock Django lose updates under real requests, and session-merge lose none.
race: $(VENVS)/race/installed
	$(VENVS)/race/bin/python tests/race/race.py

# The environment of a suite: what its requirements.txt pins, and the wheel.
$(VENVS)/%/installed: tests/%/requirements.txt $(WHEEL)
	test -x $(@D)/bin/python || $(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/pip install --quiet -r $<
	$(@D)/bin/pip install --quiet --force-reinstall --no-deps target/wheels/*.whl
	touch $@

test: test-rust test-python test-servers test-django test-locks test-packages \
	test-storm test-background test-lab test-docs test-npm test-edge

test-rust:
	cargo test --workspace --exclude session-merge-py --exclude session-merge-wasm

test-python: $(WHEEL)
	$(PYTHON) tests/python/matrix.py --package target/wheels/*.whl

# The private database and cache servers that other tests start.
test-servers:
	$(PYTHON) -m unittest discover -s tests/servers

test-django: $(WHEEL)
	$(PYTHON) tests/django/matrix.py --package target/wheels/*.whl

# A tenth of every storm; Django's own engines must be caught losing updates, and observers tell.
test-storm: $(VENVS)/storm/installed
	$(PYTHON) -m unittest discover -s tests/storm
	$(VENVS)/storm/bin/python tests/storm/storm.py --scale 0.1 --mode calm chaos
	$(VENVS)/storm/bin/python tests/storm/storm.py --scale 0.1 --mode stock observe \
		--only db/sqlite cached_db/sqlite+pymemcache cache/redis file/files

# Fifty requests at once that charge a card, in real processes; and more than once without a lock.
test-locks: $(VENVS)/storm/installed
	$(VENVS)/storm/bin/python tests/locks/locks.py

# Ready rule sets, each beside the real package that it is for, in the race it is for.
test-packages: $(VENVS)/packages/installed
	$(VENVS)/packages/bin/python tests/packages/run.py
	MERGING=session_merge.django.cache $(VENVS)/packages/bin/python tests/packages/run.py

# Celery, Channels, Django's tasks and requests, all on one session, with their real workers.
test-background: $(WHEEL)
	$(PYTHON) tests/background/run.py --package target/wheels/*.whl

# The npm package: its own tests, and the packed one in every runtime and bundler.
test-npm: $(NPM)
	cd bindings-wasm && npm test --silent
	rm -rf target/packaging
	cd tests/packaging && npm install --no-save --silent && \
		SESSION_MERGE_PACKAGE=$$(ls $(CURDIR)/target/npm/*.tgz) \
		node --test --test-reporter=spec *.test.js

# The npm package's sessions: on every store, in every runtime, beside a real Django.
test-edge: $(WHEEL) $(NPM) playground
	$(PYTHON) tests/edge/run.py --package target/npm/*.tgz --wheel target/wheels/*.whl

# Storms of full size, for every engine and store: about an hour.
storm: $(VENVS)/storm/installed
	$(VENVS)/storm/bin/python tests/storm/storm.py

# Every fix for lost updates that is in circulation, measured beside ours: about ten minutes.
# LAB_STORES, LAB_FIXES, LAB_REQUESTS and so on ask for less; only a run of everything is recorded.
lab: $(VENVS)/lab/installed
	$(VENVS)/lab/bin/python tests/lab/lab.py

# A little of the lab, and whether the docs show the figures that are on record.
test-lab: $(VENVS)/lab/installed
	$(VENVS)/lab/bin/python -m unittest discover -s tests/lab
	$(VENVS)/lab/bin/python tests/lab/lab.py --stores sqlite redis --threads 4 --work-ms 10 \
		--requests 16 --turns 1

# The guide, word for word in an empty folder; and where the links of all documents lead.
test-docs: $(WHEEL)
	$(PYTHON) tests/docs/test_links.py
	$(PYTHON) tests/docs/test_guide.py target/wheels/*.whl

lint: $(VENVS)/lint/bin/ruff bindings-wasm/node_modules/.package-lock.json
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
	$(VENVS)/lint/bin/ruff check . && $(VENVS)/lint/bin/ruff format --check .
	$(VENVS)/lint/bin/mypy --config-file bindings-py/pyproject.toml --strict \
		bindings-py/python/session_merge
	$(VENVS)/lint/bin/zizmor --offline --quiet --min-severity=medium .github/workflows
	cd bindings-wasm && npm run --silent lint

# Ratios of medians against what a user would write or install instead; writes docs/bench/.
bench: bench-js
	$(PYTHON) tests/bench/run.py

# The same for the npm package, in Node, Deno and Bun. BENCH_JS=--smoke judges nothing.
bench-js: $(NPM)
	$(PYTHON) tests/bench/generate.py --smoke
	cd tests/bench/js && npm install --no-save --silent $(CURDIR)/target/npm/*.tgz && \
		node run.js $(CURDIR)/.cache/bench/triples $(BENCH_JS)

# What a Django save without a conflict costs, against Django's own engine.
bench-django: $(VENVS)/race/installed
	$(VENVS)/race/bin/python tests/bench/django_save.py

# A little of every benchmark in a minute, without a judgement: whether they still run.
bench-smoke: $(WHEEL)
	$(PYTHON) tests/bench/run.py --smoke --wheel target/wheels/*.whl
	$(MAKE) bench-js BENCH_JS=--smoke

# An hour and more in all, with totals for the docs; the smoke takes a minute. The seconds are each
# target's, and as many targets run at once as there are processors.
FUZZ_SECONDS ?= 1200
fuzz:
	$(PYTHON) fuzz/run.py --seconds $(FUZZ_SECONDS) --record docs/fuzz/record.json

fuzz-smoke:
	$(PYTHON) fuzz/run.py --runs 50000

# What a release publishes, as far as it can be built here; looked into, and the sdist installed.
dist: $(WHEEL) $(NPM)
	$(PYTHON) tests/dist/dist.py --maturin $(VENVS)/build/bin/maturin \
		--wheel target/wheels/*.whl --npm target/npm/*.tgz

wheel: $(WHEEL)

npm: $(NPM)

# One static page: serve target/playground with any file server.
playground: $(NPM)
	cd bindings-wasm && node build/playground.js ../target/playground

$(NPM): $(NPM_SOURCES) bindings-wasm/node_modules/.package-lock.json
	cd bindings-wasm && npm run --silent build
	rm -rf target/npm && mkdir -p target/npm
	cd bindings-wasm && npm pack --silent --pack-destination ../target/npm
	touch $@

bindings-wasm/node_modules/.package-lock.json: bindings-wasm/package-lock.json
	cd bindings-wasm && npm install --no-save --silent
	touch $@

$(WHEEL): $(SOURCES) $(VENVS)/build/bin/maturin
	rm -rf target/wheels
	cd bindings-py && ../$(VENVS)/build/bin/maturin build --release --quiet --out ../target/wheels
	touch $@

$(VENVS)/build/bin/maturin: tests/requirements-build.txt
	$(PYTHON) -m venv --clear $(VENVS)/build
	$(VENVS)/build/bin/pip install --quiet -r $<
	touch $@

$(VENVS)/lint/bin/ruff: tests/requirements-lint.txt
	$(PYTHON) -m venv --clear $(VENVS)/lint
	$(VENVS)/lint/bin/pip install --quiet -r $<
	touch $@

clean:
	rm -rf target
