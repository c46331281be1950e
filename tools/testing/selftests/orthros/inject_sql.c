// SPDX-License-Identifier: GPL-2.0
/*
 * A writer to a database, for hop_inject: what was committed must be there.
 *
 *   inject_sql write|check DB FD OFFSET
 *
 * FD has a struct worker at OFFSET, whose count is that of the transactions committed.
 */
#include <sqlite3.h>

#include "hop_test.h"
#include "inject.h"

static struct worker *w;
static sqlite3 *db;
static bool trouble;

static long long sum_of(long long id)
{
	return id * 7919 % 1000003;
}

static void fail(const char *what)
{
	snprintf(w->error, sizeof(w->error), "%s: %.60s", what, sqlite3_errmsg(db));
	printf("# inject_sql: %s\n", w->error);
	exit(1);
}

static void sql(const char *text, int (*row)(void *arg, int n, char **values, char **names))
{
	if (sqlite3_exec(db, text, row, NULL, NULL) != SQLITE_OK)
		fail(text);
}

static void writer(void)
{
	char text[128];
	long long id;
	int i;

	sql("PRAGMA synchronous=FULL", NULL);
	sql("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, sum INTEGER)", NULL);
	for (;;) {
		sql("BEGIN", NULL);
		for (i = 0; i < SQL_ROWS; i++) {
			id = w->count * SQL_ROWS + i;
			/* One that was committed, when the writer was given up, is there. */
			snprintf(text, sizeof(text), "INSERT OR REPLACE INTO t VALUES(%lld, %lld)",
				 id, sum_of(id));
			sql(text, NULL);
		}
		sql("COMMIT", NULL);
		__atomic_add_fetch(&w->count, 1, __ATOMIC_SEQ_CST);
	}
}

static long long rows;

static int check_row(void *arg, int n, char **values, char **names)
{
	long long id = atoll(values[0]);

	if (id != rows || atoll(values[1]) != sum_of(id)) {
		printf("# inject_sql: row %lld is %s, %s\n", rows, values[0], values[1]);
		trouble = true;
	}
	rows++;
	return 0;
}

static int check_ok(void *arg, int n, char **values, char **names)
{
	if (strcmp(values[0], "ok")) {
		printf("# inject_sql: %s\n", values[0]);
		trouble = true;
	}
	return 0;
}

static void checker(void)
{
	long long committed = w->count * SQL_ROWS;

	if (!committed)
		return;
	sql("SELECT id, sum FROM t ORDER BY id", check_row);
	sql("PRAGMA integrity_check", check_ok);
	if (rows < committed || rows % SQL_ROWS) {
		printf("# inject_sql: %lld rows, %lld committed\n", rows, committed);
		trouble = true;
	}
}

int main(int argc, char **argv)
{
	static struct worker local;

	if (argc != 5)
		return 2;
	w = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, atoi(argv[3]), 0));
	w = (void *)w + atoi(argv[4]);
	if (!strcmp(argv[1], "check")) {
		/* It tells nobody else. */
		local = *w;
		w = &local;
	}
	if (sqlite3_open(argv[2], &db) != SQLITE_OK)
		fail("open");
	sqlite3_busy_timeout(db, 20000);
	if (!strcmp(argv[1], "write"))
		writer();
	checker();
	return trouble;
}
