/*
 * store_fault.c - a store that fails once, at a chosen call, before or after doing it. For tests: a commit
 * that was done but whose reply was lost is the case nobody writes by hand. Closing leaves the inner store open.
 */
#include "pipe/store_impl.h"

#include <stdlib.h>
#include <string.h>

struct fault_store {
	struct store	 s;
	struct store	*inner;
	unsigned	 calls, fail_at;
	int		 rc;
	bool		 late;
	struct store_posted posted;
};

/* Does `call` on the inner store, or not, and answers what this call is to answer. */
#define THROUGH(st, call) \
	struct fault_store *f = (struct fault_store *)(st); \
	struct store *in = f->inner; \
	bool hit = ++f->calls == f->fail_at; \
	int rc; \
\
	if (hit && !f->late) \
		return failed(f); \
	rc = in->ops->call; \
	memcpy(f->s.why, in->why, sizeof f->s.why); \
	return hit ? failed(f) : rc

static int
failed(struct fault_store *f)
{
	static const char words[] = "a fault was asked for";

	memcpy(f->s.why, words, sizeof words);
	return f->rc;
}

/*
 * A call that is late changes the store but, like a lost reply, tells its caller nothing: what it would
 * have written into works or admissions is taken back.
 */
struct saved { void *copy; };

static struct saved
save(const struct fault_store *f, const void *v, size_t n)
{
	struct saved sv = { NULL };

	if (!f->late || f->calls + 1 != f->fail_at || n == 0)
		return sv;
	sv.copy = malloc(n);
	must(sv.copy != NULL);
	memcpy(sv.copy, v, n);
	return sv;
}

static int
restore(struct saved sv, void *v, size_t n, int rc)
{
	if (sv.copy)
		memcpy(v, sv.copy, n);
	free(sv.copy);
	return rc;
}

static int
works_through(struct store *s, struct work **v, size_t n, int (*call)(struct store *, void *, struct work **,
    size_t), void *arg)
{
	struct fault_store *f = (struct fault_store *)s;
	struct saved sv[LIMIT_COMMIT];
	int rc;

	must(n <= LIMIT_COMMIT);
	for (size_t i = 0; i < n; i++)
		sv[i] = save(f, v[i], sizeof *v[i]);
	rc = call(s, arg, v, n);
	for (size_t i = 0; i < n; i++)
		(void)restore(sv[i], v[i], sizeof *v[i], rc);
	return rc;
}

static void
f_close(struct store *s)
{
	free(s);
}

static int
f_now(struct store *s, int64_t *ms)
{
	THROUGH(s, now(in, ms));
}

static int
do_admit(struct store *s, const struct commit_by *by, struct admission *v, size_t n, enum state to, int64_t lease)
{
	THROUGH(s, admit(in, by, v, n, to, lease));
}

static int
f_admit(struct store *s, const struct commit_by *by, struct admission *v, size_t n, enum state to, int64_t lease)
{
	struct saved sv = save((struct fault_store *)s, v, n * sizeof *v);

	return restore(sv, v, n * sizeof *v, do_admit(s, by, v, n, to, lease));
}

/* The fault, if it is to hit, hits at the wait. */
static int
f_admit_post(struct store *s, const struct commit_by *by, struct admission *v, size_t n, enum state to, int64_t lease)
{
	store_posted_put(&((struct fault_store *)s)->posted, by, v, n, to, lease);
	return 0;
}

static int
f_admit_wait(struct store *s)
{
	return store_posted_do(&((struct fault_store *)s)->posted, s);
}

struct move_args { const struct commit_by *by; const struct admission *ad; int64_t ms; };

static int
do_amend(struct store *s, void *arg, struct work **v, size_t n)
{
	const struct move_args *m = arg;

	must(n == 1);
	THROUGH(s, amend(in, m->by, m->ad, v[0], m->ms));
}

static int
f_amend(struct store *s, const struct commit_by *by, const struct admission *ad, struct work *w, int64_t lease)
{
	struct move_args m = { by, ad, lease };

	return works_through(s, &w, 1, do_amend, &m);
}

static int
do_advance(struct store *s, void *arg, struct work **v, size_t n)
{
	const struct move_args *m = arg;

	THROUGH(s, advance(in, m->by, v, n, m->ms));
}

static int
f_advance(struct store *s, const struct commit_by *by, struct work **v, size_t n, int64_t lease)
{
	struct move_args m = { by, NULL, lease };

	return works_through(s, v, n, do_advance, &m);
}

static int
f_claim(struct store *s, const struct commit_by *by, enum state st, size_t max, int64_t lease, struct arena *a,
    struct work **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	THROUGH(s, claim(in, by, st, max, lease, a, out, n));
}

static int
do_extend(struct store *s, void *arg, struct work **v, size_t n)
{
	THROUGH(s, extend(in, v, n, *(int64_t *)arg));
}

static int
f_extend(struct store *s, struct work **v, size_t n, int64_t lease)
{
	return works_through(s, v, n, do_extend, &lease);
}

