-- The tables of an fmrun database, version 3.  The views are in views.sql.
--
-- A new database is made from this file.  A change of a table is a new version: change this file,
-- raise FM_SCHEMA_VERSION, and add the migration from the version before to migrate.c.
--
-- Common to all tables:
--   * STRICT: a column holds its type or NULL.
--   * Times are UTC, ISO 8601 with milliseconds: "2025-01-31T23:59:59.123Z", so that text order is
--     time order.  Durations are in seconds.
--   * A number that is not finite is NULL, never 0; for results, a note says why.
--   * In columns that start with is_, 0 is no and 1 is yes.
--   * A key is the sha256 of everything that decides a thing's bits: equal keys, equal bits.

-- An experiment as it was started.  Its plan never changes: an edited config is another sweep of the
-- same name.
CREATE TABLE sweep(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,          -- of all its runs, samplings and metrics
  name TEXT NOT NULL,                -- "rk4_vs_euler"; several sweeps may share it
  question TEXT NOT NULL,            -- the config's first comment
  config_file TEXT NOT NULL,         -- where the text came from
  plan TEXT NOT NULL,                -- the config as the user wrote it, byte for byte
  resolved TEXT NOT NULL,            -- the config with every default written out
  created TEXT NOT NULL,             -- time of the first start
  used TEXT NOT NULL                 -- time of the last start; of one name, the latest is current
) STRICT;
CREATE INDEX sweep_by_name ON sweep(name, used);

-- One fmrun process that wrote to this file, and the machine it ran on.
CREATE TABLE process(
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,
  ended TEXT,                        -- NULL: it runs, or it was killed
  exit_status INTEGER,               -- NULL as ended
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  fmrun_version TEXT NOT NULL,
  git_commit TEXT,                   -- of fmrun's sources; NULL: unknown
  compiler TEXT NOT NULL,
  build_flags TEXT NOT NULL,
  cpu_model TEXT NOT NULL,
  n_processors INTEGER NOT NULL,     -- the process may run on so many
  isa TEXT NOT NULL,                 -- kernels used: portable, avx2, avx512
  n_threads INTEGER NOT NULL,        -- per run
  n_jobs INTEGER NOT NULL,           -- runs at a time
  command_line TEXT NOT NULL
) STRICT;

