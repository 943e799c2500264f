# Each plugin is one source, KIND/NAME.c, of which one command makes KIND/NAME.so: a module that
# links to nothing of fmrun.  A new one is a name in its kind's list.
networkexec_DATA = \
	plugins/network/mlp.so plugins/network/oracle.so
pathexec_DATA = \
	plugins/path/linear.so plugins/path/polynomial.so plugins/path/cosine.so \
	plugins/path/linear_vp.so plugins/path/vp.so plugins/path/target_fm.so \
	plugins/path/icfm.so plugins/path/sb.so
couplingexec_DATA = \
	plugins/coupling/independent.so plugins/coupling/ot.so plugins/coupling/reflow.so \
	plugins/coupling/sinkhorn.so
solverexec_DATA = \
	plugins/solver/euler.so plugins/solver/midpoint.so plugins/solver/heun2.so \
	plugins/solver/rk4.so plugins/solver/rk4_38.so plugins/solver/dopri5.so \
	plugins/solver/ralston2.so plugins/solver/heun3.so plugins/solver/kutta3.so \
	plugins/solver/ssprk3.so plugins/solver/heun_euler.so plugins/solver/bosh3.so \
	plugins/solver/fehlberg45.so plugins/solver/cash_karp.so plugins/solver/tsit5.so \
	plugins/solver/dopri8.so plugins/solver/vern7.so plugins/solver/vern9.so \
	plugins/solver/tableau.so plugins/solver/ab2.so plugins/solver/ab3.so \
	plugins/solver/ab4.so plugins/solver/abm.so plugins/solver/ddim.so \
	plugins/solver/ddpm.so plugins/solver/dpmpp_2m.so plugins/solver/unipc.so \
	plugins/solver/euler_maruyama.so
if HAVE_SUNDIALS
solverexec_DATA += plugins/solver/arkode.so
endif
datasetexec_DATA = \
	plugins/dataset/gaussian.so plugins/dataset/gaussian_mixture.so plugins/dataset/moons.so \
	plugins/dataset/checkerboard.so plugins/dataset/idx.so plugins/dataset/scurve.so \
	plugins/dataset/swissroll.so plugins/dataset/circles.so plugins/dataset/spirals.so \
	plugins/dataset/pinwheel.so plugins/dataset/funnel.so plugins/dataset/csv.so \
	plugins/dataset/npy.so
metricexec_DATA = \
	plugins/metric/w2.so plugins/metric/sliced_w2.so plugins/metric/energy.so \
	plugins/metric/discretization_error.so plugins/metric/flow_error.so \
	plugins/metric/model_error.so plugins/metric/nll.so plugins/metric/nll_gap.so \
	plugins/metric/npe.so plugins/metric/path_energy.so

# "exec": they go with "make install-exec".
networkexecdir = $(pkglibdir)/network
pathexecdir = $(pkglibdir)/path
couplingexecdir = $(pkglibdir)/coupling
solverexecdir = $(pkglibdir)/solver
datasetexecdir = $(pkglibdir)/dataset
metricexecdir = $(pkglibdir)/metric

PLUGINS = $(networkexec_DATA) $(pathexec_DATA) $(couplingexec_DATA) $(solverexec_DATA) \
	$(datasetexec_DATA) $(metricexec_DATA)
EXTRA_DIST += $(PLUGINS:.so=.c) plugins/solver/arkode.c

# What any of them may need; the linker leaves out what one doesn't.
PLUGIN_LIBS = -Wl,--as-needed $(ZLIB_LIBS) $(SUNDIALS_LIBS) -lm

SUFFIXES = .so
.c.so:
	@$(MKDIR_P) $(@D)
	$(AM_V_CCLD)$(COMPILE) -fPIC -MMD -MP -MT $@ -MF $*.d $(AM_LDFLAGS) $(LDFLAGS) -shared \
		$(PLUGIN_CFLAGS) -o $@ $< $(PLUGIN_LIBS)
-include $(PLUGINS:.so=.d)

uninstall-hook:
	@for folder in "$(networkexecdir)" "$(pathexecdir)" "$(couplingexecdir)" \
		"$(solverexecdir)" "$(datasetexecdir)" "$(metricexecdir)" "$(pkglibdir)" \
		"$(fmrunincludedir)" "$(templatesdir)" "$(pkgdatadir)"; do \
		rmdir "$(DESTDIR)$$folder" 2>/dev/null || :; \
	done
