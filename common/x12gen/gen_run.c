/*
 * gen_run.c - the interchange around the claims: headers and trailers, counts and control numbers, when a set is
 * full, and where the defect goes. Nothing of a claim stays in memory after it has left.
 */
#include "x12gen/gen.h"

static int
send(struct gen *g)
{
	int rc = g->n_out ? g->out->put(g->out->ctx, g->outb, g->n_out) : 0;

	g->n_out = 0;
	return rc;
}

/* The segments in hand leave, planted first if this is the place. in_set: they count for SE01. */
static int
leave(struct gen *g, enum unit_kind kind)
{
	struct unit *u = &g->u;
	struct x12gen_planted p = { .set = g->tot.sets, .st02 = str_of(g->scn),
	    .clm01 = str_of(kind == U_CLAIM ? g->clm01 : NULL) };
	bool in_set = kind >= U_ST && kind <= U_SE;
	int rc = 0;

	if (g->armed && g->conf.defect >= 0 && defect_plant((size_t)g->conf.defect)->unit == kind && !g->conf.clean &&
	    defect_apply(g, (size_t)g->conf.defect, &p)) {
		p.defect = x12gen_defect((size_t)g->conf.defect);
		p.claim = kind == U_CLAIM ? g->idx + 1 : 0;
		p.seg = in_set ? p.seg + g->set_segs : 0;
		if (!in_set)
			p.set = 0;
		g->tot.planted++;
		rc = g->out->planted ? g->out->planted(g->out->ctx, &p) : 0;
	}
	if (in_set)
		g->set_segs += (uint32_t)u->n_segs;
	g->tot.segments += u->n_segs;
	g->tot.bytes += u->n;
	for (size_t done = 0, n; done < u->n && rc >= 0; done += n) {
		n = u->n - done < sizeof g->outb - g->n_out ? u->n - done : sizeof g->outb - g->n_out;
		memcpy(g->outb + g->n_out, u->b + done, n);
		g->n_out += n;
		if (g->n_out == sizeof g->outb)
			rc = send(g);
	}
	return rc;
}

static void
unit_begin(struct gen *g)
{
	g->u.n = g->u.n_segs = 0;
	g->u.at[0] = 0;
}

/* A trailer names what its header said, also when that was planted. */
static void
keep(const struct gen *g, unsigned element, char out[16])
{
	struct str s = edit_get(&g->u, 0, element, 0);
	size_t n = s.n < 15 ? s.n : 15;

	if (n)
		memcpy(out, s.p, n);
	out[n] = 0;
}

static void
control(char out[16], uint64_t v, unsigned width)
{
	for (unsigned i = width; i--; v /= 10)
		out[i] = (char)('0' + v % 10);
	out[width] = 0;
}

static int
isa_put(struct gen *g)
{
	int y, m, d, rc;

	unit_begin(g);
	day_parts(g->conf.day, &y, &m, &d);
	control(g->icn, g->conf.control, 9);
	seg_open(g, "ISA*00*          *00*          *ZZ*INVENTED01     *ZZ*NORTHFELL      *");
	put_digits(g, (uint64_t)(y % 100 * 10000 + m * 100 + d), 6);
	put(g, "*0915*^*00501*");
	put(g, g->icn);
	put(g, "*0*");
	put_ch(g, g->conf.usage);
	put(g, "*:~");
	if (g->conf.lines)
		put_ch(g, '\n');
	g->u.at[1] = (uint32_t)g->u.n;
	rc = leave(g, U_ISA);
	keep(g, 13, g->icn);
	return rc;
}

static int
gs_put(struct gen *g, char type)
{
	int rc;

	unit_begin(g);
	memcpy(g->was_gcn, g->gcn, sizeof g->gcn);
	g->sets = 0;
	g->was_scn[0] = g->scn[0] = 0;
	seg_open(g, "GS*HC*INVENTED01*NORTHFELL*");
	put_day(g, g->conf.day);
	put(g, "*0915*");
	put_num(g, g->conf.control + g->groups++);
	put(g, type == 'P' ? "*X*005010X222A1" : "*X*005010X223A2");
	seg_close(g);
	g->tot.groups++;
	rc = leave(g, U_GS);
	keep(g, 6, g->gcn);
	return rc;
}

