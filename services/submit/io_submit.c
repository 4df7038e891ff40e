/*
 * io_submit.c - the submit stage: claims wait here for others to the same partner until the cut-off, under
 * a lease that is renewed, and leave as one interchange. What is here when the process dies is in Redis.
 */
#include "submit/io_submit.h"

#include "base/file.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define SWEEP_MS	1000
#define ORPHANS_MS	30000
#define AWAY_MS		1000		/* answers that wait for the archive are read no more often */
#define GROUP_ROOM	((size_t)1 << 31)
#define PCN_SLOTS	16384		/* over twice the claims an interchange may hold */

struct group {
	struct arena		 mem;
	const struct partner	*p;		/* points into partners: a reload sends all groups first */
	char			 type;
	struct claims		 c;
	size_t			 cap;
	struct str		*pcn;		/* open addressing, so that one number stands once in a file */
	int64_t			 since, renewed;
};

/* ---- partners ---- */

/* One file; its faults say which. */
static int
partner_load(struct arena *a, struct str dir, struct str name, struct partner *p, struct faults *f)
{
	size_t before = f->n;
	struct str text;
	int rc = file_read(a, path_join(a, dir, name).p, LIMIT_CONF, &text);

	if (rc < 0)
		(void)fault_add(f, rc, S("file"), str_of(err_text(rc)), S("give a file that can be read"));
	else
		rc = partner_parse(a, (struct str){ name.p, name.n - 5 }, text, p, f);
	for (size_t i = before; i < f->n; i++)
		f->v[i].place = arena_fmt(a, "partners/" STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(f->v[i].place));
	return rc;
}

/* Every file is looked at, so that all faults are told at once. */
static int
partners_load(struct arena *a, const struct conf *conf, struct partners *out, struct faults *f)
{
	struct file_list files = { 0 };
	struct str dir = path_join(a, conf->site.config_dir, S("partners"));
	int rc = dir_list_all(a, dir.p, 10000, &files);

	if (rc < 0)
		return fault_add(f, rc, dir, S("no partners folder"), S("set site.config_dir to the folder that has partners/"));
	for (size_t i = 0; i < files.n; i++) {
		struct str name = files.v[i].name;
		struct partner p, *slot;
		int one;

		if (files.v[i].is_folder || name.n < 6 || !str_is((struct str){ name.p + name.n - 5, 5 }, ".yaml"))
			continue;
		one = partner_load(a, dir, name, &p, f);
		slot = one < 0 ? NULL : arena_push(a, out->v, out->n);
		if (slot)
			*slot = p;
		rc = rc < 0 ? rc : one;
	}
	return a->spent ? E_NOMEM : rc < 0 ? rc : partners_check(a, out, conf->submit.partner, f);
}

int
submit_check(const struct conf *conf, struct faults *f)
{
	struct partners all = { 0 };

	return partners_load(f->a, conf, &all, f);
}

/* ---- groups ---- */

static void
idle_free(struct submit *s)
{
	if (s->idle)
		arena_free(&s->idle->mem);
	free(s->idle);
	s->idle = NULL;
}

/* Its memory, wiped, is kept for the next one: fresh pages for each interchange cost more than writing it. */
static void
group_free(struct submit *s, size_t i)
{
	struct group *g = s->group[i];

	s->held -= g->c.n;
	idle_free(s);
	arena_reset(&g->mem);
	s->idle = g;
	s->group[i] = s->group[--s->n_groups];
}

static struct group *
group_new(struct submit *s)
{
	struct group *g = s->idle ? s->idle : calloc(1, sizeof *g);
	struct arena mem = { 0 };

	if (!g)
		return NULL;
	arena_init(&mem, GROUP_ROOM);
	*g = (struct group){ .mem = s->idle ? g->mem : mem, .since = s->now, .renewed = s->now };
	s->idle = NULL;
	g->pcn = arena_array(&g->mem, PCN_SLOTS, sizeof *g->pcn);
	return g;
}

/* False when a claim of this group has the patient control number already: answers could not tell them apart. */
static bool
pcn_add(struct group *g, struct str pcn)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < pcn.n; i++)
		h = (h ^ (unsigned char)pcn.p[i]) * 16777619u;
	for (uint32_t i = h % PCN_SLOTS;; i = (i + 1) % PCN_SLOTS) {
		if (str_eq(g->pcn[i], pcn) && g->pcn[i].p)
			return false;
		if (!g->pcn[i].p) {
			g->pcn[i] = arena_str(&g->mem, pcn);
			return true;
		}
	}
}

