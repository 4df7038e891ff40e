/*
 * check.c - the one loop over a file: interchange, group and set are opened, counted and closed with their
 * verdicts; what is inside a set goes to the walk, the elements and the rules. Keeps nothing of a set that ended.
 */
#include "x12/rules.h"
#include "x12/walk.h"

#define TEXT_ROOM	128
#define VALUE_ROOM	103
#define UNIT_SEGS	50000			/* segments and elements of one claim that is judged as a whole */
#define UNIT_ELS	400000
#define KINDS		"AA AN BE FA HB HC HI HN HP HR HS HV PI PO RA RP RQ"	/* GS01: health care, and what comes by mistake */

#define ID2(a, b)	((uint32_t)(a) | (uint32_t)(b) << 8 | 2u << 24)	/* x12_key and the length */
#define ID3(a, b, c)	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | 3u << 24)

/* Texts of the envelope in slots of their own: ISA 0.., GS 8.., ST 16... */
static struct str
hold(struct x12_check *c, unsigned slot, struct str s)
{
	return x12_held(c->room + slot * TEXT_ROOM, TEXT_ROOM, s);
}

static void
told(struct x12_check *c, int rc)
{
	if (rc < 0 && c->rc == 0)
		c->rc = rc;
}

/* ---- claims ---- */

static void
unit_end(struct x12_check *c)
{
	if (!c->unit_open)
		return;
	if (!c->unit_lost && c->spec->rules && !c->examine)
		x12_rules_unit(c);		/* what it tells is wrong with this claim: it is still open */
	c->unit_open = false;
	if (!c->unit_lost && c->spec->watch.claim)
		told(c, c->spec->watch.claim(c->spec->watch.self, c));
}

static bool
is_unit(const struct x12_check *c, const struct x12_pos *p)
{
	return p->opens && c->w.g->loops[p->loop].unit;
}

/* What is wrong above a claim is wrong with it. */
static void
unit_verdict(struct x12_check *c)
{
	c->claim_errors = 0;
	c->claim_stcs = (struct x12_stcs){ { NULL } };
	for (unsigned i = 0; i < c->w.depth; i++) {
		c->claim_errors += c->w.lv[i].errors;
		for (unsigned k = 0; c->w.lv[i].errors && k < CLAIM_STCS; k++)
			x12_stc_add(&c->claim_stcs, c->w.lv[i].stcs.v[k]);
	}
}

/* The array is used again by every claim, so its room is counted here. */
static struct x12_unit_seg *
unit_room(struct x12_check *c)
{
	if (c->n_segs == c->cap_segs) {
		size_t cap = c->cap_segs ? c->cap_segs * 4 : 256;
		struct x12_unit_seg *v = arena_grow(c->a, c->segs, c->n_segs, cap, sizeof *v);

		if (!v)
			return NULL;
		c->segs = v;
		c->cap_segs = cap;
	}
	return &c->segs[c->n_segs++];
}

static bool
is_too_large(const struct x12_check *c, size_t n_els)
{
	return !x12_is_kept(c->r) || c->n_segs == UNIT_SEGS || n_els > UNIT_ELS ||
	    (c->n_segs && (size_t)(c->seg.el[0].p - x12_kept(c->r, 0)->p) > LIMIT_X12_WINDOW / 2);
}

/* Too large to be judged together: rejected with what is known of it, while that is still at hand. */
static void
unit_lose(struct x12_check *c)
{
	struct x12_finding f = { .loop = str_of(c->w.g->loops[x12_pos_of(c, c->segs[0].pos)->loop].id), .stc = STC_TOO_LARGE };
	bool kept = x12_is_kept(c->r);

	if (!kept) {			/* nothing of it is left to answer with: its set is rejected */
		f.snip = X12_SYNTAX;
		f.ik502 = "5";
	}
	x12_envelope(c, "CLAIM_TOO_LARGE", f, 0);
	c->unit_lost = true;
	if (kept && c->spec->watch.claim)
		told(c, c->spec->watch.claim(c->spec->watch.self, c));
}

