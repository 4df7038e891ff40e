/*
 * one_site - for tests: a site that lives as long as a test, and an arena beside it.
 */
#ifndef CLAIMLINE_TEST_ONE_SITE_H
#define CLAIMLINE_TEST_ONE_SITE_H

#include "support/site.h"

#include <criterion/criterion.h>

static struct site site;
static struct arena mem;

/* No daemon runs yet. */
static inline void
begin_only(const struct site_spec *spec)
{
	arena_init(&mem, (size_t)1 << 30);
	cr_assert(site_open(&site, spec), "%s", site.why);
}

static inline void
begin_with(const struct site_spec *spec)
{
	begin_only(spec);
	cr_assert(site_up(&site), "%s", site.why);
}

static inline void
begin(const char *const *sets)
{
	begin_with(&(struct site_spec){ .sets = sets });
}

static inline void
end(void)
{
	site_close(&site);
	arena_free(&mem);
}

static inline void
start_ready(enum site_stage st)
{
	cr_assert(site_start(&site, st, 0) && site_wait_ready(&site, st, 0, true), "%s", site.why);
}

/* All n went out, each once, and nobody died of it. */
static inline void
end_sent(size_t n)
{
	cr_expect(site_wait_count(&site, ST_SENT, (int64_t)n), "%s", site.why);
	cr_expect(site_sent_once(&site, n), "%s", site.why);
	cr_expect(site_all_live(&site), "%s", site.why);
	end();
}

/* Of encounter "E" i, that site_feed gave. */
static inline struct snapshot
snapshot_of(unsigned i)
{
	struct snapshot s = { 0 };
	struct eid id = site_encounter_eid("E", i);
	unsigned lane = 0;

	cr_assert(site.store->ops->find(site.store, id, &lane) == 0 && site.store->ops->get(site.store, id, lane, &mem, &s) == 0);
	return s;
}

/* For site_wait: a daemon has read its settings n times again. */
struct reloads { enum site_stage st; int64_t n; };

static inline bool
has_reloaded(struct site *s, void *arg)
{
	const struct reloads *r = arg;

	return site_metric(s, r->st, 0, "claimline_reloads_total") == r->n;
}

#endif
