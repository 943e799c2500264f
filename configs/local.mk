# The folder has one experiment per file.
EXTRA_DIST += configs