static void
unit_segment(struct x12_check *c)
{
	const struct x12_pos *p = c->pos == NO_POS ? NULL : x12_pos_of(c, c->pos);
	struct x12_unit_seg *u;
	size_t n_els;

	if (p && is_unit(c, p)) {
		unit_end(c);
		x12_keep(c->r, &c->seg);
		c->n_segs = 0;
		c->unit_open = true;
		c->unit_lost = false;
		unit_verdict(c);
		c->t.claims++;
		c->set.n_claims++;
	} else if (p && c->unit_open && !c->w.g->loops[p->loop].in_unit) {
		unit_end(c);
	}
	if (!c->unit_open)
		return;
	n_els = x12_n_kept(c->r);
	if (!c->unit_lost && is_too_large(c, n_els))
		unit_lose(c);
	if (c->unit_lost)
		x12_keep(c->r, &c->seg);
	u = c->unit_lost ? NULL : unit_room(c);
	if (!u && !c->unit_lost)
		told(c, E_NOMEM);
	if (u)
		*u = (struct x12_unit_seg){ .el = (uint32_t)n_els, .pos = c->pos, .n = (uint8_t)c->seg.n,
		    .marks = (uint8_t)c->seg.marks, .at = (uint32_t)c->at };
}

/* ---- transaction set ---- */

static void
errors_sort(struct x12_set *t)
{
	for (size_t i = 1; i < t->n_errors; i++)
		for (size_t k = i; k && t->errors[k - 1].at > t->errors[k].at; k--) {
			struct x12_error was = t->errors[k];

			t->errors[k] = t->errors[k - 1];
			t->errors[k - 1] = was;
		}
}

static void
set_end(struct x12_check *c, bool se)
{
	struct x12_set *t = &c->set;

	if (se) {
		t->declared = x12_whole(x12_elem(&c->seg, 1));
		if (t->declared != t->found)
			x12_envelope(c, "SET_COUNT", (struct x12_finding){ .ik502 = "4", .said = t->declared, .counted = t->found }, 1);
		if (!str_eq(str_trim(x12_elem(&c->seg, 2)), t->st02))
			x12_envelope(c, "SET_CONTROL", (struct x12_finding){ .ik502 = "3" }, 2);
	}
	if (c->set_judged) {
		if (se)			/* what is missing from a set that was cut short is not known */
			x12_walk_close(c);
		unit_end(c);
		if (c->spec->rules && !c->examine)
			x12_rules_set_end(c);
	}
	if (!se)
		x12_envelope(c, "SET_NO_SE", (struct x12_finding){ .ik502 = "2", .segment = S("SE") }, 0);
	if (c->spec->watch.set_closing)
		c->spec->watch.set_closing(c->spec->watch.self, c);
	if (c->set_has_segments)
		for (unsigned i = 0; i < 5 && (!t->ik502[i] || strcmp(t->ik502[i], "5") != 0); i++)
			if (!t->ik502[i]) {
				t->ik502[i] = "5";
				break;
			}
	errors_sort(t);
	if (c->spec->watch.set) {
		int rc = c->spec->watch.set(c->spec->watch.self, t);

		told(c, rc);
		t->ik501 = rc > 0 ? 'R' : t->ik501;
	}
	c->g.n_accepted += t->ik501 != 'R';
	c->g_plain += t->ik501 == 'A';
	c->in_set = false;
}

static void
set_guide(struct x12_check *c)
{
	struct x12_set *t = &c->set;
	const struct x12_guide *g = x12_guide_for(c->spec->guides, t->type, t->version, STR_NONE);
	bool known = false, is_set = t->type.n == 3 && x12_whole(t->type) >= 0;

	for (size_t i = 0; i < c->spec->guides->n; i++)
		known = known || str_is(t->type, c->spec->guides->v[i].set);
	c->examine = g && strncmp(g->ids, "004010", 6) == 0;
	if (!g || c->examine)
		x12_envelope(c, known ? "SET_VERSION" : is_set ? "SET_UNSUPPORTED" : "SET_ST01",
		    (struct x12_finding){ .ik502 = known ? "I6" : is_set ? "1" : "6" }, x12_elem(&c->seg, 3).n && known ? 3 : 1);
	c->set_judged = g != NULL;
	if (!g)
		return;
	if (x12_elem(&c->seg, 3).n && c->g.ak901 != 'R' && !str_eq(t->version, c->g.gs08))
		x12_envelope(c, "SET_GUIDE", (struct x12_finding){ .ik304 = "8", .ik403 = "7" }, 3);
	if (!str_is(c->g.gs01, g->gs01) && x12_code_among(c->g.gs01, KINDS))
		x12_envelope(c, "GROUP_CODE", (struct x12_finding){ .segment = S("GS"), .value = c->g.gs01 }, 0);
	x12_walk_open(c, g);
	if (c->spec->rules && !c->examine)
		x12_rules_set(c);
}