static int
st_put(struct gen *g, char type)
{
	int rc;

	unit_begin(g);
	memcpy(g->was_scn, g->scn, sizeof g->scn);
	control(g->scn, ++g->sets, 6);
	g->tot.sets++;
	g->set_segs = g->hl = 0;
	seg_open(g, "ST*837*");
	put(g, g->scn);
	put(g, type == 'P' ? "*005010X222A1" : "*005010X223A2");
	seg_close(g);
	seg_open(g, "BHT*0019*00*B");
	put_digits(g, g->conf.control, 6);
	put_digits(g, g->tot.sets, 6);
	put_ch(g, '*');
	put_day(g, g->conf.day);
	put(g, "*0915*CH");
	seg_close(g);
	seg(g, "NM1*41*2*COPPERLEAF BILLING*****46*INVENTED01");
	seg(g, "PER*IC*HELP DESK*TE*2125550100*EX*12");
	seg(g, "NM1*40*2*NORTHFELL CLEARING*****46*NORTHFELL");
	rc = leave(g, U_ST);
	keep(g, 2, g->scn);
	return rc;
}

static int
trailer(struct gen *g, enum unit_kind kind, const char *head, uint64_t count, const char *number)
{
	unit_begin(g);
	seg_open(g, head);
	put_num(g, count);
	put_ch(g, '*');
	put(g, number);
	seg_close(g);
	return leave(g, kind);
}

/* The claim's own defect among all; kinds that do not fit this type of claim are passed over. */
static void
next_kind(struct gen *g, uint64_t nth)
{
	size_t n = x12gen_defects(), fit = 0;

	for (size_t i = 0; i < n; i++)
		fit += defect_wants(i, g->c.type);
	nth %= fit;
	for (size_t i = 0; i < n; i++)
		if (defect_wants(i, g->c.type) && nth-- == 0) {
			g->conf.defect = (int)i;
			return;
		}
}

static void
claim_arm(struct gen *g, bool all)
{
	const struct plant *p;

	g->armed = g->idx == g->target || (g->conf.every && g->idx % g->conf.every == g->conf.every - 1);
	g->flags_on = g->flags_off = 0;
	g->kind_on = K_ANY;
	if (g->armed && all)
		next_kind(g, g->conf.every ? g->idx / g->conf.every : g->conf.seed);
	if (g->conf.defect < 0 || !g->armed)
		return;
	p = defect_plant((size_t)g->conf.defect);
	g->armed = p->unit == U_CLAIM;
	g->flags_on = g->armed ? p->on : 0;
	g->flags_off = g->armed ? p->off : 0;
	g->kind_on = g->armed ? p->kind : K_ANY;
	if (g->kind_on != K_ANY && (g->kind_on < K_PROF) != (g->c.type == 'P'))
		g->kind_on = g->c.type == 'P' ? K_LAB : K_OUT;	/* rows for both name a professional kind */
}

static int
claim_make(struct gen *g, char type, bool first, bool all)
{
	unit_begin(g);
	g->r.s = rng_mix(g->conf.seed, g->idx);
	g->c.type = type;
	claim_arm(g, all);
	memcpy(g->clm01, "C", 1);
	control(g->clm01 + 1, rng_mix(g->conf.seed, 0) % 10000, 4);
	control(g->clm01 + 5, g->idx + 1, 10);
	level_choose(g, first);
	plan_claim(g);
	gen_level_put(g);
	if (type == 'P')
		prof_put(g);
	else
		inst_put(g);
	g->tot.claims++;
	g->tot.lines += g->c.n;
	g->tot.charges += g->c.total;
	return leave(g, U_CLAIM);
}

/* A header or trailer is the place when the claim chosen is in its reach; every: so-maniest set. */
static void
frame_arm(struct gen *g, uint64_t first, uint64_t end, uint64_t nth)
{
	const struct plant *p = g->conf.defect >= 0 ? defect_plant((size_t)g->conf.defect) : NULL;

	g->armed = p && p->unit != U_CLAIM && (g->conf.every ? nth % g->conf.every == g->conf.every - 1 :
	    g->target >= first && g->target < end);
}

static int
set_make(struct gen *g, char type, uint64_t end, bool all)
{
	uint64_t start = g->idx;
	int rc;

	frame_arm(g, start, end, g->sets);
	rc = st_put(g, type);
	for (; g->idx < end && rc >= 0; g->idx++)
		rc = claim_make(g, type, g->idx == start, all);
	frame_arm(g, start, end, g->sets - 1);
	return rc < 0 ? rc : trailer(g, U_SE, "SE*", g->set_segs + 1, g->scn);
}

