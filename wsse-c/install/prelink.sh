#!/bin/sh
# prelink.sh IN OUT: makes of cargo's libwsse.a one in which only wsse_* is visible, so that it
# lives beside another Rust library, or another copy of what it contains, in one program.
#
# Everything that the functions of the interface reach is linked into one object, whose other
# symbols become local. CC's linker and binutils are what the platform has: on Linux both are there.
set -eu
in=$1
out=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
nm --defined-only --extern-only "$in" 2>/dev/null | sed -n 's/^[0-9a-f]* T \(wsse_[a-z0-9_]*\)$/\1/p' |
  sort -u >"$scratch/symbols"
[ -s "$scratch/symbols" ] || { echo "prelink.sh: $in has no symbol wsse_*" >&2; exit 1; }
# Common symbols, which OpenSSL's assembler has, get their place now: as long as they have none they stay
# global (-d). Groups are dissolved: another library's group of the same name must not replace ours, whose
# symbols are local by then.
${LD:-ld} -r -d --force-group-allocation --gc-sections $(sed 's/^/-u /' "$scratch/symbols") \
  -o "$scratch/wsse.o" "$in"
# The bitcode that rustc leaves beside the code is for its own version of LLVM, and confuses others.
${OBJCOPY:-objcopy} --keep-global-symbols="$scratch/symbols" \
  --remove-section=.llvmbc --remove-section=.llvmcmd "$scratch/wsse.o"
rm -f "$out"
${AR:-ar} rcsD "$out" "$scratch/wsse.o"