static int
do_fail(struct store *s, void *arg, struct work **v, size_t n)
{
	THROUGH(s, fail(in, v, n, *(int64_t *)arg));
}

static int
f_fail(struct store *s, struct work **v, size_t n, int64_t delay)
{
	return works_through(s, v, n, do_fail, &delay);
}

static int
do_cool(struct store *s, void *arg, struct work **v, size_t n)
{
	(void)arg;
	THROUGH(s, cool(in, v, n));
}

static int
f_cool(struct store *s, struct work **v, size_t n)
{
	return works_through(s, v, n, do_cool, NULL);
}

static int
do_warm(struct store *s, struct warm *v, size_t n, struct arena *a, struct warm_list *out)
{
	THROUGH(s, warm(in, v, n, a, out));
}

static int
f_warm(struct store *s, struct warm *v, size_t n, struct arena *a, struct warm_list *out)
{
	struct saved sv = save((struct fault_store *)s, v, n * sizeof *v);

	return restore(sv, v, n * sizeof *v, do_warm(s, v, n, a, out));
}

static int
f_get(struct store *s, struct eid id, unsigned lane, struct arena *a, struct snapshot *out)
{
	THROUGH(s, get(in, id, lane, a, out));
}

static int
f_list(struct store *s, enum state st, size_t max, struct arena *a, struct listing **out, size_t *n)
{
	THROUGH(s, list(in, st, max, a, out, n));
}

static int
f_depths(struct store *s, struct depth out[ST_COUNT])
{
	THROUGH(s, depths(in, out));
}

static int
f_find(struct store *s, struct eid id, unsigned *lane)
{
	THROUGH(s, find(in, id, lane));
}

static int
do_reserve(struct store *s, const struct commit_by *by, struct interchange *ic, int64_t lease)
{
	THROUGH(s, ic_reserve(in, by, ic, lease));
}

static int
f_ic_reserve(struct store *s, const struct commit_by *by, struct interchange *ic, int64_t lease)
{
	struct saved sv = save((struct fault_store *)s, ic, sizeof *ic);

	return restore(sv, ic, sizeof *ic, do_reserve(s, by, ic, lease));
}

static int
f_ic_update(struct store *s, const struct commit_by *by, struct interchange *ic)
{
	THROUGH(s, ic_update(in, by, ic));
}

static int
f_ic_get(struct store *s, struct str partner, int64_t number, struct arena *a, struct interchange *out)
{
	THROUGH(s, ic_get(in, partner, number, a, out));
}

static int
f_ic_claim(struct store *s, struct str partner, int64_t lease, struct arena *a, struct interchange *out)
{
	THROUGH(s, ic_claim(in, partner, lease, a, out));
}

static int
f_journal_read(struct store *s, const struct journal_entry *after, size_t n_after, size_t max, struct arena *a,
    struct journal_entry **out, size_t *n)
{
	THROUGH(s, journal_read(in, after, n_after, max, a, out, n));
}

static int
f_journal_trim(struct store *s, struct str stream, struct str upto)
{
	THROUGH(s, journal_trim(in, stream, upto));
}

static int
f_peer_put(struct store *s, const char *stage, struct str instance, struct str endpoint)
{
	THROUGH(s, peer_put(in, stage, instance, endpoint));
}

static int
f_peer_list(struct store *s, const char *stage, struct arena *a, struct peer **out, size_t *n)
{
	THROUGH(s, peer_list(in, stage, a, out, n));
}

static int
f_right(struct store *s, const char *name, struct str instance, int64_t ttl)
{
	THROUGH(s, right(in, name, instance, ttl));
}

static int
f_fact(struct store *s, const char *name, struct str value, struct arena *a, struct str *out)
{
	THROUGH(s, fact(in, name, value, a, out));
}

static const struct store_ops ops = {
	.close = f_close, .now = f_now,
	.admit = f_admit, .admit_post = f_admit_post, .admit_wait = f_admit_wait, .amend = f_amend, .advance = f_advance,
	    .claim = f_claim, .extend = f_extend, .fail = f_fail,
	.cool = f_cool, .warm = f_warm,
	.get = f_get, .list = f_list, .depths = f_depths, .find = f_find,
	.ic_reserve = f_ic_reserve, .ic_update = f_ic_update, .ic_get = f_ic_get, .ic_claim = f_ic_claim,
	.journal_read = f_journal_read, .journal_trim = f_journal_trim,
	.peer_put = f_peer_put, .peer_list = f_peer_list, .right = f_right, .fact = f_fact,
};

int
store_fault_open(struct store **out, struct store *inner, unsigned fail_at, int rc, bool late)
{
	struct fault_store *f = calloc(1, sizeof *f);

	*out = NULL;
	if (!f)
		return E_NOMEM;
	*f = (struct fault_store){ .s = { .ops = &ops, .lanes = inner->lanes }, .inner = inner, .fail_at = fail_at, .rc = rc,
	    .late = late };
	*out = &f->s;
	return 0;
}
