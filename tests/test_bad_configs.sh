#!/bin/sh
# Every tests/configs/bad-*.yaml gives the message in its first comment, with its place, and
# writes no database; every shipped config is valid.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
case $source_folder in
/*) ;;
*) source_folder=$PWD/$source_folder ;;
esac
scratch bad_configs
FMRUN_PLUGIN_PATH=${FM_TEST_BUILD:-.}/tests/helper_plugins:${FMRUN_PLUGIN_PATH-}
export FMRUN_PLUGIN_PATH

says() {
    expected=$(sed -n '1s/^# expect: //p' "$1")
    "$fmrun" "$1" --db never.db >out 2>err </dev/null
    code=$?
    first=$(head -n 1 err)
    if [ -z "$expected" ] || [ "$first" != "$1:$expected" ]; then
        printf 'expected: %s:%s\nfound:    %s\n' "$1" "$expected" "$first"
        return 1
    fi
    [ $code -eq 78 ] || { echo "exit status $code, not 78"; return 1; }
}

cp "$source_folder"/tests/configs/bad-*.yaml .
for file in bad-*.yaml; do
    check "$file gives its message" says "$file"
done
check "no bad config writes a database" test ! -e never.db

# Messages also name overrides.
cp "$source_folder"/configs/*.yaml "$source_folder"/tests/configs/good-*.yaml .
check "a bad override: exit status 78" exits 78 "$fmrun" plan quickstart.yaml train.lr=fast
check "a bad override: the place is the command line" grep -q '^command line:1:10: error: lr: ' err

for file in "$source_folder"/configs/*.yaml "$source_folder"/tests/configs/good-*.yaml; do
    name=$(basename "$file")
    case $name in fashion*) [ -d /usr/share/datasets/fashion-mnist ] || continue ;; esac
    check "$name is valid" exits 0 "$fmrun" config check "$name"
    # `resolve` prints a config with the same keys; resolving that again changes nothing.
    check "$name resolves" exits 0 "$fmrun" config resolve "$name"
    cp out "resolved-$name"
    check "resolved $name resolves" exits 0 "$fmrun" config resolve "resolved-$name"
    check "resolved $name is its own resolution" cmp -s out "resolved-$name"
    "$fmrun" plan "$name" --debug plan 2>&1 >/dev/null </dev/null | sed 's/.*key //' >key1
    "$fmrun" plan "resolved-$name" --debug plan 2>&1 >/dev/null </dev/null | sed 's/.*key //' >key2
    check "resolved $name has the same key" cmp -s key1 key2
    check "$name has a key" grep -q . key1
done
finish
