/*
 * store_mem.c - the store without Redis, for tests: open, admit, amend, advance, extend, fail.
 *
 * Its clock moves only when told. Never forgets anything, and is not for work: nothing survives the process.
 */
#include "pipe/store_mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_START	INT64_C(1767225600000)	/* 2026-01-01 */
#define LIBRARY		S("mem")

/* ---- memory ---- */

void
mem_set(struct str *to, struct str from)
{
	char *p = NULL;

	if (from.n) {
		p = malloc(from.n);
		must(p != NULL);
		memcpy(p, from.p, from.n);
	}
	free((void *)(uintptr_t)to->p);
	*to = (struct str){ p, from.n };
}

void
mem_set_int(struct str *to, int64_t i)
{
	char tmp[24];

	(void)snprintf(tmp, sizeof tmp, "%lld", (long long)i);
	mem_set(to, str_of(tmp));
}

void *
mem_more(void *arr, size_t n, size_t *cap, size_t each)
{
	if (n == *cap) {
		*cap = *cap ? *cap * 2 : 16;
		arr = realloc(arr, *cap * each);
		must(arr != NULL);
	}
	memset((char *)arr + n * each, 0, each);
	return arr;
}

/* ---- encounters ---- */

static size_t
slot_of(const struct mem_store *m, unsigned lane, struct eid id)
{
	uint64_t h;

	memcpy(&h, id.b, sizeof h);
	h = (h ^ lane) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(h >> 20) & (m->n_slot - 1);
}

struct mem_enc *
mem_enc_find(struct mem_store *m, unsigned lane, struct eid id)
{
	if (m->n_slot == 0)
		return NULL;
	for (size_t i = slot_of(m, lane, id); m->slot[i]; i = (i + 1) & (m->n_slot - 1)) {
		struct mem_enc *e = &m->enc[m->slot[i] - 1];

		if (e->lane == lane && memcmp(e->id.b, id.b, sizeof id.b) == 0)
			return e;
	}
	return NULL;
}

static void
slot_put(struct mem_store *m, size_t index)
{
	size_t i = slot_of(m, m->enc[index].lane, m->enc[index].id);

	while (m->slot[i])
		i = (i + 1) & (m->n_slot - 1);
	m->slot[i] = index + 1;
}

static struct mem_enc *
enc_new(struct mem_store *m, unsigned lane, struct eid id)
{
	struct mem_enc *e;

	m->enc = mem_more(m->enc, m->n_enc, &m->cap_enc, sizeof *m->enc);
	e = &m->enc[m->n_enc++];
	e->id = id;
	e->lane = lane;
	if (m->n_enc * 2 <= m->n_slot) {
		slot_put(m, m->n_enc - 1);
		return e;
	}
	free(m->slot);
	m->n_slot = m->n_slot ? m->n_slot * 2 : 64;
	m->slot = calloc(m->n_slot, sizeof *m->slot);
	must(m->slot != NULL);
	for (size_t i = 0; i < m->n_enc; i++)
		slot_put(m, i);
	return e;
}

static void
enc_apply(struct mem_enc *e, const struct change *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		mem_set(&e->f[v[i].f], v[i].v);
}

static void
enc_enter(struct mem_store *m, struct mem_enc *e, enum state st, int64_t revision, int64_t score)
{
	e->state = st;
	e->score = score;
	mem_set(&e->f[F_S], store_state(&m->scratch, st, revision));
}

/* ---- journal of one commit: one entry per lane and move ---- */

struct entry { bool used; unsigned lane; enum state from, to; struct buf rows, flags; bool any; };
struct entries { struct mem_store *m; struct entry v[LIMIT_COMMIT]; size_t n; };

static void
entry_add(struct entries *es, unsigned lane, enum state from, enum state to, struct str row, bool moved)
{
	struct entry *e = es->v;

	while (e < es->v + es->n && !(e->lane == lane && e->from == from && e->to == to))
		e++;
	if (e == es->v + es->n) {
		*e = (struct entry){ .lane = lane, .from = from, .to = to };
		buf_init(&e->rows, &es->m->scratch);
		buf_init(&e->flags, &es->m->scratch);
		es->n++;
	}
	buf_str(&e->rows, row);
	buf_ch(&e->flags, moved ? '1' : '0');
	e->any = e->any || moved;
}

static void
entries_write(struct entries *es, const struct commit_by *by)
{
	struct arena *a = &es->m->scratch;

	for (size_t i = 0; i < es->n; i++) {
		const struct entry *e = &es->v[i];
		const char *from = e->from == ST_NONE ? "-" : state_name(e->from);

		if (e->any)
			mem_journal(es->m, arena_fmt(a, "cl:{%u}:journal", e->lane),
			    store_header(a, by, LIBRARY, from, state_name(e->to)), buf_view(&e->rows),
			    buf_view(&e->flags));
	}
	arena_reset(a);
}

