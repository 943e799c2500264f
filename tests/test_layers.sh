#!/bin/sh
# The order of the sources: who may include whom, one door per library, headers that compile
# alone, and no two files that need each other.  Each mistake prints as FILE:LINE: what is wrong.
#
#   0  fmrun                           the public headers
#   1  base, nn                        nn includes base
#   2  config, host, store             host checks plugins' tables of options with config
#   3  plan, train, sample, measure
#   4  report, check                   report includes only base and store of the lower layers
#   5  run
#   6  cli, then main
#
# A file includes its own folder and lower layers; the only folder of its own layer that it may
# include is named above.
#
# Within a folder, too, files have an order.  A file needs another when its object uses a symbol
# that the other's object defines.  Files that need each other in a circle can only be read,
# tested and changed as one, so there is none.  A circle usually has a face, the file that others
# call, whose parts call it back for something they share.  Move what they share to a file of its
# own, the ground, that calls neither; or pass it to the parts as an argument.
#
# The functions that X.h declares are defined in X.c, if there is one.
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

cat >"$scratch/layers.awk" <<'AWK'
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

    # Opening a plugin checks its table of options, which only config can.
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

    # What public headers may include: the headers of the C library.
    n = split("assert complex ctype errno fenv float inttypes limits locale math setjmp signal " \
        "stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath " \
        "threads time uchar wchar wctype", names, " ")
    for (i = 1; i <= n; i++)
        is_libc[names[i] ".h"] = 1

    # Who may end the process, or start one; main ends by returning.
    caller["src/base/error.c", "abort"] = 1    # fm_assert_failed
    caller["src/base/process.c", "_exit"] = 1  # a child after its work
    caller["src/base/process.c", "fork"] = 1
    caller["src/run/stop.c", "_exit"] = 1      # the second Ctrl-C
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
        complain("folder src/" room " has no layer; give it one in tests/test_layers.sh")
    in_comment = 0
}

