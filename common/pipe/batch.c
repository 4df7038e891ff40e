/*
 * batch.c - one batch through one stage: unpack, process, pack what was added, commit or hand on.
 *
 * Three roads, never mixed: a wrong claim is held, a failing machine tries again later, and what this
 * machine cannot do is buried with its reason. Nothing is deleted.
 */
#include "pipe/runner_int.h"

#include <string.h>
#include <sys/time.h>

#define RETRY_MS	500
#define MAX_RETRY_MS	60000
#define DAY_MS		INT64_C(86400000)

struct sorted {				/* where each work of the batch goes */
	struct work		**pass, **off, **retry;
	struct encounter	**pass_enc;
	size_t			 n_pass, n_off, n_retry;
};

/* The reason of a burial: which part, as store and CLI name it (PROTOCOL.md section 1). */
static int
broken(struct runner *r, struct work *w, enum rec_part p, int rc)
{
	if (err_class(rc) == ERR_PERM)
		w->why = arena_fmt(&r->batch_mem, "part %s: %s", part_name(p), err_text(rc));
	return rc;
}

static int
load(struct runner *r, struct work *w, struct encounter **out)
{
	enum rec_part bad;
	int rc;

	if (w->part[PART_INGEST].n == 0)
		return broken(r, w, PART_INGEST, E_INCOMPLETE);	/* never an empty claim */
	rc = work_unpack(&r->batch_mem, w, out, &bad);
	return rc < 0 ? broken(r, w, bad, rc) : 0;
}

static int
save(struct runner *r, struct work *w, const struct encounter *e)
{
	enum rec_part p = r->stage->part;
	struct str raw;
	int rc = rec_pack(&r->batch_mem, e, p, &raw);

	if (rc < 0)
		return rc;
	w->dirty |= 1u << p;
	return part_seal(&r->batch_mem, raw, str_is(r->conf.site.compress, "zstd"), &w->part[p]);
}

static int64_t
due_of(const struct encounter *e, const struct hold *h)
{
	return h->due != DAY_NONE ? h->due * DAY_MS : enc_filing_limit(e);
}

/* The benchmark's switch: no work, some bytes. */
static int
null_work(struct runner *r, struct work *w)
{
	size_t n = (size_t)r->conf.bench.null_bytes;
	char *p = arena_alloc(&r->batch_mem, n + 1);

	if (!p)
		return E_NOMEM;
	w->part[r->stage->part] = (struct str){ p, n };
	w->dirty |= 1u << r->stage->part;
	w->to = r->stage->part == PART_SUBMIT ? ST_CLOSED : r->stage->to;
	return STAGE_PASS;
}

static int
one(struct runner *r, struct work *w, struct encounter **e)
{
	struct hold h = { .queue = ST_HELD_BILLING, .due = DAY_NONE };
	int verdict, rc;

	w->to = r->stage->to;
	w->why = STR_NONE;
	if (r->conf.bench.null_bytes > 0)
		return null_work(r, w);
	rc = load(r, w, e);
	if (rc < 0)
		return rc;
	verdict = r->stage->process ? r->stage->process(&r->ctx, *e, &h) : STAGE_PASS;
	must(verdict <= STAGE_HOLD);
	if (verdict < 0 || !r->stage->process)
		return verdict;
	rc = save(r, w, *e);
	if (rc < 0)
		return rc;
	if (verdict == STAGE_HOLD) {
		w->to = h.queue;
		w->why = h.why;
		w->due = due_of(*e, &h);
	}
	return r->batch_mem.spent ? E_NOMEM : verdict;
}

static void
sort_one(struct runner *r, struct sorted *s, struct work *w, struct encounter *e, int rc)
{
	if (rc == STAGE_PASS) {
		s->pass[s->n_pass] = w;
		s->pass_enc[s->n_pass++] = e;
		return;
	}
	if (rc == STAGE_HOLD) {
		metric_add(&r->metrics, M_HELD, 1);
		s->off[s->n_off++] = w;
		return;
	}
	if (w->why.n == 0)
		w->why = str_of(err_text(rc));
	if (err_class(rc) == ERR_TEMP) {
		s->retry[s->n_retry++] = w;
	} else if (err_class(rc) == ERR_PERM) {
		w->to = ST_BURIED;
		metric_add(&r->metrics, M_BURIED, 1);
		s->off[s->n_off++] = w;
	}
}

size_t
batch_commit(struct runner *r, struct work **v, size_t n, int64_t lease_ms)
{
	size_t moved = 0;
	int rc;

	while ((rc = r->store->ops->advance(r->store, &r->by, v, n, lease_ms)) < 0) {
		metric_add(&r->metrics, M_COMMIT_ERRORS, 1);
		runner_condition(r, "store", r->store->why[0] ? r->store->why : err_text(rc));
		if (err_class(rc) != ERR_TEMP || daemon_stop) {	/* draining: the leases give them back */
			log_line(LOG_ERROR, "commit refused", LOG_ERR(rc), LOG_NUM("encounters", n));
			return 0;
		}
		runner_wait(r, 200);
	}
	runner_condition(r, "store", NULL);
	metric_add(&r->metrics, M_COMMITS, 1);
	for (size_t i = 0; i < n; i++) {
		struct work *w = v[i];

		if (!w->moved) {
			metric_add(&r->metrics, M_REFUSED, 1);
			continue;
		}
		w->state = w->to;
		w->dirty = 0;
		v[i] = v[moved];
		v[moved++] = w;
	}
	return moved;
}

