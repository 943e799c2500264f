# Shared by the tests of "fmrun plugins check KIND/NAME":
#     . "${FM_TEST_SOURCE:-.}/tests/check.sh"
#     checks_of path
# Plugins are the built-in ones and those of tests/wrong_plugins; rows go to check.db.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
wrong=$(cd "${FM_TEST_BUILD:-.}" && pwd)/tests/wrong_plugins
bad=${wrong%wrong_plugins}bad_plugins
headers=$(cd "$source_folder/src" && pwd)
templates=$(cd "$source_folder/docs/templates" && pwd)

# checks_of KIND: sets the kind that the functions below check; the shell goes to the folder check_KIND.
checks_of() {
    kind=$1
    scratch "check_$kind"
}

# passes NAME [OPTION=VALUE ...]: the check of NAME passes.
passes() {
    name=$1
    shift
    exits 0 "$fmrun" --db check.db --plugin-path "$wrong" --timeout 600 \
        plugins check "$kind/$name" "$@" &&
        grep -q "^$kind/$name.* passed" out
}

# rejects NAME PROPERTY [SECONDS]: the check of NAME fails, with a failing row PROPERTY.
rejects() {
    exits 1 "$fmrun" --db check.db --plugin-path "$wrong" --timeout "${3:-600}" \
        plugins check "$kind/$1" || return 1
    grep -q "^  $2  .*  FAIL  " out || { cat out; return 1; }
}

# only PROPERTY ...: all failing rows of the last output are of these properties.
only() {
    pattern=$(printf '%s|' "$@")
    ! grep '  FAIL  ' out | grep -vE "^  (${pattern%|})  "
}

# template NAME: docs/templates/NAME.c, built and checked as KIND/my_NAME.
template() {
    mkdir -p "mine/$kind" &&
        cc -O2 -shared -fPIC -I"$headers" -o "mine/$kind/my_$1.so" "$templates/$1.c" -lm &&
        exits 0 "$fmrun" --db check.db --plugin-path mine --timeout 600 plugins check "$kind/my_$1"
}
