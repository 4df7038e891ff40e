/* store_mem_cold.c - warm and cool of the memory store. */
#include "pipe/store_mem.h"

#include <stdlib.h>

static bool
cool_one(struct mem_store *m, const struct work *w)
{
	struct mem_enc *e = mem_enc_find(m, w->lane, w->id);
	struct snapshot now = { 0 };
	struct str head;

	if (!e || !state_is_settled(w->state) || e->state != w->state || store_snapshot(e->f, &now) < 0)
		return false;
	if (now.w.revision != w->revision || now.cold)
		return now.w.revision == w->revision;
	head = store_head(e->f[F_PARTS + PART_INGEST]);
	if (head.n)
		mem_set(&e->f[F_M], head);
	mem_set(&e->f[F_O], STR_NONE);
	for (int p = 0; p < PART_COUNT; p++)
		if (store_is_archived((enum rec_part)p))
			mem_set(&e->f[F_PARTS + p], STR_NONE);
	mem_set_int(&e->f[F_C], w->revision);
	e->score++;
	return true;
}

int
mem_cool(struct store *s, struct work **v, size_t n)
{
	must(n <= LIMIT_BATCH);
	for (size_t i = 0; i < n; i++)
		v[i]->moved = cool_one((struct mem_store *)s, v[i]);
	return 0;
}

static int
warm_one(struct mem_store *m, struct warm *w, struct arena *a, struct warm_list *out)
{
	size_t n;
	struct mem_enc **v = mem_queue(m, w->state, (int)w->lane, w->upto, &n);
	size_t at = 0, seen = 0, skip = w->skip, end;
	int rc = 0;

	while (at < n && (v[at]->score < w->from || (v[at]->score == w->from && seen++ < skip)))
		at++;
	end = at < n && n - at > w->max ? at + w->max : n;
	out->more = out->more || (at < n && n - at >= w->max);
	for (; rc == 0 && at < end; at++) {
		struct snapshot snap;
		struct work *slot;

		store_warm_next(w, v[at]->score);
		rc = mem_snapshot(v[at], a, &snap);
		if (rc == 0 && snap.cold)
			continue;
		slot = arena_push(a, out->v, out->n);
		if (slot)
			*slot = snap.w;
		rc = rc == 0 && !slot ? E_NOMEM : rc;
	}
	free(v);
	return rc;
}

int
mem_warm(struct store *s, struct warm *v, size_t n, struct arena *a, struct warm_list *out)
{
	int rc = 0;

	*out = (struct warm_list){ 0 };
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = warm_one((struct mem_store *)s, &v[i], a, out);
	return rc;
}
