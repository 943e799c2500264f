/* Shared by the parts of the suite "store". */
#ifndef FM_TESTS_TEST_STORE_H
#define FM_TESTS_TEST_STORE_H

#include "store/store.h"
#include "support.h"

/* "FOLDER/results.db" in a fresh scratch folder of that name. */
const char *test_database(const char *folder);
/* A run with this key, its other fields fixed. */
int64_t test_add_run(struct fm_store *store, const char *key, struct fm_error *err);
/* The one value of a statement, as text ("NULL" for NULL); lives until the next call. */
const char *test_value(struct fm_store *store, const char *sql);

/* The user's own SQL. */
TCase *test_store_query(void);
/* Opening, locking, killing, full disks, versions. */
TCase *test_store_safety(void);
/* Databases of earlier versions. */
TCase *test_store_migration(void);

#endif
