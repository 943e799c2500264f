#!/bin/sh
# scipy's solve_ivp in float64, with the weights and x0 that a run kept and Python reads, gives the
# x1 that the run kept.
. "${FM_TEST_SOURCE:-.}/tests/shell.sh"

python=
for candidate in "${FM_TEST_PYTHON:-python3}" /usr/bin/python3; do
    if "$candidate" -c 'import numpy, scipy.integrate' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "skipped: no python3 with scipy (apt-get install python3-scipy, or set FM_TEST_PYTHON)"
    exit 77
fi
scratch scipy

cat >config.yaml <<'END'
# Question: does scipy give the same x1 from the same network and x0?
name: scipy
seeds: 1
data: moons
network: {plugin: mlp, hidden: [48, 48], activation: silu}
train: {steps: 1000, batch: 256, lr: 5e-3, schedule: cosine}
sample: {count: 200, keep: [x0, x1]}
solvers:
  - {plugin: dopri5, rtol: 1e-6, atol: 1e-6}
END

# Velocities are float in fmrun: their rounding, 6e-8 of the largest value (some 10) in each of
# three layers, is a few 1e-6 in x1.  The tolerance adds a few times 1e-6.
cat >compare.py <<'END'
import json, struct, sys
import numpy as np
from scipy.integrate import solve_ivp

weights, x0, x1 = sys.argv[1], np.load(sys.argv[2]), np.load(sys.argv[3])
blob = open(weights, "rb").read()
(size,) = struct.unpack("<Q", blob[:8])
header = json.loads(blob[8:8 + size])
tensor = {}
for name, entry in header.items():
    if name != "__metadata__":
        first, last = entry["data_offsets"]
        values = np.frombuffer(blob[8 + size + first:8 + size + last], "<f4")
        tensor[name] = values.reshape(entry["shape"]).astype(float)

def velocity(t, x):
    h = np.append(x, t)
    for k in range(3):
        h = tensor["linear.%d.weight" % k] @ h + tensor["linear.%d.bias" % k]
        if k < 2:
            h = h / (1 + np.exp(-h))
    return h

ends = np.array([solve_ivp(velocity, (0, 1), row, "DOP853", rtol=1e-12, atol=1e-12).y[:, -1]
                 for row in x0])
worst = np.abs(ends - x1).max()
moved = np.abs(ends - x0).max()
print("%d rows, moved by up to %.3g, x1 apart by up to %.3g" % (len(x0), moved, worst))
sys.exit(not (len(x0) == 200 and moved > 1 and worst <= 3e-5))
END

file_of() {
    answer s.db "select a.path from artifact a where a.kind = '$1'"
}

check "fmrun samples" exits 0 "$fmrun" --db s.db config.yaml
check "scipy gives the same x1" \
    "$python" compare.py "$(file_of weights)" "$(file_of x0)" "$(file_of x1)"
finish
