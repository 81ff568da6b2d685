# make lab    set up, and open the course in JupyterLab   (make lab ARGS=--no-browser prints the address)
# make test   set up, and run every test                  (make test ARGS="-k heap" runs some)

PYTHON ?= python3
ARGS ?=
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check

# The whole folder, so that lessons can link to exercises. Containers run as root.
# Terminals as this shell, not as a login: that would take the path to refalloc away.
LAB := --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/00_start.ipynb \
	--ServerApp.terminado_settings='{"shell_command": ["bash"]}' \
	$(if $(filter 0,$(shell id -u)),--allow-root)
# JupyterLab asks each newcomer about news, and looks for updates: not in a course that works offline.
LAB_SETTINGS := {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}

.PHONY: lab test

lab: $(VENV)/ready
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/jupyter lab $(LAB) $(ARGS)

test: $(VENV)/ready $(if $(shell command -v npm),node_modules/ready)
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/python -m pytest $(ARGS)

# The tools that check the pictures' JavaScript; what a browser runs needs none of them.
node_modules/ready: package.json package-lock.json
	npm ci --silent
	touch $@

# compat: with the default, Python started in the folder above a clone named refalloc takes the clone for the package.
$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "refalloc needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1); try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --constraint constraints.txt --config-settings editable_mode=compat --editable '.[cluster,native,test]'
	# JupyterLab runs a script of its own by Node, which else takes the clone's package.json for the script's.
	echo '{"type": "commonjs"}' > $(VENV)/package.json
	mkdir -p $(VENV)/etc/jupyter/labconfig
	echo '$(LAB_SETTINGS)' > $(VENV)/etc/jupyter/labconfig/default_setting_overrides.json
	touch $@
