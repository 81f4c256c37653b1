# The C interface: include/wsse.h, libwsse.so, libwsse.a; installation.
#
#   make install PREFIX=/usr/local [DESTDIR=/tmp/package] [LIBDIR=/usr/local/lib/x86_64-linux-gnu]

.PHONY: header c-libraries install uninstall miri

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DESTDIR ?=
# Where the libraries are that are installed.
C_LIBRARIES ?= target/release

c_version := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
# As in wsse-c/build.rs: before 1.0 a minor version may change the interface.
c_interface := $(shell echo '$(c_version)' | sed 's/^\(0\.[0-9]*\|[0-9]*\)\..*/\1/')
c_sources := Cargo.toml Cargo.lock wsse-c/build.rs $(wildcard wsse-c/install/*) \
	$(shell find wsse-core/src wsse-c/src wsse-core/Cargo.toml wsse-c/Cargo.toml -type f)
# Octets of a pointer.
c_pointer := $(shell expr `getconf LONG_BIT` / 8)
# Only ELF has a name to remember a library by in this form, and a linker that prelinks.
c_is_elf := $(filter Linux FreeBSD NetBSD OpenBSD,$(shell uname -s))
c_shared := $(if $(c_is_elf),libwsse.so,$(if $(filter Darwin,$(shell uname -s)),libwsse.dylib,wsse.dll))

build: c-libraries

c-libraries: $(C_LIBRARIES)/libwsse.a

target/release/libwsse.a: $(c_sources) | openssl
	CARGO_TARGET_DIR=target $(CARGO) build --release --locked -p wsse-c
ifneq ($(c_is_elf),)
	sh wsse-c/install/prelink.sh $@ $@
endif
	@touch $@

# cargo writes both at once.
target/release/$(c_shared): target/release/libwsse.a

header: | openssl
	WSSE_WRITE_HEADER=1 $(CARGO) test --locked -p wsse-c --test header header_is_up_to_date

ifneq ($(c_is_elf),)

install: $(C_LIBRARIES)/libwsse.a
	install -d '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(LIBDIR)/cmake/wsse' '$(DESTDIR)$(INCLUDEDIR)'
	install -m 755 '$(C_LIBRARIES)/libwsse.so' '$(DESTDIR)$(LIBDIR)/libwsse.so.$(c_version)'
	ln -sf libwsse.so.$(c_version) '$(DESTDIR)$(LIBDIR)/libwsse.so.$(c_interface)'
	ln -sf libwsse.so.$(c_interface) '$(DESTDIR)$(LIBDIR)/libwsse.so'
	install -m 644 '$(C_LIBRARIES)/libwsse.a' '$(DESTDIR)$(LIBDIR)/libwsse.a'
	install -m 644 include/wsse.h include/wsse.hpp '$(DESTDIR)$(INCLUDEDIR)'
	install -d '$(DESTDIR)$(INCLUDEDIR)/wsse'
	install -m 644 $(wildcard include/wsse/*.hpp) '$(DESTDIR)$(INCLUDEDIR)/wsse'
	$(call c_fill,wsse.pc.in) >'$(DESTDIR)$(LIBDIR)/pkgconfig/wsse.pc'
	$(call c_fill,wsse-config.cmake.in) >'$(DESTDIR)$(LIBDIR)/cmake/wsse/wsse-config.cmake'
	$(call c_fill,wsse-config-version.cmake.in) \
	  >'$(DESTDIR)$(LIBDIR)/cmake/wsse/wsse-config-version.cmake'

uninstall:
	rm -f '$(DESTDIR)$(LIBDIR)/libwsse.so' '$(DESTDIR)$(LIBDIR)/libwsse.so.$(c_interface)' \
	  '$(DESTDIR)$(LIBDIR)/libwsse.so.$(c_version)' '$(DESTDIR)$(LIBDIR)/libwsse.a' \
	  '$(DESTDIR)$(INCLUDEDIR)/wsse.h' '$(DESTDIR)$(INCLUDEDIR)/wsse.hpp' \
	  '$(DESTDIR)$(LIBDIR)/pkgconfig/wsse.pc'
	rm -rf '$(DESTDIR)$(LIBDIR)/cmake/wsse' '$(DESTDIR)$(INCLUDEDIR)/wsse'

c_fill = sed -e 's|@prefix@|$(PREFIX)|' -e 's|@libdir@|$(LIBDIR)|' -e 's|@includedir@|$(INCLUDEDIR)|' \
	-e 's|@version@|$(c_version)|' -e 's|@interface@|$(c_interface)|' \
	-e 's|@pointer@|$(c_pointer)|' wsse-c/install/$(1)

else

install uninstall:
	@echo 'make: installing is made for ELF systems; take $(C_LIBRARIES)/$(c_shared), libwsse.a' >&2
	@echo '  and include/ from here.' >&2
	@exit 1

endif

# Miri reads what does not leave Rust: casts, ownership, the boundary.
miri: | openssl
	@if $(CARGO) +nightly miri --version >/dev/null 2>&1; then \
	  echo 'cargo +nightly miri test -p wsse-c --lib'; \
	  MIRIFLAGS=-Zmiri-disable-isolation $(CARGO) +nightly miri test --locked -p wsse-c --lib; \
	else \
	  echo 'SKIPPED: miri: not on this machine; rustup component add --toolchain nightly miri'; \
	fi
