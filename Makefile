# make test    build and test             make lint     formatting, and which module may import which
# make demo    a real BERT, trained       make bench    speed and memory beside PyTorch and PEFT (PYTHON=…)
# make build   .build/release/peftexp     make schema   write schemas/manifest.schema.json again
#
# What is missing on the machine is installed first (`make setup`), where that needs no password.
# ARGS goes to the tests or to the benchmark: make test ARGS='--filter YAML'

SHELL := /bin/bash
SWIFT ?= swift
PYTHON ?= python3
PIP ?= $(PYTHON) -m pip

# One build serves the tests, the program and the benchmark, so all of it is optimised and open to tests.
BUILD := -c release -Xswiftc -enable-testing
TESTS := $(BUILD) --disable-testable-imports --disable-xctest
PROGRAM := .build/release/peftexp
MODEL := models/all-MiniLM-L6-v2
EXPERIMENT := experiments/squad-ptv2.yaml

.PHONY: build test lint demo bench schema setup
.DELETE_ON_ERROR:

build: setup
	@$(SWIFT) build $(BUILD)

test: setup
	@$(SWIFT) test $(TESTS) $(ARGS)

lint: setup
	@$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	@$(SWIFT) build $(BUILD) --build-tests --explicit-target-dependency-import-check error

demo: build $(MODEL)
	@$(PROGRAM) run $(EXPERIMENT) train.max_steps=0
	@$(PROGRAM) run $(EXPERIMENT)
	@$(PROGRAM) table results/squad-ptv2

bench: build $(MODEL)
	@.build/release/peftexp-bench --python '$(PYTHON)' $(ARGS)

schema: build
	@mkdir -p schemas
	@$(PROGRAM) schema > schemas/manifest.schema.json.new
	@mv schemas/manifest.schema.json.new schemas/manifest.schema.json

# A compiler that reads our Package.swift, and the three libraries with their headers.
setup:
	@version=$$($(SWIFT) --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p'); \
	if [ -z "$$version" ] || ! printf '6.2\n%s\n' "$$version" | sort -VC; then \
		echo "Swift 6.2 or newer is needed ($${version:-no swift} found): https://www.swift.org/install" >&2; exit 1; \
	fi
	@if ! { $(call has,yaml-0.1,yaml.h,yaml) && $(call has,openblas,cblas.h,openblas) && $(call has,dnnl,dnnl.h,dnnl); }; then \
		$(call install,libyaml-dev libopenblas-dev libdnnl-dev pkg-config,libyaml-devel openblas-devel onednn-devel pkgconf-pkg-config); \
	fi

$(MODEL):
	@if ! $(PIP) --version >/dev/null 2>&1; then $(call install,python3 python3-pip,python3 python3-pip); fi
	@PYTHON='$(PYTHON)' PIP='$(PIP)' experiments/fetch-model.sh '$@'

# Whether a library can be compiled against: $(call has,its name for pkg-config,its header,its name for the linker)
has = { pkg-config --exists $(1) || { ls /usr/include/$(2) /usr/include/*-linux-gnu/$(2) | grep -q . && \
	ls /usr/lib64/lib$(3).so /usr/lib/*-linux-gnu/lib$(3).so | grep -q .; }; } 2>/dev/null

# Installs packages of the system, or says what to type: $(call install,names for apt-get,names for dnf)
define install
	if command -v apt-get >/dev/null; then update="apt-get update -q &&"; install="apt-get install -qy $(1)"; \
	elif command -v dnf >/dev/null; then update=; install="dnf install -qy $(2)"; \
	else echo "please install what these packages of Debian hold: $(1)" >&2; exit 1; fi; \
	if [ "$$(id -u)" = 0 ]; then as="env DEBIAN_FRONTEND=noninteractive"; \
	elif sudo -n true 2>/dev/null; then as="sudo -n env DEBIAN_FRONTEND=noninteractive"; \
	else echo "system packages are missing; please type: $${update:+sudo $$update }sudo $$install" >&2; exit 1; fi; \
	echo "installing packages: $$install" >&2; \
	if [ -n "$$update" ]; then $$as apt-get update -q >&2 || echo "the list of packages could not be renewed" >&2; fi; \
	$$as $$install >&2 || { echo "this failed: $$install" >&2; exit 1; }
endef