static int
group_add(struct group *g, const struct work *w)
{
	struct work *copy = arena_alloc(&g->mem, sizeof *copy);
	struct arena *a = &g->mem;

	if (g->c.n == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 64;

		g->c.w = arena_grow(a, g->c.w, g->c.n, cap, sizeof *g->c.w);
		g->c.e = arena_grow(a, g->c.e, g->c.n, cap, sizeof *g->c.e);
		g->cap = cap;
	}
	if (a->spent || !copy)
		return E_NOMEM;
	*copy = *w;
	for (int p = 0; p < PART_COUNT; p++)
		copy->part[p] = arena_str(a, w->part[p]);
	copy->why = STR_NONE;
	if (work_unpack(a, copy, &g->c.e[g->c.n], NULL) < 0 || a->spent)
		return E_NOMEM;
	g->c.w[g->c.n++] = copy;
	return 0;
}

static int
group_send(struct submit *s, size_t i)
{
	struct group *g = s->group[i];
	int rc = g->c.n ? interchange_send(s, &g->mem, g->p, &g->c) : 0;

	s->held = 0;
	if (rc < 0)
		log_line(LOG_WARN, "an interchange is not finished; it is taken up again", LOG_STR("partner", g->p->id),
		    LOG_ERR(rc));
	for (size_t k = 0; k < s->n_groups; k++)
		s->held += k == i ? 0 : s->group[k]->c.n;
	g->c.n = 0;
	group_free(s, i);
	return rc;
}

/* A group of this partner and type that has not this patient control number yet; claims that share one go apart. */
static struct group *
group_for(struct submit *s, const struct partner *p, char type, struct str pcn)
{
	struct group *g;

	for (size_t i = 0; i < s->n_groups; i++)
		if (s->group[i]->p == p && s->group[i]->type == type && pcn_add(s->group[i], pcn))
			return s->group[i];
	if (s->n_groups == MAX_GROUPS)
		(void)group_send(s, 0);		/* before its cut-off, to make room */
	g = group_new(s);
	if (!g)
		return NULL;
	g->p = p;
	g->type = type;
	s->group[s->n_groups++] = g;
	return g->pcn && pcn_add(g, pcn) ? g : NULL;
}

static int
submit_take(struct runner *r, void *self, struct work **v, struct encounter **e, size_t n)
{
	struct submit *s = self;
	const struct conf *conf = runner_ctx(r)->conf;

	for (size_t i = 0; i < n; i++) {
		const struct partner *p = partner_named(&s->partners, e[i]->partner);
		bool alone = v[i]->attempts > 2;	/* it may be what killed those before us, twice */
		struct group *g;

		while (alone && s->n_groups)
			(void)group_send(s, 0);
		g = p ? group_for(s, p, e[i]->type.n ? e[i]->type.p[0] : 'P', e[i]->pcn) : NULL;

		if (!g) {
			v[i]->why = S("waits for another interchange");
			(void)runner_store(r)->ops->fail(runner_store(r), &v[i], 1, -1 - conf->submit.cutoff_ms);
			continue;
		}
		if (group_add(g, v[i]) < 0)
			return E_NOMEM;		/* what is in groups leaves with them; the rest comes again */
		s->held++;
		if (!alone && g->c.n < (size_t)conf->submit.max_claims)
			continue;
		for (size_t k = 0; k < s->n_groups; k++)
			if (s->group[k] == g)
				(void)group_send(s, k--);
	}
	return 0;
}

/* ---- the turn ---- */

static void
group_renew(struct submit *s, struct group *g)
{
	int64_t lease = runner_ctx(s->r)->conf->site.lease_ms;

	if (s->now - g->renewed < lease / 3)
		return;
	g->renewed = s->now;
	for (size_t at = 0; at < g->c.n; at += LIMIT_BATCH) {
		size_t n = g->c.n - at < LIMIT_BATCH ? g->c.n - at : LIMIT_BATCH;

		(void)runner_store(s->r)->ops->extend(runner_store(s->r), g->c.w + at, n, lease);
	}
}

static bool
is_store_error(int rc)
{
	return rc == E_STORE_DOWN || rc == E_STORE_FULL || rc == E_STORE_SETUP || rc == E_STORE_REPLY;
}

