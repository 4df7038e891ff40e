/*
 * bench_codebook.c - the code book against its yardsticks, side by side in one run: what a build costs, how fast a
 * book opens, dated look-ups of ICD-10-CM codes and NCCI pairs beside SQLite (indexed, prepared) and a binary search
 * over an array of structs, and what five processes keep of it in memory together.
 */
#include "bench/yard.h"
#include "codebook/io_book.h"

#include "base/file.h"

#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUERIES		(1u << 20)
#define SQL_QUERIES	(1u << 17)
#define ROUNDS_MAX	99
#define SHARERS		5

struct query { char c1[8], c2[8]; uint8_t n1, n2; day_t day; };
struct entry { char c1[8], c2[8]; day_t from, to; int answer; };

struct bench {
	const char	*from, *book, *dir;
	int		 rounds;
	struct book	 b;
	struct query	*icd, *ptp;
	struct entry	*icd_rows, *ptp_rows;
	size_t		 n_icd, n_ptp;
	sqlite3		*db;
	uint64_t	 seed;
};

static uint64_t
next(struct bench *k)
{
	k->seed ^= k->seed << 13;
	k->seed ^= k->seed >> 7;
	k->seed ^= k->seed << 17;
	return k->seed;
}

static struct str
str8(const char *p, size_t n)
{
	return (struct str){ p, n };
}

/* ---- building, in a process of its own on one core ---- */

static void
build_child(const struct bench *k)
{
	struct arena a;
	struct faults f = { .a = &a };
	struct book b;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	(void)sched_setaffinity(0, sizeof one, &one);
	arena_init(&a, 0);
	if (book_build(&k->from, 1, &f, NULL, NULL, &b) < 0 || file_write_atomic(k->book, b.bytes, true) < 0) {
		for (size_t i = 0; i < f.n && i < 10; i++)
			(void)fprintf(stderr, STR_FMT ": " STR_FMT "\n", STR_ARG(f.v[i].place), STR_ARG(f.v[i].words));
		_exit(1);
	}
	_exit(0);
}

