/*
 * finding.c - one finding: its words from the table, its form for people and for logs, its place in the verdicts of
 * set, group and interchange. Decides no rule.
 */
#include "x12/walk.h"

#define VALUE_ROOM	99
#define DEFAULT_REJECTS	(1u << X12_SYNTAX | 1u << X12_GUIDE)

struct row { const char *id; enum x12_snip snip; enum x12_severity severity; const char *words, *fix; };

static const struct row rows[] = {
#define FINDING(id, snip, severity, words, fix) { #id, X12_##snip, X12_##severity, words, fix },
#include "schemas/x12_findings.def"
};

static const struct row *
row_of(const char *id)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

static void
add_code(const char *codes[5], const char *code)
{
	for (unsigned i = 0; i < 5; i++) {
		if (!codes[i]) {
			codes[i] = code;
			return;
		}
		if (strcmp(codes[i], code) == 0)
			return;
	}
}

/* Kept for the acknowledgement of the set: copies, for the segment will be gone. */
static void
keep(struct x12_check *c, const struct x12_finding *f)
{
	struct x12_error *e = c->set.n_errors < LIMIT_FAULTS ? &c->set.errors[c->set.n_errors] : NULL;
	char *text;

	if (!e)
		return;
	text = c->error_room + c->set.n_errors++ * (VALUE_ROOM + 4);
	*e = (struct x12_error){ .at = f->at, .element = f->element, .component = f->component, .repeat = f->repeat,
	    .number = f->number, .loop = f->loop, .ik304 = f->ik304, .ik403 = f->ik403 };
	e->segment = (struct str){ text, f->segment.n < 3 ? f->segment.n : 3 };
	e->value = (struct str){ text + 4, f->value.n < VALUE_ROOM ? f->value.n : VALUE_ROOM };
	if (e->segment.n)
		memcpy(text, f->segment.p, e->segment.n);
	if (e->value.n)
		memcpy(text + 4, f->value.p, e->value.n);
}

/* Of the claim that is open, or of the level (HL) that claims will stand below. */
static void
judge_claim(struct x12_check *c, const struct x12_finding *f)
{
	unsigned level = c->w.depth;

	if (c->unit_open) {
		c->claim_errors++;
		x12_stc_add(&c->claim_stcs, f->stc);
		return;
	}
	while (level > 1 && !c->w.lv[level - 1].hl)
		level--;
	if (!c->in_set || level == 0)
		return;
	c->w.lv[level - 1].errors++;
	x12_stc_add(&c->w.lv[level - 1].stcs, f->stc);
}

static void
judge(struct x12_check *c, const struct x12_finding *f)
{
	if (f->ta105 && f->severity == X12_ERROR && c->in_ic && c->ic.ta104 != 'R') {
		c->ic.ta104 = 'R';
		c->ic.ta105 = f->ta105;
	}
	if (f->ak905 && c->in_group) {
		add_code(c->g.ak905, f->ak905);
		c->g.ak901 = f->severity == X12_ERROR ? 'R' : c->g.ak901;
	}
	if (f->snip > X12_GUIDE && f->severity == X12_ERROR)
		judge_claim(c, f);
	if (!c->in_set || f->severity == X12_NOTE || (!f->ik304 && !f->ik502))
		return;
	if (f->ik304)
		keep(c, f);
	if (f->severity == X12_ERROR && (f->ik502 || (c->spec->rejects ? c->spec->rejects : DEFAULT_REJECTS) >> f->snip & 1))
		c->set.ik501 = 'R';
	else if (c->set.ik501 == 'A')
		c->set.ik501 = 'E';
	if (f->ik502)
		add_code(c->set.ik502, f->ik502);
	else
		c->set_has_segments = true;		/* "5", after the codes of the envelope */
}

