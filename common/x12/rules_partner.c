/*
 * rules_partner.c - what a trading partner asks for beyond the guides, while the file streams by (SNIP 7). Never looks
 * at the partner's file: see rules_partner_load.c.
 */
#include "x12/rules_partner.h"

enum told {
#define PARTNER_FINDING(id, severity, ik304, ik403, ik502, stc, words, fix) TOLD_##id,
#include "schemas/x12_partner.def"
};

static const struct x12_finding findings[] = {
#define PARTNER_FINDING(id_, severity_, ik304_, ik403_, ik502_, stc_, words_, fix_) \
	{ .id = #id_, .snip = X12_PARTNER, .severity = X12_##severity_, .ik304 = ik304_, .ik403 = ik403_, .ik502 = ik502_, \
	    .stc = stc_, .words = words_, .fix = fix_ },
#include "schemas/x12_partner.def"
};

static const struct { const char *segment; unsigned el; const char *ta105, *words; } ends[] = {
#define ENVELOPE(key, or, segment, element, ta105, words) { #segment, element, ta105, words },
#include "schemas/x12_partner.def"
};
enum { END_SENDER_QUAL, END_SENDER, END_RECEIVER_QUAL, END_RECEIVER, END_USAGE, END_APP_SENDER, END_APP_RECEIVER };

int
x12_partner_begin(struct x12_check *c, const struct x12_partner_rules *p, struct x12_partner_state **out)
{
	struct x12_partner_state *t = arena_alloc(c->a, sizeof *t);

	*out = t;
	if (!t)
		return E_NOMEM;
	t->p = p;
	t->wait = arena_array(c->a, p->max_slots + 1, sizeof *t->wait);
	return t->wait ? 0 : E_NOMEM;
}

/* ---- envelope ---- */

static struct x12_finding
finding(enum told id)
{
	return findings[id];
}

/* Who sends and who receives change places in an answer. */
static void
end_judge(struct x12_partner_state *t, struct x12_check *c, unsigned i, struct str is, bool answer)
{
	static const unsigned other[] = { END_RECEIVER_QUAL, END_RECEIVER, END_SENDER_QUAL, END_SENDER, END_USAGE, END_APP_RECEIVER,
		END_APP_SENDER };
	struct str want = t->p->ends[answer ? other[i] : i];
	struct x12_finding f = finding(TOLD_PARTNER_ENVELOPE);

	if (!want.n || str_eq(want, is))
		return;
	f.segment = str_of(ends[i].segment);
	f.ordinal = str_is(f.segment, "GS") ? c->gs_at : c->isa_at;
	f.element = ends[i].el;
	f.value = is;
	f.ta105 = ends[i].ta105;
	f.subject = ends[i].words;
	f.fix = t->p->end_fix[answer ? other[i] : i];
	x12_found(c, &f);
}

static bool
is_answer(const struct x12_partner_state *t, const struct x12_check *c)
{
	const struct str *e = t->p->ends;

	return e[END_SENDER].n && e[END_RECEIVER].n && !str_eq(e[END_SENDER], e[END_RECEIVER]) &&
	    str_eq(c->ic.isa06, e[END_RECEIVER]) && str_eq(c->ic.isa08, e[END_SENDER]);
}

static void
interchange(struct x12_partner_state *t, struct x12_check *c)
{
	const char seps[4] = { c->s.elem, c->s.comp, c->s.rep, c->s.term };
	bool answer = is_answer(t, c);
	struct x12_finding f = finding(TOLD_PARTNER_SEPARATOR);

	end_judge(t, c, END_SENDER_QUAL, c->ic.isa05, answer);
	end_judge(t, c, END_SENDER, c->ic.isa06, answer);
	end_judge(t, c, END_RECEIVER_QUAL, c->ic.isa07, answer);
	end_judge(t, c, END_RECEIVER, c->ic.isa08, answer);
	end_judge(t, c, END_USAGE, c->ic.usage == 'P' ? S("P") : S("T"), answer);
	f.segment = S("ISA");
	f.ordinal = c->isa_at;
	f.subject = "separators";
	if (t->p->seps.n && memcmp(seps, t->p->seps.p, c->s.rep ? 4 : 2) != 0)
		x12_found(c, &f);
}

static void
group(struct x12_partner_state *t, struct x12_check *c)
{
	bool answer = is_answer(t, c);

	end_judge(t, c, END_APP_SENDER, c->g.gs02, answer);
	end_judge(t, c, END_APP_RECEIVER, c->g.gs03, answer);
}