static void
build(const struct bench *k)
{
	double began = yard_now();
	struct rusage u;
	pid_t pid = fork();
	int st;

	if (pid == 0)
		build_child(k);
	if (pid < 0 || wait4(pid, &st, 0, &u) != pid || st != 0)
		yard_fail("the book cannot be built");
	printf("build, one core          %6.2f s, %.2f s CPU, %ld MiB at most\n", yard_now() - began,
	    (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
	    u.ru_maxrss / 1024);
}

/* ---- opening ---- */

static void
opening(struct bench *k)
{
	double quick[ROUNDS_MAX], whole[ROUNDS_MAX];
	const char *why;

	for (int i = 0; i < ROUNDS_MAX; i++)
		for (int verify = 0; verify < 2; verify++) {
			double began = yard_now();
			struct book b;

			if (book_map(k->book, verify, &b, &why) < 0 ||
			    codebook_find(b.cb, CS_ICD10CM, S("E1165"), day_of(2026, 1, 1)) == ROW_NONE)
				yard_fail("the book cannot be opened");
			(verify ? whole : quick)[i] = (yard_now() - began) * 1e3;
			book_close(&b);
		}
	printf("open and first look-up   %6.3f ms; with every byte compared, as daemons do, %.1f ms\n",
	    yard_median(quick, ROUNDS_MAX), yard_median(whole, ROUNDS_MAX));
}

/* ---- the same rows for everybody ---- */

static void
code_copy(char to[8], struct str s)
{
	memset(to, 0, 8);
	memcpy(to, s.p, s.n < 8 ? s.n : 8);
}

static day_t
day_between(struct bench *k, day_t from, day_t to)
{
	return from + (day_t)(next(k) % (uint64_t)(to - from));
}

static void
icd_rows(struct bench *k)
{
	const struct codebook *cb = k->b.cb;

	k->n_icd = (size_t)codebook_count(cb, CS_ICD10CM);
	k->icd_rows = calloc(k->n_icd + 1, sizeof *k->icd_rows);
	k->icd = calloc(QUERIES, sizeof *k->icd);
	if (!k->n_icd || !k->icd_rows || !k->icd)
		yard_fail("no ICD-10-CM codes");
	for (row_t i = 0; i < codebook_count(cb, CS_ICD10CM); i++) {
		struct code_row r = codebook_row(cb, CS_ICD10CM, i);

		k->icd_rows[i] = (struct entry){ .from = r.from, .to = r.to == DAY_NONE ? INT32_MAX : r.to,
		    .answer = r.billable };
		code_copy(k->icd_rows[i].c1, r.code);
	}
	for (size_t i = 0; i < QUERIES; i++) {
		struct query *q = &k->icd[i];

		memcpy(q->c1, k->icd_rows[next(k) % k->n_icd].c1, 8);
		q->n1 = (uint8_t)strnlen(q->c1, 8);
		if (next(k) % 10 == 0)
			q->c1[q->n1 - 1] = '?';			/* no such code */
		q->day = day_between(k, day_of(2015, 10, 1), day_of(2026, 12, 31));
	}
}

static int
by_pair(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;
	int rc = memcmp(a->c1, b->c1, 8);

	rc = rc ? rc : memcmp(a->c2, b->c2, 8);
	return rc ? rc : a->from != b->from ? (a->from < b->from ? -1 : 1) : (a->to > b->to) - (a->to < b->to);
}

static void
ptp_rows(struct bench *k)
{
	const struct codebook *cb = k->b.cb;
	size_t pairs = codebook_ptp_pairs(cb, PTP_PRACTITIONER);
	struct str c1, c2;
	struct ptp w[64];
	size_t at = 0;

	k->ptp_rows = calloc(codebook_ptp_count(cb, PTP_PRACTITIONER) + 1, sizeof *k->ptp_rows);
	k->ptp = calloc(QUERIES, sizeof *k->ptp);
	if (!pairs || !k->ptp_rows || !k->ptp)
		yard_fail("no PTP pairs");
	while (codebook_ptp_next(cb, PTP_PRACTITIONER, &at, &c1, &c2)) {
		size_t n = codebook_ptp_windows(cb, PTP_PRACTITIONER, c1, c2, w, 64);

		for (size_t j = 0; j < n; j++) {
			struct entry *e = &k->ptp_rows[k->n_ptp++];

			*e = (struct entry){ .from = w[j].from, .to = w[j].to == DAY_NONE ? INT32_MAX : w[j].to,
			    .answer = w[j].modifier };
			code_copy(e->c1, c1);
			code_copy(e->c2, c2);
		}
	}
	qsort(k->ptp_rows, k->n_ptp, sizeof *k->ptp_rows, by_pair);
	for (size_t i = 0; i < QUERIES; i++) {
		struct query *q = &k->ptp[i];
		const struct entry *x = &k->ptp_rows[next(k) % k->n_ptp], *y = next(k) % 2 ? x : &k->ptp_rows[next(k) % k->n_ptp];

		memcpy(q->c1, x->c1, 8);
		memcpy(q->c2, y->c2, 8);
		q->n1 = (uint8_t)strnlen(q->c1, 8);
		q->n2 = (uint8_t)strnlen(q->c2, 8);
		q->day = day_between(k, day_of(2018, 1, 1), day_of(2026, 12, 31));
	}
}

/* ---- ours ---- */

static uint64_t
book_icd(const struct bench *k, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct query *q = &k->icd[i % QUERIES];
		row_t row = codebook_find(k->b.cb, CS_ICD10CM, str8(q->c1, q->n1), q->day);

		sum += row == ROW_NONE ? 0 : 2 + (uint64_t)codebook_int(k->b.cb, CC_ICD10CM_BILLABLE, row);
	}
	return sum;
}

static uint64_t
book_ptp(const struct bench *k, size_t n)
{
	uint64_t sum = 0;
	struct ptp e;

	for (size_t i = 0; i < n; i++) {
		const struct query *q = &k->ptp[i % QUERIES];

		sum += (uint64_t)codebook_ptp(k->b.cb, PTP_PRACTITIONER, str8(q->c1, q->n1), str8(q->c2, q->n2), q->day,
		    &e) * (2u + e.modifier);
	}
	return sum;
}

