/* store_mem_ic.c - interchanges, journals, peers and rights of the memory store. */
#include "pipe/store_mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- journals ---- */

static struct mem_stream *
stream_of(struct mem_store *m, struct str name)
{
	for (size_t i = 0; i < m->n_stream; i++)
		if (str_eq(m->stream[i].name, name))
			return &m->stream[i];
	return NULL;
}

void
mem_journal(struct mem_store *m, struct str name, struct str header, struct str rows, struct str flags)
{
	struct mem_stream *st = stream_of(m, name);
	struct mem_entry *e;
	char id[48];

	if (!st) {
		m->stream = mem_more(m->stream, m->n_stream, &m->cap_stream, sizeof *m->stream);
		st = &m->stream[m->n_stream++];
		mem_set(&st->name, name);
	}
	st->last_seq = m->clock > st->last_ms ? 0 : st->last_seq + 1;
	st->last_ms = m->clock > st->last_ms ? m->clock : st->last_ms;
	(void)snprintf(id, sizeof id, "%lld-%lld", (long long)st->last_ms, (long long)st->last_seq);
	st->v = mem_more(st->v, st->n, &st->cap, sizeof *st->v);
	e = &st->v[st->n++];
	mem_set(&e->id, str_of(id));
	mem_set(&e->header, header);
	mem_set(&e->rows, rows);
	mem_set(&e->flags, flags);
}

void
mem_entry_drop(struct mem_entry *e)
{
	mem_set(&e->id, STR_NONE);
	mem_set(&e->header, STR_NONE);
	mem_set(&e->rows, STR_NONE);
	mem_set(&e->flags, STR_NONE);
}

static int
entry_cmp(const void *a, const void *b)
{
	const struct journal_entry *x = a, *y = b;
	int c = store_id_cmp(x->id, y->id);

	return c ? c : str_cmp(x->stream, y->stream);
}

static struct str
after_id(const struct journal_entry *after, size_t n, struct str stream)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(after[i].stream, stream))
			return after[i].id;
	return STR_NONE;
}

int
mem_journal_read(struct store *s, const struct journal_entry *after, size_t n_after, size_t max, struct arena *a,
    struct journal_entry **out, size_t *n)
{
	struct mem_store *m = (struct mem_store *)s;

	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < m->n_stream; i++) {
		const struct mem_stream *st = &m->stream[i];
		struct str from = after_id(after, n_after, st->name);

		for (size_t k = 0; k < st->n; k++) {
			struct journal_entry *e;

			if (from.n && store_id_cmp(st->v[k].id, from) <= 0)
				continue;
			if (!(e = arena_push(a, *out, *n)))
				return E_NOMEM;
			*e = (struct journal_entry){ arena_str(a, st->name), arena_str(a, st->v[k].id),
			    arena_str(a, st->v[k].header), arena_str(a, st->v[k].rows), arena_str(a, st->v[k].flags) };
		}
	}
	if (*n)
		qsort(*out, *n, sizeof **out, entry_cmp);
	if (*n > max)
		*n = max;
	return a->spent ? E_NOMEM : 0;
}

int
mem_journal_trim(struct store *s, struct str stream, struct str upto)
{
	struct mem_stream *st = stream_of((struct mem_store *)s, stream);
	struct str next;
	size_t gone = 0;

	next = store_id_next(&((struct mem_store *)s)->scratch, upto);
	if (!next.p)
		return E_VALUE;
	while (st && gone < st->n && store_id_cmp(st->v[gone].id, upto) <= 0)
		mem_entry_drop(&st->v[gone++]);
	if (gone) {
		memmove(st->v, st->v + gone, (st->n - gone) * sizeof *st->v);
		st->n -= gone;
	}
	arena_reset(&((struct mem_store *)s)->scratch);
	return 0;
}

/* ---- interchanges ---- */