/* A lease that would end under way is renewed first; works that moved meanwhile fall out. */
static size_t
renew(struct runner *r, struct work **v, size_t n)
{
	int64_t soon = runner_now(r) + r->conf.site.lease_ms / 2;
	struct work *late[LIMIT_BATCH];
	size_t n_late = 0, kept = 0;

	for (size_t i = 0; i < n; i++) {
		v[i]->moved = v[i]->token >= soon;
		if (!v[i]->moved)
			late[n_late++] = v[i];
	}
	if (n_late == 0)
		return n;
	if (r->store->ops->extend(r->store, late, n_late, r->conf.site.lease_ms) < 0)
		return 0;			/* they come back by claim */
	for (size_t i = 0; i < n; i++)
		if (v[i]->moved)		/* not by its token: after a step of the clock it may look late for long */
			v[kept++] = v[i];
	return kept;
}

static void
hand_over(struct runner *r, struct work **v, size_t n)
{
	if (n == 0)
		return;
	if (bus_send(r->bus, &r->batch_mem, v, n) == 0) {
		metric_add(&r->metrics, M_PASSED, (int64_t)n);
		return;
	}
	metric_add(&r->metrics, M_PARKED, (int64_t)n);
	if (!r->is_posted)
		(void)r->store->ops->fail(r->store, v, n, -1);	/* or else the lease runs out */
}

/* As many of the first n as one frame takes: a frame over LIMIT_FRAME would end the connection. */
static size_t
frame_fit(struct work *const *v, size_t n)
{
	size_t bytes = 0, k = 0;

	for (; k < n && k < LIMIT_BATCH; k++) {
		for (int p = 0; p < PART_COUNT; p++)
			bytes += v[k]->part[p].n;
		if (k && bytes > LIMIT_FRAME / 2)
			break;
	}
	return k;
}

void
runner_forward(struct runner *r, struct work **v, size_t n)
{
	while (n) {
		size_t room = bus_room(r->bus), k = frame_fit(v, room && room < n ? room : n);

		hand_over(r, v, k);
		v += k;
		n -= k;
	}
}

static void
pass_on(struct runner *r, struct work **v, size_t n)
{
	/* what may kill does not ride: it is committed here, and counted by the stage that it kills */
	bool suspect = v[0]->attempts > 1, ride = !suspect && str_is(runner_stage_conf(r).checkpoint, "ride");
	bool has_next = state_stage(r->stage->to) != NULL && v[0]->to == r->stage->to && r->stage->part != PART_SUBMIT;

	while (n) {
		size_t room = has_next && !suspect ? runner_room(r, n) : 0, k = room < n ? room : n, moved;

		if (ride && k) {
			moved = renew(r, v, k);
			hand_over(r, v, moved);
		} else if (k) {
			moved = batch_commit(r, v, k, r->conf.site.lease_ms);
			hand_over(r, v, moved);
		} else {
			k = n < LIMIT_BATCH ? n : LIMIT_BATCH;
			moved = batch_commit(r, v, k, 0);
			metric_add(&r->metrics, has_next ? M_PARKED : M_PASSED, (int64_t)moved);
		}
		v += k;
		n -= k;
	}
}

static void
give_back(struct runner *r, struct work **v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t delay = RETRY_MS << (v[i]->attempts < 7 ? v[i]->attempts : 7);

		(void)r->store->ops->fail(r->store, &v[i], 1, delay < MAX_RETRY_MS ? delay : MAX_RETRY_MS);
		metric_add(&r->metrics, M_RETRIED, 1);
	}
}

/* Processing that outlives its lease is ended by SIGALRM: the supervisor starts us anew, the attempt counts. */
static void
watchdog(const struct runner *r, bool on)
{
	int64_t ms = on ? r->conf.site.lease_ms * 2 : 0;
	struct itimerval t = { .it_value = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 } };

	(void)setitimer(ITIMER_REAL, &t, NULL);
}

void
batch_run(struct runner *r, struct work *v, size_t n)
{
	struct arena *a = &r->batch_mem;
	struct sorted s = { arena_array(a, n, sizeof(void *)), arena_array(a, n, sizeof(void *)),
	    arena_array(a, n, sizeof(void *)), arena_array(a, n, sizeof(void *)), 0, 0, 0 };
	int64_t began = mono_ms();

	if (!s.pass || !s.off || !s.retry || !s.pass_enc)
		return;				/* their leases run out */
	watchdog(r, true);
	for (size_t i = 0; i < n; i++) {
		struct encounter *e = NULL;
		int rc = one(r, &v[i], &e);

		sort_one(r, &s, &v[i], e, rc);
	}
	watchdog(r, false);
	if (s.n_off)
		(void)batch_commit(r, s.off, s.n_off, 0);
	if (s.n_retry)
		give_back(r, s.retry, s.n_retry);
	if (s.n_pass && r->stage->io && r->stage->io->take && r->conf.bench.null_bytes == 0) {
		int rc = r->stage->io->take(r, r->ctx.self, s.pass, s.pass_enc, s.n_pass);

		if (rc < 0)
			give_back(r, s.pass, s.n_pass);
	} else if (s.n_pass) {
		pass_on(r, s.pass, s.n_pass);
	}
	metric_observe_us(&r->metrics, (mono_ms() - began) * 1000);
}
