# make lab    set up, and open the course in JupyterLab   (make lab ARGS=--no-browser prints the address)
# make test   set up, and run every test                  (make test ARGS="-k heap" runs some)

PYTHON ?= python3
ARGS ?=
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check

.PHONY: lab test

lab: $(VENV)/ready
	$(VENV)/bin/jupyter lab $(ARGS) notebooks/00_start.ipynb

test: $(VENV)/ready
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest $(ARGS)

$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "refalloc needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1); try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[native,test]'
	touch $@