function check_system_include(name,    library)
{
    library = name
    if (!(library in door))
        sub(/\/.*/, "/", library)
    if ((library in door) && index(FILENAME, door[library]) != 1)
        complain("only " door[library] " may include <" name ">")
    if (name ~ /^fmrun\//)
        return
    if (room == "fmrun" && !(name in is_libc))
        complain("a public header includes <" name ">; plugins can rely on <fmrun/...> and the C " \
            "library only")
    if (room == "plugin" && name == "config.h")
        complain("a plugin is built without <config.h>")
}

function check_own_include(name,    folder)
{
    if (name == "commit.h") {
        if (room != "cli" && room != "main")
            complain("only cli and main may include \"commit.h\", so that a commit rebuilds little")
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
        complain(room " includes \"" name "\", which is not on a lower layer")
}

# The line without comments and without the contents of strings.
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

# Threads start in one file; vector loops elsewhere must not change rounding.
code ~ /#[ \t]*pragma[ \t]+omp|_Pragma/ && FILENAME != "src/base/parallel.c" {
    if (code !~ /pragma[ \t]+omp[ \t]+simd/ || (room != "nn" && room != "base"))
        complain("only src/base/parallel.c may use OpenMP; nn and base may use omp simd")
    else if (code ~ /reduction[ \t]*\([ \t]*[^mM]/)
        complain("omp simd may reduce by min and max only: a sum would depend on the machine")
}
code ~ /(^|[^a-z_])omp_[a-z_]+[ \t]*\(/ && FILENAME != "src/base/parallel.c" {
    complain("only src/base/parallel.c may call the OpenMP library")
}

{
    rest = code
    while (match(rest, /(^|[^A-Za-z0-9_])(exit|_exit|_Exit|quick_exit|abort|__builtin_trap|v?fork|posix_spawnp?)[ \t]*\(/)) {
        call = substr(rest, RSTART, RLENGTH)
        gsub(/[^A-Za-z_]/, "", call)
        if (!((FILENAME, call) in caller))
            complain(call (call ~ /fork|spawn/ ? "() starts a process; only src/base/process.c may" : \
                "() ends the process; return a status, only main ends it"))
        rest = substr(rest, RSTART + RLENGTH)
    }
}

room == "plugin" && code ~ /(^|[^A-Za-z0-9_])(printf|fprintf|vfprintf|puts|fputs|putchar|perror|stdout|stderr)([^A-Za-z0-9_]|$)/ {
    complain("a plugin must not print; it fails with a message")
}
AWK

# shellcheck disable=SC2046 # names without spaces
awk -f "$scratch/layers.awk" $(cat "$scratch/files") >"$scratch/mistakes"

# Each header compiles alone: public ones as a plugin sees them, without <config.h> and the
# extensions that it enables, the rest as the host's sources see them.
cflags="-std=c11 -fsyntax-only -x c -Werror -Wall -Wextra -Wpedantic"
host_flags="-include config.h -Isrc -I$build -I$build/src"
while read -r file; do
    case $file in
    *.c) continue ;;
    src/fmrun/*) flags=-Isrc ;;
    *) flags=$host_flags ;;
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

# Circles of files, and functions that are not in the file of their header's name.
objects=${FM_TEST_OBJECTS:?names no objects; run: make check TESTS=tests/test_layers.sh}
sed -n 's,^src/\(.*\.h\)$,#include <\1>,p' "$scratch/files" >"$scratch/all.c"
# shellcheck disable=SC2086 # lists of words; ccache would drop what -aux-info writes
CCACHE_DISABLE=1 $cc $cflags $host_flags $cppflags -aux-info "$scratch/declared" "$scratch/all.c" ||
    echo "src: the headers do not compile together" >>"$scratch/mistakes"
# shellcheck disable=SC2086 # lists of words
(cd "$build" && ${FM_TEST_NM:-nm} -A -P -g $objects) >"$scratch/symbols"

cat >"$scratch/symbols.awk" <<'AWK'
# src/nn/libkernel_avx2_a-kernel_norm.o -> src/nn/kernel_norm.c: a text that is compiled once
# per instruction set is one file.
function source_of(object)
{
    sub(/[^\/]*-/, "", object)
    sub(/\.[^.]*$/, ".c", object)
    return object
}

# "src/base/libfmrun_a-text.o: fm_text T 0 10": undefined are U and, when weak, v and w.
FILENAME ~ /symbols$/ {
    file = source_of(substr($1, 1, length($1) - 1))
    if ($3 ~ /^[Uvw]$/) {
        use[++n_uses] = file " " $2
    } else {
        defines[file] = 1
        if (!((file, $2) in is_defined))
            definers[$2] = definers[$2] " " file
        is_defined[file, $2] = 1
    }
    next
}

# "/* src/base/text.h:12:NC */ extern int fm_text (int);": C is a declaration, F a definition.
$2 ~ /^src\/[^\/]*\/.*C$/ && match($0, /fm_[a-z0-9_]+ \(/) {
    split($2, place, ":")
    declared[++n_declared] = place[1] " " place[2] " " substr($0, RSTART, RLENGTH - 2)
}

function check_declarations(    i, parts, owner)
{
    if (n_declared == 0)
        print "src: no header declares a function"
    for (i = 1; i <= n_declared; i++) {
        split(declared[i], parts, " ")
        owner = parts[1]
        sub(/h$/, "c", owner)
        if (!(parts[3] in definers))
            print parts[1] ":" parts[2] ": " parts[3] " is defined nowhere"
        else if ((owner in defines) && !((owner, parts[3]) in is_defined))
            print parts[1] ":" parts[2] ": " parts[3] " is defined in" definers[parts[3]] ", not in " \
                owner
    }
}

function make_edges(    i, j, n, parts, files)
{
    for (i = 1; i <= n_uses; i++) {
        split(use[i], parts, " ")
        if ((parts[1], parts[2]) in is_defined)
            continue
        n = split(definers[parts[2]], files, " ")
        for (j = 1; j <= n; j++) {
            if (!((parts[1], files[j]) in edge))
                needs[parts[1]] = needs[parts[1]] " " files[j]
            edge[parts[1], files[j]] = edge[parts[1], files[j]] " " parts[2]
        }
    }
}

# Tarjan 1972: files that need each other, directly or through others, are one component.
function visit(file,    files, i, n)
{
    number[file] = lowest[file] = ++n_visited
    stack[++depth] = file
    n = split(needs[file], files, " ")
    for (i = 1; i <= n; i++) {
        if (!(files[i] in number))
            visit(files[i])
        if (!(files[i] in component) && lowest[files[i]] < lowest[file])
            lowest[file] = lowest[files[i]]
    }
    if (lowest[file] < number[file])
        return
    n = 0
    do {
        files[++n] = stack[depth--]
        component[files[n]] = file
    } while (files[n] != file)
    if (n > 1)
        show_circle(files, n)
}

function show_circle(files, n,    i, j)
{
    print files[n] ":1: " n " files need each other:"
    for (i = n; i >= 1; i--)
        for (j = n; j >= 1; j--)
            if ((files[i], files[j]) in edge)
                print "    " files[i] " needs " files[j] " for" edge[files[i], files[j]]
}

END {
    check_declarations()
    make_edges()
    n_objects = split(objects, object, " ")
    for (k = 1; k <= n_objects; k++) {
        file = source_of(object[k])
        if (!(file in defines))
            print object[k] ": nm shows no symbol; objects of -flto need NM=gcc-nm"
        else if (!(file in number))
            visit(file)
    }
}
AWK
awk -v objects="$objects" -f "$scratch/symbols.awk" "$scratch/symbols" "$scratch/declared" \
    >>"$scratch/mistakes"

if [ -s "$scratch/mistakes" ]; then
    cat "$scratch/mistakes"
    exit 1
fi
echo "$n_files sources keep their layers"
