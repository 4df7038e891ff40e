/*
 * io_intake.c - offers to commits to answers. New encounters of many offers share one commit; an HL7
 * message joins its visit in a commit of its own. Nothing is answered before it is on disk.
 */
#include "ingest/io_intake.h"
#include "ingest/io_visit.h"

#include "base/log.h"
#include "x12/check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define MAX_JOBS	2048
#define GATHER		1024		/* encounters put in the order of their lanes before they are committed */
#define OVERLAP		64		/* so many offers wait that the next commit comes at once, whoever waits for answers */
#define MAX_BYTES	(64u << 20)
#define PATIENCE_MS	10000		/* how long an offer waits for a store that is down */
#define QUIET_MS	1000
#define DEPTH_MS	500
#define MAX_RACES	8

struct job {
	struct intake_job	 j;
	intake_done		*done;
	void			*arg;
	int64_t			 seq, since;
	struct admission	*ad;		/* one per whole encounter, packed once however often it is tried */
};

struct pending { struct admission *ad; struct intake_row *row; size_t at; };

/* What was offered and not yet answered. */
struct gather {
	struct arena	 mem;
	struct job	 jobs[MAX_JOBS];
	size_t		 n, bytes, answered;
	int		 rc;			/* of its commit */
};

/*
 * One gather is filled while another is being committed and a third, committed before, is answered: each takes as
 * long as the others, and the store should never wait for a door.
 */
struct intake_core {
	struct runner	*r;
	struct arena	 guides_mem;
	const struct x12_guides *guides;
	uint64_t	 seed;
	struct gather	 all[3], *fill, *now, *done;
	struct pending	 pending[GATHER];
	struct admission ad[GATHER];		/* of one runner_admit */
	size_t		 n_pending;
	bool		 is_over;		/* too much waits downstream */
	int64_t		 next_quiet, next_depth;
};

int
intake_core_open(struct intake_core **out, struct runner *r)
{
	struct intake_core *c = calloc(1, sizeof *c);

	if (!c)
		return E_NOMEM;
	c->r = r;
	c->fill = &c->all[0];
	c->now = &c->all[1];
	c->done = &c->all[2];
	for (int i = 0; i < 3; i++)
		arena_init(&c->all[i].mem, 16 * (size_t)LIMIT_ARENA);
	arena_init(&c->guides_mem, 0);
	*out = c;
	return getrandom(&c->seed, sizeof c->seed, 0) < 0 ? E_IO : x12_guides_open(&c->guides_mem, &c->guides);
}

void
intake_core_close(struct intake_core *c)
{
	for (int i = 0; c && i < 3; i++)
		arena_free(&c->all[i].mem);
	if (c)
		arena_free(&c->guides_mem);
	free(c);
}

bool
intake_is_full(const struct intake_core *c)
{
	return c->fill->n == MAX_JOBS || c->fill->bytes > MAX_BYTES || c->is_over;
}

bool
intake_has_room(const struct intake_core *c)
{
	return c->fill->n < MAX_JOBS / 2 && c->fill->bytes < MAX_BYTES / 2 && !c->is_over;
}

bool
intake_is_idle(const struct intake_core *c)
{
	return c->fill->n == 0 && c->now->n == 0 && c->done->n == 0;
}

static enum hl7_policy
policy_of(struct str s)
{
	return str_is(s, "discharge") ? HL7_ON_DISCHARGE : str_is(s, "quiet") ? HL7_ON_QUIET : HL7_ON_CHARGES;
}

/* The benchmark's switch: the bytes are the body, the name is the id. */
static int
null_read(struct intake_core *c, struct job *j, struct str bytes)
{
	struct intake_item *it = arena_push(&c->fill->mem, j->j.in.items, j->j.in.n_items);

	if (!it || !(it->e = rec_new(&c->fill->mem)))
		return E_NOMEM;
	it->e->tenant = runner_ctx(c->r)->conf->site.tenant;
	it->e->control = it->e->account = j->j.name;
	it->e->extras = arena_alloc(&c->fill->mem, sizeof *it->e->extras);
	if (it->e->extras)
		it->e->extras->segment = arena_str(&c->fill->mem, bytes);
	return 1;
}

