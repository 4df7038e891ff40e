/*
 * io_visit.c - one visit, one encounter. Revision 0 is the visit; once it is on its way to a payer it cannot be
 * amended any more, and what comes later makes the next revision: a claim that replaces (frequency 7) or
 * voids (8) the one before.
 */
#include "ingest/io_visit.h"

#include "base/log.h"
#include "pipe/cold.h"

#define MAX_REVISIONS	100

struct visit {
	struct runner		*r;
	struct arena		*a;
	struct intake_item	*it;
	struct faults		*faults;
	struct intake_row	*row;
	struct encounter	*last;		/* newest stored revision, or NULL */
	bool			 sent;		/* a claim for it went to a payer and is not voided */
};

int
intake_admission(struct runner *r, struct arena *a, const struct encounter *e, struct admission *ad)
{
	const struct conf *conf = runner_ctx(r)->conf;
	bool null = conf->bench.null_bytes > 0;
	struct str raw = null ? e->extras->segment : STR_NONE;
	int rc = null ? 0 : rec_pack(a, e, PART_INGEST, &raw);

	if (rc < 0)
		return rc;
	*ad = (struct admission){ .id = rec_eid(e), .lane = rec_lane(e->tenant, e->account, runner_store(r)->lanes),
	    .tenant = e->tenant, .pcn = e->pcn, .charge = e->charge, .due = enc_filing_limit(e) };
	ad->hash = rec_hash16(a, &raw, 1);
	ad->account = rec_hash16(a, &e->account, 1);
	return part_seal(a, raw, str_is(conf->site.compress, "zstd"), &ad->body);
}

void
intake_row_set(struct intake_row *row, const struct admission *ad)
{
	row->id = ad->id;
	row->rc = ad->result == ADMIT_CONFLICT ? E_CONFLICT : 0;
	row->state = ad->result == ADMIT_NEW ? ST_RECEIVED : ad->state;
	row->result = ad->result == ADMIT_NEW ? "accepted" : ad->result == ADMIT_KNOWN ? "known" : "conflict";
}

static int
known(struct visit *v, struct eid id, enum state state)
{
	*v->row = (struct intake_row){ .id = id, .result = "known", .state = state };
	return 0;
}

/* A message to a visit that was sent long ago is rare, so that the archive is not kept open for the next. */
static int
fetch(struct visit *v, struct snapshot *s)
{
	struct cold_shelf c = { 0 };
	int rc = cold_load(&c, runner_ctx(v->r)->conf->audit.archive, v->a, s);

	if (rc == E_AWAY)
		log_line(LOG_WARN, "a visit that was sent cannot be read", LOG_CSTR("archive", c.why));
	cold_close(&c);
	return rc;
}

static int
load(struct visit *v, struct snapshot *s)
{
	struct str raw;
	int rc = fetch(v, s);

	if (rc >= 0)
		rc = part_open(v->a, s->w.part[PART_INGEST], &raw);
	v->last = rec_new(v->a);
	if (rc >= 0)
		rc = v->last ? rec_unpack(v->a, raw, PART_INGEST, v->last) : E_NOMEM;
	return rc;
}

static int
admit(struct visit *v, struct encounter *e, enum state to)
{
	struct admission ad;
	int rc = intake_admission(v->r, v->a, e, &ad);

	if (rc >= 0)
		rc = runner_admit(v->r, &ad, 1, to);
	if (rc < 0)
		return rc;
	if (ad.result != ADMIT_NEW)
		return E_MOVED;			/* somebody made it meanwhile: look again */
	intake_row_set(v->row, &ad);
	v->row->state = to;
	v->row->result = to == ST_NEW ? "accepted" : "released";
	return 0;
}

static int
amend(struct visit *v, struct encounter *e, struct snapshot *s)
{
	struct store *st = runner_store(v->r);
	struct admission ad;
	int rc = intake_admission(v->r, v->a, e, &ad);
	bool releases = s->w.state == ST_NEW && v->it->event == INTAKE_RELEASE;
	int64_t lease;

	if (rc < 0)
		return rc;
	if (str_eq(ad.hash, s->hash) && !releases)
		return known(v, ad.id, s->w.state);
	s->w.to = s->w.state == ST_NEW && !releases ? ST_NEW : ST_RECEIVED;
	lease = s->w.to == ST_NEW ? runner_ctx(v->r)->conf->ingest.quiet_s * 1000 : 0;
	rc = st->ops->amend(st, runner_by(v->r), &ad, &s->w, lease);
	if (rc < 0 || !s->w.moved)
		return rc < 0 ? rc : E_MOVED;
	*v->row = (struct intake_row){ .id = ad.id, .result = releases ? "released" : "amended", .state = s->w.to };
	return 0;
}