static struct mem_ic *
ic_find(struct mem_store *m, struct str partner, int64_t number)
{
	for (size_t i = 0; i < m->n_ic; i++)
		if (str_eq(m->ic[i].partner, partner) && m->ic[i].number == number)
			return &m->ic[i];
	return NULL;
}

static void
ic_journal(struct mem_store *m, const struct commit_by *by, const struct interchange *ic)
{
	struct arena *a = &m->scratch;

	mem_journal(m, arena_fmt(a, "cl:{tp:" STR_FMT "}:journal", STR_ARG(ic->partner)),
	    store_header(a, by, S("mem"), "ic", ic_state_name(ic->state)), store_ic_row(a, ic), S("1"));
}

static void
ic_store(struct mem_store *m, struct mem_ic *e, const struct interchange *ic)
{
	mem_set(&e->f[IC_F_ST], str_of(ic_state_name(ic->state)));
	mem_set(&e->f[IC_F_M], store_members_pack(&m->scratch, ic->members, ic->n));
	mem_set_int(&e->f[IC_F_N], (int64_t)ic->n);
	if (ic->sha.n) {
		mem_set(&e->f[IC_F_SHA], ic->sha);
		mem_set(&e->f[IC_F_NAME], ic->name);
	}
}

int
mem_ic_reserve(struct store *s, const struct commit_by *by, struct interchange *ic, int64_t lease_ms)
{
	struct mem_store *m = (struct mem_store *)s;
	struct mem_ic *e;
	int64_t last = 0;

	if (!store_partner_ok(ic->partner))
		return E_VALUE;
	for (size_t i = 0; i < m->n_ic; i++)
		if (str_eq(m->ic[i].partner, ic->partner) && m->ic[i].number > last)
			last = m->ic[i].number;
	m->ic = mem_more(m->ic, m->n_ic, &m->cap_ic, sizeof *m->ic);
	e = &m->ic[m->n_ic++];
	mem_set(&e->partner, ic->partner);
	ic->number = e->number = last + 1;
	ic->state = IC_RESERVED;
	ic->made = m->clock;
	ic->token = e->score = m->clock + lease_ms;
	ic->sha = ic->name = STR_NONE;
	e->open = true;
	mem_set_int(&e->f[IC_F_TM], m->clock);
	ic_store(m, e, ic);
	ic_journal(m, by, ic);
	arena_reset(&m->scratch);
	return 0;
}

int
mem_ic_update(struct store *s, const struct commit_by *by, struct interchange *ic)
{
	struct mem_store *m = (struct mem_store *)s;
	struct mem_ic *e = ic_find(m, ic->partner, ic->number);
	enum ic_state was;
	bool ok;

	if (!store_partner_ok(ic->partner))
		return E_VALUE;
	if (!e)
		return E_NOT_FOUND;
	if (e->open && e->score != ic->token)
		return E_MOVED;
	was = store_ic_state(e->f[IC_F_ST], &ok);
	if (!store_ic_legal(was, ic->state) || (e->f[IC_F_SHA].n && ic->sha.n && !str_eq(e->f[IC_F_SHA], ic->sha)))
		return E_CONFLICT;
	if (was == ic->state && was != IC_RESERVED)
		return 0;
	ic_store(m, e, ic);
	e->open = e->open && (ic->state == IC_RESERVED || ic->state == IC_SEALED);
	ic_journal(m, by, ic);
	arena_reset(&m->scratch);
	return 0;
}

static int
ic_read(const struct mem_ic *e, struct arena *a, struct interchange *out)
{
	struct str v[IC_F_COUNT];

	for (int f = 0; f < IC_F_COUNT; f++)
		v[f] = e->f[f].n ? arena_str(a, e->f[f]) : STR_NONE;
	*out = (struct interchange){ .partner = arena_str(a, e->partner), .number = e->number, .token = e->open ? e->score : 0 };
	return store_interchange(a, v, out);
}