static void
set_tell(struct x12_check *c, enum told id, unsigned el, struct str value, const char *subject)
{
	struct x12_finding f = finding(id);

	f.segment = S("ST");
	f.at = 1;
	f.element = el;
	f.value = value;
	f.subject = subject;
	x12_found(c, &f);
}

static bool
is_one_of(const struct str *v, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i], s))
			return true;
	return false;
}

/* ---- what is waited for in a loop ---- */

static void
rule_tell(struct x12_check *c, const struct partner_rule *r, struct x12_finding f)
{
	f.loop = r->loop;
	f.severity = r->severity;
	f.subject = r->text;
	f.fix = r->fix ? r->fix : f.fix;
	x12_found(c, &f);
}

static void
slot_open(struct x12_partner_state *t, const struct x12_check *c, size_t i)
{
	t->wait[i] = (struct partner_wait){ .at = c->at, .ordinal = c->seg.ordinal, .open = true };
}

static void
slot_close(struct x12_partner_state *t, struct x12_check *c, size_t i)
{
	const struct partner_rule *r = &t->p->v[t->plan->slots[i].rule];
	struct x12_finding f = finding(r->segment.n ? TOLD_PARTNER_SEGMENT_MISSING : TOLD_PARTNER_LOOP_MISSING);

	if (!t->wait[i].open)
		return;
	t->wait[i].open = false;
	if (t->wait[i].met)
		return;
	f.segment = r->segment;
	f.at = t->wait[i].at;
	f.ordinal = t->wait[i].ordinal;
	rule_tell(c, r, f);
}

static void
guide_met(struct x12_partner_state *t, const struct x12_check *c)
{
	t->guide = c->w.g;
	t->plan = &t->p->plans[c->w.g - c->spec->guides->v];
	t->loop = UINT16_MAX;
	for (size_t i = 0; i < t->plan->n_slots; i++) {
		t->wait[i].open = false;
		if (t->plan->slots[i].loop == 0)
			slot_open(t, c, i);
	}
}

void
x12_partner_set(struct x12_partner_state *t, struct x12_check *c)
{
	const struct x12_partner_rules *p = t->p;

	if (t->interchanges != c->t.interchanges)
		interchange(t, c);
	if (t->groups != c->t.groups)
		group(t, c);
	t->interchanges = c->t.interchanges;
	t->groups = c->t.groups;
	guide_met(t, c);
	if (!t->plan->taken)
		set_tell(c, TOLD_PARTNER_TRANSACTION, 1, c->set.type, "transaction set");
	else if (p->n_versions && !is_one_of(p->versions, p->n_versions, c->set.version))
		set_tell(c, TOLD_PARTNER_VERSION, 3, c->set.version, "version");
	if (p->max_sets && (int64_t)c->n_sets == p->max_sets + 1)
		set_tell(c, TOLD_PARTNER_SETS, 2, c->set.st02, "transaction set");
}

/* ---- one segment ---- */

static struct str
part_of(const struct x12_check *c, unsigned el, unsigned comp)
{
	struct str v = x12_elem(&c->seg, el);

	return comp ? x12_comp(v, c->s.comp, comp) : v;
}

static bool
is_meant(const struct x12_check *c, const struct partner_rule *r)
{
	const struct x12_pos *p = x12_pos_of(c, c->pos);

	return !r->code.n || str_eq(part_of(c, p->by_el ? p->by_el : 1, p->by_el ? p->by_comp : 0), r->code);
}

static void
here(struct x12_check *c, const struct partner_rule *r, enum told id, struct str value)
{
	struct x12_finding f = finding(id);

	f.stc = x12_stc_at(c, x12_pos_of(c, c->pos), f.stc);
	f.segment = c->seg.id;
	f.at = c->at;
	f.element = r->el;
	f.component = r->comp;
	f.value = value;
	rule_tell(c, r, f);
}

/* NM109 and NM103, or N104 and N102. */
static void
pair(struct x12_check *c, const struct partner_rule *r)
{
	bool nm1 = str_is(r->segment, "NM1");
	struct str name = x12_elem(&c->seg, nm1 ? 3 : 2);
	struct partner_rule at = *r;

	if (!str_eq(x12_elem(&c->seg, nm1 ? 9 : 4), r->values[0]) || str_eq(name, r->values[1]))
		return;
	at.el = nm1 ? 3 : 2;
	here(c, &at, TOLD_PARTNER_NAME, name);
}

