#!/bin/sh
# The floors of the sources: who may include whom, one door per library, and headers that
# compile alone.  Each mistake is told as FILE:LINE: what is wrong.
#
#   F0  fmrun                           the public headers
#   F1  base, nn                        nn stands on base
#   F2  config, host, store             host checks plugins' option tables with config's binder
#   F3  plan, train, sample, measure
#   F4  report, check                   report reads the database: of the lower floors, base and store only
#   F5  run
#   F6  cli, then main
#
# A file includes its own folder and lower floors; not its siblings, but for the two above.
set -eu

source=${FM_TEST_SOURCE:-.}
build=$(cd "${FM_TEST_BUILD:-.}" && pwd)
cc=${FM_TEST_CC:-cc}
cppflags=${FM_TEST_CPPFLAGS:-}
scratch=$build/tests/scratch/layers

rm -rf "$scratch"
mkdir -p "$scratch"
cd "$source"

find src plugins docs/templates -name '*.[ch]' ! -name commit.h ! -name schema_sql.h |
    LC_ALL=C sort >"$scratch/files"
n_files=$(wc -l <"$scratch/files")
[ "$n_files" -ge 100 ] || { echo "only $n_files sources below $source"; exit 1; }

cat >"$scratch/layers.awk" <<'END'
BEGIN {
    may["base"] = "base"
    may["nn"] = "base nn"
    may["config"] = "base nn config"
    may["host"] = "base nn host"
    may["store"] = "base nn store"
    lower = "base nn config host store"
    may["plan"] = lower " plan"
    may["train"] = lower " train"
    may["sample"] = lower " sample"
    may["measure"] = lower " measure"
    may["report"] = "base store report"
    may["check"] = "base nn config host sample check"
    lower = lower " plan train sample measure report check"
    may["run"] = lower " run"
    may["cli"] = lower " run cli"
    may["main"] = lower " run cli"

    # What a plugin's options are is known to the config alone; only the check of a plugin, when
    # it is opened, needs it.
    exception["src/host/plugin_check.c", "config/options_check.h"] = 1

    # One door per library: the folder or file that may include it.  The library's name is that
    # of a header, or of a folder of them.
    door["omp.h"] = "src/base/parallel.c"
    door["dlfcn.h"] = "src/host/registry.c"
    door["yaml.h"] = "src/config/"
    door["sqlite3.h"] = "src/store/"
    door["png.h"] = "src/store/"
    door["cjson/cJSON.h"] = "src/store/"
    door["nettle/sha2.h"] = "src/base/"
    door["check.h"] = "tests/"
    door["arkode/"] = door["nvector/"] = door["sundials/"] = "plugins/solver/arkode.c"

    # Of a plugin's public contract: the C library and nothing else.
    n = split("assert complex ctype errno fenv float inttypes limits locale math setjmp signal " \
        "stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath " \
        "threads time uchar wchar wctype", names, " ")
    for (i = 1; i <= n; i++)
        is_libc[names[i] ".h"] = 1

    # Who may end the process: main does it by returning.
    ender["src/base/error.c", "abort"] = 1     # fm_assert_failed
    ender["src/base/process.c", "_exit"] = 1   # a child after its work
    ender["src/run/stop.c", "_exit"] = 1       # the second Ctrl-C
}

function complain(what)
{
    printf "%s:%d: %s\n", FILENAME, FNR, what
}

FNR == 1 {
    split(FILENAME, parts, "/")
    room = parts[1] == "src" ? parts[2] : "plugin"
    if (room == "main.c")
        room = "main"
    if (room != "plugin" && room != "fmrun" && !(room in may))
        complain("folder src/" room " has no floor; give it one in tests/test_layers.sh")
    in_comment = 0
}