/* As a claim of some lines asks: all of its pairs at once. */
static uint64_t
book_ptp_all(const struct bench *k, size_t n)
{
	enum { CLAIM = 64 };
	struct ptp_query q[CLAIM];
	struct ptp e[CLAIM];
	bool found[CLAIM];
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i += CLAIM) {
		for (size_t j = 0; j < CLAIM; j++) {
			const struct query *x = &k->ptp[(i + j) % QUERIES];

			q[j] = (struct ptp_query){ str8(x->c1, x->n1), str8(x->c2, x->n2), x->day };
		}
		(void)codebook_ptp_all(k->b.cb, PTP_PRACTITIONER, q, CLAIM, e, found);
		for (size_t j = 0; j < CLAIM; j++)
			sum += found[j] ? 2u + e[j].modifier : 0;
	}
	return sum;
}

/* ---- a binary search over an array ---- */

static int
entry_cmp(const struct entry *e, const struct query *q)
{
	int rc = memcmp(e->c1, q->c1, 8);

	return rc ? rc : memcmp(e->c2, q->c2, 8);
}

static uint64_t
array_find(const struct entry *v, size_t n, const struct query *q)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (entry_cmp(&v[mid], q) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < n && entry_cmp(&v[lo], q) == 0; lo++)
		if (v[lo].from <= q->day && v[lo].to >= q->day)
			return 2 + (uint64_t)v[lo].answer;
	return 0;
}

static uint64_t
array_icd(const struct bench *k, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += array_find(k->icd_rows, k->n_icd, &k->icd[i % QUERIES]);
	return sum;
}

static uint64_t
array_ptp(const struct bench *k, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += array_find(k->ptp_rows, k->n_ptp, &k->ptp[i % QUERIES]);
	return sum;
}

/* ---- SQLite: one table each, its primary key the index ---- */

static void
sql(const struct bench *k, const char *text)
{
	if (sqlite3_exec(k->db, text, NULL, NULL, NULL) != SQLITE_OK)
		yard_fail(sqlite3_errmsg(k->db));
}

static void
sql_fill(struct bench *k, const char *text, const struct entry *v, size_t n)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(k->db, text, -1, &st, NULL) != SQLITE_OK)
		yard_fail(sqlite3_errmsg(k->db));
	for (size_t i = 0; i < n; i++) {
		(void)sqlite3_bind_text(st, 1, v[i].c1, (int)strnlen(v[i].c1, 8), SQLITE_STATIC);
		(void)sqlite3_bind_text(st, 2, v[i].c2, (int)strnlen(v[i].c2, 8), SQLITE_STATIC);
		(void)sqlite3_bind_int64(st, 3, v[i].from);
		(void)sqlite3_bind_int64(st, 4, v[i].to);
		(void)sqlite3_bind_int(st, 5, v[i].answer);
		if (sqlite3_step(st) != SQLITE_DONE)
			yard_fail(sqlite3_errmsg(k->db));
		(void)sqlite3_reset(st);
	}
	(void)sqlite3_finalize(st);
}

static void
sql_open(struct bench *k)
{
	char path[512];

	(void)snprintf(path, sizeof path, "%s/yard.sqlite", k->dir);
	if (sqlite3_open(path, &k->db) != SQLITE_OK)
		yard_fail("SQLite cannot be opened");
	sql(k, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; "
	    "PRAGMA mmap_size = 1000000000;");
	sql(k, "CREATE TABLE icd (c1 TEXT, c2 TEXT, f INT, t INT, a INT, PRIMARY KEY (c1, c2, f, t)) WITHOUT ROWID;"
	    "CREATE TABLE ptp (c1 TEXT, c2 TEXT, f INT, t INT, a INT, PRIMARY KEY (c1, c2, f, t)) WITHOUT ROWID; BEGIN;");
	sql_fill(k, "INSERT OR IGNORE INTO icd VALUES (?, ?, ?, ?, ?)", k->icd_rows, k->n_icd);
	sql_fill(k, "INSERT OR IGNORE INTO ptp VALUES (?, ?, ?, ?, ?)", k->ptp_rows, k->n_ptp);
	sql(k, "COMMIT");
}

