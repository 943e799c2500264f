-- The tables of an fmrun database, version 3.  The views are in views.sql.
--
-- A new database gets this file as it is.  A change of a table is a new version: change this
-- file, raise FM_SCHEMA_VERSION and add the step from the version before in migrate.c.
--
-- Common to all tables:
--   * STRICT: a column holds its type or NULL.
--   * Times are UTC, ISO 8601 with milliseconds: "2025-01-31T23:59:59.123Z"; as text they sort
--     as times do.  Durations are seconds.
--   * A number that is not finite is NULL, never 0; where that can happen for a result, a note
--     says why.
--   * 0 and 1 are no and yes in columns that start with is_.
--   * A key is the sha256 of everything that decides a thing's bits: equal keys, equal bits.

-- An experiment as it was started.  The plan is frozen here: editing the config makes
-- another sweep of the same name.
CREATE TABLE sweep(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,          -- of its runs, samplings and metrics together
  name TEXT NOT NULL,                -- "rk4_vs_euler"; several sweeps may share it
  question TEXT NOT NULL,            -- the config's first comment
  config_file TEXT NOT NULL,         -- where the text came from
  plan TEXT NOT NULL,                -- the config as the user wrote it, byte for byte
  resolved TEXT NOT NULL,            -- the same with every default explicit
  created TEXT NOT NULL,             -- time of the first start
  used TEXT NOT NULL                 -- time of the last start; the latest of a name is current
) STRICT;
CREATE INDEX sweep_by_name ON sweep(name, used);

-- One fmrun process that wrote to this file, and the machine it ran on.
CREATE TABLE process(
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,
  ended TEXT,                        -- NULL: still going, or it was killed
  exit_status INTEGER,               -- NULL like ended
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  fmrun_version TEXT NOT NULL,
  git_commit TEXT,                   -- of fmrun's own sources; NULL: unknown
  compiler TEXT NOT NULL,
  build_flags TEXT NOT NULL,
  cpu_model TEXT NOT NULL,
  n_processors INTEGER NOT NULL,     -- that the process may run on
  isa TEXT NOT NULL,                 -- kernels chosen: portable, avx2, avx512
  n_threads INTEGER NOT NULL,        -- per run
  n_jobs INTEGER NOT NULL,           -- runs at a time
  command_line TEXT NOT NULL
) STRICT;

-- A plugin file that took part in a run.
CREATE TABLE plugin(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,                -- network, path, coupling, solver, dataset, metric
  name TEXT NOT NULL,
  version INTEGER NOT NULL,          -- grows with every change that alters results
  path TEXT NOT NULL,                -- where it was loaded from the last time
  sha256 TEXT NOT NULL,              -- of the file
  UNIQUE(kind, name, version, sha256)
) STRICT;

-- A file beside the database: weights, samples, images.
CREATE TABLE artifact(
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES run(id),
  sampling_id INTEGER REFERENCES sampling(id),
  kind TEXT NOT NULL,                -- weights, x0, x1, trajectory, image
  path TEXT NOT NULL UNIQUE,         -- relative to the database's folder
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  created TEXT NOT NULL
) STRICT;
CREATE INDEX artifact_by_run ON artifact(run_id);
CREATE INDEX artifact_by_sampling ON artifact(sampling_id);

-- One training: the unit that is never repeated.
CREATE TABLE run(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,          -- of what decides the weights
  seed INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'queued' CHECK(status IN
    ('queued',                       -- planned, not started
     'running',                      -- a process is at it
     'done',                         -- final
     'failed',                       -- ended by an error
     'diverged',                     -- numbers stopped being finite
     'interrupted',                  -- stopped by a signal; resumes
     'lost')),                       -- its process vanished; resumes
  reason TEXT NOT NULL DEFAULT '',   -- of failed, diverged, interrupted, lost
  data TEXT NOT NULL,                -- plugin names ...
  source TEXT NOT NULL,
  network TEXT NOT NULL,
  path TEXT NOT NULL,
  coupling TEXT NOT NULL,            -- ... their options are in param
  train TEXT NOT NULL,               -- the training part of the resolved plan
  n_steps INTEGER NOT NULL,          -- training steps planned
  step INTEGER NOT NULL DEFAULT 0,   -- training steps done
  n_parameters INTEGER,              -- of the network
  flops_per_row REAL,                -- of one training row, forward and backward
  n_threads INTEGER,
  isa TEXT,                          -- kernels used
  process_id INTEGER REFERENCES process(id), -- the last that worked on it
  created TEXT NOT NULL,
  started TEXT,                      -- first start
  finished TEXT,                     -- when it got its last status that is an end
  train_seconds REAL,                -- over all processes that worked on it
  samples_per_second REAL,           -- training rows per second
  weights_id INTEGER REFERENCES artifact(id),
  best_step INTEGER                  -- training step of the least validation loss
) STRICT;
CREATE INDEX run_by_status ON run(status);