/* What cannot be packed is refused; what found no room beside other inputs is told to come again. */
static void
pack_all(struct intake_core *c, struct job *j)
{
	size_t n = j->j.in.n_items;

	if (n) {
		j->j.rows = arena_array(&c->fill->mem, n, sizeof *j->j.rows);
		j->ad = arena_array(&c->fill->mem, n, sizeof *j->ad);
	}
	for (size_t i = 0; j->j.rows && j->ad && i < n; i++) {
		int rc = j->j.in.items[i].event != INTAKE_NEW ? 0 :
		    intake_admission(c->r, &c->fill->mem, j->j.in.items[i].e, &j->ad[i]);

		if (rc < 0 && err_class(rc) == ERR_PERM)
			j->j.rows[i] = (struct intake_row){ .id = rec_eid(j->j.in.items[i].e), .rc = rc, .result = "refused" };
	}
	if (!c->fill->mem.spent)
		return;
	j->ad = NULL;
	j->j.rc = c->fill->n ? E_NOMEM : E_LIMIT;	/* alone it would need too much as well */
}

void
intake_offer(struct intake_core *c, struct str bytes, struct str name, intake_done *done, void *arg, int64_t seq)
{
	const struct conf *conf = runner_ctx(c->r)->conf;
	struct job *j = &c->fill->jobs[c->fill->n];
	struct ingest_rules rules = { conf->site.tenant, conf->ingest.usage.p[0], policy_of(conf->ingest.release),
	    runner_now(c->r), { c->guides, (unsigned)conf->ingest.x12_level, c->seed } };

	must(c->fill->n < MAX_JOBS);
	*j = (struct job){ .done = done, .arg = arg, .seq = seq };
	j->j.arena = &c->fill->mem;
	j->j.at = rules.at;
	j->j.name = arena_str(&c->fill->mem, name);
	j->j.in.faults.a = j->j.in.notes.a = &c->fill->mem;
	metric_add(runner_metrics(c->r), M_INPUTS, 1);
	if (bytes.n > LIMIT_INPUT)
		j->j.rc = fault_add(&j->j.in.faults, E_LIMIT, S("input"), S("over the size limit"), S("split it"));
	else if (conf->bench.null_bytes > 0)
		j->j.rc = null_read(c, j, bytes);
	else
		j->j.rc = ingest_read(&c->fill->mem, &rules, arena_str(&c->fill->mem, bytes), j->j.name, &j->j.in);
	if (j->j.rc < 0)
		metric_add(runner_metrics(c->r), M_INPUTS_REFUSED, 1);
	pack_all(c, j);
	c->fill->bytes += bytes.n;
	c->fill->n++;
}

/* ---- to the store ---- */