static uint64_t
sql_find(const struct bench *k, const char *text, const struct query *v, size_t n)
{
	sqlite3_stmt *st;
	uint64_t sum = 0;

	sql(k, "BEGIN");			/* one lock for all of them */
	if (sqlite3_prepare_v2(k->db, text, -1, &st, NULL) != SQLITE_OK)
		yard_fail(sqlite3_errmsg(k->db));
	for (size_t i = 0; i < n; i++) {
		(void)sqlite3_bind_text(st, 1, v[i].c1, v[i].n1, SQLITE_STATIC);
		(void)sqlite3_bind_text(st, 2, v[i].c2, v[i].n2, SQLITE_STATIC);
		(void)sqlite3_bind_int64(st, 3, v[i].day);
		if (sqlite3_step(st) == SQLITE_ROW)
			sum += 2 + (uint64_t)sqlite3_column_int64(st, 0);
		(void)sqlite3_reset(st);
	}
	(void)sqlite3_finalize(st);
	sql(k, "COMMIT");
	return sum;
}

static uint64_t
sql_icd(const struct bench *k, size_t n)
{
	return sql_find(k, "SELECT a FROM icd WHERE c1 = ? AND c2 = ? AND f <= ?3 AND t >= ?3 LIMIT 1", k->icd, n);
}

static uint64_t
sql_ptp(const struct bench *k, size_t n)
{
	return sql_find(k, "SELECT a FROM ptp WHERE c1 = ? AND c2 = ? AND f <= ?3 AND t >= ?3 LIMIT 1", k->ptp, n);
}

/* ---- rounds ---- */

typedef uint64_t find_fn(const struct bench *, size_t n);

static double
rate(const struct bench *k, find_fn *find, size_t n, uint64_t *sum)
{
	double began = yard_now();

	*sum = find(k, n);
	return (double)n / (yard_now() - began) / 1e6;
}

static void
compare(const struct bench *k, const char *name, find_fn *const finds[3])
{
	double v[3][ROUNDS_MAX], ratio[2][ROUNDS_MAX];

	for (int r = 0; r < k->rounds; r++) {
		uint64_t sum[3];

		for (int i = 0; i < 3; i++)
			v[i][r] = rate(k, finds[i], i == 2 ? SQL_QUERIES : 4 * QUERIES, &sum[i]);
		(void)rate(k, finds[0], SQL_QUERIES, &sum[0]);
		if (sum[0] != sum[2])
			yard_fail("the book and SQLite answer differently");
		(void)rate(k, finds[1], SQL_QUERIES, &sum[1]);
		if (sum[0] != sum[1])
			yard_fail("the book and the array answer differently");
		ratio[0][r] = v[0][r] / v[1][r];
		ratio[1][r] = v[0][r] / v[2][r];
	}
	printf("%-24s %6.1f million/s; array %.1f (%.1f times), SQLite %.2f (%.0f times)\n", name,
	    yard_median(v[0], (size_t)k->rounds), yard_median(v[1], (size_t)k->rounds), yard_median(ratio[0], (size_t)k->rounds),
	    yard_median(v[2], (size_t)k->rounds), yard_median(ratio[1], (size_t)k->rounds));
}

/* ---- memory ---- */

/* KiB of the mapping of the book: what smaps says under the key. */
static long
mapped(const char *book, const char *key)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	bool in = false;
	long sum = 0, v;

	while (f && fgets(line, sizeof line, f)) {
		if (strchr(line, '-') && strchr(line, ' ') && strstr(line, " r"))
			in = strstr(line, book) != NULL;
		if (in && strncmp(line, key, strlen(key)) == 0 && sscanf(line + strlen(key), "%ld", &v) == 1)
			sum += v;
	}
	if (f)
		(void)fclose(f);
	return sum;
}

