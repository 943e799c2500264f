# The folder: one experiment a file.
EXTRA_DIST += configs