static void
act(struct x12_partner_state *t, struct x12_check *c, const struct partner_action *a)
{
	const struct partner_rule *r = &t->p->v[a->rule];
	struct str v;

	if (a->act == ACT_OPEN) {
		slot_open(t, c, a->slot);
		return;
	}
	if (!is_meant(c, r))
		return;
	v = r->el ? part_of(c, r->el, r->comp) : STR_NONE;
	if (a->act == ACT_MET)
		t->wait[a->slot].met = true;
	else if (a->act == ACT_NEED && !v.n)
		here(c, r, TOLD_PARTNER_ELEMENT_MISSING, STR_NONE);
	else if (a->act == ACT_FORBID && !r->el)
		here(c, r, r->segment.n ? TOLD_PARTNER_SEGMENT : TOLD_PARTNER_LOOP, STR_NONE);
	else if (a->act == ACT_FORBID && v.n)
		here(c, r, TOLD_PARTNER_ELEMENT, v);
	else if (a->act == ACT_ALLOW && v.n && !is_one_of(r->values, r->n_values, v))
		here(c, r, TOLD_PARTNER_VALUE, v);
	else if (a->act == ACT_PAIR)
		pair(c, r);
}

/* Loops that this segment is no longer in. */
static void
leave(struct x12_partner_state *t, struct x12_check *c)
{
	const struct x12_guide *g = c->w.g;
	uint16_t loop = x12_pos_of(c, c->pos)->loop;

	for (size_t i = 0; i < t->plan->n_slots; i++) {
		uint16_t l = t->plan->slots[i].loop;

		if (l && (loop < l || loop >= g->loops[l].end_loop || c->pos == g->loops[l].first))
			slot_close(t, c, i);
	}
}

static void
characters(const struct x12_partner_state *t, struct x12_check *c)
{
	const struct x12_seg *s = &c->seg;

	for (unsigned el = 0; el <= s->n; el++)
		for (size_t i = 0; i < s->el[el].n; i++) {
			char ch = s->el[el].p[i];
			struct x12_finding f;

			if (t->p->chars[(unsigned char)ch] || ch == c->s.comp || (ch == c->s.rep && ch))
				continue;
			f = finding(TOLD_PARTNER_CHARACTER);
			f.segment = s->id;
			f.at = c->at;
			f.element = el;
			f.value = (struct str){ s->el[el].p + i, 1 };
			f.subject = "characters";
			x12_found(c, &f);
			return;
		}
}

/* Line ends and the envelope are not counted, so that the limit is never told too early. */
static void
size(struct x12_partner_state *t, struct x12_check *c)
{
	const struct x12_seg *s = &c->seg;
	struct x12_finding f = finding(TOLD_PARTNER_BYTES);

	for (unsigned el = 0; el <= s->n; el++)
		t->bytes += s->el[el].n + 1;
	if (t->told_bytes || (int64_t)t->bytes <= t->p->max_bytes)
		return;
	t->told_bytes = true;
	f.segment = S("ISA");
	f.ordinal = c->isa_at;
	f.subject = "size of the file";
	x12_found(c, &f);
}

void
x12_partner_segment(struct x12_partner_state *t, struct x12_check *c)
{
	const struct partner_plan *plan;
	const struct x12_pos *p;

	if (t->guide != c->w.g)			/* BHT02 told of another guide */
		guide_met(t, c);
	plan = t->plan;
	if (t->p->checks_chars && !c->seg.body)
		characters(t, c);
	if (t->p->max_bytes)
		size(t, c);
	if (c->pos == NO_POS || !plan || !plan->n)
		return;
	p = x12_pos_of(c, c->pos);
	if (plan->n_slots && (p->opens || p->loop != t->loop))
		leave(t, c);
	t->loop = p->loop;
	for (size_t i = plan->at[c->pos], end = plan->at[c->pos + 1]; i < end; i++)
		act(t, c, &plan->v[i]);
}

void
x12_partner_unit(struct x12_partner_state *t, struct x12_check *c)
{
	if (t->p->max_claims && (int64_t)c->set.n_claims == t->p->max_claims + 1) {
		struct x12_finding f = finding(TOLD_PARTNER_CLAIMS);
		const struct x12_pos *p = x12_pos_of(c, c->segs[0].pos);

		f.segment = str_of(p->id);		/* the first claim too many */
		f.loop = str_of(c->w.g->loops[p->loop].id);
		f.at = c->segs[0].at;
		f.ordinal = c->seg.ordinal - (c->at - f.at);
		f.subject = "claims of the set";
		x12_found(c, &f);
	}
	for (size_t i = 0; t->plan && i < t->plan->n_slots; i++)
		if (t->plan->slots[i].in_unit)
			slot_close(t, c, i);
}

void
x12_partner_set_end(struct x12_partner_state *t, struct x12_check *c)
{
	for (size_t i = 0; t->plan && i < t->plan->n_slots; i++)
		slot_close(t, c, i);
	t->plan = NULL;
	t->guide = NULL;
}