-- Plugins that a run, its samplings and metrics used.
CREATE TABLE run_plugin(
  run_id INTEGER NOT NULL REFERENCES run(id),
  plugin_id INTEGER NOT NULL REFERENCES plugin(id),
  PRIMARY KEY(run_id, plugin_id)
) STRICT, WITHOUT ROWID;

-- The run's part of the resolved plan, one row a value.
CREATE TABLE param(
  run_id INTEGER NOT NULL REFERENCES run(id),
  key TEXT NOT NULL,                 -- dotted: "network.hidden"
  value TEXT NOT NULL,               -- as in the plan: "[128, 128]"
  PRIMARY KEY(run_id, key)
) STRICT, WITHOUT ROWID;

-- The training curve.
CREATE TABLE loss(
  run_id INTEGER NOT NULL REFERENCES run(id),
  step INTEGER NOT NULL,             -- training steps done
  loss REAL,                         -- NULL: not finite
  grad_norm REAL,                    -- before clipping; NULL: not finite
  lr REAL,                           -- learning rate of the step
  validation REAL,                   -- loss on rows that the seed fixes; NULL: not at this step
  -- of couplings that pair batches, for the problem that the step's pairs are from, else NULL:
  pair_cost REAL,                    -- mean of |x0 - x1|^2 over the pairs ...
  independent_cost REAL,             -- ... and over all x0 with all x1
  plan_cost REAL,                    -- of the plan, where pairs are drawn from one: its mean
  marginal_error REAL,               -- of the plan: sum of |weight - 1/n|, the larger side
  pair_seconds REAL,                 -- that it took one thread
  PRIMARY KEY(run_id, step)
) STRICT, WITHOUT ROWID;

-- The same by t: mean losses since the step before, about 100 times in a training.
CREATE TABLE loss_by_time(
  run_id INTEGER NOT NULL REFERENCES run(id),
  step INTEGER NOT NULL,             -- training steps done
  t_from REAL NOT NULL,              -- of rows with t_from <= t < t_to
  t_to REAL NOT NULL,
  loss REAL,                         -- NULL: not finite
  n_rows INTEGER NOT NULL,           -- that had such a t; more than 0
  PRIMARY KEY(run_id, step, t_from)
) STRICT, WITHOUT ROWID;

-- What was done to the numbers of a file: x = (number - shift) / scale.
CREATE TABLE standardisation(
  run_id INTEGER NOT NULL REFERENCES run(id),
  part TEXT NOT NULL CHECK(part IN ('source', 'data')),
  coordinate INTEGER NOT NULL,       -- from 0
  shift REAL NOT NULL,
  scale REAL NOT NULL,
  PRIMARY KEY(run_id, part, coordinate)
) STRICT, WITHOUT ROWID;

-- One solve with the weights of a run: all samples of one solver setting.
CREATE TABLE sampling(
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run(id),
  key TEXT NOT NULL,                 -- of what decides the samples, beyond the run
  solver TEXT NOT NULL,              -- plugin name
  label TEXT NOT NULL,               -- as in tables
  method TEXT NOT NULL,              -- what the other columns do not say; '' for nothing
  solver_order INTEGER,              -- declared by the plugin; NULL: it declares none
  steps INTEGER,                     -- solver steps; NULL: adaptive
  rtol REAL,                         -- NULL: not used
  atol REAL,                         -- NULL: not used
  n_samples INTEGER NOT NULL,
  noise TEXT NOT NULL,               -- names x0: samplings of one run with equal noise and
                                     -- n_samples start from the same points, row for row
  status TEXT NOT NULL DEFAULT 'queued' CHECK(status IN
    ('queued', 'running', 'done', 'failed', 'diverged', 'interrupted', 'lost')), -- as in run
  reason TEXT NOT NULL DEFAULT '',
  process_id INTEGER REFERENCES process(id), -- the last that worked on it
  started TEXT,
  finished TEXT,
  seconds REAL,                      -- of the solve
  nfe_mean REAL,                     -- network function evaluations per sample, counted
  nfe_max INTEGER,                   -- of one sample
  nfe_total INTEGER,
  n_failed_rows INTEGER,             -- samples that are not finite or didn't reach t = 1
  t_end REAL NOT NULL DEFAULT 1,     -- where the solve ends
  grid TEXT NOT NULL DEFAULT '',     -- uniform, cosine, karras, shift, times; '' for adaptive
  nfe_min INTEGER,                   -- of one sample
  guidance REAL NOT NULL DEFAULT 1,  -- weight of the label in the velocity; 1: no guidance
  UNIQUE(run_id, key)
) STRICT;