/* By lane; in one lane as they came. */
static int
pending_cmp(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;

	if (x->ad->lane != y->ad->lane)
		return x->ad->lane < y->ad->lane ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/*
 * Each lane of a commit is a call of its own, in Redis here and again in audit and submit, since what came
 * together goes on together. So a commit is made of few lanes with many encounters each.
 */
static int
pending_commit(struct intake_core *c)
{
	size_t n = c->n_pending;
	int rc;

	c->n_pending = 0;
	qsort(c->pending, n, sizeof *c->pending, pending_cmp);
	for (size_t i = 0; i < n; i++)
		c->ad[i] = *c->pending[i].ad;
	rc = runner_admit(c->r, c->ad, n, ST_RECEIVED);
	for (size_t i = 0; i < n; i++)
		if (c->ad[i].answered)
			intake_row_set(c->pending[i].row, &c->ad[i]);
	return rc;
}

static bool
is_waiting(const struct intake_row *row)
{
	return row->result == NULL;
}

/* All whole encounters of all jobs. What is committed keeps its result on a retry. */
static int
commit_new(struct intake_core *c)
{
	int rc = 0;

	for (size_t k = 0; k < c->now->n && rc >= 0; k++) {
		struct job *j = &c->now->jobs[k];

		for (size_t i = 0; j->ad && i < j->j.in.n_items && rc >= 0; i++) {
			if (!is_waiting(&j->j.rows[i]) || j->j.in.items[i].event != INTAKE_NEW)
				continue;
			c->pending[c->n_pending] = (struct pending){ &j->ad[i], &j->j.rows[i], c->n_pending };
			if (++c->n_pending == GATHER)
				rc = pending_commit(c);
		}
	}
	return rc < 0 ? rc : pending_commit(c);
}

/* ---- one visit, one encounter: io_visit.c ---- */

static int
commit_visits(struct intake_core *c)
{
	for (size_t k = 0; k < c->now->n; k++) {
		struct intake_job *j = &c->now->jobs[k].j;

		for (size_t i = 0; j->rows && i < j->in.n_items; i++) {
			int rc = E_MOVED;

			if (!is_waiting(&j->rows[i]) || j->in.items[i].event == INTAKE_NEW)
				continue;
			for (int race = 0; rc == E_MOVED && race < MAX_RACES; race++)
				rc = visit_join(c->r, &c->now->mem, &j->in.items[i], &j->in.faults, &j->rows[i]);
			if (intake_is_store_trouble(rc)) {
				j->rows[i] = (struct intake_row){ .result = NULL };	/* all of it again */
				return rc;
			}
			if (rc < 0)
				j->rows[i] = (struct intake_row){ .id = rec_eid(j->in.items[i].e), .rc = rc,
				    .result = "refused" };
		}
	}
	return 0;
}

/* ---- answers ---- */

/* Not the sender's fault, and over when an operator or time has mended it. */
bool
intake_is_store_trouble(int rc)
{
	return rc < 0 && (err_class(rc) == ERR_TEMP || rc == E_STORE_SETUP || rc == E_STORE_REPLY);
}

const char *
intake_verdict(const struct intake_job *j)
{
	size_t known = 0, bad = 0, conflict = 0;

	if (intake_is_store_trouble(j->rc))
		return "busy";
	for (size_t i = 0; j->rows && i < j->in.n_items; i++) {
		known += j->rows[i].result && strcmp(j->rows[i].result, "known") == 0;
		conflict += j->rows[i].rc == E_CONFLICT;
		bad += j->rows[i].rc < 0;
	}
	if (conflict)
		return "conflict";
	if (j->rc < 0 || bad || (j->in.n_items == 0 && j->in.faults.n))
		return "refused";
	return j->in.n_items && known == j->in.n_items ? "known" : "accepted";
}

/* A fault is never left out for a text that JSON cannot hold. */
static json_t *
text_json(struct str s)
{
	json_t *v = json_stringn(s.p ? s.p : "", s.n);

	return v ? v : json_string("?");
}

static json_t *
faults_json(const struct faults *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++)
		(void)json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o}", "error", err_name(f->v[i].rc),
		    "place", text_json(f->v[i].place), "words", text_json(f->v[i].words), "fix", text_json(f->v[i].fix)));
	return list;
}

/* What nearly every answer is, without building a tree: ids and fixed words need no escapes. */
static struct str
plain_answer(const struct intake_job *j)
{
	struct buf b;

	buf_init(&b, j->arena);
	buf_fmt(&b, "{\"verdict\":\"%s\",\"kind\":\"%s\",\"encounters\":[", intake_verdict(j), intake_kind_name(j->in.kind));
	for (size_t i = 0; i < j->in.n_items; i++) {
		const struct intake_row *row = &j->rows[i];

		buf_cstr(&b, i ? ",{\"id\":\"" : "{\"id\":\"");
		buf_str(&b, eid_text(j->arena, row->id));
		buf_fmt(&b, "\",\"result\":\"%s\",\"state\":\"%s\",\"error\":\"\"}", row->result, state_name(row->state));
	}
	buf_fmt(&b, "],\"refused\":%zu,\"faults\":[],\"notes\":[]}", j->in.n_refused);
	return buf_view(&b);
}

