# The benchmark: docs/performance.md. What is missing of the peers is told, and not measured.
#
#   make bench BENCH="--large --without-sha-extensions"
#   make instructions          bench/instructions.tsv anew

.PHONY: bench instructions

bench_python := $(VENV)/.bench-installed
bench_bergshamra := target/bergshamra/release/wsse-bench-bergshamra
bench_sources := $(wildcard bench/src/*.rs) bench/Cargo.toml wsse-core/examples/support/message.rs

bench: build target/release/wsse-bench $(bench_python) $(bench_bergshamra)
	$(venv_python) bench/run.py target/release/wsse-bench $(BENCH)

target/release/wsse-bench: $(rust_sources) $(bench_sources) | openssl
	CARGO_TARGET_DIR=target $(CARGO) build --release --locked -p wsse-bench
	@touch $@

$(bench_python): requirements/bench.txt $(interop_python)
	@$(venv_python) -m pip install --quiet --requirement requirements/bench.txt || \
	  echo 'make: requirements/bench.txt was not installed: zeep with xmlsec is not measured' >&2
	@touch $@

# In a target directory of its own, because it is no member of the workspace. No file where it failed,
# so that the next run tries again.
$(bench_bergshamra): bench/bergshamra/Cargo.lock bench/bergshamra/src/main.rs bench/src/serve.rs
	@CARGO_TARGET_DIR=target/bergshamra $(CARGO) build --release --locked --quiet \
	  --manifest-path bench/bergshamra/Cargo.toml && touch $@ || \
	  echo 'make: bergshamra was not built, and is not measured' >&2

# The instructions of our own code, which a test compares: python-tests/test_instructions.py.
instructions: target/release/wsse-bench $(tools)
	$(venv_python) bench/instructions.py target/release/wsse-bench --write

test-python: target/release/wsse-bench
