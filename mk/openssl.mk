# OpenSSL, built once for a machine and kept between runs and clones: the sources are those of
# openssl-src in Cargo.lock, so another version there is another folder. Without make, cargo builds the
# same into each target directory.
#
#   WSSE_CACHE=…     where it is kept; ~/.cache/wsse
#   OPENSSL_DIR=…    an OpenSSL of your own: nothing is built. OPENSSL_STATIC=1 links it statically.

.PHONY: openssl openssl-environment

export OPENSSL_NO_VENDOR := 1

ifeq ($(OPENSSL_DIR),)

openssl_version := $(shell sed -n '/^name = "openssl-src"$$/{n;s/^version = "\(.*\)"$$/\1/p;}' Cargo.lock)
openssl_cache := $(or $(WSSE_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/wsse)
export OPENSSL_DIR := $(abspath $(openssl_cache))/openssl-$(openssl_version)-$(shell uname -m)
export OPENSSL_STATIC := 1

# OpenSSL has a Makefile as well: what this make was told is not for it.
# Debian's perl-base, for one, lacks modules that OpenSSL's Configure uses. OpenSSL has a Makefile as
# well: what this make was told is not for it.
openssl: | check-cargo
	@[ ! -d '$(OPENSSL_DIR)' ] || exit 0; exec >&2; \
	perl -MFindBin -MIPC::Cmd -MFile::Compare -MPod::Usage -MTime::Piece -e 1 2>/dev/null || { \
	  echo 'make: OpenSSL is built by Perl, which is missing or lacks its standard modules.'; \
	  echo '  Debian and Ubuntu: sudo apt-get install perl    Fedora: sudo dnf install perl'; exit 1; }; \
	echo 'make: building OpenSSL $(openssl_version), once for this machine; that takes some minutes'; \
	mkdir -p '$(openssl_cache)' || exit; \
	unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR; \
	jobs=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1); \
	CARGO_MAKEFLAGS="-j$$jobs" $(CARGO) run --quiet --locked -p wsse-openssl -- '$(OPENSSL_DIR)' \
	  >'$(OPENSSL_DIR).log' 2>&1 || { \
	  tail -n 30 '$(OPENSSL_DIR).log'; \
	  echo 'make: OpenSSL was not built; all that was said is in $(OPENSSL_DIR).log'; exit 1; }

else

openssl: | check-cargo

endif

# For cargo without make: eval "$(make -s openssl-environment)"
openssl-environment: | openssl
	@echo "export OPENSSL_NO_VENDOR=1 OPENSSL_STATIC='$(OPENSSL_STATIC)' OPENSSL_DIR='$(OPENSSL_DIR)'"
