/* Functions shared by the files of the suite "store". */
#ifndef FM_TESTS_TEST_STORE_H
#define FM_TESTS_TEST_STORE_H

#include "store/store.h"
#include "support.h"

/* "FOLDER/results.db" in an empty scratch folder. */
const char *test_database(const char *folder);
/* Adds a run with this key; its other fields are fixed. */
int64_t test_add_run(struct fm_store *store, const char *key, struct fm_error *err);
/* The only value of a statement, as text ("NULL" for NULL); valid until the next call. */
const char *test_value(struct fm_store *store, const char *sql);

/* The user's own SQL. */
TCase *test_store_query(void);
/* Opening, locking, killing, full disks, versions. */
TCase *test_store_safety(void);
/* Databases of earlier versions. */
TCase *test_store_migration(void);

#endif
