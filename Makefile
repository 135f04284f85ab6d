# Two commands matter: `make up` starts Kuramori, `make test` tries all of it. See README.md.

DATA ?= data
PORT ?= 8640
HOST ?=
DEMO ?=
QUICK ?=
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VENDOR := src/kuramori/web/static/vendor
CATALOGUES := $(wildcard src/kuramori/*/locale/*/LC_MESSAGES/*.po)


export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled once, kept: the tests alone start the program some hundred times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up test test-processes test-browser check bench proof demo-erase run-ready test-ready

up: run-ready
	exec $(BIN)/kuramori --data "$(DATA)" --port "$(PORT)" $(if $(HOST),--host "$(HOST)") up $(if $(DEMO),--demo)

demo-erase: run-ready
	$(BIN)/kuramori demo-erase

# The files with tests of one mark: reading all the others takes longer than some of the tests.
marked = $(sort $(shell grep -rl --include='*.py' 'mark\.$(1)' tests))

test: test-ready
	tests/once_more $(BIN)/pytest -n auto --dist loadfile -m "not proof and not browser and not process"
	$(MAKE) --jobs=2 --output-sync=target test-processes test-browser

# These two wait for the world more than they reckon, so they run side by side.
test-processes:
	CACHE=.pytest_cache/processes tests/once_more $(BIN)/pytest -m "process and not browser and not proof" \
		$(call marked,process)

test-browser:
	CACHE=.pytest_cache/browser tests/once_more $(BIN)/pytest -m "browser and not proof" $(call marked,browser)

proof: test-ready
	$(BIN)/pytest -m proof
	$(BIN)/python -m proofs.crash --rounds 100
	$(BIN)/python -m proofs.mixed_kills --rounds 500 --write docs/proofs.md
	$(BIN)/python -m proofs.forensics --write docs/proofs.md
	$(BIN)/python -m proofs.power_cut --write docs/proofs.md
	$(BIN)/python -m proofs.clock --write docs/proofs.md
	$(BIN)/python -m proofs.order_abuse --write docs/proofs.md
	$(BIN)/python -m proofs.network_faults --rounds 3 --write docs/proofs.md
	$(BIN)/python -m proofs.soak --write docs/proofs.md
	$(BIN)/python -m proofs.inverted_rules --write docs/proofs.md

bench: test-ready .installed-system-bench
	$(BIN)/python -m bench $(if $(QUICK),--quick)

check: test-ready
	$(BIN)/ruff check src tests bench proofs
	$(BIN)/ruff format --check src tests bench proofs
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint src --lint --quiet
	$(BIN)/codespell -L nd,te,nto,trun,alls,inforce $$(find src tests docs bench proofs README.md CHANGELOG.md -name '*.py' -o -name '*.md')
	$(BIN)/pytest tests/main/test_catalogues.py tests/main/test_documents.py

# What running needs: system packages, the private environment, the pages' scripts, the translations.
run-ready: .installed-system$(if $(DEMO),-demo) .installed-run .installed-pages .installed-words

test-ready: .installed-system .installed-system-demo .installed-system-test run-ready \
	.installed-dev .installed-test-pages

.installed-system:
	packaging/system-packages run
	touch $@

.installed-system-demo: .installed-system
	packaging/system-packages demo
	touch $@

.installed-system-test: .installed-system
	packaging/system-packages test
	touch $@

.installed-system-bench: .installed-system
	packaging/system-packages bench
	touch $@

$(BIN)/python: | .installed-system
	$(PYTHON) -m venv $(VENV)

.installed-run: requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install -qq --require-hashes -r requirements/run.txt
	$(BIN)/pip install -qq --no-deps --no-build-isolation -e .
	touch $@

.installed-dev: requirements/dev.txt .installed-run
	$(BIN)/pip install -qq --require-hashes -r requirements/dev.txt
	touch $@

.installed-pages: package-lock.json
	npm ci --omit=dev --no-audit --no-fund --silent
	mkdir -p $(VENDOR)
	cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/htmx.min.js
	cp node_modules/htmx.org/LICENSE $(VENDOR)/htmx.LICENSE
	cp node_modules/hls.js/dist/hls.light.min.mjs $(VENDOR)/hls.light.min.mjs
	cp node_modules/hls.js/LICENSE $(VENDOR)/hls.LICENSE
	cp node_modules/leaflet/dist/leaflet-src.esm.js $(VENDOR)/leaflet.mjs
	cp node_modules/leaflet/dist/leaflet.css $(VENDOR)/leaflet.css
	cp node_modules/leaflet/LICENSE $(VENDOR)/leaflet.LICENSE
	cp node_modules/uplot/dist/uPlot.esm.js $(VENDOR)/uplot.mjs
	cp node_modules/uplot/dist/uPlot.min.css $(VENDOR)/uplot.css
	cp node_modules/uplot/LICENSE $(VENDOR)/uplot.LICENSE
	touch $@

.installed-test-pages: package-lock.json .installed-pages
	npm ci --no-audit --no-fund --silent
	touch $@

.installed-words: $(CATALOGUES) .installed-run
	for room in $(dir $(patsubst %/LC_MESSAGES/,%,$(sort $(dir $(CATALOGUES))))); do \
		$(BIN)/pybabel --quiet compile --domain django --directory "$$room" || exit 1; done
	touch $@
