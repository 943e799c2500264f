#!/bin/sh
# Installs fmrun into a scratch root and builds every template outside the tree, as users do: only
# with the installed headers and fmrun.pc.
set -eu

source=${FM_TEST_SOURCE:-.}
build=${FM_TEST_BUILD:-.}
scratch=$build/tests/scratch/templates
flags="-std=c11 -pedantic -Wall -Wextra -Werror -O2 -shared -fPIC"

fail() {
    echo "test_templates: $*" >&2
    exit 1
}

for tool in cc pkg-config; do
    command -v "$tool" >/dev/null || { echo "no $tool"; exit 77; }
done

rm -rf "$scratch"
mkdir -p "$scratch/root"
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR || true
"${MAKE:-make}" -C "$build" install-data DESTDIR="$scratch/root" >"$scratch/install.log" 2>&1 ||
    { tail -20 "$scratch/install.log"; fail "make install-data failed"; }

pc=$(find "$scratch/root" -name fmrun.pc)
[ -n "$pc" ] || fail "fmrun.pc was not installed"
PKG_CONFIG_PATH=$(dirname "$pc")
PKG_CONFIG_SYSROOT_DIR=$scratch/root
PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_ALLOW_SYSTEM_CFLAGS
cflags=$(pkg-config --cflags fmrun)
case $cflags in
*"$scratch/root"*) ;;
*) fail "fmrun.pc gives \"$cflags\", not the installed headers" ;;
esac

n=0
for template in "$source"/docs/templates/*.c; do
    name=$(basename "$template" .c)
    kind=${name%_step}
    mkdir -p "$scratch/out/$kind"
    cp "$template" "$scratch/my_$name.c"
    # shellcheck disable=SC2086 # both are lists of flags
    (cd "$scratch" && cc $flags $cflags -o "out/$kind/my_$name.so" "my_$name.c") ||
        fail "$name.c does not build"
    if command -v nm >/dev/null; then
        symbols=$(nm -D --defined-only "$scratch/out/$kind/my_$name.so" | awk '{print $NF}')
        [ "$symbols" = fmrun_plugin ] || fail "$name.c exports: $symbols"
    fi
    "$build/fmrun" --plugin-path "$scratch/out" plugins show "$kind/my_$name" |
        grep -q "my_$name" || fail "fmrun can't load $kind/my_$name"
    n=$((n + 1))
done

[ $n -ge 6 ] || fail "only $n templates found in $source/docs/templates"
echo "$n templates built and loaded"