static void
set_open(struct x12_check *c)
{
	struct str version = x12_elem(&c->seg, 3);
	struct x12_error *errors = c->set.errors;

	c->set = (struct x12_set){ .type = hold(c, 16, x12_elem(&c->seg, 1)), .st02 = hold(c, 17, x12_elem(&c->seg, 2)),
	    .version = hold(c, 18, version.n ? version : c->g.gs08), .found = 1, .ik501 = 'A', .errors = errors };
	c->set_has_segments = false;
	c->in_set = true;
	c->at = 1;
	c->n_sets++;
	c->t.sets++;
	if (c->set.st02.n < 4 || c->set.st02.n > 9)
		x12_envelope(c, "SET_ST02", (struct x12_finding){ .ik502 = "7" }, 2);
	else
		x12_number_seen(c, c->st02s, c->set.st02, 2, (struct x12_finding){ .id = "SET_TWICE", .ik502 = "23" });
	set_guide(c);
	if (c->spec->watch.set_open)
		told(c, c->spec->watch.set_open(c->spec->watch.self, &c->set));
}

static void
set_named(struct x12_check *c)
{
	const struct x12_seg *s = &c->seg;

	if (str_is(s->id, "BHT")) {
		c->set.bht03 = hold(c, 19, x12_elem(s, 3));
		if (x12_elem(s, 3).n > 30 && str_is(c->set.type, "837"))
			x12_envelope(c, "BATCH_LONG", (struct x12_finding){ .ik304 = "8", .ik403 = "5", .number = 127 }, 3);
		x12_date_check(c, x12_elem(s, 4), 4, (struct x12_finding){ .ik304 = "8", .ik403 = "8", .number = 373 });
		if (c->at == 2 && strstr(c->w.g->ids, "BHT02=")) {
			const struct x12_guide *g = x12_guide_for(c->spec->guides, c->set.type, c->set.version, x12_elem(s, 2));

			if (g && g != c->w.g)
				x12_walk_open(c, g);
		}
	} else if (str_is(s->id, "NM1") && str_is(x12_elem(s, 1), "41")) {
		c->set.submitter = hold(c, 20, x12_elem(s, 3));
		c->set.submitter_id = hold(c, 21, x12_elem(s, 9));
	}
}

static void
set_segment(struct x12_check *c)
{
	const struct x12_seg *s = &c->seg;

	c->at++;
	c->set.found++;
	if (!c->set_judged) {
		c->set.n_claims += str_is(s->id, "CLM");
		return;
	}
	if (c->at < 10)
		set_named(c);
	c->pos = x12_walk_step(c, s);
	unit_segment(c);
	if (c->pos != NO_POS)
		x12_elements_check(c, s, x12_pos_of(c, c->pos));
	if (s->marks & (X12_CUT | X12_BODY_END))
		x12_envelope(c, s->marks & X12_CUT ? "CUT_SHORT" : "BODY_LENGTH", (struct x12_finding){ .ik304 = "8", .ik403 = "6" }, 0);
	if (c->spec->rules && !c->examine)
		x12_rules_segment(c);
	if (c->spec->watch.segment)
		told(c, c->spec->watch.segment(c->spec->watch.self, c, s));
}

/* ---- functional group ---- */

static void
group_verdict(struct x12_check *c)
{
	struct x12_group *g = &c->g;

	if (g->ak901 == 'R')
		g->n_accepted = 0;
	else if (g->n_accepted == 0 && c->n_sets)
		g->ak901 = 'R';
	else if (g->n_accepted < c->n_sets)
		g->ak901 = 'P';
	else
		g->ak901 = c->g_plain == c->n_sets ? 'A' : 'E';
}

static void
group_end(struct x12_check *c, bool ge)
{
	if (c->in_set)
		set_end(c, false);
	if (!ge) {
		x12_envelope(c, "GROUP_NO_GE", (struct x12_finding){ .ak905 = "3", .segment = S("GE") }, 0);
	} else {
		c->g.declared = x12_whole(x12_elem(&c->seg, 1));
		if (c->g.declared != (int64_t)c->n_sets)
			x12_envelope(c, "GROUP_COUNT", (struct x12_finding){ .ak905 = "5", .said = c->g.declared,
			    .counted = (int64_t)c->n_sets }, 1);
		if (!str_eq(str_trim(x12_elem(&c->seg, 2)), c->g.gs06))
			x12_envelope(c, "GROUP_CONTROL", (struct x12_finding){ .ak905 = "4" }, 2);
	}
	if (ge && c->n_sets == 0)
		x12_envelope(c, "GROUP_EMPTY", (struct x12_finding){ .id = NULL }, 0);
	group_verdict(c);
	c->g.n_sets = c->n_sets;
	c->ic_accepted += c->g.n_accepted;
	c->t.sets_rejected += c->n_sets - c->g.n_accepted;
	if (c->spec->watch.group_end)
		told(c, c->spec->watch.group_end(c->spec->watch.self, &c->g));
	c->in_group = false;
}

