/* store_mem_read.c - claim, get, list, depths, find of the memory store: plain loops over everything. */
#include "pipe/store_mem.h"

#include <stdlib.h>
#include <string.h>

static int
enc_cmp(const void *a, const void *b)
{
	const struct mem_enc *x = *(const struct mem_enc *const *)a, *y = *(const struct mem_enc *const *)b;

	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return memcmp(x->id.b, y->id.b, sizeof x->id.b);
}

struct mem_enc **
mem_queue(struct mem_store *m, enum state st, int lane, int64_t until, size_t *n)
{
	struct mem_enc **v = malloc((m->n_enc + 1) * sizeof *v);

	must(v != NULL);
	*n = 0;
	for (size_t i = 0; i < m->n_enc; i++) {
		struct mem_enc *e = &m->enc[i];

		if (e->state == st && (lane < 0 || e->lane == (unsigned)lane) && e->score <= until)
			v[(*n)++] = e;
	}
	qsort(v, *n, sizeof *v, enc_cmp);
	return v;
}

/* Those whose time has come, and those whose time would never come. Free it. */
static struct mem_enc **
overdue(struct mem_store *m, enum state st, int lane, int64_t lease_ms, size_t *n)
{
	struct mem_enc **v = mem_queue(m, st, lane, INT64_MAX, n);
	int64_t horizon = store_horizon(st, lease_ms);
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (v[i]->score <= m->clock || (horizon && v[i]->score > m->clock + horizon))
			v[kept++] = v[i];
	*n = kept;
	return v;
}

int
mem_snapshot(const struct mem_enc *e, struct arena *a, struct snapshot *out)
{
	struct str v[F_COUNT];
	int rc;

	memset(out, 0, sizeof *out);
	for (int f = 0; f < F_COUNT; f++)
		v[f] = e->f[f].n ? arena_str(a, e->f[f]) : STR_NONE;
	rc = store_snapshot(v, out);
	out->w.id = e->id;
	out->w.lane = e->lane;
	out->w.token = e->score;
	return rc == 0 && a->spent ? E_NOMEM : rc;
}

/* ---- claim ---- */

static void
bury(struct mem_store *m, struct mem_enc *e, struct buf *rows, struct buf *flags)
{
	struct snapshot was = { 0 };

	(void)store_snapshot(e->f, &was);
	mem_set(&e->f[F_BF], str_of(state_name(e->state)));
	mem_set(&e->f[F_WHY], e->f[F_WHY].n ?
	    arena_fmt(&m->scratch, "E_ATTEMPTS, last: " STR_FMT, STR_ARG(e->f[F_WHY])) : S("E_ATTEMPTS"));
	mem_set(&e->f[F_S], store_state(&m->scratch, ST_BURIED, was.w.revision + 1));
	e->state = ST_BURIED;
	e->score = m->clock;
	store_row(rows, e->id, was.w.revision + 1, "bury", S("-"));
	buf_ch(flags, '1');
}

struct claiming {
	const struct commit_by	*by;
	enum state		 state;
	int64_t			 lease_ms;
	struct arena		*a;
	struct work		*v;
	size_t			 n, taken, max;
};

static int
claim_lane(struct mem_store *m, struct claiming *c, unsigned lane)
{
	size_t n;
	struct mem_enc **v = overdue(m, c->state, (int)lane, c->lease_ms, &n);
	struct buf rows, flags;
	int rc = 0;

	buf_init(&rows, &m->scratch);
	buf_init(&flags, &m->scratch);
	for (size_t i = 0; rc == 0 && i < n && c->taken < c->max; i++, c->taken++) {
		struct snapshot snap;
		int64_t tries = 0;

		(void)str_to_int(v[i]->f[F_A], &tries);
		if (c->state != ST_NEW)
			mem_set_int(&v[i]->f[F_A], ++tries);
		if (tries > LIMIT_ATTEMPTS) {
			bury(m, v[i], &rows, &flags);
			continue;
		}
		v[i]->score = m->clock + (c->lease_ms > 0 ? c->lease_ms : 1);
		rc = mem_snapshot(v[i], c->a, &snap);
		c->v[c->n++] = snap.w;
	}
	if (flags.n)
		mem_journal(m, arena_fmt(&m->scratch, "cl:{%u}:journal", lane), store_header(&m->scratch, c->by,
		    S("mem"), state_name(c->state), state_name(ST_BURIED)), buf_view(&rows), buf_view(&flags));
	arena_reset(&m->scratch);
	free(v);
	return rc;
}

int
mem_claim(struct store *s, const struct commit_by *by, enum state st, size_t max, int64_t lease_ms, struct arena *a,
    struct work **out, size_t *n)
{
	struct mem_store *m = (struct mem_store *)s;
	struct claiming c = { .by = by, .state = st, .lease_ms = lease_ms, .a = a,
	    .max = max < LIMIT_BATCH ? max : LIMIT_BATCH };
	int rc = 0;

	must(state_stage(st));
	*out = NULL;
	*n = 0;
	c.v = arena_array(a, c.max, sizeof *c.v);
	if (c.max && !c.v)
		return E_NOMEM;
	for (unsigned i = 0; rc == 0 && i < s->lanes; i++)
		rc = claim_lane(m, &c, (m->lane + i) % s->lanes);
	if (c.taken)
		m->lane = (m->lane + 1) % s->lanes;
	if (rc == 0) {
		*out = c.v;
		*n = c.n;
	}
	return rc;
}

/* ---- looking ---- */

int
mem_get(struct store *s, struct eid id, unsigned lane, struct arena *a, struct snapshot *out)
{
	const struct mem_enc *e = mem_enc_find((struct mem_store *)s, lane, id);

	memset(out, 0, sizeof *out);
	return e ? mem_snapshot(e, a, out) : E_NOT_FOUND;
}

int
mem_list(struct store *s, enum state st, size_t max, struct arena *a, struct listing **out, size_t *n)
{
	size_t all;
	struct mem_enc **v = mem_queue((struct mem_store *)s, st, -1, INT64_MAX, &all);

	*n = all < max ? all : max;
	*out = arena_array(a, *n ? *n : 1, sizeof **out);
	for (size_t i = 0; *out && i < *n; i++)
		(*out)[i] = (struct listing){ v[i]->id, v[i]->lane, v[i]->score };
	free(v);
	return *out ? 0 : E_NOMEM;
}

int
mem_depths(struct store *s, struct depth out[ST_COUNT])
{
	struct mem_store *m = (struct mem_store *)s;

	memset(out, 0, ST_COUNT * sizeof *out);
	for (int st = 0; st < ST_COUNT; st++)
		for (unsigned lane = 0; lane < s->lanes; lane++) {
			size_t n;
			struct mem_enc **v = mem_queue(m, (enum state)st, (int)lane, INT64_MAX, &n);
			struct snapshot first = { 0 };

			out[st].n += n;
			for (size_t i = 0; i < n; i++)
				if (state_stage((enum state)st) && st != ST_NEW && v[i]->score > m->clock)
					out[st].leased++;
			if (n && store_snapshot(v[0]->f, &first) == 0 && m->clock - first.w.t > out[st].oldest_ms)
				out[st].oldest_ms = m->clock - first.w.t;
			free(v);
		}
	return 0;
}

int
mem_find(struct store *s, struct eid id, unsigned *lane)
{
	for (*lane = 0; *lane < s->lanes; ++*lane)
		if (mem_enc_find((struct mem_store *)s, *lane, id))
			return 0;
	return E_NOT_FOUND;
}
