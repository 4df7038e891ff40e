/*
 * io_answers.c - answer files of a partner to claims. A file is read as often as need be: what it says
 * was done already is skipped, and it is put away only when all it says is committed.
 */
#include "submit/io_submit.h"

#include "base/file.h"
#include "base/log.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILES	10000
#define TURN_FILES	4
#define THAW_BYTES	(8u << 20)	/* bodies in one commit: they pass through a function of Redis */

struct moves {				/* one commit being gathered */
	struct work	*v[LIMIT_BATCH];
	size_t		 n, bytes;
	bool		 again;		/* an answer came before its claim was recorded as sent, or lost a race */
};

static struct store *
store_of(struct submit *s)
{
	return runner_store(s->r);
}

static int
commit(struct submit *s, struct moves *m)
{
	int rc = m->n ? store_of(s)->ops->advance(store_of(s), runner_by(s->r), m->v, m->n, 0) : 0;

	for (size_t i = 0; i < m->n; i++)
		m->again |= !m->v[i]->moved;	/* somebody moved it meanwhile: see what is left to do */
	m->n = m->bytes = 0;
	return rc;
}

/* The same answer to the same interchange; a claim sent again may well be rejected again for the same reason. */
static bool
is_known(const struct encounter *e, const struct status *st)
{
	for (size_t i = 0; i < e->n_statuses; i++)
		if (str_eq(e->statuses[i].kind, st->kind) && str_eq(e->statuses[i].code, st->code) &&
		    str_eq(e->statuses[i].verdict, st->verdict) && str_eq(e->statuses[i].isa13, st->isa13))
			return true;
	return false;
}

/* An answer speaks of the interchange it names: a claim that has left in a later one since is not its business. */
static bool
is_of(const struct snapshot *snap, const struct interchange *ic)
{
	struct str partner;
	int64_t number;

	return is_batch_name(snap->batch, &partner, &number) && str_eq(partner, ic->partner) && number == ic->number;
}

static struct str
why_of(struct arena *a, const struct status *st, bool lost)
{
	return arena_fmt(a, "%s" STR_FMT " " STR_FMT " " STR_FMT ": " STR_FMT, lost ? "its body is lost in the archive; " : "",
	    STR_ARG(st->kind), STR_ARG(st->verdict), STR_ARG(st->code), STR_ARG(st->words));
}

/*
 * People need the body: the commit that gives them the claim brings it back. While the archive cannot be read the
 * answer waits; when it can be, and the body is not there, waiting would be for ever.
 */
static int
thaw(struct submit *s, struct arena *a, struct snapshot *snap, struct moves *out)
{
	int rc = body_thaw(s, a, snap);

	if (rc == E_AWAY) {
		s->answers_away++;
		out->again = true;
	}
	if (rc == E_NOT_FOUND) {
		log_line(LOG_ERROR, "a body is lost in the archive: its claim goes to people without it",
		    LOG_STR("eid", eid_text(a, snap->w.id)), LOG_CSTR("why", s->shelf.why));
		return 0;
	}
	for (int p = 0; rc >= 0 && snap->cold && p < PART_COUNT; p++)
		out->bytes += snap->w.part[p].n;
	return rc;
}

/* One claim, one answer. */
static int
apply(struct submit *s, struct arena *a, const struct interchange *ic, const struct member *m,
    const struct x12_answer *x, const struct partner *p, struct moves *out)
{
	struct snapshot *snap = arena_alloc(a, sizeof *snap);
	struct encounter *e;
	struct status st, *slot;
	struct str raw;
	enum state to;
	int rc = snap ? store_of(s)->ops->get(store_of(s), m->id, m->lane, a, snap) : E_NOMEM;

	if (rc >= 0)
		rc = work_unpack(a, &snap->w, &e, NULL);
	if (rc < 0)
		return rc == E_NOT_FOUND ? 0 : rc;
	if (snap->w.state == ST_BATCHED && is_of(snap, ic))
		out->again = true;
	to = answer_verdict(x, p->v[PK_accept_on], &st);
	st.isa13 = arena_fmt(a, "%09lld", (long long)ic->number);
	if (to == ST_NONE || !is_of(snap, ic) || (x->scope == X12_SET && !str_eq(x->st02, e->st02)) || is_known(e, &st) ||
	    !state_event(snap->w.state, to))
		return 0;
	slot = REC_PUSH(a, e, statuses, status);
	if (!slot)
		return E_NOMEM;
	*slot = st;
	slot->at = runner_now(s->r);
	rc = rec_pack(a, e, PART_SUBMIT, &raw);
	if (rc >= 0)
		rc = part_seal(a, raw, false, &snap->w.part[PART_SUBMIT]);
	if (rc < 0)
		return rc;
	snap->w.dirty |= 1u << PART_SUBMIT;
	if (!state_is_settled(to))
		rc = thaw(s, a, snap, out);
	if (rc < 0)
		return rc == E_AWAY ? 0 : rc;
	snap->w.to = to;
	snap->w.due = to == ST_HELD_BILLING ? snap->due : 0;
	snap->w.why = to == ST_HELD_BILLING ? why_of(a, &st, snap->cold && snap->w.part[PART_INGEST].n == 0) : STR_NONE;
	out->v[out->n++] = &snap->w;
	return out->n == LIMIT_BATCH || out->bytes > THAW_BYTES ? commit(s, out) : 0;
}

