#!/bin/sh
# Prints how training scales: rows per second, share of the FMA peak, and memory, over threads,
# batch and width, as Markdown tables.  Arguments: the program, the folder of configs, the largest
# number of threads.  "make bench-scale" calls it; docs/performance.md has one machine's tables.
set -eu

fmrun=$1
configs=$2
n_processors=$3
seconds=${BENCH_SECONDS:-1}

# measure THREADS CONFIG OVERRIDE...: prints "rows/s peak% MB" of the training.
measure() {
    threads=$1
    config=$configs/$2.yaml
    shift 2
    "$fmrun" --threads "$threads" --seconds "$seconds" --json bench "$config" sample.count=100 \
        train.log_every=100000 "$@" |
        awk -F '[:,] *' '/"phase": "training"/ {
            for (i = 1; i < NF; i++) value[$i] = $(i + 1)
            printf "%.3g %.0f %.0f\n", value["\"rows_per_second\""],
                100 * value["\"gflops\""] / value["\"peak_gflops\""], value["\"memory_bytes\""] / 1e6
        }'
}

# table TITLE COLUMN VALUES COMMAND...: prints a row per value, which replaces @ in the command.
table() {
    printf '\n%s\n\n| %s | rows/s, 1 thread | peak %% | MB | rows/s, %s threads | peak %% | MB | ratio |\n' \
        "$1" "$2" "$n_processors"
    printf '|---|---|---|---|---|---|---|---|\n'
    values=$3
    shift 3
    for value in $values; do
        command=$(printf '%s ' "$@" | sed "s/@/$value/g")
        # shellcheck disable=SC2086
        one=$(measure 1 $command)
        # shellcheck disable=SC2086
        all=$(measure "$n_processors" $command)
        echo "$value $one $all" |
            awk '{ printf "| %s | %s | %s | %s | %s | %s | %s | %.2f |\n", $1, $2, $3, $4, $5, $6, $7, $5 / $2 }'
    done
}

table "Batch, 3 hidden layers of 64" batch "64 256 1024 4096 16384 65536" \
    tiny train.batch=@ train.steps=1000000
table "Batch, 4 hidden layers of 256" batch "64 256 1024 4096 16384 65536" \
    mid train.batch=@ train.steps=1000000
table "Width, 3 hidden layers, batch 1024" width "16 32 64 128 256 512 1024 2048" \
    tiny train.batch=1024 "network.hidden=[@,@,@]" train.steps=1000000