static int
group_make(struct gen *g, char type, uint64_t end, bool all)
{
	uint64_t start = g->idx;
	int rc;

	frame_arm(g, start, end, g->groups);
	rc = gs_put(g, type);
	while (g->idx < end && rc >= 0)
		rc = set_make(g, type, end - g->idx < g->conf.per_st ? end : g->idx + g->conf.per_st, all);
	frame_arm(g, start, end, g->groups - 1);
	return rc < 0 ? rc : trailer(g, U_GE, "GE*", g->sets, g->gcn);
}

static int
part_make(struct gen *g, char type, uint64_t end, bool all)
{
	uint64_t most = g->conf.per_gs ? (uint64_t)g->conf.per_gs * g->conf.per_st : UINT64_MAX;
	int rc = 0;

	while (g->idx < end && rc >= 0)
		rc = group_make(g, type, end - g->idx < most ? end : g->idx + most, all);
	return rc;
}

/* Which claim carries the defect: one of its type, and for a number used twice one that has others before it. */
static int
target_choose(struct gen *g, uint64_t prof)
{
	const struct x12gen_defect *d = g->conf.defect >= 0 ? x12gen_defect((size_t)g->conf.defect) : NULL;
	uint64_t first = d && d->type == 'I' ? prof : 0, end = d && d->type == 'P' ? prof : g->conf.claims;
	uint64_t last = g->conf.type == 'P' ? prof : g->conf.claims - prof;
	bool again = d && (strcmp(d->id, "st02_twice") == 0 || strcmp(d->id, "gs06_twice") == 0);

	g->target = UINT64_MAX;
	if (g->conf.defect == X12GEN_NONE)
		return 0;
	if (first >= end || (again && last < 2))
		return E_VALUE;
	if (again) {	/* two sets, or groups, and the last claim is in the last of them */
		g->conf.per_gs = strcmp(d->id, "gs06_twice") == 0 ? 1 : 0;
		if (g->conf.per_st > last / 2)
			g->conf.per_st = (uint32_t)((last + 1) / 2);
		g->target = g->conf.claims - 1;
	} else if (!g->conf.every) {
		g->target = first + rng_mix(g->conf.seed, UINT64_C(0x7A26E7)) % (end - first);
	}
	return 0;
}

static int
conf_take(struct gen *g, const struct x12gen_conf *c)
{
	g->conf = *c;
	g->conf.per_st = c->per_st ? c->per_st : 1000;
	g->conf.day = c->day ? c->day : 20468;		/* 2026-01-15 */
	g->conf.control = c->control ? c->control : 1;
	g->conf.usage = c->usage ? c->usage : 'T';
	if (c->claims == 0 || c->claims > UINT64_C(9999999999) || g->conf.per_st > X12GEN_PER_ST || g->conf.control > 999999 ||
	    !memchr("PIB", c->type, 3) || !memchr("TP", g->conf.usage, 2) || g->conf.day < 0 || g->conf.day > DAY_MAX ||
	    c->defect < X12GEN_ALL || c->defect >= (int)x12gen_defects())
		return E_VALUE;
	return 0;
}

static int
interchange_make(struct gen *g)
{
	uint64_t n = g->conf.claims, prof = g->conf.type == 'P' ? n : g->conf.type == 'I' ? 0 : (n + 1) / 2;
	bool all = g->conf.defect == X12GEN_ALL;
	int rc = target_choose(g, prof);

	if (rc < 0)
		return rc;
	frame_arm(g, 0, n, g->conf.every ? g->conf.every - 1 : 0);
	rc = isa_put(g);
	if (rc >= 0)
		rc = part_make(g, 'P', prof, all);
	if (rc >= 0)
		rc = part_make(g, 'I', n, all);
	if (rc < 0)
		return rc;
	frame_arm(g, 0, n, g->conf.every ? g->conf.every - 1 : 0);
	rc = trailer(g, U_IEA, "IEA*", g->groups, g->icn);
	return rc < 0 ? rc : send(g);
}

int
x12gen_run(const struct x12gen_conf *c, const struct x12gen_out *out, struct x12gen_totals *totals)
{
	struct arena a;
	struct gen *g;
	int rc;

	arena_init(&a, 0);
	g = arena_alloc(&a, sizeof *g);
	if (!g)
		return E_NOMEM;
	g->out = out;
	rc = conf_take(g, c);
	if (rc >= 0)
		rc = interchange_make(g);
	if (totals)
		*totals = g->tot;
	arena_free(&a);
	return rc;
}