static int
by_pcn(const void *x, const void *y)
{
	return str_cmp(((const struct member *)x)->pcn, ((const struct member *)y)->pcn);
}

/* The interchange an answer is about: by ISA13, GS06 or BHT03, which are all its number. */
static int
interchange_of(struct submit *s, struct arena *a, const struct x12_answer *x, const struct partner *p,
    struct interchange *ic)
{
	struct str text = x->scope == X12_INTERCHANGE ? x->isa13 : x->batch.n ? x->batch : x->gs06;
	int64_t number;
	int rc;

	if (!str_to_int(text, &number) || number <= 0)
		return E_NOT_FOUND;
	if (ic->number == number)
		return 0;
	rc = store_of(s)->ops->ic_get(store_of(s), p->id, number, a, ic);
	if (rc >= 0 && ic->n)
		qsort(ic->members, ic->n, sizeof *ic->members, by_pcn);
	return rc;
}

static int
ic_note(struct submit *s, struct interchange *ic, const struct x12_answer *x)
{
	enum ic_state to = str_is(x->verdict, "rejected") ? IC_REJECTED : IC_ACCEPTED;

	if (x->scope == X12_CLAIM || x->scope == X12_LINE || ic->state != IC_SENT || str_is(x->verdict, "pending"))
		return 0;
	if (to == IC_ACCEPTED && x->scope == X12_INTERCHANGE)
		return 0;			/* a TA1 speaks of the envelope only */
	ic->state = to;
	return store_of(s)->ops->ic_update(store_of(s), runner_by(s->r), ic);
}

static int
apply_one(struct submit *s, struct arena *a, const struct x12_answer *x, const struct partner *p,
    struct interchange *ic, struct moves *m)
{
	struct member key = { .pcn = x->pcn }, *hit;
	bool rejected = str_is(x->verdict, "rejected");
	int rc = interchange_of(s, a, x, p, ic);

	if (rc < 0)
		return rc;
	if (x->scope == X12_CLAIM || x->scope == X12_LINE) {	/* a line speaks of its claim, not of the others */
		hit = ic->n ? bsearch(&key, ic->members, ic->n, sizeof key, by_pcn) : NULL;
		return hit ? apply(s, a, ic, hit, x, p, m) : E_NOT_FOUND;
	}
	/* wider answers touch each claim only when they decide it */
	if (rejected || (x->scope == X12_SET && str_eq(x->kind, p->v[PK_accept_on])))
		for (size_t i = 0; i < ic->n && rc >= 0; i++)
			rc = apply(s, a, ic, &ic->members[i], x, p, m);
	return rc < 0 ? rc : ic_note(s, ic, x);
}

/* What came of one file. */
struct outcome { size_t unknown; struct faults faults; };

/* Answers of somebody else than the partner do not move claims sent to the partner. */
static bool
is_from(const struct partner *p, const struct x12_answers *all, struct faults *f)
{
	struct str want = p->v[PK_answers_from].n ? p->v[PK_answers_from] : p->v[PK_receiver];

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].from.n && !str_eq(all->v[i].from, want)) {
			(void)fault_add(f, E_VALUE, S("ISA06"), S("the sender is not the one this partner's answers come from"),
			    S("put the file into the folder of its partner, or set answers_from in the partner file"));
			return false;
		}
	return true;
}

/* 1: put it away; 0: read it again later. What is whole in it counts, even when the rest is not. */
static int
read_file(struct submit *s, struct arena *a, const struct partner *p, struct str bytes, struct outcome *o)
{
	struct moves *m = arena_alloc(a, sizeof *m);
	struct interchange ic = { 0 };
	struct x12_answers all = { 0 };
	int rc = x12_read_answers(a, bytes, &all), bad = 0;

	o->faults = all.faults;
	if (rc < 0 || !m)
		return m ? rc : E_NOMEM;
	o->faults.a = a;
	if (!is_from(p, &all, &o->faults))
		return E_VALUE;
	for (size_t i = 0; i < all.n; i++) {
		rc = apply_one(s, a, &all.v[i], p, &ic, m);
		if (rc == E_NOT_FOUND) {
			o->unknown++;
			rc = 0;
		}
		if (rc < 0 && err_class(rc) == ERR_TEMP)
			return rc;
		bad = bad < 0 ? bad : rc;	/* one claim that cannot be read holds up no other */
	}
	rc = commit(s, m);
	if (rc < 0 || m->again)
		return rc < 0 ? rc : 0;
	if (bad < 0)
		return bad;
	if (all.n && o->unknown == all.n)
		return fault_add(&o->faults, E_NOT_FOUND, S("file"),
		    S("all of it answers claims or interchanges this site did not send"),
		    S("see whose answer it is: ISA13, GS06 or BHT03 and CLM01 name what was sent"));
	return o->faults.n ? o->faults.v[0].rc : 1;
}

