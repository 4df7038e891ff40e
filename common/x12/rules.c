/*
 * rules.c - calls the rules at their moments, and makes a finding of what one tells. Knows no rule by name, and never
 * judges a version of a guide that is refused anyway.
 */
#include "x12/rules_codes.h"
#include "x12/rules_partner.h"
#include "x12/rules_run.h"

static const struct x12_rule rules[] = {
#define RULE(id, snip, severity, forms, moment, fn, ik304, ik403, stc, words, fix) \
	{ #id, X12_##snip, X12_##severity, forms, moment, fn, ik304, ik403, stc, words, fix },
#include "schemas/x12_rules.def"
};

/* ---- telling ---- */

static const struct x12_item *
item_of(const struct x12_rule_run *r, const struct x12_pos *p, unsigned el, unsigned comp)
{
	const struct x12_item *it;

	if (!p || !el || el > p->n_items)
		return NULL;
	it = &r->c->w.g->items[p->items + el - 1];
	return comp && comp <= it->n_comps ? &r->c->w.g->items[it->comps + comp - 1] : it;
}

static void
tell(struct x12_rule_run *r, const struct x12_pos *p, size_t at, struct x12_finding f)
{
	const struct x12_rule *row = r->rule;
	const struct x12_item *it = item_of(r, p, f.element, f.component);

	f.id = row->id;
	f.snip = row->snip;
	f.severity = row->severity;
	f.stc = x12_stc_at(r->c, p, row->stc);
	f.ik304 = row->ik304;
	f.ik403 = row->ik403;
	if (f.ik403 && !f.ik304)
		f.ik304 = "8";
	f.words = row->words;
	f.fix = row->fix;
	f.at = at;
	f.ordinal = r->f->ordinal_0 + at;
	if (p) {
		f.loop = str_of(r->c->w.g->loops[p->loop].id);
		f.segment = f.segment.n ? f.segment : str_of(p->id);
	}
	f.number = it ? it->number : 0;
	f.subject = it ? it->words : p ? p->words : NULL;
	x12_found(r->c, &f);
}

static const struct x12_pos *
pos_of(const struct x12_rule_run *r, uint32_t seg)
{
	uint16_t pos = r->f->segs[seg].pos;

	return pos == NO_POS ? NULL : x12_pos_of(r->c, pos);
}

void
x12_rule_fact(struct x12_rule_run *r, const struct x12_fact *x)
{
	if (x->seg < r->f->n_segs)
		tell(r, pos_of(r, x->seg), r->f->segs[x->seg].at, (struct x12_finding){ .element = x->el, .component = x->comp,
		    .value = x->v });
}

void
x12_rule_sums(struct x12_rule_run *r, const struct x12_fact *x, cents_t said, cents_t counted)
{
	if (x->seg < r->f->n_segs)
		tell(r, pos_of(r, x->seg), r->f->segs[x->seg].at, (struct x12_finding){ .element = x->el, .component = x->comp,
		    .value = x->v, .said = said, .counted = counted, .money = true });
}

void
x12_rule_seg(struct x12_rule_run *r, uint32_t seg, unsigned el)
{
	if (seg < r->f->n_segs)
		tell(r, pos_of(r, seg), r->f->segs[seg].at, (struct x12_finding){ .element = el,
		    .value = el ? x12_fact_el(r->f, r->c, seg, el) : STR_NONE });
}

void
x12_rule_missing(struct x12_rule_run *r, uint32_t after, const char *segment)
{
	if (after < r->f->n_segs)
		tell(r, pos_of(r, after), r->f->segs[after].at, (struct x12_finding){ .segment = str_of(segment) });
}

void
x12_rule_spot(struct x12_rule_run *r, struct x12_spot spot, unsigned el, const char *segment)
{
	if (spot.at)
		tell(r, spot.pos, spot.at, (struct x12_finding){ .element = el, .segment = str_of(segment) });
}

void
x12_rule_here(struct x12_rule_run *r, unsigned el)
{
	tell(r, x12_pos_of(r->c, r->c->pos), r->c->at, (struct x12_finding){ .element = el, .value = x12_elem(r->seg, el) });
}

/* ---- moments ---- */

static void
run(struct x12_rule_run *r, enum rule_moment m)
{
	if (r->f->crowded && (m == AT_CLAIM || m == AT_LINE || m == AT_OTHER))
		return;
	for (const struct x12_rule **at = r->rows[m]; (r->rule = *at) != NULL; at++)
		r->rule->run(r);
}

int
x12_rules_begin(struct x12_check *c)
{
	const struct x12_rules *spec = c->spec->rules;
	struct x12_rule_run *r = arena_alloc(c->a, sizeof *r);
	int rc;

	if (!r)
		return E_NOMEM;
	r->c = c;
	r->today = spec->today;
	r->f = x12_facts_new(c->a, c->spec->seed);
	r->claims = x12_names_new(c->a, c->spec->seed);
	r->plans = arena_array(c->a, c->spec->guides->n, sizeof *r->plans);
	c->rules = r;
	rc = r->f && r->plans && r->claims ? x12_codes_begin(c, spec->book, &r->codes) : E_NOMEM;
	return rc >= 0 && spec->partner ? x12_partner_begin(c, spec->partner, &r->partner) : rc;
}

/* Neighbours are of one form, mostly. */
static void
choose_rows(struct x12_rule_run *r)
{
	unsigned n[AT_COUNT] = { 0 };

	if (r->form == r->f->form && r->guide)
		return;
	r->form = r->f->form;
	memset(r->rows, 0, sizeof r->rows);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		enum rule_moment m = rules[i].moment;

		if (!(rules[i].forms >> r->form & 1))
			continue;
		must(n[m] < RULE_ROWS);
		r->rows[m][n[m]++] = &rules[i];
	}
}

