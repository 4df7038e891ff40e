/* fixture.c - a store of either kind, and encounters to move through it. */
#include "support.h"

#include <string.h>

const struct commit_by fixture_by = { { "suggest", 7 }, { "suggest-1", 9 }, { "book-1", 6 } };

struct conf
fixture_conf(const struct redis_server *r, unsigned lanes)
{
	struct conf c;

	memset(&c, 0, sizeof c);
	c.site.redis = str_of(r->address);
	c.site.lanes = lanes;
	c.site.tenant = S("main");
	c.site.durability = S("always");
	return c;
}

static bool
open_store(struct fixture *f, unsigned lanes)
{
	char why[160];

	if (f->kind == FIXTURE_MEM)
		return store_mem_open(&f->s, lanes) == 0;
	const struct conf c = fixture_conf(&f->server, lanes);
	return store_redis_open(&f->s, &c, why) == 0;
}

bool
fixture_open(struct fixture *f, enum fixture_kind kind, unsigned lanes)
{
	*f = (struct fixture){ .kind = kind };
	arena_init(&f->a, 0);
	if (kind == FIXTURE_REDIS && !redis_start(&f->server, NULL))
		return false;
	return open_store(f, lanes);
}

bool
fixture_clear(struct fixture *f, unsigned lanes)
{
	if (f->s)
		f->s->ops->close(f->s);
	f->s = NULL;
	arena_reset(&f->a);
	if (f->kind == FIXTURE_REDIS && !redis_do(&f->server, "FLUSHALL", NULL, 0))
		return false;
	return open_store(f, lanes);
}

void
fixture_close(struct fixture *f)
{
	if (f->s)
		f->s->ops->close(f->s);
	f->s = NULL;
	arena_free(&f->a);
	if (f->kind == FIXTURE_REDIS)
		redis_stop(&f->server);
}

struct later { struct store *s; int64_t ms; };

static bool
is_later(void *arg)
{
	const struct later *l = arg;
	int64_t now;

	return l->s->ops->now(l->s, &now) == 0 && now >= l->ms;
}

bool
fixture_pass(struct fixture *f, int64_t ms)
{
	struct later l = { f->s, 0 };

	if (f->kind == FIXTURE_MEM) {
		store_mem_advance_clock(f->s, ms);
		return true;
	}
	if (f->s->ops->now(f->s, &l.ms) < 0)
		return false;
	l.ms += ms;
	return wait_until(is_later, &l, ms + 10000);
}

struct eid
fixture_eid(unsigned i)
{
	struct eid id;
	uint32_t x = i * 2654435761u + 12345;	/* spread, so that order by id is not order of making */

	for (size_t k = 0; k < sizeof id.b; k++) {
		x = x * 1664525u + 1013904223u;
		id.b[k] = (unsigned char)(x >> 24);
	}
	memcpy(id.b + 12, &i, 4);
	return id;
}

struct admission
fixture_admission(struct arena *a, unsigned i, unsigned lanes)
{
	struct str body = arena_fmt(a, "%cbody of %u", 0, i);

	return (struct admission){
		.id = fixture_eid(i), .lane = i % lanes, .body = body, .hash = rec_hash16(a, &body, 1),
		.tenant = S("main"), .account = arena_fmt(a, "account-%u", i), .pcn = arena_fmt(a, "PCN%u", i),
		.charge = 100 * (cents_t)i + 50, .due = INT64_C(1800000000000) + i, .t = INT64_C(1767225600000),
	};
}

struct work
fixture_work(const struct admission *ad)
{
	return (struct work){ .id = ad->id, .lane = ad->lane, .state = ad->state, .to = ad->state, .token = ad->token };
}