static void
say_why(const char *path, int rc, const struct faults *f)
{
	json_t *list = json_array(), *root = json_pack("{s:s, s:o}", "error", err_text(rc), "faults", list);
	char *text;

	for (size_t i = 0; i < f->n; i++)
		(void)json_array_append_new(list, json_pack("{s:s%, s:s%, s:s%}", "place", f->v[i].place.p, f->v[i].place.n,
		    "words", f->v[i].words.p, f->v[i].words.n, "fix", f->v[i].fix.p, f->v[i].fix.n));
	text = json_dumps(root, JSON_INDENT(1));
	if (!text || file_write_atomic(path, str_of(text), true) < 0)
		log_text(LOG_ERROR, "cannot write why an answer file was refused");
	free(text);
	json_decref(root);
}

static void
put_away(struct arena *a, struct str dir, struct str name, int rc, const struct faults *f)
{
	struct str to_dir = path_join(a, dir, rc < 0 ? S("refused") : S("done")), from = path_join(a, dir, name), to, why;

	(void)mkdir_p(to_dir.p);
	to = path_free(a, to_dir, name, rc < 0 ? ".why.json" : NULL, &why);
	if (rc < 0)
		say_why(why.p, rc, f);
	if (file_move(from.p, to.p) < 0 && file_exists(from.p))
		log_text(LOG_ERROR, "an answer was read but cannot be put away");
}

/* 1: read and put away; 0: gone again, or to be read later. */
static int
one_file(struct submit *s, struct arena *a, const struct partner *p, struct str dir, struct str name)
{
	struct outcome o = { .unknown = 0 };
	struct str bytes;
	int rc = file_read(a, path_join(a, dir, name).p, LIMIT_INPUT, &bytes);

	if (rc == E_IO || rc == E_NOT_FOUND) {
		s->answers_unread += rc == E_IO;
		return 0;
	}
	if (rc >= 0)
		rc = read_file(s, a, p, bytes, &o);
	if (rc < 0 && (err_class(rc) == ERR_TEMP || rc == E_STORE_SETUP || rc == E_STORE_REPLY))
		return rc;
	if (rc != 0 && o.unknown)
		log_line(LOG_WARN, "answers to claims this site did not send", LOG_STR("partner", p->id),
		    LOG_NUM("answers", o.unknown));
	if (rc < 0)
		log_line(LOG_ERROR, "an answer file is refused: see refused/", LOG_STR("partner", p->id), LOG_ERR(rc));
	if (rc != 0) {
		metric_add(runner_metrics(s->r), M_ANSWERS, 1);
		put_away(a, dir, name, rc, &o.faults);
	}
	return rc != 0;			/* what waits keeps no other file from its turn */
}

/* Of all partners' folders; a round begins with the first partner. */
static void
tell_unread(struct submit *s, const struct partner *p, struct arena *a)
{
	if (p == &s->partners.v[s->partners.n - 1])
		runner_condition(s->r, "answers", s->answers_unread ?
		    arena_fmt(a, "%zu entries in the answers folders cannot be read", s->answers_unread).p : NULL);
	if (p == &s->partners.v[s->partners.n - 1] && s->answers_away == 0)
		body_is_read(s);
}

int
answers_read(struct submit *s, struct arena *a, const struct partner *p)
{
	struct str dir = arena_fmt(a, STR_FMT "/answers/" STR_FMT, STR_ARG(runner_ctx(s->r)->conf->site.state_dir),
	    STR_ARG(p->id));
	struct file_list files = { 0 };
	size_t at = s->answers_from, i = 0, unread;
	int rc = mkdir_p(dir.p), read = 0, looked = 0;

	if (p == s->partners.v)
		s->answers_unread = s->answers_away = 0;
	if (rc >= 0 && dir_list(a, dir.p, MAX_FILES, &files) < 0)
		files.odd = 1;			/* the folder itself */
	s->answers_unread += files.odd;
	for (; i < files.n && looked < TURN_FILES && rc >= 0; i++) {
		const struct file_item *f = &files.v[(at + i) % files.n];
		struct str n = f->name;

		if (f->is_folder || (n.n > 5 && str_is((struct str){ n.p + n.n - 5, 5 }, ".part")))
			continue;
		unread = s->answers_unread;
		rc = one_file(s, a, p, dir, n);
		read += rc > 0;
		looked += s->answers_unread == unread;
	}
	s->answers_from = looked > read ? at + i : 0;	/* some wait: the others have their turn, and so has the rest of submit */
	if (read && looked == TURN_FILES)
		s->next_answers = 0;
	tell_unread(s, p, a);
	return rc < 0 ? rc : 0;
}
