/* cold.h - what the tests of cold bodies share: a site whose bodies leave at once, looks into it, and answers. */
#ifndef CLAIMLINE_TEST_COLD_H
#define CLAIMLINE_TEST_COLD_H

#include "support/samples.h"

#include "archive/io_archive.h"
#include "base/file.h"
#include "pipe/cold.h"
#include "x12/x12.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static struct site site;
static struct arena mem;

static const char *const quick[] __attribute__((unused)) = { "submit.cutoff_ms=200", "submit.answers_ms=20",
    "ingest.folder_ms=20",
	"audit.archive_after_s=0", "site.lease_ms=600", NULL };

static inline void
open_only(void)
{
	arena_init(&mem, (size_t)1 << 30);
	cr_assert(site_open(&site, &(struct site_spec){ .sets = quick }), "%s", site.why);
}

static inline void
begin(void)
{
	open_only();
	cr_assert(site_up(&site), "%s", site.why);
}

static inline void
end(void)
{
	cr_expect(site_all_live(&site));
	site_close(&site);
	arena_free(&mem);
}

/* ---- looking ---- */

static inline struct snapshot
snapshot_of(struct eid id)
{
	struct snapshot s = { 0 };
	unsigned lane = 0;

	cr_assert(site.store->ops->find(site.store, id, &lane) == 0 && site.store->ops->get(site.store, id, lane, &mem, &s) == 0);
	return s;
}

static inline struct snapshot
snap(unsigned i)
{
	return snapshot_of(site_encounter_eid("E", i));
}

struct range { unsigned first, n; bool cold; };

static inline bool
all_are(struct site *s, void *arg)
{
	const struct range *r = arg;
	bool are = true;

	(void)s;
	for (unsigned i = r->first; are && i < r->first + r->n; i++)
		are = snap(i).cold == r->cold;
	arena_reset(&mem);
	return are;
}

static inline void
wait_cold(unsigned first, unsigned n)
{
	struct range r = { first, n, true };

	cr_assert(site_wait(&site, all_are, &r, "all bodies in the archive"), "%s", site.why);
}

static inline int64_t
redis_int(const char *fmt, struct str key)
{
	char out[64] = "";
	int64_t n = -1;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	cr_assert(redis_do(&site.redis, arena_fmt(&mem, fmt, STR_ARG(key)).p, out, sizeof out));
#pragma GCC diagnostic pop
	cr_assert(str_to_int(str_of(out), &n), "%s", out);
	return n;
}

static inline struct str
key_of(unsigned i)
{
	struct snapshot s = snap(i);

	return arena_fmt(&mem, "cl:{%u}:e:" STR_FMT, s.w.lane, STR_ARG(eid_text(&mem, s.w.id)));
}

static inline int64_t
bytes_each(unsigned n)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += redis_int("MEMORY USAGE " STR_FMT " SAMPLES 0", key_of(i));
	return sum / n;
}

/* Its whole record, from wherever it is. */
static inline struct encounter *
record(struct snapshot *s)
{
	struct cold_shelf c = { 0 };
	struct encounter *e;

	cr_assert(cold_load(&c, site_path(&site, "archive"), &mem, s) == 0, "%s", c.why);
	cr_assert(work_unpack(&mem, &s->w, &e, NULL) == 0);
	cold_close(&c);
	return e;
}

static inline bool
is_whole(unsigned i)
{
	struct snapshot s = snap(i);
	const struct encounter *e = record(&s);

	return e->n_documents == 1 && e->n_lines == 1 && e->suggest_by.n && e->validate_by.n && e->audit_by.n && e->st02.n &&
	    str_eq(e->control, arena_fmt(&mem, "E%u", i));
}

#endif