static bool
is_plain(const struct intake_job *j)
{
	bool plain = j->rc >= 0 && j->in.faults.n == 0 && j->in.notes.n == 0;

	for (size_t i = 0; plain && j->rows && i < j->in.n_items; i++)
		plain = j->rows[i].rc >= 0 && j->rows[i].result;
	return plain;
}

static struct str
full_answer(const struct intake_job *j)
{
	json_t *root = json_pack("{s:s, s:s}", "verdict", intake_verdict(j), "kind", intake_kind_name(j->in.kind));
	json_t *rows = json_array();
	struct str out = STR_NONE;
	size_t n;
	char *p;

	for (size_t i = 0; j->rows && i < j->in.n_items; i++) {
		const struct intake_row *row = &j->rows[i];
		struct str id = eid_text(j->arena, row->id);

		(void)json_array_append_new(rows, json_pack("{s:s%, s:s, s:s, s:s}", "id", id.p, id.n, "result",
		    row->result ? row->result : "busy", "state", state_name(row->state), "error",
		    row->rc < 0 ? err_text(row->rc) : ""));
	}
	(void)json_object_set_new(root, "encounters", rows);
	(void)json_object_set_new(root, "refused", json_integer((json_int_t)j->in.n_refused));
	(void)json_object_set_new(root, "faults", faults_json(&j->in.faults));
	(void)json_object_set_new(root, "notes", faults_json(&j->in.notes));
	if (j->rc < 0)
		(void)json_object_set_new(root, "error", json_string(err_text(j->rc)));
	n = json_dumpb(root, NULL, 0, JSON_COMPACT);
	p = arena_alloc(j->arena, n + 1);
	if (p) {
		(void)json_dumpb(root, p, n, JSON_COMPACT);
		out = (struct str){ p, n };
	}
	json_decref(root);
	return out;
}

struct str
intake_answer_json(const struct intake_job *j)
{
	return is_plain(j) ? plain_answer(j) : full_answer(j);
}

/* 0 when something of the interchange is stored, else why nothing is. */
static int
nothing_stored(const struct intake_job *j, const struct intake_reply *r)
{
	int rc = r->lost < 0 ? r->lost : j->rc;

	for (size_t k = 0; j->rows && k < r->n_items; k++) {
		const struct intake_row *row = &j->rows[r->item + k];

		if (row->result && row->rc >= 0)
			return 0;
		rc = rc < 0 ? rc : row->rc;
	}
	return rc < 0 ? rc : E_BUSY;
}

/*
 * A sender who is told R sends all of it again, what is stored too: so only when nothing is. An interchange has at most a TA1
 * and a 999, side by side: the first becomes the TA1 that says so.
 */
static int
x12_now(const struct intake_job *j, size_t i, struct str *out)
{
	const struct intake_reply *r = &j->in.replies[i];
	int rc = r->about ? nothing_stored(j, r) : 0;

	*out = STR_NONE;
	if (intake_is_store_trouble(j->rc) || intake_is_store_trouble(rc))
		return E_BUSY;
	if (rc < 0)
		return i && r[-1].about == r->about ? 0 : intake_nak(j->arena, r, rc, j->at, out);
	*out = r->bytes;
	return 0;
}

static int
hl7_now(const struct intake_job *j, size_t i, struct str *out)
{
	const struct intake_reply *r = &j->in.replies[i];
	int rc = j->rc < 0 || r->item == INTAKE_NO_ITEM || !j->rows ? j->rc : j->rows[r->item].rc;

	*out = r->bytes;
	return r->rc < 0 || rc >= 0 ? 0 : intake_nak(j->arena, r, rc, j->at, out);
}

