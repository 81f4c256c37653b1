# GNU make and a POSIX shell. `make help` lists what there is.
#
#   PYTHON=python3.12 make build    another interpreter for .venv (`make clean-venv` first)
#   CARGO=…  VENV=…                 another cargo, another place for the virtual environment
#   WSSE_CACHE=…                    where the OpenSSL is kept that is built once; mk/openssl.mk

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build
.PHONY: help build demo test test-rust test-python test-long lint lint-rust lint-python deny \
        fuzz check-cargo clean clean-venv

CARGO ?= cargo
VENV ?= .venv
# rust-version of Cargo.toml: read, so that it stands in one place.
MSRV := $(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
# zeep 4.3.3, which the tests run against, needs it; the package itself supports 3.9.
PYTHON_OLDEST := 3.10
CARGO_DENY_VERSION := 0.20.2
cargo_deny := $(or $(shell command -v cargo-deny),.cache/tools/bin/cargo-deny)

# The first interpreter that is new enough and can make a virtual environment. 3.11 comes first
# because spyne 2.14 runs on it as it is. Each is run, not only looked up: a name on the PATH may
# be a version manager's stub.
python_fits = import sys, ensurepip; sys.exit(sys.version_info < tuple(map(int, "$(PYTHON_OLDEST)".split("."))))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.10 python3.13 python3 python; do \
	if "$$name" -c '$(python_fits)' >/dev/null 2>&1; then echo "$$name"; break; fi; done)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
venv_python := $(VENV)/bin/python
tools := $(VENV)/.tools-installed
package := $(VENV)/.wsse-installed

rust_sources := Cargo.toml Cargo.lock $(shell find wsse-core/src wsse-stores/src wsse-cli/src wsse-py/src */Cargo.toml -type f \
	\( -name '*.rs' -o -name '*.toml' \) 2>/dev/null)
# The package is installed in place, so a change in a .py file needs no new build; an entry
# point does.
python_sources := pyproject.toml $(shell find wsse-py/python -name py.typed 2>/dev/null)

help:
	@echo 'make build      target/release/wsse, libwsse.so and libwsse.a; .venv with wsse importable'
	@echo 'make install    libwsse, wsse.h, pkg-config and CMake files below PREFIX=/usr/local'
	@echo 'make header     include/wsse.h anew, from the documentation in wsse-c'
	@echo 'make openssl    the OpenSSL that is linked, built once for this machine; the others do it too'
	@echo 'make demo       a zeep client calls spyne servers that check its tokens and signatures'
	@echo 'make test       every test in every language'
	@echo 'make test-long  the same with the long modes of generators (WSSE_LONG=1)'
	@echo 'make interop    the peers that signatures and encryption are tested against'
	@echo 'make dotnet     Wsse.dll and its NuGet package in target/dotnet; make test-dotnet'
	@echo 'make lint       formatting, clippy, documentation, licences and sources of dependencies'
	@echo 'make fuzz       every fuzz target for a minute, with cargo-fuzz and a nightly toolchain'
	@echo 'make bench      the benchmark beside its peers; writes bench/results/'
	@echo 'make instructions   counts bench/instructions.tsv anew, which a test compares'
	@echo 'make clean      removes what was built; make clean-venv only .venv'

build: target/release/wsse $(package)

include mk/openssl.mk

include mk/c.mk

demo: build
	$(venv_python) examples/demo.py

# --- Rust -----------------------------------------------------------------------------------

check-cargo:
	@command -v $(CARGO) >/dev/null 2>&1 || { \
	  echo 'make: cargo is missing. Install Rust $(MSRV) or newer from https://rustup.rs:'; \
	  echo "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"; exit 1; } >&2
	@have=$$($(CARGO) --version | sed 's/^cargo \([0-9]*\.[0-9]*\).*/\1/'); \
	  oldest=$$(printf '%s\n%s\n' '$(MSRV)' "$$have" | sort -t. -k1,1n -k2,2n | head -n 1); \
	  [ "$$oldest" = '$(MSRV)' ] || { \
	  echo "make: cargo $$have is too old; wsse needs Rust $(MSRV) or newer."; \
	  echo '  With rustup: rustup update stable. A distribution package this old: https://rustup.rs'; \
	  exit 1; } >&2
	@command -v cc >/dev/null 2>&1 || { \
	  echo 'make: no C compiler (cc), which Rust needs for linking and OpenSSL is built by.'; \
	  echo '  Debian and Ubuntu: sudo apt-get install gcc libc6-dev'; exit 1; } >&2

