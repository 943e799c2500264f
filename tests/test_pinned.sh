#!/bin/sh
# tests/pinned.txt has what a change of the code must not change: for every shipped config, the keys
# of its sweep, runs, samplings and metrics, and the output of `fmrun config resolve`; and the
# signature with the portable kernels.  fmrun finds results in older databases by these keys.  A
# commit that adds a config or changes a number on purpose writes the file again:
#
#     make pinned
#
# The signature depends on compiler, C library and processor; it is compared only where they are equal.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
build_folder=$(cd "${FM_TEST_BUILD:-.}" && pwd)
fmrun=$build_folder/fmrun
source_folder=$(cd "$source_folder" && pwd)
pinned=$source_folder/tests/pinned.txt
scratch pinned
scratch=$PWD
images=/usr/share/datasets/fashion-mnist

describe() { # CONFIG, from the source folder
    echo "==== $1"
    "$build_folder/tests/print_keys" "$1" && echo "---- resolved" && "$fmrun" config resolve "$1"
}

platform() {
    ${FM_TEST_CC:-cc} -dumpfullversion
    getconf GNU_LIBC_VERSION
    grep -m 1 -o -w fma /proc/cpuinfo # the C library's functions depend on it
}

signature() {
    FMRUN_PLUGIN_PATH='' "$fmrun" --db "$scratch/signature.db" --quiet --isa portable \
        "$source_folder/configs/quickstart.yaml" train.steps=50 >/dev/null 2>log || cat log
    answer "$scratch/signature.db" "select sha256 from artifact where kind = 'weights'"
}

all() {
    cd "$source_folder" || exit 99
    for config in configs/*.yaml tests/configs/good-*.yaml; do
        case $config in */fashion*) [ -d $images ] || continue ;; esac
        describe "$config"
    done
    cd "$scratch" || exit 99
    echo "==== signature, $(platform | tr '\n' ' ')"
    signature
}

all >found 2>&1
if [ "${1:-}" = --write ]; then
    cp found "$pinned"
    exit
fi

# section TITLE FILE
section() {
    awk -v title="==== $1" '/^==== / { is_in = index($0, title) == 1 } is_in' "$2"
}

is_same() {
    section "$1" "$pinned" >expected.section
    section "$1" found >found.section
    test -s found.section && diff expected.section found.section
}

cd "$source_folder" || exit 99
configs=$(echo configs/*.yaml tests/configs/good-*.yaml)
cd "$scratch" || exit 99
for config in $configs; do
    case $config in */fashion*) [ -d $images ] || continue ;; esac
    check "$config has the same keys and defaults" is_same "$config"
done
check "there is a signature" test -n "$(section signature found)"
if [ "$(section signature found | head -n 1)" = "$(section signature "$pinned" | head -n 1)" ]; then
    check "50 steps of training give the same weights" is_same signature
else
    echo "another compiler, C library or processor: the signature is not compared"
fi
finish