int
intake_reply_now(const struct intake_job *j, size_t i, struct str *out)
{
	return j->in.kind == INTAKE_X12 ? x12_now(j, i, out) : hl7_now(j, i, out);
}

bool
intake_answer(struct intake_core *c, size_t max)
{
	struct gather *g = c->done;

	for (; max > 0 && g->answered < g->n; max--, g->answered++) {
		struct job *j = &g->jobs[g->answered];
		bool waits = false;

		for (size_t i = 0; j->j.rows && i < j->j.in.n_items; i++)
			waits |= is_waiting(&j->j.rows[i]);
		if (waits && j->j.rc >= 0)
			j->j.rc = g->rc < 0 ? g->rc : E_BUSY;
		j->done(j->arg, j->seq, &j->j);
	}
	if (g->answered < g->n)
		return true;
	if (g->n)
		arena_reset(&g->mem);
	g->n = g->bytes = g->answered = 0;
	return false;
}

static void
swap(struct gather **a, struct gather **b)
{
	struct gather *was = *a;

	*a = *b;
	*b = was;
}

/* ---- the turn ---- */

/* A visit without a message for the quiet time is complete. */
static void
release_quiet(struct intake_core *c, int64_t now_ms)
{
	struct store *st = runner_store(c->r);
	struct work *v = NULL, *one;
	size_t n = 0;

	if (now_ms < c->next_quiet || runner_ctx(c->r)->conf->ingest.quiet_s == 0 ||
	    !str_is(runner_ctx(c->r)->conf->ingest.release, "quiet"))
		return;
	c->next_quiet = now_ms + QUIET_MS;
	if (st->ops->claim(st, runner_by(c->r), ST_NEW, LIMIT_BATCH, 60000, &c->now->mem, &v, &n) >= 0) {
		for (size_t i = 0; i < n; i++) {
			one = &v[i];
			one->to = ST_RECEIVED;
			(void)st->ops->advance(st, runner_by(c->r), &one, 1, 0);
		}
		if (n == LIMIT_BATCH)
			c->next_quiet = now_ms;
	}
	arena_reset(&c->now->mem);
}

static void
look_downstream(struct intake_core *c, int64_t now_ms)
{
	struct depth d[ST_COUNT];
	struct store *st = runner_store(c->r);

	if (now_ms < c->next_depth)
		return;
	c->next_depth = now_ms + DEPTH_MS;
	if (st->ops->depths(st, d) < 0)
		return;
	c->is_over = (int64_t)d[ST_RECEIVED].n > runner_ctx(c->r)->conf->site.max_waiting;
	runner_condition(c->r, "admission", c->is_over ? "more encounters wait than site.max_waiting allows" : NULL);
}

int
intake_flush(struct intake_core *c, int64_t now_ms)
{
	int rc = 0;

	look_downstream(c, now_ms);
	if (c->now->n == 0)			/* else it is still to be stored */
		swap(&c->now, &c->fill);
	if (c->now->n) {
		for (size_t k = 0; k < c->now->n; k++)
			c->now->jobs[k].since = c->now->jobs[k].since ? c->now->jobs[k].since : now_ms;
		rc = commit_new(c);
		if (rc >= 0)
			rc = commit_visits(c);
	}
	(void)intake_answer(c, MAX_JOBS);	/* what the commit left of those before */
	if (c->now->n && intake_is_store_trouble(rc) && rc != E_NOMEM && now_ms - c->now->jobs[0].since < PATIENCE_MS &&
	    !runner_is_draining(c->r)) {
		runner_wait(c->r, 20);		/* doors wait; the next turn tries again */
		return rc;
	}
	c->now->rc = rc;
	swap(&c->now, &c->done);
	if (c->fill->n < OVERLAP || rc < 0)	/* else they are answered while the next are stored */
		(void)intake_answer(c, MAX_JOBS);
	release_quiet(c, now_ms);
	return rc;
}
