# The .NET part, built by Debian's mono where there is no .NET SDK. requirements/debian-dotnet.txt lists
# the packages; .NET Core comes from requirements/dotnet.txt. Without them the tests are skipped, and
# say so.

.PHONY: dotnet test-dotnet lint-dotnet bench-dotnet

dotnet_runtime := $(VENV)/.dotnet-installed

# Wsse.dll and Wsse.VERSION.nupkg in target/dotnet.
dotnet: c-libraries $(venv_python)
	$(venv_python) wsse-dotnet/build.py
	$(venv_python) wsse-dotnet/pack.py

test: test-dotnet

test-dotnet: c-libraries target/release/wsse $(tools) $(dotnet_runtime)
	$(venv_python) -m pytest -rs wsse-dotnet/tests

$(dotnet_runtime): requirements/dotnet.txt $(tools)
	@$(venv_python) -m pip install --quiet --requirement requirements/dotnet.txt || \
	  echo 'make: no .NET Core runtime for this platform: the tests on it are skipped' >&2
	@touch $@

lint: lint-dotnet

lint-dotnet: $(venv_python)
	$(venv_python) -m compileall -q wsse-dotnet

# The cost of the way into the native library, beside Rust.
bench-dotnet: dotnet $(dotnet_runtime) target/release/wsse-bench
	$(venv_python) wsse-dotnet/bench/run.py target/release/wsse-bench