function check_system_include(name,    library)
{
    library = name
    if (!(library in door))
        sub(/\/.*/, "/", library)
    if ((library in door) && index(FILENAME, door[library]) != 1)
        complain("<" name "> is for " door[library] " alone")
    if (name ~ /^fmrun\//)
        return
    if (room == "fmrun" && !(name in is_libc))
        complain("a public header includes <" name ">; only <fmrun/...> and the C library are " \
            "known to be there for a plugin")
    if (room == "plugin" && name == "config.h")
        complain("a plugin is built without <config.h>")
}

function check_own_include(name,    folder)
{
    if (name == "commit.h") {
        if (room != "cli" && room != "main")
            complain("\"commit.h\" is for cli and main, so that a commit rebuilds little")
        return
    }
    if (room == "plugin" || room == "fmrun") {
        complain("a plugin or public header includes \"" name "\"; only <fmrun/...> is public")
        return
    }
    if (name ~ /^fmrun\// || name !~ /^[a-z]+\/[a-z0-9_]+\.h$/) {
        complain("include \"" name "\" as \"FOLDER/FILE.h\", or <fmrun/FILE.h>")
        return
    }
    folder = name
    sub(/\/.*/, "", folder)
    if (index(" " may[room] " ", " " folder " ") == 0 && !((FILENAME, name) in exception))
        complain(room " includes \"" name "\": not on a lower floor")
}

# The line without comments and without what stands in quotes.
function code_of(line,    code, i, two, quote)
{
    code = ""
    for (i = 1; i <= length(line); i++) {
        two = substr(line, i, 2)
        if (in_comment) {
            if (two == "*/") {
                in_comment = 0
                i++
            }
        } else if (two == "/*") {
            in_comment = 1
            code = code " "
            i++
        } else if (two == "//") {
            break
        } else if (two ~ /^["']/) {
            quote = substr(two, 1, 1)
            for (i++; i <= length(line) && substr(line, i, 1) != quote; i++)
                if (substr(line, i, 1) == "\\")
                    i++
            code = code quote quote
        } else {
            code = code substr(two, 1, 1)
        }
    }
    return code
}

{ was_in_comment = in_comment; code = code_of($0) }

!was_in_comment && /^[ \t]*#[ \t]*include/ {
    name = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
    is_system = name ~ /^</
    sub(/^["<]/, "", name)
    sub(/[">].*/, "", name)
    if (is_system)
        check_system_include(name)
    else
        check_own_include(name)
    next
}

# Threads start in one place; elsewhere only vector loops that leave rounding alone.
code ~ /#[ \t]*pragma[ \t]+omp|_Pragma/ && FILENAME != "src/base/parallel.c" {
    if (code !~ /pragma[ \t]+omp[ \t]+simd/ || (room != "nn" && room != "base"))
        complain("OpenMP is for src/base/parallel.c; kernels in nn and base may use omp simd")
    else if (code ~ /reduction[ \t]*\([ \t]*[^mM]/)
        complain("omp simd may not reduce but by min and max: sums would depend on the machine")
}
code ~ /(^|[^a-z_])omp_[a-z_]+[ \t]*\(/ && FILENAME != "src/base/parallel.c" {
    complain("the OpenMP library is for src/base/parallel.c")
}

{
    rest = code
    while (match(rest, /(^|[^A-Za-z0-9_])(exit|_exit|_Exit|quick_exit|abort|__builtin_trap)[ \t]*\(/)) {
        call = substr(rest, RSTART, RLENGTH)
        gsub(/[^A-Za-z_]/, "", call)
        if (!((FILENAME, call) in ender))
            complain(call "() ends the process; return a status, only main ends it")
        rest = substr(rest, RSTART + RLENGTH)
    }
}

room == "plugin" && code ~ /(^|[^A-Za-z0-9_])(printf|fprintf|vfprintf|puts|fputs|putchar|perror|stdout|stderr)([^A-Za-z0-9_]|$)/ {
    complain("a plugin prints nothing; it fails with a message")
}
END

# shellcheck disable=SC2046 # names without spaces
awk -f "$scratch/layers.awk" $(cat "$scratch/files") >"$scratch/mistakes"

# Headers alone.  The public ones as a plugin sees them, without <config.h> and without the
# extensions that it asks for; the rest as the host's sources see them.
cflags="-std=c11 -fsyntax-only -x c -Werror -Wall -Wextra -Wpedantic"
while read -r file; do
    case $file in
    *.c | src/nn/kernel_body.h) continue ;; # the latter is a text to include with macros set
    src/fmrun/*) flags=-Isrc ;;
    *) flags="-include config.h -I$build -I$build/src -Isrc" ;;
    esac
    case $file in
    src/*) include=${file#src/} ;;
    *) include=$file ;;
    esac
    printf '#include <%s>\n#include <%s>\ntypedef int fm_not_empty;\n' "$include" "$include" \
        >"$scratch/alone.c"
    # shellcheck disable=SC2086 # lists of words
    if ! $cc $cflags $flags $cppflags "$scratch/alone.c" >"$scratch/messages" 2>&1; then
        echo "$file:1: does not compile alone:" >>"$scratch/mistakes"
        sed 's/^/    /' "$scratch/messages" >>"$scratch/mistakes"
    fi
done <"$scratch/files"

if [ -s "$scratch/mistakes" ]; then
    cat "$scratch/mistakes"
    exit 1
fi
echo "$n_files sources keep their floors"