static void
group_open(struct x12_check *c)
{
	const struct x12_seg *s = &c->seg;

	c->g = (struct x12_group){ .gs01 = hold(c, 8, x12_elem(s, 1)), .gs02 = hold(c, 9, x12_elem(s, 2)),
	    .gs03 = hold(c, 10, x12_elem(s, 3)), .gs06 = hold(c, 11, x12_elem(s, 6)), .gs08 = hold(c, 12, x12_elem(s, 8)),
	    .ak901 = 'A' };
	c->in_group = true;
	c->gs_at = s->ordinal;
	c->n_sets = c->g_plain = 0;
	c->n_groups++;
	c->t.groups++;
	x12_names_clear(c->st02s);
	if (c->g.gs06.n == 0 || c->g.gs06.n > 9 || x12_whole(c->g.gs06) < 0)
		x12_envelope(c, "GROUP_GS06", (struct x12_finding){ .ak905 = "6" }, 6);
	else
		x12_number_seen(c, c->gs06s, c->g.gs06, 6, (struct x12_finding){ .id = "GROUP_TWICE", .ak905 = "19" });
	if (!c->g.gs02.n || !c->g.gs03.n)
		x12_envelope(c, "GROUP_VALUE", (struct x12_finding){ .id = NULL }, c->g.gs02.n ? 3 : 2);
	if (x12_shape_wrong(x12_elem(s, 4).n == 6 ? SHAPE_date6 : SHAPE_date, NULL, 0, x12_elem(s, 4)))
		x12_envelope(c, "GROUP_VALUE", (struct x12_finding){ .id = NULL }, 4);
	x12_date_check(c, x12_elem(s, 4), 4, (struct x12_finding){ .id = NULL });
	if (x12_shape_wrong(SHAPE_time, NULL, 0, x12_elem(s, 5)))
		x12_envelope(c, "GROUP_VALUE", (struct x12_finding){ .id = NULL }, 5);
	if (!x12_code_among(c->g.gs01, KINDS))
		x12_envelope(c, "GROUP_KIND", (struct x12_finding){ .ak905 = "1" }, 1);
	if (!str_starts(c->g.gs08, S("00501")) && !str_starts(c->g.gs08, S("00602")))
		x12_envelope(c, "GROUP_VERSION", (struct x12_finding){ .ak905 = "2" }, 8);
	if (c->spec->watch.group)
		told(c, c->spec->watch.group(c->spec->watch.self, &c->g));
}

/* ---- interchange ---- */

static void
interchange_end(struct x12_check *c, bool iea)
{
	if (c->in_group)
		group_end(c, false);
	if (!iea) {
		x12_envelope(c, "ISA_NO_IEA", (struct x12_finding){ .ta105 = "023", .segment = S("IEA") }, 0);
	} else {
		c->ic.declared = x12_whole(x12_elem(&c->seg, 1));
		if (c->ic.declared != (int64_t)c->n_groups)
			x12_envelope(c, "ISA_COUNT", (struct x12_finding){ .ta105 = "021", .said = c->ic.declared,
			    .counted = (int64_t)c->n_groups }, 1);
		if (!str_eq(str_trim(x12_elem(&c->seg, 2)), c->ic.isa13))
			x12_envelope(c, "ISA_CONTROL", (struct x12_finding){ .ta105 = "001" }, 2);
	}
	if (c->n_groups == 0 && !c->has_ta1 && iea)
		x12_envelope(c, "ISA_EMPTY", (struct x12_finding){ .id = NULL }, 0);
	c->ic.n_groups = c->n_groups;
	c->t.sets_rejected += c->ic.ta104 == 'R' ? c->ic_accepted : 0;
	if (c->spec->watch.interchange_end)
		told(c, c->spec->watch.interchange_end(c->spec->watch.self, &c->ic));
	c->in_ic = false;
}

/* Control numbers are the sender's own. */
static struct str
isa_name(struct x12_check *c)
{
	struct str a = hold(c, 22, c->ic.isa06), b = c->ic.isa13;
	char *to = c->room + 22 * TEXT_ROOM + a.n;

	memcpy(to, b.p, b.n);
	return (struct str){ c->room + 22 * TEXT_ROOM, a.n + b.n };
}