static struct str
row_of(struct mem_store *m, struct eid id, int64_t revision, const char *verdict, struct str hash)
{
	struct buf b;

	buf_init(&b, &m->scratch);
	store_row(&b, id, revision, verdict, hash);
	return buf_view(&b);
}

/* ---- admit ---- */

static bool
snapshot_of(const struct mem_enc *e, struct snapshot *out)
{
	memset(out, 0, sizeof *out);
	return store_snapshot(e->f, out) == 0;
}

static void
admit_one(struct mem_store *m, struct admission *ad, enum state to, int64_t lease_ms)
{
	struct mem_enc *e = mem_enc_find(m, ad->lane, ad->id);
	struct snapshot was;

	ad->token = 0;
	if (e) {
		ad->result = snapshot_of(e, &was) && str_eq(was.hash, ad->hash) ? ADMIT_KNOWN : ADMIT_CONFLICT;
		ad->state = e->state;
		return;
	}
	e = enc_new(m, ad->lane, ad->id);
	mem_set(&e->f[F_PARTS + PART_INGEST], store_body(&m->scratch, ad, ad->t));
	enc_enter(m, e, to, 0, store_score(store_mode(to, lease_ms), m->clock, lease_ms, 0, 0));
	ad->result = ADMIT_NEW;
	ad->state = to;
	ad->token = e->score;
}

static int
mem_admit(struct store *s, const struct commit_by *by, struct admission *v, size_t n, enum state to, int64_t lease_ms)
{
	struct mem_store *m = (struct mem_store *)s;
	struct entries es = { .m = m };

	must(n <= LIMIT_BATCH && (to == ST_NEW || to == ST_RECEIVED));
	for (size_t i = 0; i < n; i++) {
		admit_one(m, &v[i], to, lease_ms);
		entry_add(&es, v[i].lane, ST_NONE, to, row_of(m, v[i].id, 0, "admit", v[i].hash),
		    v[i].result == ADMIT_NEW);
	}
	entries_write(&es, by);
	return 0;
}

static int
mem_admit_post(struct store *s, const struct commit_by *by, struct admission *v, size_t n, enum state to, int64_t lease_ms)
{
	store_posted_put(&((struct mem_store *)s)->posted, by, v, n, to, lease_ms);
	return 0;
}

static int
mem_admit_wait(struct store *s)
{
	return store_posted_do(&((struct mem_store *)s)->posted, s);
}

/* ---- advance, amend ---- */

static bool
may_move(struct mem_store *m, const struct work *w, bool check)
{
	const struct mem_enc *e = mem_enc_find(m, w->lane, w->id);
	struct snapshot now;

	if (!e || e->state != w->state || e->score != w->token)
		return false;
	return !check || (snapshot_of(e, &now) && now.w.revision == w->revision);
}

static void
move_one(struct mem_store *m, struct entries *es, struct work *w, const struct admission *body, int64_t lease_ms)
{
	struct mem_enc *e = mem_enc_find(m, w->lane, w->id);
	const char *verdict = state_event(w->state, w->to);
	struct str hash = body ? rec_hash16(&m->scratch, &body->body, 1) : store_parts_hash(&m->scratch, w);
	struct change v[CHANGES_MAX];

	w->moved = may_move(m, w, w->check_revision || body);
	entry_add(es, w->lane, w->state, w->to, row_of(m, w->id, w->revision + 1, verdict, hash), w->moved);
	if (!w->moved)
		return;
	enc_apply(e, v, store_changes(&m->scratch, w, v));
	if (body) {
		mem_set(&e->f[F_PARTS + PART_INGEST], store_body(&m->scratch, body, w->t));
		mem_set(&e->f[F_M], STR_NONE);
	}
	enc_enter(m, e, w->to, w->revision + 1, store_score(store_mode(w->to, lease_ms), m->clock, lease_ms, w->token, w->due));
	w->token = e->score;
	w->state = w->to;
	w->revision++;
	w->attempts = 0;
	w->dirty = 0;
}

static int
mem_advance(struct store *s, const struct commit_by *by, struct work **v, size_t n, int64_t lease_ms)
{
	struct mem_store *m = (struct mem_store *)s;
	struct entries es = { .m = m };
	int rc = store_check_moves(v, n);

	for (size_t i = 0; i < n; i++)
		v[i]->moved = false;
	for (size_t i = 0; rc == 0 && i < n; i++)
		move_one(m, &es, v[i], NULL, lease_ms);
	entries_write(&es, by);
	return rc;
}

