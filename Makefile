# Every target sets up what it needs, in .venv, and is quick when nothing changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FEDERATED := .venv-federated
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
DEFINITION := pyproject.toml constraints.txt
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.12 --generate-hashes --custom-compile-command 'make lock'
SITE := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo serve web android android-shell federated test check format docs bench lock audit clean

help: ## show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed-demo ## set up .venv with what the program and the demo need, and the models
	@$(BIN)/emoar models pull

demo: install ## the main job on two real faces; writes demo/
	@$(BIN)/emoar demo --output demo
	@scripts/web.sh build

serve: $(VENV)/.installed-server ## set up and start the server on http://127.0.0.1:8000 (ARGS="--port 9000")
	@$(BIN)/emoar models pull
	@scripts/web.sh build
	@$(BIN)/emoar serve $(ARGS)

web: install ## the browser app, built into the package (needs Node 20.19 or newer)
	@$(BIN)/emoar web build

federated: $(FEDERATED)/.installed ## set up .venv-federated with emoar federated (torch among it: this takes minutes)
	@echo "$(FEDERATED)/bin/emoar federated --help"

android: web ## the browser app for Android phones: emoar.apk, docs/android.md
	@$(PIP) -e '.[android]'
	@$(BIN)/emoar android build

android-shell: $(BIN)/python ## rebuild src/emoar/android/shell.apk, which is committed, with Debian's tools
	@needed=$$($(BIN)/python scripts/android_shell.py --missing); [ -z "$$needed" ] || scripts/system_packages.sh $$needed
	@$(BIN)/python scripts/android_shell.py

test: install $(VENV)/.installed-all ## every test (ARGS="-k name" picks some of Python's)
	@PATH="$$PATH:/usr/sbin" command -v mosquitto >/dev/null || scripts/system_packages.sh mosquitto || true
	@$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),scripts/test.sh $(BIN)/python $(FEDERATED)/.installed)

check: $(VENV)/.installed-all ## format, lint, types, import contracts, the documentation in strict mode
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python scripts/house.py --check
	@$(SITE)
	@scripts/web.sh check

format: $(VENV)/.installed-all ## put every file into the common format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@$(BIN)/python scripts/house.py --write

docs: $(VENV)/.installed-docs ## the documentation as a site, in build/site
	@$(SITE)
	@echo "build/site/index.html"

bench: install ## speed of each stage and of the whole, then every table in benchmarks/
	@$(BIN)/emoar bench
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/.installed-audit ## renew deploy/requirements.txt: versions and hashes of what the image installs
	@$(LOCK) pyproject.toml --extra server --extra data --extra mqtt -o deploy/requirements.txt
	@printf 'hatchling>=1.24\nsetuptools\nwheel\n' | $(LOCK) - -o deploy/requirements-build.txt

audit: $(VENV)/.installed-audit ## check for known holes in what the image installs (needs pypi.org)
	@scripts/audit.sh $(BIN)/python

clean: ## remove results and caches (.venv and the models stay)
	@rm -rf web/dist web/e2e/out web/public/models web/public/wasm src/emoar/web_app
	@rm -rf demo out build dist .pytest_cache .ruff_cache .import_linter_cache
	@find src tests scripts benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "EmoAR needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12"; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || scripts/system_packages.sh python3-venv
	@echo "Making $(VENV) with $$($(PYTHON) -V) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed-demo: $(BIN)/python $(DEFINITION)
	@echo "Installing EmoAR ..."
	@$(PIP) -e '.[demo]'
	@$(BIN)/python -c 'import skia' 2>/dev/null || scripts/system_packages.sh libgl1 libegl1
	@$(BIN)/python -c 'import skia'
	@touch $@

$(VENV)/.installed-server: $(VENV)/.installed-demo
	@echo "Installing what the server needs ..."
	@$(PIP) -e '.[server,heic]'
	@touch $@

$(VENV)/.installed-audit: $(BIN)/python $(DEFINITION)
	@echo "Installing what locks and checks versions ..."
	@$(PIP) -e '.[audit]'
	@touch $@

$(VENV)/.installed-docs: $(BIN)/python $(DEFINITION)
	@echo "Installing what the documentation is built with ..."
	@$(PIP) -e '.[docs]'
	@touch $@

$(VENV)/.installed-all: $(VENV)/.installed-demo
	@echo "Installing what training and the tests need (torch among it: this takes minutes) ..."
	@$(PIP) -e '.[train,demo,dev,ray]'
	@touch $@

# Of its own: flwr fixes versions of what the server and training need newer.
$(FEDERATED)/.installed: $(BIN)/python $(DEFINITION)
	@echo "Installing what federated learning needs (torch among it: this takes minutes) ..."
	@$(PYTHON) -m venv $(FEDERATED)
	@$(FEDERATED)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch torchvision
	@$(FEDERATED)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[federated-sim]' 'pytest>=8.3'
	@touch $@
