# The peers of the interoperability tests: requirements/interop.txt, zeep's own tests, WSS4J and gSOAP with
# the programs that drive them, and the libraries of Node.js; all but the first in target/interop. What is
# missing is told, and its tests are skipped.

.PHONY: interop

interop_python := $(VENV)/.interop-installed
interop_wss4j := target/interop/wss4j/.built
interop_node := target/interop/node/.built
# zeep's own tests are in its source distribution only.
interop_zeep := target/interop/zeep/.fetched

interop_gsoap := target/interop/gsoap/peer

interop: $(interop_python) $(interop_wss4j) $(interop_zeep) $(interop_node) $(interop_gsoap)

test-python: interop

$(interop_python): requirements/interop.txt requirements/interop-xmlsec.txt $(tools)
	@$(venv_python) -m pip install --quiet --requirement requirements/interop.txt || \
	  echo 'make: requirements/interop.txt was not installed: its tests are skipped' >&2
	@$(venv_python) -m pip install --quiet --requirement requirements/interop-xmlsec.txt || \
	  echo 'make: python-xmlsec was not installed: its tests are skipped' >&2
	@touch $@

$(interop_zeep): requirements/dev.txt $(tools)
	@if $(venv_python) -m pip download --quiet --no-deps --no-binary zeep \
	    --dest $(@D) "$$(grep '^zeep==' requirements/dev.txt)"; then \
	  touch $@; \
	else \
	  echo 'make: the source distribution of zeep was not fetched: its tests are not run' >&2; \
	fi

# No stamp where it failed, so that the next run tries again.
$(interop_wss4j): interop/wss4j/pom.xml $(shell find interop/wss4j/src -type f)
	@if ! command -v mvn >/dev/null; then \
	  echo 'make: Maven is missing: the tests against WSS4J are skipped' >&2; \
	elif mvn --quiet --batch-mode -Dstyle.color=never --file interop/wss4j/pom.xml compile; then \
	  touch $@; \
	else \
	  echo 'make: WSS4J was not built: the tests against it are skipped' >&2; \
	fi

# Exactly what the lock file names, and nothing of it is run.
$(interop_node): interop/node/package.json interop/node/package-lock.json
	@mkdir -p $(@D) && cp $^ $(@D)
	@if ! command -v npm >/dev/null; then \
	  echo 'make: npm is missing: the tests against xml-crypto and node-soap are skipped' >&2; \
	elif npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null; then \
	  touch $@; \
	else \
	  echo 'make: npm failed: the tests against xml-crypto and node-soap are skipped' >&2; \
	fi

# gSOAP's plugin is source: it is built with what soapcpp2 makes of the operation. Warnings are its own.
gsoap_share := /usr/share/gsoap
gsoap_plugin := wsseapi smdevp mecevp threads
gsoap_sources := $(gsoap_plugin:%=$(gsoap_share)/plugin/%.c) $(gsoap_share)/custom/struct_timeval.c

$(interop_gsoap): interop/gsoap/order.h interop/gsoap/peer.c
	@mkdir -p $(@D)
	@if ! command -v soapcpp2 >/dev/null || ! pkg-config --exists gsoapssl; then \
	  echo 'make: gSOAP is missing: the tests against it are skipped' >&2; \
	elif soapcpp2 -c -L -x -w -d $(@D) -I $(gsoap_share)/import interop/gsoap/order.h >/dev/null 2>&1 && \
	    $(CC) -w -std=gnu11 $$(pkg-config --cflags gsoapssl) -I $(@D) -I $(gsoap_share)/plugin -o $@ \
	      interop/gsoap/peer.c $(@D)/soapC.c $(@D)/soapServer.c $(@D)/soapClient.c $(gsoap_sources) \
	      $$(pkg-config --libs gsoapssl) -lssl -lcrypto -lz -lpthread; then \
	  :; \
	else \
	  echo 'make: the program for gSOAP was not built: the tests against it are skipped' >&2; \
	fi

lint-python: lint-interop

.PHONY: lint-interop
lint-interop: $(venv_python)
	$(venv_python) -m compileall -q interop/peers