static enum rule_moment
moment_of(const struct x12_pos *p)
{
	switch (p->key) {
	case K3('N', 'M', '1'): return AT_NM1;
	case K2('N', '1'): return AT_N1;
	case K2('N', '3'): return p->tag == TAG_BILLING_N3 ? AT_N3 : AT_NONE;
	case K2('N', '4'): return AT_N4;
	case K2('H', 'L'): return AT_HL;
	case K3('R', 'E', 'F'): return AT_REF;
	case K3('P', 'E', 'R'): return AT_PER;
	case K3('P', 'W', 'K'): return AT_PWK;
	default: return AT_NONE;
	}
}

/* Most segments ask for nothing: which do, each position of the guide knows. */
static void
guide_met(struct x12_rule_run *r, struct x12_check *c)
{
	const struct x12_guide *g = c->w.g;
	uint8_t **plan = &r->plans[g - c->spec->guides->v];
	bool made = *plan != NULL;

	x12_codes_set(r->codes, c);
	*plan = made ? *plan : arena_alloc(c->a, g->n_pos + 1);
	for (uint16_t i = 0; !made && *plan && i < g->n_pos; i++) {
		unsigned tag = g->pos[i].tag;
		bool level = tag != TAG_NONE && (tag < TAG_CLM || tag >= TAG_BPR);

		(*plan)[i] = (uint8_t)(moment_of(&g->pos[i]) | (level ? DO_LEVEL : 0) |
		    (x12_codes_at(r->codes, i, false) ? DO_CODES : 0) | (r->partner ? DO_PARTNER : 0));
	}
	r->guide = *plan ? g : NULL;		/* memory ran out: the check will say so */
	r->at = *plan;
	r->elsewhere = (uint8_t)(DO_LEVEL | (r->partner ? DO_PARTNER : 0));
}

void
x12_rules_set(struct x12_check *c)
{
	struct x12_rule_run *r = c->rules;

	x12_facts_set(r->f, c);
	x12_names_clear(r->claims);
	choose_rows(r);
	guide_met(r, c);
	if (r->partner)
		x12_partner_set(r->partner, c);
}

static void
segment(struct x12_check *c, unsigned what)
{
	struct x12_rule_run *r = c->rules;

	if (what & DO_MEET) {			/* BHT02 told of another guide */
		guide_met(r, c);
		what = !r->guide ? 0 : c->pos == NO_POS ? r->elsewhere : r->at[c->pos];
	}
	if (what & DO_PARTNER)
		x12_partner_segment(r->partner, c);
	if (what & DO_LEVEL)
		x12_facts_segment(r->f, c);
	if (what & DO_CODES)
		x12_codes_segment(r->codes, c);
	r->seg = &c->seg;
	run(r, what & DO_RULES);
}

void
x12_rules_segment(struct x12_check *c)
{
	const struct x12_rule_run *r = c->rules;
	unsigned what = r->guide != c->w.g ? DO_MEET : c->pos == NO_POS ? r->elsewhere : r->at[c->pos];

	if (what)
		segment(c, what);
}

void
x12_rules_unit(struct x12_check *c)
{
	struct x12_rule_run *r = c->rules;

	if (r->partner)
		x12_partner_unit(r->partner, c);
	if (r->f->form == FORM_OTHER)
		return;
	x12_facts_unit(r->f, c);
	if (c->a->spent)
		return;
	if (r->f->crowded)
		x12_found(c, &(struct x12_finding){ .id = "CLAIM_TOO_LARGE", .segment = S("CLM"), .at = c->segs[0].at,
		    .stc = STC_TOO_LARGE, .loop = str_of(c->w.g->loops[x12_pos_of(c, c->segs[0].pos)->loop].id) });
	else				/* of a crowded one not all days are known */
		x12_codes_unit(r->codes, c, r->f);
	run(r, AT_CLAIM);
	for (uint32_t i = 0; i < r->f->n_other; i++) {
		r->other = &r->f->other[i];
		run(r, AT_OTHER);
	}
	for (uint32_t i = 0; i < r->f->n_line; i++) {
		r->line = &r->f->line[i];
		run(r, AT_LINE);
	}
}

void
x12_rules_set_end(struct x12_check *c)
{
	if (str_is(c->seg.id, "SE")) {		/* of a set that was cut short nothing is missing */
		x12_facts_level_end(c->rules->f, c);
		run(c->rules, AT_HL);
	}
	run(c->rules, AT_SET_END);
	if (c->rules->partner)
		x12_partner_set_end(c->rules->partner, c);
}