target/release/wsse: $(rust_sources) | openssl
	CARGO_TARGET_DIR=target $(CARGO) build --release --locked -p wsse-cli --bin wsse
	@touch $@

# --- Python ---------------------------------------------------------------------------------

$(venv_python):
	@if [ -z '$(PYTHON)' ]; then { \
	  if ! command -v python3 >/dev/null 2>&1; then \
	    echo 'make: python3 is missing; Python $(PYTHON_OLDEST) or newer is needed.'; \
	    echo '  Debian and Ubuntu: sudo apt-get install python3 python3-venv'; \
	  elif ! python3 -c 'import sys; sys.exit(sys.version_info < ($(subst .,$(comma) ,$(PYTHON_OLDEST))))'; then \
	    echo "make: $$(python3 --version) is too old; Python $(PYTHON_OLDEST) or newer is needed."; \
	    echo '  Name another one: PYTHON=/path/to/python3.11 make'; \
	  else \
	    echo 'make: python3 cannot make a virtual environment: the module ensurepip is missing.'; \
	    echo '  Debian and Ubuntu: sudo apt-get install python3-venv'; \
	  fi; } >&2; exit 1; fi
	$(PYTHON) -m venv $(VENV)
	@touch $@

comma := ,

$(tools): requirements/dev.txt $(venv_python)
	$(venv_python) -m pip install --quiet --upgrade 'pip>=25'
	$(venv_python) -m pip install --quiet --requirement requirements/dev.txt
	@touch $@

$(package): $(rust_sources) $(python_sources) $(tools) | openssl
	VIRTUAL_ENV=$(abspath $(VENV)) CARGO_TARGET_DIR=target $(VENV)/bin/maturin develop --release --locked
	@touch $@

# --- Checks ---------------------------------------------------------------------------------

test: test-rust test-python

test-rust: | openssl
	$(CARGO) test --workspace --locked

test-python: build
	$(venv_python) -m pytest python-tests
	$(venv_python) -m mypy --strict wsse-py/python/wsse
	$(venv_python) -m mypy.stubtest wsse._wsse

test-long: export WSSE_LONG := 1
test-long: test

lint: lint-rust lint-python deny

lint-rust: | openssl
	$(CARGO) fmt --all -- --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --workspace --no-deps --locked

lint-python: $(package)
	$(venv_python) -m compileall -q wsse-py/python python-tests examples bench

# Licences, bans and sources are judged from Cargo.lock, offline. The advisories lie in a Git
# repository that not every machine reaches: ADVISORIES=yes fetches and judges them as well.
deny: $(cargo_deny)
	$(cargo_deny) --offline check bans licenses sources
ifeq ($(ADVISORIES),yes)
	$(cargo_deny) check advisories
else
	@echo 'make: advisories were not checked; `make deny ADVISORIES=yes` fetches and checks them'
endif

# A few minutes, once.
.cache/tools/bin/cargo-deny: | check-cargo
	$(CARGO) install --quiet --locked --root .cache/tools cargo-deny@$(CARGO_DENY_VERSION)

# RUSTC_BOOTSTRAP lets a stable compiler use the sanitizers; FUZZ_TARGETS and FUZZ_SECONDS choose.
FUZZ_TARGETS ?= scanner message header policy keys c14n decrypt
FUZZ_SECONDS ?= 60

fuzz: | openssl
	@cargo fuzz --version >/dev/null 2>&1 || { \
	  echo 'make: cargo-fuzz is missing: cargo install --locked cargo-fuzz' >&2; exit 1; }
	for target in $(FUZZ_TARGETS); do \
	  RUSTC_BOOTSTRAP=1 cargo fuzz run "$$target" -- -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
	    || exit 1; done

include mk/dotnet.mk

include mk/interop.mk

include mk/bench.mk

clean: clean-venv
	$(CARGO) clean
	rm -rf dist .cache .mypy_cache .pytest_cache

clean-venv:
	rm -rf $(VENV)