/* A segment that ends the claim is not in it. */
static bool
is_in_claim(const struct x12_check *c, size_t at)
{
	const char *first = c->n_segs ? x12_pos_of(c, c->segs[0].pos)->id : NULL;

	if (!c->in_set || !c->set_judged || !c->set.n_claims || !first || at < c->segs[0].at)
		return false;
	if (at <= c->segs[c->n_segs - 1].at)
		return true;
	return c->unit_open && !str_is(c->seg.id, "HL") && !str_is(c->seg.id, "SE") && !str_is(c->seg.id, first);
}

static void
whose(const struct x12_check *c, struct x12_finding *f)
{
	const struct str *el;

	f->st02 = c->in_set ? c->set.st02 : STR_NONE;
	if (!is_in_claim(c, f->at))
		return;
	f->claim = c->set.n_claims;
	f->claim_of_file = c->t.claims;
	el = x12_is_kept(c->r) && !c->unit_lost ? x12_kept(c->r, c->segs[0].el) : NULL;
	if (el && c->segs[0].n && (str_is(el[0], "CLM") || str_is(el[0], "CLP")))
		f->pcn = el[1];
}

void
x12_found(struct x12_check *c, struct x12_finding *f)
{
	const struct row *r = f->words ? NULL : row_of(f->id);
	const struct x12_watch *w = &c->spec->watch;
	int rc;

	if (r) {
		f->words = r->words;
		f->fix = r->fix;
		f->severity = r->severity;
		f->snip = f->snip ? f->snip : r->snip;
	}
	must(f->words != NULL);
	if (c->spec->snip && !(c->spec->snip >> f->snip & 1))
		return;
	if (!f->ordinal)
		f->ordinal = c->seg.ordinal;
	c->t.errors += f->severity == X12_ERROR;
	c->t.warnings += f->severity == X12_WARNING;
	c->t.notes += f->severity == X12_NOTE;
	whose(c, f);
	judge(c, f);
	rc = w->found ? w->found(w->self, f) : 0;
	if (rc < 0 && c->rc == 0)
		c->rc = rc;
}

/* Watchers see a check that they cannot change; this is the one way to. */
void
x12_check_tell(const struct x12_check *c, struct x12_finding *f)
{
	x12_found((struct x12_check *)(uintptr_t)c, f);
}

struct str
x12_finding_shape(struct arena *a, const struct x12_finding *f)
{
	char *p = arena_alloc(a, f->value.n + 1);

	if (!p)
		return STR_NONE;
	for (size_t i = 0; i < f->value.n; i++) {
		char ch = f->value.p[i];

		p[i] = ch >= '0' && ch <= '9' ? '9' : (ch | 0x20) >= 'a' && (ch | 0x20) <= 'z' ? 'A' : ch < 0 ? '?' : ch;
	}
	return (struct str){ p, f->value.n };
}

struct str
x12_finding_words(struct arena *a, const struct x12_finding *f)
{
	struct buf b;

	buf_init(&b, a);
	if (f->subject)
		buf_fmt(&b, "%s: ", f->subject);
	buf_cstr(&b, f->words);
	if (f->money)
		buf_fmt(&b, ": the difference is " STR_FMT, STR_ARG(cents_text(a, f->said - f->counted)));
	else if (f->said || f->counted)
		buf_fmt(&b, ": says %lld, %lld were counted", (long long)f->said, (long long)f->counted);
	return buf_view(&b);
}

/* An id may be any bytes. */
static void
put_id(struct buf *b, struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		buf_ch(b, id.p[i] > ' ' && id.p[i] < 0x7f ? id.p[i] : '?');
}

struct str
x12_finding_place(struct arena *a, const struct x12_finding *f)
{
	struct buf b;

	buf_init(&b, a);
	buf_fmt(&b, "segment %zu", f->ordinal);
	if (f->loop.n)
		buf_fmt(&b, ", loop " STR_FMT, STR_ARG(f->loop));
	if (f->segment.n) {
		buf_cstr(&b, ", ");
		put_id(&b, f->segment);
	}
	if (f->element)
		buf_fmt(&b, "%02u", f->element);
	if (f->component)
		buf_fmt(&b, "-%u", f->component);
	return buf_view(&b);
}