/* What hinders one partner does not stop the others. */
static int
sweep(struct submit *s, int64_t now)
{
	struct arena a;
	int rc = 0, one = 0;

	if (now < s->next_sweep)
		return 0;
	s->next_sweep = now + SWEEP_MS;
	arena_init(&a, GROUP_ROOM);
	for (size_t i = 0; i < s->partners.n && !is_store_error(one); i++) {
		one = interchange_recover(s, &a, &s->partners.v[i]);
		if (one >= 0)
			s->next_sweep = now;	/* there may be another */
		else if (one != E_NOT_FOUND && one != E_CONFLICT && err_class(one) != ERR_DROP)
			rc = one;
		arena_reset(&a);
	}
	if (now >= s->next_orphans && !is_store_error(one)) {
		s->next_orphans = now + ORPHANS_MS;
		one = interchange_orphans(s, &a);
		rc = one < 0 ? one : rc;
	}
	arena_free(&a);
	return rc;
}

static int
look_for_answers(struct submit *s, int64_t now)
{
	struct arena a;
	int rc = 0;

	if (now < s->next_answers)
		return 0;
	s->next_answers = now + runner_ctx(s->r)->conf->submit.answers_ms;
	arena_init(&a, GROUP_ROOM);
	for (size_t i = 0; i < s->partners.n && rc >= 0; i++) {
		rc = answers_read(s, &a, &s->partners.v[i]);
		arena_reset(&a);
	}
	if (s->answers_away)
		s->next_answers = now + AWAY_MS;
	arena_free(&a);
	return rc;
}

static int
submit_tick(struct runner *r, void *self, int64_t now_ms)
{
	struct submit *s = self;
	const struct conf *conf = runner_ctx(r)->conf;
	bool full = s->held * 2 > (size_t)conf->site.window;
	int rc = 0, one;

	s->now = now_ms;
	for (size_t i = s->n_groups; i-- > 0;) {
		struct group *g = s->group[i];

		if (full || runner_is_draining(r) || now_ms - g->since >= conf->submit.cutoff_ms)
			rc = (one = group_send(s, i)) < 0 ? one : rc;
		else
			group_renew(s, g);
	}
	one = sweep(s, now_ms);
	rc = rc < 0 ? rc : one;
	one = look_for_answers(s, now_ms);
	return rc < 0 ? rc : one;
}

static bool
submit_is_done(struct runner *r, void *self)
{
	(void)r;
	return ((struct submit *)self)->n_groups == 0;
}

static size_t
submit_held(void *self)
{
	return ((struct submit *)self)->held;
}

const struct stage_io submit_io = { submit_tick, submit_take, submit_is_done, submit_held };

int
submit_process(const struct stage_ctx *ctx, struct encounter *e, struct hold *h)
{
	const struct submit *s = ctx->self;
	struct str why = STR_NONE;
	int rc = submit_prepare(ctx->arena, &s->partners, ctx->conf->submit.partner, e, &why);

	if (rc != E_VALUE)
		return rc < 0 ? rc : STAGE_PASS;
	*h = (struct hold){ ST_HELD_BILLING, why, DAY_NONE };
	return STAGE_HOLD;
}

int
submit_open(struct stage_ctx *ctx, struct runner *r)
{
	struct submit *s = ctx->self, fresh = { .r = r };
	struct faults f = { .a = &fresh.conf_mem };
	int rc;

	arena_init(&fresh.conf_mem, 0);
	rc = partners_load(&fresh.conf_mem, ctx->conf, &fresh.partners, &f);
	for (size_t i = 0; i < f.n; i++)
		log_line(LOG_ERROR, "partner files", LOG_STR("place", f.v[i].place), LOG_STR("words", f.v[i].words),
		    LOG_STR("fix", f.v[i].fix));
	if (rc < 0) {
		arena_free(&fresh.conf_mem);
		return rc;
	}
	if (!s) {
		ctx->self = s = calloc(1, sizeof *s);
		if (!s)
			return E_NOMEM;
		arena_init(&s->guides_mem, 0);
		rc = x12_guides_open(&s->guides_mem, &s->guides);
		if (rc < 0)
			return rc;
	} else {
		while (s->n_groups)
			(void)group_send(s, 0);
		arena_free(&s->conf_mem);
	}
	s->r = r;
	s->conf_mem = fresh.conf_mem;
	s->partners = fresh.partners;
	return 0;
}

void
submit_close(struct stage_ctx *ctx)
{
	struct submit *s = ctx->self;

	while (s->n_groups)
		group_free(s, 0);
	idle_free(s);
	arena_free(&s->guides_mem);
	cold_close(&s->shelf);
	arena_free(&s->conf_mem);
	free(s);
	ctx->self = NULL;
}