static void
interchange_open(struct x12_check *c)
{
	const struct str *el = c->seg.el;

	c->s = x12_seps(c->r);
	c->ic = (struct x12_interchange){ hold(c, 0, el[5]), hold(c, 1, el[6]), hold(c, 2, el[7]), hold(c, 3, el[8]),
	    hold(c, 4, el[9]), hold(c, 5, el[10]), hold(c, 6, el[13]), .wants_ta1 = str_is(el[14], "1"),
	    .usage = str_is(el[15], "P") ? 'P' : 'T', .ta104 = 'A', .ta105 = "000", .seps = c->s };
	c->isa_at = c->seg.ordinal;
	c->in_ic = true;
	c->has_ta1 = false;
	c->ic_accepted = 0;
	c->sniffing = true;
	c->n_groups = 0;
	c->t.interchanges++;
	x12_names_clear(c->gs06s);
	if (c->spec->usage && c->ic.usage != c->spec->usage)
		x12_envelope(c, "ISA_USAGE", (struct x12_finding){ .ta105 = "020" }, 15);
	x12_isa_check(c);
	x12_number_seen(c, c->isa13s, isa_name(c), 13, (struct x12_finding){ .id = "ISA_TWICE", .ta105 = "025" });
	if (c->spec->watch.interchange)
		told(c, c->spec->watch.interchange(c->spec->watch.self, &c->ic));
}

/* ---- the loop ---- */

static void
stray(struct x12_check *c)
{
	if (!c->in_ic)
		x12_envelope(c, "OUTSIDE", (struct x12_finding){ .id = NULL }, 0);
	else
		x12_envelope(c, "ENVELOPE_ORDER", (struct x12_finding){ .ta105 = "022" }, 0);
}

static void
set_trailer(struct x12_check *c)
{
	c->at++;
	c->set.found++;
	set_end(c, true);
}

static void
step(struct x12_check *c)
{
	size_t n = c->seg.id.n;
	uint32_t id = n <= 3 ? x12_key(c->seg.id) | (uint32_t)n << 24 : 0;

	if (id == ID3('I', 'S', 'A')) {
		if (c->in_ic)
			interchange_end(c, false);
		interchange_open(c);
	} else if (id == ID3('I', 'E', 'A') && c->in_ic) {
		interchange_end(c, true);
	} else if (id == ID2('G', 'S') && c->in_ic) {
		if (c->in_group)
			group_end(c, false);
		group_open(c);
	} else if (id == ID2('G', 'E') && c->in_group) {
		group_end(c, true);
	} else if (id == ID2('S', 'T') && c->in_group) {
		if (c->in_set)
			set_end(c, false);
		set_open(c);
	} else if (id == ID2('S', 'E') && c->in_set) {
		set_trailer(c);
	} else if (c->in_set) {
		set_segment(c);
	} else if (id == ID3('T', 'A', '1') && c->in_ic) {
		c->has_ta1 = true;
	} else {
		stray(c);
	}
}

static int
begin(struct x12_check *c)
{
	const struct x12_guides *g = c->spec->guides;

	c->w.seen = arena_array(c->a, g->max_pos + 1, sizeof *c->w.seen);
	c->w.reps = arena_array(c->a, g->max_loops + 1, sizeof *c->w.reps);
	c->w.memo = arena_array(c->a, WALK_MEMO_ROWS, sizeof *c->w.memo);
	c->set.errors = arena_array(c->a, LIMIT_FAULTS, sizeof *c->set.errors);
	c->error_room = arena_array(c->a, LIMIT_FAULTS, VALUE_ROOM);
	c->room = arena_array(c->a, 24, TEXT_ROOM);
	c->st02s = x12_names_new(c->a, c->spec->seed);
	c->gs06s = x12_names_new(c->a, c->spec->seed);
	c->isa13s = x12_names_new(c->a, c->spec->seed);
	if (c->a->spent)
		return E_NOMEM;
	return c->spec->rules ? x12_rules_begin(c) : 0;
}

int
x12_check_run(struct arena *a, struct x12_reader *r, const struct x12_check_spec *spec, struct x12_totals *out)
{
	struct x12_check *c = arena_alloc(a, sizeof *c);
	int rc;

	*out = (struct x12_totals){ 0 };
	if (!c)
		return E_NOMEM;
	c->a = a;
	c->r = r;
	c->spec = spec;
	rc = begin(c);
	while (rc >= 0 && c->rc == 0 && (rc = x12_next(r, &c->seg)) > 0) {
		c->t.segments++;
		step(c);
	}
	if (rc < 0 && c->in_ic)
		x12_envelope(c, "UNREADABLE", (struct x12_finding){ .ta105 = "024" }, 0);
	if (c->in_ic && c->rc == 0)
		interchange_end(c, false);
	*out = c->t;
	if (a->spent)
		return E_NOMEM;
	return c->rc < 0 ? c->rc : c->t.interchanges ? 0 : rc;
}
