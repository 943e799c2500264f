#!/bin/sh
# fmrun bench times the phases of a run and writes no files.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"
scratch bench
mkdir tmp
TMPDIR=$PWD/tmp
export TMPDIR

bench() {
    "$fmrun" bench "$@" --seconds 0.1 --threads 2
}

# No file but the test's own.
left_nothing() {
    test -z "$(find . -type f ! -name out ! -name err ! -name '*.yaml' ! -path './user.*')" &&
        test -z "$(ls tmp)"
}

quickstart=$source_folder/configs/quickstart.yaml
check "the quickstart succeeds" exits 0 bench "$quickstart" train.steps=100 sample.count=300
for phase in training logging 'checkpoints and weights' 'euler, 32 steps' 'rk4, 2 steps' w2 energy all; do
    check "the table has a row: $phase" grep -q "^$phase  " out
done
check "training has rows per second and a share of the peak" grep -Eq '^training +[0-9.e-]+ +[0-9.]+ +[0-9]+ +[0-9.]+ +[0-9]+ ' out
check "it leaves no database and no file" left_nothing

# SQLite parses the JSON, with the user's database, which bench must not change.
check "a run fills the user's database" \
    exits 0 "$fmrun" "$quickstart" train.steps=2 sample.count=20 --db user.db
before=$(sha256sum user.db)
check "--json succeeds" \
    exits 0 bench "$quickstart" train.steps=100 sample.count=300 --json --db user.db
check "the user's database is untouched" test "$before" = "$(sha256sum user.db)"
json="[$(paste -s -d, out)]"
check "every line is an object with a phase and seconds" test "$(answer user.db \
    "select count(*) = $(wc -l <out) from json_each('$json') where json_extract(value, '\$.phase') > ''
     and json_extract(value, '\$.seconds') >= 0")" = 1
check "the shares add up to 1" test "$(answer user.db \
    "select abs(sum(json_extract(value, '\$.share')) - 1) < 1e-9 from json_each('$json')
     where not json_extract(value, '\$.is_part')")" = 1

cat >oracle.yaml <<'END'
name: oracle
seeds: [7]
data: {plugin: gaussian_mixture, preset: 8gaussians}
network: oracle
sample: {count: 100}
solvers: [{plugin: euler, steps: 4}, {plugin: dopri5, rtol: 1e-3}]
metrics: [discretization_error]
sweep: {grid: {sample.count: [100, 200]}}
END
check "a closed form succeeds" exits 0 bench oracle.yaml
check "its table has no training" sh -c '! grep -Eq "^(training|logging)" out'
check "its table has samplings, reference solves and metrics" test \
    "$(grep -Ec '^(euler, 4 steps|dopri5, rtol 0.001|reference solve|looser reference solve|discretization_error)  ' out)" -eq 5
check "it times the first run of the plan" grep -q 'seed 7, sample.count=100' out

# ---- errors ----
sed 's/euler/eluer/' oracle.yaml >wrong.yaml
check "a wrong config: exit status 78" exits 78 bench wrong.yaml
check "its message has the place" grep -q '^wrong.yaml:6:.*did you mean "euler"' err
check "a missing config: exit status 66" exits 66 bench missing.yaml
check "no config: exit status 64" exits 64 bench
check "--seconds 0: exit status 64" exits 64 "$fmrun" bench oracle.yaml --seconds 0
check "its message says what is valid" grep -q 'seconds above 0' err
check "a training that diverges: exit status 1" \
    exits 1 bench "$quickstart" train.lr=1e3 network.activation=relu train.steps=5000
check "errors leave no file" left_nothing
finish
