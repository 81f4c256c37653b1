# The peers of the interoperability tests: requirements/interop.txt, and WSS4J with the program that
# drives it in target/interop. What is missing is told, and its tests are skipped.

.PHONY: interop

interop_python := $(VENV)/.interop-installed
interop_wss4j := target/interop/wss4j/.built

interop: $(interop_python) $(interop_wss4j)

test-python: interop

$(interop_python): requirements/interop.txt $(tools)
	@$(venv_python) -m pip install --quiet --requirement requirements/interop.txt || \
	  echo 'make: requirements/interop.txt was not installed: its tests are skipped' >&2
	@touch $@

# No stamp where it failed, so that the next run tries again.
$(interop_wss4j): interop/wss4j/pom.xml $(shell find interop/wss4j/src -type f)
	@if ! command -v mvn >/dev/null; then \
	  echo 'make: Maven is missing: the tests against WSS4J are skipped' >&2; \
	elif mvn --quiet --batch-mode -Dstyle.color=never --file interop/wss4j/pom.xml compile; then \
	  touch $@; \
	else \
	  echo 'make: WSS4J was not built: the tests against it are skipped' >&2; \
	fi

lint-python: lint-interop

.PHONY: lint-interop
lint-interop: $(venv_python)
	$(venv_python) -m compileall -q interop/peers