-- How the samples of a sampling differ in cost: n_samples of them took nfe_from to nfe_to
-- evaluations each.  As many rows as there are different costs, or 64 of equal width.
CREATE TABLE sampling_nfe(
  sampling_id INTEGER NOT NULL REFERENCES sampling(id),
  nfe_from INTEGER NOT NULL,
  nfe_to INTEGER NOT NULL,
  n_samples INTEGER NOT NULL,
  PRIMARY KEY(sampling_id, nfe_from)
) STRICT, WITHOUT ROWID;

-- A metric with its options.
CREATE TABLE metric_def(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,                -- "w2"
  version INTEGER NOT NULL,          -- of the plugin
  options TEXT NOT NULL,             -- all of them, and the reference where it has one
  direction TEXT NOT NULL CHECK(direction IN ('min', 'max')), -- which end is better
  unit TEXT NOT NULL,                -- '' for none
  UNIQUE(name, version, options)
) STRICT;

-- Which metrics a sweep asks for.
CREATE TABLE sweep_metric(
  sweep_id INTEGER NOT NULL REFERENCES sweep(id),
  metric_def_id INTEGER NOT NULL REFERENCES metric_def(id),
  PRIMARY KEY(sweep_id, metric_def_id)
) STRICT, WITHOUT ROWID;

-- One number about a sampling.
CREATE TABLE metric(
  sampling_id INTEGER NOT NULL REFERENCES sampling(id),
  metric_def_id INTEGER NOT NULL REFERENCES metric_def(id),
  value REAL,                        -- NULL: there is none, see note
  note TEXT NOT NULL DEFAULT '',     -- why not
  standard_error REAL,               -- of value given the samples, 0 when exact; of nll and
                                     -- nll_gap, which have none, with the points as random
  floor REAL,                        -- what a perfect sampler scores; NULL: unknown
  n_used INTEGER NOT NULL,           -- samples that entered
  seconds REAL,
  nfe REAL,                          -- network evaluations a row that measuring took; NULL: none
  njvp REAL,                         -- derivatives of the network along a direction, likewise
  PRIMARY KEY(sampling_id, metric_def_id),
  CHECK(value IS NOT NULL OR note <> '')
) STRICT, WITHOUT ROWID;

-- Which runs and samplings a sweep asks for, in the plan's order of id.
CREATE TABLE point(
  id INTEGER PRIMARY KEY,
  sweep_id INTEGER NOT NULL REFERENCES sweep(id),
  number INTEGER NOT NULL,           -- of the sweep point, from 0; its seeds share it
  setting TEXT NOT NULL,             -- what the sweep varies, "lr=0.001 path.plugin=linear",
                                     -- without seed and solver; '' when nothing
  run_id INTEGER NOT NULL REFERENCES run(id),
  sampling_id INTEGER REFERENCES sampling(id), -- NULL: the run itself
  is_reused INTEGER NOT NULL CHECK(is_reused IN (0, 1)) -- done before the sweep asked
) STRICT;
CREATE UNIQUE INDEX point_once
  ON point(sweep_id, number, run_id, coalesce(sampling_id, 0));
CREATE INDEX point_by_run ON point(run_id);

-- What `fmrun plugins check` measured, by the plugin's file: the last result of each property.
CREATE TABLE plugin_check(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,              -- of the plugin's file
  options TEXT NOT NULL,             -- '' for the defaults
  property TEXT NOT NULL,            -- "order", "embedded order", "evaluations", ...
  problem TEXT NOT NULL,             -- what it was measured on; '' for none in particular
  declared REAL,                     -- NULL: no number
  measured REAL,                     -- NULL: no number
  result TEXT NOT NULL CHECK(result IN ('pass', 'fail', 'skip', 'info')),
  note TEXT NOT NULL,
  fmrun_version TEXT NOT NULL,
  checked TEXT NOT NULL,             -- time
  UNIQUE(kind, name, sha256, options, property, problem)
) STRICT;

-- What happened, for people.
CREATE TABLE event(
  id INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  run_id INTEGER REFERENCES run(id), -- NULL: of no run in particular
  level TEXT NOT NULL CHECK(level IN ('info', 'warning', 'error')),
  text TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_run ON event(run_id);
