#!/usr/bin/env python3
"""Trains one row of configs/tong2023.yaml, OT-CFM from normal noise, in PyTorch with POT.

An independent source for the losses in docs/validation.md, without any code of fmrun.
Prints the mean loss of the last 500 steps; some 15 minutes on one core.
Needs Debian's python3-torch, python3-pot, python3-sklearn.

    python3 tests/peer_tong2023.py [moons|scurve] [SEED] [STEPS]
"""
import sys

import numpy as np
import ot
import torch
from sklearn.datasets import make_moons, make_s_curve

N_ROWS, BATCH, SIGMA = 10000, 512, 0.1


def data(name, random):
    """[N_ROWS][2]; the constants are those of Tong et al.'s runner."""
    if name == "moons":
        return make_moons(N_ROWS, noise=0.05, random_state=random)[0] * 2 - 1
    return make_s_curve(N_ROWS, noise=0.05, random_state=random)[0][:, [0, 2]] * 1.5


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "moons"
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    n_steps = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    random = np.random.RandomState(seed)
    rows = [random.randn(N_ROWS, 2), data(name, random)]
    layers = [torch.nn.Linear(3, 64), torch.nn.SELU()]
    for _ in range(2):
        layers += [torch.nn.Linear(64, 64), torch.nn.SELU()]
    net = torch.nn.Sequential(*layers, torch.nn.Linear(64, 2))
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-5)
    weights = np.full(BATCH, 1 / BATCH)
    losses = []
    order, at = None, N_ROWS
    for _ in range(n_steps):
        if at + BATCH > N_ROWS:
            order, at = [random.permutation(N_ROWS) for _ in rows], 0
        x0, x1 = [x[i[at : at + BATCH]] for x, i in zip(rows, order)]
        at += BATCH
        plan = ot.emd(weights, weights, ot.dist(x0, x1))
        drawn = random.choice(BATCH * BATCH, BATCH, p=plan.ravel() / plan.sum())
        x0 = torch.tensor(x0[drawn // BATCH], dtype=torch.float32)
        x1 = torch.tensor(x1[drawn % BATCH], dtype=torch.float32)
        t = torch.rand(BATCH, 1)
        x = (1 - t) * x0 + t * x1 + SIGMA * torch.randn(BATCH, 2)
        loss = ((net(torch.cat([x, t], 1)) - (x1 - x0)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"{name} seed {seed}: loss {np.mean(losses[-500:]):.4f}")


main()