static int
mem_amend(struct store *s, const struct commit_by *by, const struct admission *ad, struct work *w, int64_t lease_ms)
{
	struct mem_store *m = (struct mem_store *)s;
	struct entries es = { .m = m };
	int rc = store_check_moves(&w, 1);

	w->moved = false;
	if (rc < 0)
		return rc;
	move_one(m, &es, w, ad, lease_ms);
	entries_write(&es, by);
	return w->moved ? 0 : E_MOVED;
}

/* ---- extend, fail ---- */

static int
mem_extend(struct store *s, struct work **v, size_t n, int64_t lease_ms)
{
	struct mem_store *m = (struct mem_store *)s;

	for (size_t i = 0; i < n; i++) {
		v[i]->moved = may_move(m, v[i], false);
		if (v[i]->moved)
			v[i]->token = mem_enc_find(m, v[i]->lane, v[i]->id)->score =
			    store_score(SCORE_LEASED, m->clock, lease_ms, v[i]->token, 0);
	}
	return 0;
}

static int
mem_fail(struct store *s, struct work **v, size_t n, int64_t delay_ms)
{
	struct mem_store *m = (struct mem_store *)s;

	for (size_t i = 0; i < n; i++) {
		struct mem_enc *e = mem_enc_find(m, v[i]->lane, v[i]->id);
		int64_t tries;

		v[i]->moved = may_move(m, v[i], false);
		if (!v[i]->moved)
			continue;
		e->score = m->clock + (delay_ms > 1 ? delay_ms : delay_ms < -1 ? -delay_ms : 1);
		if (delay_ms < 0 && str_to_int(e->f[F_A], &tries) && tries > 0)
			mem_set_int(&e->f[F_A], tries - 1);
		if (v[i]->why.n)
			mem_set(&e->f[F_WHY], v[i]->why);
	}
	return 0;
}

/* ---- open and close ---- */

static int
mem_now(struct store *s, int64_t *ms)
{
	*ms = ((struct mem_store *)s)->clock;
	return 0;
}

static void
drop(struct str *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		mem_set(&v[i], STR_NONE);
}

static void
mem_close(struct store *s)
{
	struct mem_store *m = (struct mem_store *)s;

	for (size_t i = 0; i < m->n_enc; i++)
		drop(m->enc[i].f, F_COUNT);
	for (size_t i = 0; i < m->n_stream; i++) {
		for (size_t k = 0; k < m->stream[i].n; k++)
			mem_entry_drop(&m->stream[i].v[k]);
		mem_set(&m->stream[i].name, STR_NONE);
		free(m->stream[i].v);
	}
	for (size_t i = 0; i < m->n_ic; i++) {
		drop(m->ic[i].f, IC_F_COUNT);
		mem_set(&m->ic[i].partner, STR_NONE);
	}
	for (size_t i = 0; i < m->n_pair; i++) {
		mem_set(&m->pair[i].name, STR_NONE);
		mem_set(&m->pair[i].key, STR_NONE);
		mem_set(&m->pair[i].value, STR_NONE);
	}
	free(m->enc);
	free(m->slot);
	free(m->stream);
	free(m->ic);
	free(m->pair);
	arena_free(&m->scratch);
	free(m);
}

static const struct store_ops ops = {
	.close = mem_close, .now = mem_now,
	.admit = mem_admit, .admit_post = mem_admit_post, .admit_wait = mem_admit_wait,
	.amend = mem_amend, .advance = mem_advance, .claim = mem_claim,
	.extend = mem_extend, .fail = mem_fail, .cool = mem_cool, .warm = mem_warm,
	.get = mem_get, .list = mem_list, .depths = mem_depths, .find = mem_find,
	.ic_reserve = mem_ic_reserve, .ic_update = mem_ic_update, .ic_get = mem_ic_get, .ic_claim = mem_ic_claim,
	.journal_read = mem_journal_read, .journal_trim = mem_journal_trim,
	.peer_put = mem_peer_put, .peer_list = mem_peer_list, .right = mem_right, .fact = mem_fact,
};

int
store_mem_open(struct store **out, unsigned lanes)
{
	struct mem_store *m = calloc(1, sizeof *m);

	*out = NULL;
	if (!m)
		return E_NOMEM;
	m->s.ops = &ops;
	m->s.lanes = lanes;
	m->clock = CLOCK_START;
	arena_init(&m->scratch, 0);
	*out = &m->s;
	return 0;
}

void
store_mem_advance_clock(struct store *s, int64_t ms)
{
	must(s->ops == &ops);
	((struct mem_store *)s)->clock += ms;
}