static int
make_void(struct visit *v, struct snapshot *s, const char *why)
{
	struct store *st = runner_store(v->r);
	struct work *w = &s->w;
	int rc;

	w->to = ST_VOID;
	w->why = str_of(why);
	rc = st->ops->advance(st, runner_by(v->r), &w, 1, 0);
	if (rc >= 0)
		*v->row = (struct intake_row){ .id = w->id, .result = "voided", .state = ST_VOID };
	return rc < 0 ? rc : w->moved ? 0 : E_MOVED;
}

/* No stored revision takes it: make the next one. */
static int
make_next(struct visit *v)
{
	struct encounter *e = rec_new(v->a);
	bool cancels = v->it->event == INTAKE_CANCEL;
	struct str before, after;
	int rc = 0;

	if (!e)
		return E_NOMEM;
	if (cancels && !v->sent)
		return v->row->result ? 0 : known(v, rec_eid(v->it->e), ST_VOID);
	if (v->last)
		*e = *v->last;
	if (!cancels && (rc = intake_apply(v->a, e, v->it, v->faults)) < 0)
		return rc;
	if (v->last && !cancels) {
		e->revision = v->last->revision;
		if ((rc = rec_pack(v->a, v->last, PART_INGEST, &before)) < 0 || (rc = rec_pack(v->a, e, PART_INGEST, &after)) < 0)
			return rc;
		if (v->sent && str_eq(before, after))
			return known(v, rec_eid(v->last), ST_SENT);
	}
	e->revision = v->it->e->revision;
	if (v->sent)
		e->frequency = cancels ? S("8") : S("7");
	else if (str_is(e->frequency, "7") || str_is(e->frequency, "8"))
		e->frequency = S("1");
	/* a visit that was complete before is complete now */
	return admit(v, e, v->sent || v->it->event == INTAKE_RELEASE ? ST_RECEIVED : ST_NEW);
}

static bool
is_open(enum state s)
{
	return s == ST_NEW || state_is_held(s) || state_stage(s) != NULL;
}

/* One stored revision. 1: look at the next; 0 or below: done. */
static int
look(struct visit *v, struct snapshot *s)
{
	bool voids = str_is(v->last->frequency, "8");
	int rc;

	if (s->w.state == ST_VOID)
		return 1;
	if (s->w.state == ST_BURIED) {		/* its content lives on in the next revision */
		rc = make_void(v, s, v->it->event == INTAKE_CANCEL ? "cancelled at the source" : "replaced by a later message");
		return rc < 0 ? rc : 1;
	}
	if (!is_open(s->w.state)) {
		v->sent = !voids;
		return 1;
	}
	if (v->it->event == INTAKE_CANCEL) {
		if (voids)
			return known(v, s->w.id, s->w.state);
		rc = make_void(v, s, "cancelled at the source");
		return rc < 0 ? rc : 1;
	}
	rc = intake_apply(v->a, v->last, v->it, v->faults);
	return rc < 0 ? rc : amend(v, v->last, s);
}

int
visit_join(struct runner *r, struct arena *a, struct intake_item *it, struct faults *faults, struct intake_row *row)
{
	struct store *st = runner_store(r);
	struct visit v = { .r = r, .a = a, .it = it, .faults = faults, .row = row };

	for (it->e->revision = 0; it->e->revision < MAX_REVISIONS; it->e->revision++) {
		struct snapshot s = { 0 };
		int rc = st->ops->get(st, rec_eid(it->e), rec_lane(it->e->tenant, it->e->account, st->lanes), a, &s);

		if (rc == E_NOT_FOUND)
			return make_next(&v);
		if (rc >= 0)
			rc = load(&v, &s);
		if (rc >= 0)
			rc = look(&v, &s);
		if (rc != 1)
			return rc;
	}
	return E_LIMIT;
}