-- A plugin file that a run used.
CREATE TABLE plugin(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,                -- network, path, coupling, solver, dataset, metric
  name TEXT NOT NULL,
  version INTEGER NOT NULL,          -- grows with every change that alters results
  path TEXT NOT NULL,                -- where it was last loaded from
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

-- One training.  It is never repeated.
CREATE TABLE run(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,          -- of everything that decides the weights
  seed INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'queued' CHECK(status IN
    ('queued',                       -- planned, not started
     'running',                      -- a process works on it
     'done',                         -- finished; its numbers are final
     'failed',                       -- ended by an error
     'diverged',                     -- numbers stopped being finite
     'interrupted',                  -- stopped by a signal; the same command resumes
     'lost')),                       -- its process died; the same command resumes
  reason TEXT NOT NULL DEFAULT '',   -- why it failed, diverged, was interrupted or lost
  data TEXT NOT NULL,                -- plugin name, as the next four; options are in param
  source TEXT NOT NULL,
  network TEXT NOT NULL,
  path TEXT NOT NULL,
  coupling TEXT NOT NULL,
  train TEXT NOT NULL,               -- section train of the resolved config
  n_steps INTEGER NOT NULL,          -- training steps planned
  step INTEGER NOT NULL DEFAULT 0,   -- training steps done
  n_parameters INTEGER,              -- of the network
  flops_per_row REAL,                -- of one training row, forward and backward
  n_threads INTEGER,
  isa TEXT,                          -- kernels used
  process_id INTEGER REFERENCES process(id), -- the last process that worked on it
  created TEXT NOT NULL,
  started TEXT,                      -- first start
  finished TEXT,                     -- when it was last done, failed, diverged, interrupted or lost
  train_seconds REAL,                -- over all processes that worked on it
  samples_per_second REAL,           -- training rows per second
  weights_id INTEGER REFERENCES artifact(id),
  best_step INTEGER                  -- training step of the least validation loss
) STRICT;
CREATE INDEX run_by_status ON run(status);

-- The plugins that a run, its samplings and its metrics used.
CREATE TABLE run_plugin(
  run_id INTEGER NOT NULL REFERENCES run(id),
  plugin_id INTEGER NOT NULL REFERENCES plugin(id),
  PRIMARY KEY(run_id, plugin_id)
) STRICT, WITHOUT ROWID;

-- The run's part of the resolved config, one row for each value.
CREATE TABLE param(
  run_id INTEGER NOT NULL REFERENCES run(id),
  key TEXT NOT NULL,                 -- dotted: "network.hidden"
  value TEXT NOT NULL,               -- as in the config: "[128, 128]"
  PRIMARY KEY(run_id, key)
) STRICT, WITHOUT ROWID;

-- The training curve.
CREATE TABLE loss(
  run_id INTEGER NOT NULL REFERENCES run(id),
  step INTEGER NOT NULL,             -- training steps done
  loss REAL,                         -- NULL: not finite
  grad_norm REAL,                    -- before clipping; NULL: not finite
  lr REAL,                           -- learning rate of the step
  validation REAL,                   -- loss on the validation rows; NULL: not at this step
  -- For couplings that pair batches, else NULL; of the batch that the step's pairs are from:
  pair_cost REAL,                    -- mean of |x0 - x1|^2 over the pairs
  independent_cost REAL,             -- mean of |x0 - x1|^2 over all x0 with all x1
  plan_cost REAL,                    -- mean of |x0 - x1|^2 over the plan that pairs are drawn from
  marginal_error REAL,               -- of the plan: sum of |weight - 1/n|, the larger side
  pair_seconds REAL,                 -- seconds that pairing took, on one thread
  PRIMARY KEY(run_id, step)
) STRICT, WITHOUT ROWID;

-- The training curve by t: mean losses since the last recorded step, about 100 times in a training.
CREATE TABLE loss_by_time(
  run_id INTEGER NOT NULL REFERENCES run(id),
  step INTEGER NOT NULL,             -- training steps done
  t_from REAL NOT NULL,              -- for rows with t_from <= t < t_to
  t_to REAL NOT NULL,
  loss REAL,                         -- NULL: not finite
  n_rows INTEGER NOT NULL,           -- number of these rows, above 0
  PRIMARY KEY(run_id, step, t_from)
) STRICT, WITHOUT ROWID;

-- Standardisation of data from a file: x = (number - shift) / scale.
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
  key TEXT NOT NULL,                 -- of everything beside the run that decides the samples
  solver TEXT NOT NULL,              -- plugin name
  label TEXT NOT NULL,               -- name in tables
  method TEXT NOT NULL,              -- options that no other column has; '' for none
  solver_order INTEGER,              -- declared by the plugin; NULL: none
  steps INTEGER,                     -- solver steps; NULL: adaptive
  rtol REAL,                         -- NULL: not used
  atol REAL,                         -- NULL: not used
  n_samples INTEGER NOT NULL,
  noise TEXT NOT NULL,               -- names x0: samplings of one run with equal noise and
                                     -- n_samples start from the same points, row for row
  status TEXT NOT NULL DEFAULT 'queued' CHECK(status IN
    ('queued', 'running', 'done', 'failed', 'diverged', 'interrupted', 'lost')), -- as in run
  reason TEXT NOT NULL DEFAULT '',
  process_id INTEGER REFERENCES process(id), -- the last process that worked on it
  started TEXT,
  finished TEXT,
  seconds REAL,                      -- that the solve took
  nfe_mean REAL,                     -- network function evaluations a sample, counted
  nfe_max INTEGER,                   -- of one sample
  nfe_total INTEGER,
  n_failed_rows INTEGER,             -- samples that are not finite or didn't reach t_end
  t_end REAL NOT NULL DEFAULT 1,     -- end time of the solve
  grid TEXT NOT NULL DEFAULT '',     -- uniform, cosine, karras, shift, times; '' for adaptive
  nfe_min INTEGER,                   -- of one sample
  guidance REAL NOT NULL DEFAULT 1,  -- weight of the label in the velocity; 1: no guidance
  UNIQUE(run_id, key)
) STRICT;

