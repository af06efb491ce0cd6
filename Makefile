# Everything a checkout needs: `make demo` and `make test` make their environments themselves.

PYTHON ?= python3
NEWEST := .venv
WITH_PPO := .venv-trl-1.12
OLDEST := .venv-trl-0.24
FOR_DOCS := .venv-docs
FOR_RELEASE := .venv-release
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
export TRL_EXPERIMENTAL_SILENCE := 1
export OMP_NUM_THREADS := 1

.PHONY: help demo test test-fast lint lint-code lint-types lint-packs coverage soak soak-kills soak-rows bench corpus bench-detect vsix docs release release-build release-try lock clean env

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(NEWEST)/.made ## train tiny models on the CPU, inject faults, catch them
	$(NEWEST)/bin/ptt demo

env: $(NEWEST)/.made $(WITH_PPO)/.made $(OLDEST)/.made ## newest TRL; 1.12, the last with PPOTrainer; 0.24, the oldest

lint: lint-code lint-types lint-packs ## ruff, mypy, and the rule packs: linter, tests, layout

lint-code: $(NEWEST)/.made
	$(NEWEST)/bin/ruff check .
	$(NEWEST)/bin/ruff format --check .

lint-types: $(NEWEST)/.made
	$(NEWEST)/bin/mypy

lint-packs: $(NEWEST)/.made
	$(NEWEST)/bin/ptt lint --strict rulepacks
	$(NEWEST)/bin/ptt test rulepacks --fail-under 100
	$(NEWEST)/bin/ptt fmt --check rulepacks tests/tour tests/golden/taste.ptt

# what the oldest TRL may do otherwise: its keys, its hyper-parameters, how frameworks hold it
OLDER := tests/runtime/test_vocabulary.py tests/runtime/test_hyperparameters.py \
  tests/runtime/test_trl_versions.py tests/runtime/test_frameworks.py

# the environments side by side, then what is wrong by reading, then what is wrong by running
test: ## lint, then all tests, with the newest TRL and with older ones
	$(MAKE) --jobs 2 --output-sync env
	$(MAKE) --jobs 2 --output-sync lint
	$(OLDEST)/bin/python -m pytest -n 2 --dist loadfile -q $(OLDER)
	$(WITH_PPO)/bin/python -m pytest -n 2 --dist loadfile -q tests/runtime tests/demo tests/tour
	$(NEWEST)/bin/python -m pytest -n 2 --dist loadfile -q

# rules of the house, golden files, cases of errors and lint; random cases and trainings are in `make test`
FAST := house/test_habits.py house/test_layers.py house/test_texts.py house/test_words.py \
  house/test_contributing.py golden trainers errors lint/test_rules.py convert compare editors metrics \
  snapshots conformance
test-fast: $(NEWEST)/.made ## what most changes need, in under two minutes on 2 cores
	$(NEWEST)/bin/python -m pytest -n 2 -q -m "not hypothesis" $(FAST:%=tests/%)

coverage: $(NEWEST)/.made ## branch coverage of ptt_rules, at least 95%
	$(NEWEST)/bin/coverage run --branch --source ptt_rules -m pytest -q tests --ignore tests/runtime --ignore tests/tour
	$(NEWEST)/bin/coverage report -m --skip-covered --fail-under 95

soak: $(NEWEST)/.made ## at least 20,000 random packs on random logs: live, offline, resumed, by definition
	$(NEWEST)/bin/python -m tests.engine.soak 14

bench: $(NEWEST)/.made ## times against pandas and hand-written Polars; ONLY="live offline" for some
	$(NEWEST)/bin/python -m benchmarks $(ONLY)

corpus: $(NEWEST)/.made ## what the packs find in logs of the world, and what a change of a rule changes there
	$(NEWEST)/bin/python -m benchmarks.corpus