/* A process that uses the whole book, says so, waits for the others, and tells what it holds. */
static void
sharer(const struct bench *k, const int ready[2], const int go[2], const int told[2], const int end[2])
{
	struct bench mine = *k;
	const char *why;
	long kib[2];
	char c = 0;

	if (book_map(k->book, true, &mine.b, &why) < 0)
		_exit(1);
	(void)book_icd(&mine, QUERIES);
	(void)book_ptp(&mine, QUERIES);
	if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1) != 1)
		_exit(1);
	kib[0] = mapped(k->book, "Pss:");
	kib[1] = mapped(k->book, "Rss:");
	if (write(told[1], kib, sizeof kib) != sizeof kib || write(ready[1], &c, 1) != 1 || read(end[0], &c, 1) != 1)
		_exit(1);
	_exit(0);
}

static void
wait_all(const int ready[2])
{
	char c;

	for (int i = 0; i < SHARERS; i++)
		if (read(ready[0], &c, 1) != 1)
			yard_fail("a sharing process died");
}

static void
memory(struct bench *k)
{
	int ready[2], go[2], told[2], end[2];
	long pss = 0, rss = 0, kib[2];
	char all[SHARERS] = { 0 };

	book_close(&k->b);			/* only the five */
	if (pipe(ready) != 0 || pipe(go) != 0 || pipe(told) != 0 || pipe(end) != 0)
		yard_fail("no pipes");
	for (int i = 0; i < SHARERS; i++)
		if (fork() == 0)
			sharer(k, ready, go, told, end);
	wait_all(ready);
	if (write(go[1], all, SHARERS) != SHARERS)
		yard_fail("the sharing processes cannot be told");
	wait_all(ready);
	for (int i = 0; i < SHARERS && read(told[0], kib, sizeof kib) == sizeof kib; i++) {
		pss += kib[0];
		rss += kib[1];
	}
	if (write(end[1], all, SHARERS) != SHARERS)
		yard_fail("the sharing processes cannot be told");
	while (wait(NULL) > 0)
		;
	printf("five processes           %6.1f MiB of the book, counted once (PSS); %.1f MiB if each were counted whole\n",
	    (double)pss / 1024, (double)rss / 1024);
}

static void
options(struct bench *k, int argc, char **argv)
{
	k->from = CL_SOURCE_DIR "/../shared/data";
	k->rounds = 5;
	k->seed = UINT64_C(88172645463325252);
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--from") == 0 && i + 1 < argc)
			k->from = argv[++i];
		else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
			k->rounds = (int)strtol(argv[++i], NULL, 10);
		else
			yard_fail("usage: bench_codebook [--from FOLDER] [--rounds N]; FOLDER: the official files, "
			    "ICD-10-CM and NCCI among them");
	if (k->rounds < 1 || k->rounds > ROUNDS_MAX)
		yard_fail("--rounds wants 1 to 99");
}

int
main(int argc, char **argv)
{
	static find_fn *const icd[] = { book_icd, array_icd, sql_icd }, *const ptp[] = { book_ptp, array_ptp, sql_ptp },
	    *const ptp_all[] = { book_ptp_all, array_ptp, sql_ptp };
	struct bench k = { 0 };
	char dir[] = "/tmp/claimline-bench-XXXXXX", book[64], remove[128];
	const char *why;

	options(&k, argc, argv);
	if (!file_exists(k.from)) {
		printf("skipped: %s is not here\n", k.from);
		return 0;
	}
	k.dir = mkdtemp(dir);
	(void)snprintf(book, sizeof book, "%s/bench.clb", dir);
	k.book = book;
	build(&k);
	if (book_map(k.book, true, &k.b, &why) < 0)
		yard_fail(why);
	printf("book                     %6.1f MB, %s\n", (double)codebook_size(k.b.cb) / 1e6, codebook_id(k.b.cb).p);
	opening(&k);
	icd_rows(&k);
	ptp_rows(&k);
	sql_open(&k);
	compare(&k, "ICD-10-CM code and day", icd);
	compare(&k, "NCCI pair and day", ptp);
	compare(&k, "the same, 64 at once", ptp_all);
	(void)sqlite3_close(k.db);
	memory(&k);
	free(k.icd);
	free(k.ptp);
	free(k.icd_rows);
	free(k.ptp_rows);
	(void)snprintf(remove, sizeof remove, "rm -rf '%s'", dir);
	return system(remove) == 0 ? 0 : 1;
}