int
mem_ic_get(struct store *s, struct str partner, int64_t number, struct arena *a, struct interchange *out)
{
	const struct mem_ic *e = ic_find((struct mem_store *)s, partner, number);

	if (!store_partner_ok(partner))
		return E_VALUE;
	return e ? ic_read(e, a, out) : E_NOT_FOUND;
}

int
mem_ic_claim(struct store *s, struct str partner, int64_t lease_ms, struct arena *a, struct interchange *out)
{
	struct mem_store *m = (struct mem_store *)s;
	struct mem_ic *best = NULL;
	int64_t beyond = m->clock + store_horizon(ST_CLEARED, lease_ms);

	if (!store_partner_ok(partner))
		return E_VALUE;
	for (size_t i = 0; i < m->n_ic; i++) {
		struct mem_ic *e = &m->ic[i];

		if (e->open && (e->score <= m->clock || e->score > beyond) && str_eq(e->partner, partner) &&
		    (!best || e->score < best->score))
			best = e;
	}
	if (!best)
		return E_NOT_FOUND;
	best->score = m->clock + lease_ms;
	return ic_read(best, a, out);
}

/* ---- peers, rights and facts ---- */

static struct mem_pair *
pair_find(struct mem_store *m, const char *name, struct str key)
{
	for (size_t i = 0; i < m->n_pair; i++)
		if (str_is(m->pair[i].name, name) && str_eq(m->pair[i].key, key))
			return &m->pair[i];
	return NULL;
}

static struct mem_pair *
pair_put(struct mem_store *m, const char *name, struct str key)
{
	struct mem_pair *p = pair_find(m, name, key);

	if (p)
		return p;
	m->pair = mem_more(m->pair, m->n_pair, &m->cap_pair, sizeof *m->pair);
	p = &m->pair[m->n_pair++];
	mem_set(&p->name, str_of(name));
	mem_set(&p->key, key);
	return p;
}

int
mem_peer_put(struct store *s, const char *stage, struct str instance, struct str endpoint)
{
	struct mem_store *m = (struct mem_store *)s;
	struct mem_pair *p = pair_put(m, stage, instance);

	p->ms = m->clock;
	mem_set(&p->value, endpoint);
	return 0;
}

static int
peer_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct peer *)a)->instance, ((const struct peer *)b)->instance);
}

int
mem_peer_list(struct store *s, const char *stage, struct arena *a, struct peer **out, size_t *n)
{
	struct mem_store *m = (struct mem_store *)s;

	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < m->n_pair; i++) {
		const struct mem_pair *e = &m->pair[i];
		struct peer *p;

		if (!str_is(e->name, stage) || e->value.n == 0)
			continue;
		if (!(p = arena_push(a, *out, *n)))
			return E_NOMEM;
		*p = (struct peer){ arena_str(a, e->key), arena_str(a, e->value), e->ms };
	}
	if (*n)
		qsort(*out, *n, sizeof **out, peer_cmp);
	return a->spent ? E_NOMEM : 0;
}

int
mem_right(struct store *s, const char *name, struct str instance, int64_t ttl_ms)
{
	struct mem_store *m = (struct mem_store *)s;
	struct mem_pair *p = pair_put(m, "\001right", str_of(name));

	if (p->value.n && p->ms > m->clock && !str_eq(p->value, instance))
		return E_BUSY;
	mem_set(&p->value, instance);
	p->ms = m->clock + (ttl_ms > 0 ? ttl_ms : 1);
	return 0;
}

int
mem_fact(struct store *s, const char *name, struct str value, struct arena *a, struct str *out)
{
	struct mem_store *m = (struct mem_store *)s;
	struct mem_pair *p = value.n ? pair_put(m, "\001fact", str_of(name)) : pair_find(m, "\001fact", str_of(name));

	*out = STR_NONE;
	if (!p)
		return 0;
	if (p->value.n == 0)
		mem_set(&p->value, value);
	*out = arena_str(a, p->value);
	return a->spent ? E_NOMEM : 0;
}
