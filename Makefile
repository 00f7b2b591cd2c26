# make demo | install | setup | run | test | lint | docs | preview | gallery | bench | crashtest | soak | lock: each makes its own .venv first, when there is none.
# demo, install, setup and run install what the bot itself needs; the others add what tests and checks need.
PYTHON ?= python3
BIN := .venv/bin
RUNS := .venv/.runs
READY := .venv/.ready

.PHONY: demo install setup run test lint docs preview gallery bench crashtest soak lock clean
.DELETE_ON_ERROR:

demo: $(RUNS)
	$(BIN)/python -m tools.demo

install: $(RUNS)

setup: $(RUNS)
	$(BIN)/etstats setup

run: $(RUNS)
	$(BIN)/python -m bot

test: $(READY)
	$(BIN)/python -m pytest -n 3 --dist worksteal --cov --cov-report=term
	$(BIN)/python -m coverage report --include='bot/domain/*' --fail-under=100

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.docs --check

docs: $(READY)
	$(BIN)/python -m tools.docs

preview: $(READY)
	$(BIN)/python -m rigs.preview

gallery: $(READY)
	$(BIN)/python -m tools.preview --all docs/pictures
	$(BIN)/python -m rigs.screenshots docs/pictures

bench: $(READY)
	$(BIN)/python -m bench

# EACH: kills at each named step; KILLS: at random instants; MINUTES: no life of the crash test begins later, or the soak's
EACH ?= 25
KILLS ?= 1000
crashtest: $(READY)
	KILLS_EACH=$(EACH) $(BIN)/python -m pytest -q tests/whole/process/test_kills.py tests/whole/process/test_crash.py
	$(BIN)/python -m rigs.crash --kills $(KILLS) --each $(EACH) $(if $(MINUTES),--minutes $(MINUTES))

soak: $(READY)
	$(BIN)/python -m rigs.crash.soak $(or $(MINUTES),30)

# The versions that there are stay; `make lock UPGRADE=--upgrade` takes the newest. Without addresses: whoever installs
# says where from. The lock has the bot's own libraries, for Linux and the oldest Python that it runs on.
lock: export CUSTOM_COMPILE_COMMAND = make lock
lock: COMPILE = $(BIN)/python -m piptools compile --quiet --strip-extras --no-annotate --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options $(UPGRADE)
lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-tools
	$(COMPILE) --extra dev --output-file constraints.txt pyproject.toml
	$(COMPILE) --constraint constraints.txt --generate-hashes --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv demo_out

# A Debian without python3-venv has no pip to put into the .venv: then the pip outside installs it there.
$(RUNS): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv 2>/dev/null || $(PYTHON) -m venv --without-pip .venv
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m pip --python $(BIN)/python install --quiet pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(READY): $(RUNS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@
