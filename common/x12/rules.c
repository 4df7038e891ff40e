/*
 * rules.c - calls the rules at their moments, and makes a finding of what one tells. Knows no rule by name, and never
 * judges a version of a guide that is refused anyway.
 */
#include "x12/rules_codes.h"
#include "x12/rules_partner.h"
#include "x12/rules_run.h"

#define K2(a, b)	((uint32_t)(a) | (uint32_t)(b) << 8)
#define K3(a, b, c)	(K2(a, b) | (uint32_t)(c) << 16)

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
	for (unsigned i = 0; i < r->n_rows[m]; i++) {
		r->rule = r->rows[m][i];
		r->rule->run(r);
	}
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
	r->f = x12_facts_new(c->a);
	c->rules = r;
	rc = r->f ? x12_codes_begin(c, spec->book, &r->codes) : E_NOMEM;
	return rc >= 0 && spec->partner ? x12_partner_begin(c, spec->partner, &r->partner) : rc;
}

void
x12_rules_set(struct x12_check *c)
{
	struct x12_rule_run *r = c->rules;

	x12_facts_set(r->f, c);
	memset(r->n_rows, 0, sizeof r->n_rows);
	for (size_t i = 0; i < sizeof rules / sizeof *rules && !c->examine; i++) {
		enum rule_moment m = rules[i].moment;

		if (!(rules[i].forms >> r->f->form & 1))
			continue;
		must(r->n_rows[m] < RULE_ROWS);
		r->rows[m][r->n_rows[m]++] = &rules[i];
	}
	x12_codes_set(r->codes, c);
	if (r->partner)
		x12_partner_set(r->partner, c);
}

void
x12_rules_segment(struct x12_check *c)
{
	struct x12_rule_run *r = c->rules;

	if (r->partner)
		x12_partner_segment(r->partner, c);
	x12_facts_segment(r->f, c);
	if (c->pos == NO_POS)
		return;
	x12_codes_segment(r->codes, c);
	r->seg = &c->seg;
	switch (x12_pos_of(c, c->pos)->key) {
	case K3('N', 'M', '1'): run(r, AT_NM1); break;
	case K2('N', '1'): run(r, AT_N1); break;
	case K2('N', '4'): run(r, AT_N4); break;
	case K3('R', 'E', 'F'): run(r, AT_REF); break;
	case K3('P', 'E', 'R'): run(r, AT_PER); break;
	case K3('P', 'W', 'K'): run(r, AT_PWK); break;
	default: break;
	}
}

void
x12_rules_unit(struct x12_check *c)
{
	struct x12_rule_run *r = c->rules;

	if (r->partner)
		x12_partner_unit(r->partner, c);
	if (r->f->form == FORM_OTHER || c->examine)
		return;
	x12_facts_unit(r->f, c);
	if (c->a->spent)
		return;
	if (r->f->crowded)
		x12_found(c, &(struct x12_finding){ .id = "CLAIM_TOO_LARGE", .segment = S("CLM"), .at = c->segs[0].at, .stc = STC_TOO_LARGE,
		    .loop = str_of(c->w.g->loops[x12_pos_of(c, c->segs[0].pos)->loop].id) });
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
	run(c->rules, AT_SET_END);
	if (c->rules->partner)
		x12_partner_set_end(c->rules->partner, c);
}