-- The histogram of a sampling's cost: n_samples of its samples took nfe_from to nfe_to evaluations
-- each.  It has one row for each cost, or 64 rows of equal width.
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
  options TEXT NOT NULL,             -- all options, and the reference if the metric has one
  direction TEXT NOT NULL CHECK(direction IN ('min', 'max')), -- which end is better
  unit TEXT NOT NULL,                -- '' for none
  UNIQUE(name, version, options)
) STRICT;

-- The metrics that a sweep asks for.
CREATE TABLE sweep_metric(
  sweep_id INTEGER NOT NULL REFERENCES sweep(id),
  metric_def_id INTEGER NOT NULL REFERENCES metric_def(id),
  PRIMARY KEY(sweep_id, metric_def_id)
) STRICT, WITHOUT ROWID;

-- One number about a sampling.
CREATE TABLE metric(
  sampling_id INTEGER NOT NULL REFERENCES sampling(id),
  metric_def_id INTEGER NOT NULL REFERENCES metric_def(id),
  value REAL,                        -- NULL: none; note says why
  note TEXT NOT NULL DEFAULT '',     -- why there is no value
  standard_error REAL,               -- of value given the samples, 0 when exact; for nll and
                                     -- nll_gap, over the choice of data points
  floor REAL,                        -- what a perfect sampler scores; NULL: unknown
  n_used INTEGER NOT NULL,           -- samples that were used
  seconds REAL,
  nfe REAL,                          -- network evaluations a row that measuring took; NULL: none
  njvp REAL,                         -- directional derivatives of the network a row; NULL: none
  PRIMARY KEY(sampling_id, metric_def_id),
  CHECK(value IS NOT NULL OR note <> '')
) STRICT, WITHOUT ROWID;

-- The runs and samplings that a sweep asks for; id follows the order of the plan.
CREATE TABLE point(
  id INTEGER PRIMARY KEY,
  sweep_id INTEGER NOT NULL REFERENCES sweep(id),
  number INTEGER NOT NULL,           -- of the sweep point, from 0; seeds share it
  setting TEXT NOT NULL,             -- values that the sweep varies, without seed and solver:
                                     -- "lr=0.001 path.plugin=linear"; '' for none
  run_id INTEGER NOT NULL REFERENCES run(id),
  sampling_id INTEGER REFERENCES sampling(id), -- NULL: the run itself
  is_reused INTEGER NOT NULL CHECK(is_reused IN (0, 1)) -- done before the sweep asked for it
) STRICT;
CREATE UNIQUE INDEX point_once
  ON point(sweep_id, number, run_id, coalesce(sampling_id, 0));
CREATE INDEX point_by_run ON point(run_id);

-- Results of `fmrun plugins check`, by the plugin's file: the last one of each property.
CREATE TABLE plugin_check(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,              -- of the plugin's file
  options TEXT NOT NULL,             -- '' for the defaults
  property TEXT NOT NULL,            -- "order", "embedded order", "evaluations", ...
  problem TEXT NOT NULL,             -- the test problem; '' for none
  declared REAL,                     -- NULL: none
  measured REAL,                     -- NULL: none
  result TEXT NOT NULL CHECK(result IN ('pass', 'fail', 'skip', 'info')),
  note TEXT NOT NULL,
  fmrun_version TEXT NOT NULL,
  checked TEXT NOT NULL,             -- time of the check
  UNIQUE(kind, name, sha256, options, property, problem)
) STRICT;

-- A log, for people.
CREATE TABLE event(
  id INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  run_id INTEGER REFERENCES run(id), -- NULL: the event belongs to no run
  level TEXT NOT NULL CHECK(level IN ('info', 'warning', 'error')),
  text TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_run ON event(run_id);
