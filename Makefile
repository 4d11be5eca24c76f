# make run: the house at http://127.0.0.1:8000 (PORT=… for another port, DEMO=0 for an empty house)
# make test: everything that proves it; installs what the tests need

VENV := .venv
PYTHON := $(VENV)/bin/python
PORT ?= 8000
export PORT

.PHONY: run test install assets bench oracle pictures clean
.DEFAULT_GOAL := run

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

assets: static/vendor/VERSIONS.txt catalogues

static/vendor/VERSIONS.txt: package-lock.json scripts/assets.mjs
	npm ci --silent
	node scripts/assets.mjs

catalogues: install
	@$(VENV)/bin/pybabel --quiet compile --directory ihh/translations

run: install assets
	$(VENV)/bin/ihh serve

test: $(VENV)/.tested assets
	bash scripts/install-test-packages.sh
	$(PYTHON) -m pytest --numprocesses auto --dist loadfile --ignore tests/browser --ignore tests/whole
	$(PYTHON) -m pytest tests/whole tests/browser

oracle: $(VENV)/.tested
	$(PYTHON) -m tests.oracle

bench: $(VENV)/.tested
	$(PYTHON) -m bench

pictures: $(VENV)/.tested assets
	$(PYTHON) -m tests.browser.pictures

clean:
	rm -rf $(VENV) node_modules static/vendor var
