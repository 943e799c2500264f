-- The views of an fmrun database.  They are made anew whenever the version of the database changes.
--
-- Columns that several views share:
--   sweep_id, sweep   the sweep and its name
--   is_latest         1 for the sweep of that name that was used last; an edited config is a new
--                     sweep of the same name
--   point             number of the sweep point, from 0
--   setting           values that the sweep varies at this point; '' for none
--   steps             solver steps; NULL: adaptive
--   t_end             end time of the solve, usually 1
--   guidance          weight of the label in the velocity, 1 without guidance
--   nfe               network function evaluations a sample, counted by fmrun
--   floor             what a perfect sampler scores; a mean near it can't be told from perfect

-- Two-sided 95 % quantiles of Student's t: P(|T| <= t) = 0.95 with df degrees of freedom.  For a df
-- that is missing, use the next lower one, which gives a slightly wider interval.
-- Source: Abramowitz and Stegun 1964, table 26.10.
CREATE VIEW t_quantile(df, t) AS
  VALUES(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (5, 2.5706), (6, 2.4469),
    (7, 2.3646), (8, 2.3060), (9, 2.2622), (10, 2.2281), (11, 2.2010), (12, 2.1788),
    (13, 2.1604), (14, 2.1448), (15, 2.1314), (16, 2.1199), (17, 2.1098), (18, 2.1009),
    (19, 2.0930), (20, 2.0860), (21, 2.0796), (22, 2.0739), (23, 2.0687), (24, 2.0639),
    (25, 2.0595), (26, 2.0555), (27, 2.0518), (28, 2.0484), (29, 2.0452), (30, 2.0423),
    (40, 2.0211), (60, 2.0003), (120, 1.9799), (1000, 1.9623), (100000, 1.9600);

-- Sweeps, with is_latest.
CREATE VIEW v_sweep AS
  SELECT id AS sweep_id, name AS sweep, question, created, used,
    row_number() OVER (PARTITION BY name ORDER BY used DESC, id DESC) = 1 AS is_latest
  FROM sweep;

-- One row for each sweep, sampling and metric that the sweep asks for.  It includes samplings that
-- failed or have not started, and sweeps without metrics, where metric is NULL.
--   status, reason    of the sampling; of the run, if that failed before the sampling began
--   value             NULL: not measured yet, or not finite; then note says why
--   standard_error    of value given the samples
--   place             order of rows in the plan
CREATE VIEW v_result AS
  SELECT p.sweep_id, w.sweep, w.is_latest, p.id AS place, p.number AS point, p.setting,
    p.run_id, p.sampling_id, p.is_reused, r.seed,
    r.data, r.source, r.network, r.path, r.coupling,
    s.solver, s.label, s.method, s.solver_order, s.steps, s.rtol, s.atol, s.t_end, s.guidance, s.grid,
    s.n_samples, s.noise, s.nfe_mean AS nfe, s.nfe_min, s.nfe_max, s.seconds, s.n_failed_rows,
    r.n_parameters, r.train_seconds,
    CASE WHEN s.status NOT IN ('done', 'failed', 'diverged')
      AND r.status IN ('failed', 'diverged') THEN r.status ELSE s.status END AS status,
    CASE WHEN s.status NOT IN ('done', 'failed', 'diverged')
      AND r.status IN ('failed', 'diverged') THEN r.reason ELSE s.reason END AS reason,
    d.id AS metric_def_id, d.name AS metric, d.options AS metric_options, d.direction, d.unit,
    m.value, m.standard_error, m.floor, m.note, m.n_used
  FROM point p
    JOIN v_sweep w ON w.sweep_id = p.sweep_id
    JOIN run r ON r.id = p.run_id
    JOIN sampling s ON s.id = p.sampling_id
    LEFT JOIN sweep_metric a ON a.sweep_id = p.sweep_id
    LEFT JOIN metric_def d ON d.id = a.metric_def_id
    LEFT JOIN metric m ON m.sampling_id = s.id AND m.metric_def_id = d.id
  -- a point whose reference differs (or whose network, and with it the reference's default)
  -- measures by another definition of the same name: the one it does not use is not open
  WHERE m.sampling_id IS NOT NULL OR d.id IS NULL OR NOT EXISTS (
    SELECT 1 FROM metric om
      JOIN metric_def od ON od.id = om.metric_def_id
      JOIN sweep_metric oa ON oa.metric_def_id = od.id AND oa.sweep_id = p.sweep_id
    WHERE om.sampling_id = s.id AND od.name = d.name AND od.id <> d.id);

-- v_result over seeds.  Statistics are over samplings that are done and have a value;
-- n_seeds = n + n_failed + n_open.
--   n                 seeds with a value; for a sweep without metrics, seeds that are done
--   n_failed          seeds that failed, diverged, or are done without a finite value
--   n_open            seeds that are not finished, or not measured yet
--   sd                of the values over seeds (n - 1); NULL for n = 1
--   ci95              half width of the 95 % interval for the mean, t sd / sqrt(n); NULL for n = 1
--   min, max          of the values
--   nfe, seconds      means over samplings that are done
--   standard_error    mean of the values' own
-- (sd is computed from the differences to the mean, in a second pass over the group: the sum of
-- squares less the square of the sum would lose small spreads to rounding.  Every column that a
-- question may select by is in GROUP BY, so that SQLite skips other sweeps.)
CREATE VIEW v_compare AS
  WITH seen AS (
    SELECT *,
      status = 'done' AND (value IS NOT NULL OR metric_def_id IS NULL) AS is_used,
      status IN ('failed', 'diverged')
        OR (status = 'done' AND note IS NOT NULL AND value IS NULL) AS has_failed
    FROM v_result),
  summed AS (
    SELECT sweep_id, sweep, is_latest, min(place) AS place, min(point) AS point, setting,
      data, source, network, path, coupling, solver, label, method, solver_order, steps,
      rtol, atol, t_end, guidance, grid, metric_def_id, metric, metric_options, direction, unit,
      count(*) AS n_seeds, sum(is_used) AS n, sum(has_failed) AS n_failed,
      avg(value) FILTER (WHERE is_used) AS mean,
      '[' || group_concat(value) FILTER (WHERE is_used) || ']' AS each,
      min(value) FILTER (WHERE is_used) AS min, max(value) FILTER (WHERE is_used) AS max,
      avg(floor) FILTER (WHERE is_used) AS floor,
      avg(standard_error) FILTER (WHERE is_used) AS standard_error,
      avg(nfe) FILTER (WHERE status = 'done') AS nfe,
      avg(seconds) FILTER (WHERE status = 'done') AS seconds
    FROM seen
    GROUP BY sweep_id, sweep, is_latest, metric_def_id, metric, setting, data, source, network,
      path, coupling, solver, label, method, solver_order, steps, rtol, atol, t_end, guidance, grid),
  spread AS (
    SELECT *, CASE WHEN n > 1 THEN
        sqrt((SELECT sum((e.value - mean) * (e.value - mean)) FROM json_each(each) e) / (n - 1))
      END AS sd
    FROM summed)
  SELECT sweep_id, sweep, is_latest, place, point, setting, data, source, network, path,
    coupling, solver, label, method, solver_order, steps, rtol, atol, t_end, guidance, grid,
    metric_def_id, metric, metric_options, direction, unit,
    n_seeds, n, n_failed, n_seeds - n - n_failed AS n_open, mean, sd,
    (SELECT min(t) FROM t_quantile WHERE df < n) * sd / sqrt(n) AS ci95,
    min, max, floor, standard_error, nfe, seconds
  FROM spread;

-- Every pair of solvers on the same run, from the same noise and to the same time, by the same metric,
-- in both orders.  In pairs the differences between seeds cancel, so use this view for "is a better
-- than b".
--   difference        value_a - value_b
--   direction         'min': a is better where difference is below 0
CREATE VIEW v_pair AS
  SELECT a.sweep_id, a.sweep, a.is_latest, a.setting, a.run_id, a.seed,
    a.metric_def_id, a.metric, a.metric_options, a.direction,
    a.sampling_id AS sampling_id_a, b.sampling_id AS sampling_id_b,
    a.label AS solver_a, b.label AS solver_b, a.method AS method_a, b.method AS method_b,
    a.steps AS steps_a, b.steps AS steps_b, a.rtol AS rtol_a, b.rtol AS rtol_b,
    a.t_end, a.grid AS grid_a, b.grid AS grid_b,
    a.guidance AS guidance_a, b.guidance AS guidance_b,
    a.nfe AS nfe_a, b.nfe AS nfe_b, a.value AS value_a, b.value AS value_b,
    a.value - b.value AS difference
  FROM v_result a
    JOIN v_result b ON b.sweep_id = a.sweep_id AND b.run_id = a.run_id
      AND b.point = a.point AND b.metric_def_id = a.metric_def_id
      AND b.sampling_id <> a.sampling_id AND b.n_samples = a.n_samples AND b.noise = a.noise
      AND b.t_end = a.t_end
  WHERE a.status = 'done' AND b.status = 'done'
    AND a.value IS NOT NULL AND b.value IS NOT NULL;

-- The Pareto front of v_compare: rows for which no other row of the same sweep, setting, t_end,
-- guidance and metric has at most the nfe and at least as good a mean, one of the two strictly.  Rows
-- with a failed seed are neither shown nor compared with, since their mean is over the other seeds.
CREATE VIEW v_pareto AS
  WITH whole AS (
    SELECT *, CASE direction WHEN 'max' THEN -mean ELSE mean END AS cost
    FROM v_compare WHERE mean IS NOT NULL AND n_failed = 0 AND nfe IS NOT NULL),
  rivals AS (
    SELECT *, min(cost) OVER cheaper AS best_cheaper, min(cost) OVER equal AS best_equal
    FROM whole
    WINDOW cheaper AS (PARTITION BY sweep_id, setting, data, source, network, path, coupling,
        t_end, guidance, metric_def_id ORDER BY nfe GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
      equal AS (PARTITION BY sweep_id, setting, data, source, network, path, coupling,
        t_end, guidance, metric_def_id ORDER BY nfe GROUPS BETWEEN CURRENT ROW AND CURRENT ROW))
  SELECT sweep_id, sweep, is_latest, place, setting, data, source, network, path, coupling,
    solver, label, method, steps, rtol, atol, t_end, guidance, grid, metric_def_id, metric,
    metric_options, direction, n, mean, ci95, floor, nfe, seconds
  FROM rivals
  WHERE cost <= best_equal AND (best_cheaper IS NULL OR cost < best_cheaper);

-- The same with seconds in place of nfe: the front on the machine that sampled.
CREATE VIEW v_pareto_seconds AS
  WITH whole AS (
    SELECT *, CASE direction WHEN 'max' THEN -mean ELSE mean END AS cost
    FROM v_compare WHERE mean IS NOT NULL AND n_failed = 0 AND seconds IS NOT NULL),
  rivals AS (
    SELECT *, min(cost) OVER cheaper AS best_cheaper, min(cost) OVER equal AS best_equal
    FROM whole
    WINDOW cheaper AS (PARTITION BY sweep_id, setting, data, source, network, path, coupling,
        t_end, guidance, metric_def_id ORDER BY seconds GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
      equal AS (PARTITION BY sweep_id, setting, data, source, network, path, coupling,
        t_end, guidance, metric_def_id ORDER BY seconds GROUPS BETWEEN CURRENT ROW AND CURRENT ROW))
  SELECT sweep_id, sweep, is_latest, place, setting, data, source, network, path, coupling,
    solver, label, method, steps, rtol, atol, t_end, guidance, grid, metric_def_id, metric,
    metric_options, direction, n, mean, ci95, floor, nfe, seconds
  FROM rivals
  WHERE cost <= best_equal AND (best_cheaper IS NULL OR cost < best_cheaper);

-- Observed order p = -d ln(error) / d ln(steps) of each fixed-step solver that has an order (stochastic
-- solvers follow no ODE and have none): least squares over the finest four usable step counts.  A
-- step count is usable if its mean discretization_error over seeds is above 3 times the floor (below,
-- it is the reference's error) and at most 0.3 (above, steps are too coarse: samples have a spread
-- near 1).
--   declared          order the plugin declares
--   observed          p; NULL with fewer than two points
--   n_points          number of step counts in the fit
--   steps_min/max     their range
CREATE VIEW v_order AS
  WITH fixed AS (
    SELECT *, ln(steps) AS x, CASE WHEN mean > 0 THEN ln(mean) END AS y,
      coalesce(mean > 3 * coalesce(floor, 0) AND mean > 0 AND mean <= 0.3, 0) AS is_usable
    FROM v_compare
    WHERE metric = 'discretization_error' AND steps > 0 AND solver_order IS NOT NULL),
  ranked AS (
    SELECT *, is_usable AND sum(is_usable) OVER (PARTITION BY sweep_id, setting, data, source,
      network, path, coupling, solver, label, method, t_end, guidance, grid, metric_def_id
      ORDER BY steps DESC) <= 4
      AS is_used
    FROM fixed)
  SELECT sweep_id, sweep, is_latest, min(place) AS place, setting, data, source, network, path,
    coupling, solver, label, method, t_end, guidance, grid, solver_order AS declared,
    -(sum(is_used) * sum(is_used * x * y) - sum(is_used * x) * sum(is_used * y))
      / nullif(sum(is_used) * sum(is_used * x * x) - sum(is_used * x) * sum(is_used * x), 0)
      AS observed,
    sum(is_used) AS n_points,
    min(steps) FILTER (WHERE is_used) AS steps_min,
    max(steps) FILTER (WHERE is_used) AS steps_max
  FROM ranked
  GROUP BY sweep_id, sweep, is_latest, setting, data, source, network, path, coupling, solver,
    label, method, t_end, guidance, grid, metric_def_id;

-- The error of each solver setting, split into the solver's and the network's share: root mean square
-- distances at t_end, means over seeds.
--   discretisation    from the samples to the end points of the network's flow: the solver's error
--   model             from the network's flow to the exact flow: the network's error
--   total             from the samples to the exact flow; at most the sum, by the triangle inequality
CREATE VIEW v_error_split AS
  SELECT sweep_id, sweep, is_latest, min(place) AS place, setting, data, source, network, path,
    coupling, solver, label, method, steps, rtol, atol, t_end, guidance, grid, avg(nfe) AS nfe,
    avg(mean) FILTER (WHERE metric = 'discretization_error') AS discretisation,
    avg(mean) FILTER (WHERE metric = 'model_error') AS model,
    avg(mean) FILTER (WHERE metric = 'flow_error') AS total
  FROM v_compare
  WHERE metric IN ('discretization_error', 'model_error', 'flow_error')
  GROUP BY sweep_id, setting, data, source, network, path, coupling, solver, label, method, steps,
    rtol, atol, t_end, guidance, grid;

-- Results of `fmrun plugins check`, the latest file of each name and options first.
CREATE VIEW v_plugin_check AS
  SELECT kind, name, version, sha256, options, property, problem, declared, measured, result,
    note, fmrun_version, checked
  FROM plugin_check ORDER BY kind, name, options, checked DESC, id;

-- The keys whose values differ between the runs of a sweep.
--   n_values          number of different values
--   n_unset           number of runs without the key
--   varying           the values, separated by " | "
CREATE VIEW v_param_varies AS
  WITH member AS (SELECT DISTINCT sweep_id, run_id FROM point),
  size AS (SELECT sweep_id, count(*) AS n_runs FROM member GROUP BY sweep_id),
  varied AS (
    SELECT m.sweep_id, p.key, p.value, count(*) AS n
    FROM member m JOIN param p ON p.run_id = m.run_id
    GROUP BY m.sweep_id, p.key, p.value)
  SELECT v.sweep_id, w.sweep, w.is_latest, v.key, count(*) AS n_values,
    z.n_runs - sum(v.n) AS n_unset, group_concat(v.value, ' | ') AS varying
  FROM varied v
    JOIN v_sweep w ON w.sweep_id = v.sweep_id
    JOIN size z ON z.sweep_id = v.sweep_id
  GROUP BY v.sweep_id, v.key
  HAVING count(*) > 1 OR sum(v.n) < z.n_runs;

-- The numbers of runs and samplings of a sweep in each status.
CREATE VIEW v_progress AS
  WITH part AS (
    SELECT DISTINCT p.sweep_id, r.status, p.run_id AS run, NULL AS sampling
    FROM point p JOIN run r ON r.id = p.run_id
    UNION ALL
    SELECT DISTINCT p.sweep_id, s.status, NULL, s.id
    FROM point p JOIN sampling s ON s.id = p.sampling_id)
  SELECT t.sweep_id, w.sweep, w.is_latest, t.status,
    count(t.run) AS n_runs, count(t.sampling) AS n_samplings
  FROM part t JOIN v_sweep w ON w.sweep_id = t.sweep_id
  GROUP BY t.sweep_id, t.status;

-- Training curves of a sweep's runs.
CREATE VIEW v_loss AS
  SELECT p.sweep_id, w.sweep, w.is_latest, p.setting, p.run_id, r.seed, r.network, r.path,
    r.coupling, l.step, l.loss, l.grad_norm, l.lr, l.validation, l.pair_cost, l.independent_cost,
    l.plan_cost, l.marginal_error, l.pair_seconds
  FROM (SELECT sweep_id, run_id, min(setting) AS setting FROM point GROUP BY sweep_id, run_id) p
    JOIN v_sweep w ON w.sweep_id = p.sweep_id
    JOIN run r ON r.id = p.run_id
    JOIN loss l ON l.run_id = p.run_id;

-- Training curves by time: mean losses of rows with t_from <= t < t_to.
CREATE VIEW v_loss_by_time AS
  SELECT p.sweep_id, w.sweep, w.is_latest, p.setting, p.run_id, r.seed, r.network, r.path,
    r.coupling, l.step, l.t_from, l.t_to, l.loss, l.n_rows
  FROM (SELECT sweep_id, run_id, min(setting) AS setting FROM point GROUP BY sweep_id, run_id) p
    JOIN v_sweep w ON w.sweep_id = p.sweep_id
    JOIN run r ON r.id = p.run_id
    JOIN loss_by_time l ON l.run_id = p.run_id;