bench-detect: $(NEWEST)/.made $(WITH_PPO)/.made ## trains some 300 tiny runs, healthy and broken, and scores what the packs find in them
	$(WITH_PPO)/bin/python -m benchmarks.detect.real --algorithms ppo & ppo=$$!; \
	$(NEWEST)/bin/python -m benchmarks.detect.real && wait $$ppo
	$(NEWEST)/bin/python -m benchmarks.detect
	$(NEWEST)/bin/python -m benchmarks.detect.tables
	$(NEWEST)/bin/python -m benchmarks.detect.short --write

soak-kills: $(NEWEST)/.made ## 200 trainings killed at random moments: read, resumed, the same events
	rm -rf build/kills && mkdir -p build/kills
	$(NEWEST)/bin/python -W ignore -m tests.runtime.kills 200 build/kills

soak-rows: $(NEWEST)/.made ## ten million rows through one engine: time, memory, last digits
	$(NEWEST)/bin/python -m benchmarks.soak

vsix: ## the extension for VS Code as one file, build/ptt.vsix (needs Node.js)
	cd editors/vscode && npm ci --no-audit --no-fund && npm run package

# pages from everywhere in one folder, every warning an error, then the built pages read again
docs: $(FOR_DOCS)/.made ## the site of the documentation, build/site: links checked (Python 3.11 or newer)
	$(FOR_DOCS)/bin/python docs/site/stage.py build/site-source
	$(FOR_DOCS)/bin/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env \
	  --conf-dir docs/site --builder html build/site-source build/site
	$(FOR_DOCS)/bin/python docs/site/check.py build/site

# `make release PYTHONS="python3.10 python3.13"`: in which Pythons it is installed and trained with
PYTHONS ?= $(PYTHON)
release: release-build ## wheel and sdist in dist: built twice, installed and trained with in empty environments
	$(MAKE) release-try

release-build: $(FOR_RELEASE)/.made
	$(FOR_RELEASE)/bin/python .ci/release.py build dist

release-try:
	$(PYTHON) .ci/release.py install dist $(PYTHONS)
	$(PYTHON) .ci/release.py train dist $(PYTHONS)

lock: ## pins the versions of all environments anew
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet uv
	for name in trl-newest trl-1.12 trl-0.24; do \
	  extra="--extra dev"; test $$name != trl-0.24 || extra=; \
	  build/lock/bin/uv pip compile --quiet --universal --python-version 3.10 --no-annotate --no-header \
	    $$extra requirements/$$name.in pyproject.toml \
	    --output-file build/lock/$$name.txt --upgrade \
	  && sed -E '/^(torch|triton|nvidia-|cuda-)/d' build/lock/$$name.txt > requirements/$$name.txt \
	  || exit 1; \
	done
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header \
	  requirements/docs.in --output-file requirements/docs.txt --upgrade
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.10 --no-annotate --no-header \
	  requirements/release.in --output-file requirements/release.txt --upgrade

clean: ## removes environments, caches and the runs of the demo
	rm -rf $(NEWEST) $(WITH_PPO) $(OLDEST) $(FOR_DOCS) $(FOR_RELEASE) runs/demo-* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# torch comes first and by itself: asked for by another package, pip takes its build for GPUs
# with several GB of CUDA libraries.
define make_environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "ptt needs Python 3.10 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet "$$(grep '^torch==' $(<:.txt=.in))"
	$(@D)/bin/python -m pip install --quiet --requirement $<
	$(@D)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
endef

define make_tools
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --requirement $<
	@touch $@
endef

$(NEWEST)/.made: requirements/trl-newest.txt pyproject.toml
	$(make_environment)

$(WITH_PPO)/.made: requirements/trl-1.12.txt pyproject.toml
	$(make_environment)

$(OLDEST)/.made: requirements/trl-0.24.txt pyproject.toml
	$(make_environment)

$(FOR_DOCS)/.made: requirements/docs.txt
	$(make_tools)

$(FOR_RELEASE)/.made: requirements/release.txt
	$(make_tools)
