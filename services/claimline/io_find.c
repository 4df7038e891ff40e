/* io_find.c - looks an encounter up by id, beginning of an id, or patient control number. Changes nothing. */
#include "claimline/find.h"

#include <stdio.h>
#include <string.h>

#define MATCHES_MAX	8
#define SCAN_TRIES	2	/* it may move from a state we have not read to one we have */

struct match { struct eid id; unsigned lane; enum state state; };
struct search {
	struct cli	*c;
	struct str	 name;
	bool		 may_be_prefix;
	struct match	 v[MATCHES_MAX];
	size_t		 n;
	uint64_t	 looked;
	struct arena	 scratch;
};

bool
eid_has_prefix(struct eid id, struct str prefix)
{
	static const char digit[] = "0123456789abcdef";

	if (prefix.n == 0 || prefix.n > 2 * sizeof id.b)
		return false;
	for (size_t i = 0; i < prefix.n; i++)
		if (prefix.p[i] != digit[i % 2 ? id.b[i / 2] & 15 : id.b[i / 2] >> 4])
			return false;
	return true;
}

struct str
eid_short(struct arena *a, struct eid id)
{
	struct str s = eid_text(a, id);

	return (struct str){ s.p, s.n < EID_SHORT ? s.n : EID_SHORT };
}

int
seen_get(struct cli *c, struct arena *a, struct eid id, unsigned lane, struct seen *out)
{
	int rc = c->store->ops->get(c->store, id, lane, a, &out->s);
	enum rec_part bad;

	out->bad_part = out->away = NULL;
	out->s.w.id = id;
	out->s.w.lane = lane;
	if (rc < 0)
		return rc;
	rc = cold_load(&c->shelf, c->conf.audit.archive, a, &out->s);
	if (rc == E_AWAY)
		out->away = arena_str(a, str_of(c->shelf.why)).p;
	else if (rc < 0)
		return rc;
	rc = work_unpack(a, &out->s.w, &out->e, &bad);
	if (rc < 0 && rc != E_NOMEM)
		out->bad_part = part_name(bad);
	return rc;
}

static int
key_fail(const struct cli *c, struct eid id, unsigned lane, int rc)
{
	struct arena a;

	arena_init(&a, 0);
	(void)cli_fail(c, 0, "cl:{%u}:e:" STR_FMT ": %s", lane, STR_ARG(eid_text(&a, id)),
	    rc == E_NOT_FOUND ? "a queue names it, but there is no such encounter" : err_text(rc));
	arena_free(&a);
	return cli_exit_of(rc);
}

int
seen_fail(const struct cli *c, const struct seen *x, int rc)
{
	struct arena a;

	if (!x->bad_part && (rc == E_STORE_REPLY || rc == E_NOT_FOUND))
		return key_fail(c, x->s.w.id, x->s.w.lane, rc);
	if (!x->bad_part)
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	arena_init(&a, 0);
	(void)cli_fail(c, 0, "part %s of " STR_FMT ": %s", x->bad_part, STR_ARG(eid_text(&a, x->s.w.id)), err_text(rc));
	arena_free(&a);
	return cli_exit_of(rc);
}

int
listed_get(struct cli *c, struct arena *a, const struct listing *l, struct snapshot *out)
{
	int rc = c->store->ops->get(c->store, l->id, l->lane, a, out);

	if (rc != E_STORE_REPLY && rc != E_NOT_FOUND)
		return rc < 0 ? rc : 1;
	(void)key_fail(c, l->id, l->lane, rc);
	return 0;
}

static bool
is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!memchr("0123456789abcdef", s.p[i], 16))
			return false;
	return s.n > 0;
}

static bool
is_match(struct search *s, const struct listing *l)
{
	struct snapshot snap;
	bool is;

	if (s->may_be_prefix && eid_has_prefix(l->id, s->name))
		return true;
	is = s->c->store->ops->get(s->c->store, l->id, l->lane, &s->scratch, &snap) >= 0 && str_eq(snap.pcn, s->name);
	arena_reset(&s->scratch);
	return is;
}

static void
add_match(struct search *s, const struct listing *l, enum state st)
{
	for (size_t i = 0; i < s->n; i++)
		if (memcmp(&s->v[i].id, &l->id, sizeof l->id) == 0)
			return;
	if (s->n < MATCHES_MAX)
		s->v[s->n++] = (struct match){ l->id, l->lane, st };
}

static void
show_progress(struct search *s)
{
	if (++s->looked % 1000 == 0 && s->c->ui.is_tty)
		(void)fprintf(stderr, "\rlooked at %llu encounters", (unsigned long long)s->looked);
}

static int
scan_state(struct search *s, enum state st)
{
	struct arena a;
	struct listing *v = NULL;
	size_t n = 0;
	int rc;

	arena_init(&a, 0);
	rc = s->c->store->ops->list(s->c->store, st, FIND_STATE_MAX, &a, &v, &n);
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		show_progress(s);
		if (is_match(s, &v[i]))
			add_match(s, &v[i], st);
	}
	arena_free(&a);
	return rc;
}

static int
scan(struct search *s)
{
	int rc = 0;

	for (int try = 0; try < SCAN_TRIES && s->n == 0 && rc >= 0; try++)
		for (int st = 0; st < ST_COUNT && rc >= 0; st++)
			rc = scan_state(s, (enum state)st);
	if (s->looked >= 1000 && s->c->ui.is_tty)
		(void)fprintf(stderr, "\r\033[K");
	return rc;
}

static int
tell_ambiguous(struct search *s, struct arena *a)
{
	(void)cli_fail(s->c, CLI_NO, "that names %s%zu encounters; say which id:", s->n == MATCHES_MAX ? "at least " : "", s->n);
	for (size_t i = 0; i < s->n; i++)
		(void)fprintf(stderr, "  " STR_FMT "  %s\n", STR_ARG(eid_text(a, s->v[i].id)), state_name(s->v[i].state));
	return CLI_NO;
}

int
find_one(struct cli *c, struct arena *a, const char *name, struct seen *out)
{
	struct search s = { .c = c, .name = str_of(name) };
	int rc = cli_store(c);

	if (rc != CLI_OK)
		return rc;
	if (eid_parse(s.name, &s.v[0].id)) {
		rc = c->store->ops->find(c->store, s.v[0].id, &s.v[0].lane);
		s.n = rc >= 0;
	} else {
		s.may_be_prefix = s.name.n >= EID_PREFIX_MIN && is_hex(s.name);
		arena_init(&s.scratch, 0);
		rc = scan(&s);
		arena_free(&s.scratch);
	}
	if (rc >= 0 && s.n > 1)
		return tell_ambiguous(&s, a);
	if (rc == E_NOT_FOUND || (rc >= 0 && s.n == 0))
		return cli_fail(c, CLI_NO, "no encounter has this id or patient control number. Ids are in `claimline list`");
	if (rc < 0)
		return cli_fail(c, cli_exit_of(rc), "%s", err_text(rc));
	rc = seen_get(c, a, s.v[0].id, s.v[0].lane, out);
	return rc < 0 ? seen_fail(c, out, rc) : CLI_OK;
}
