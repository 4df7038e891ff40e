/*
 * answers.c - TA1, 999 (and its elder 997) and 277CA as a flat list: what was answered, how, and what that
 * means. Answers of a set that is cut short or miscounted are not taken: silence is safer than a false yes.
 */
#include "x12/wire.h"

#include <string.h>

#define WORDS_MAX	200			/* of a status in the record */

enum list { LIST_TA105, LIST_IK502, LIST_AK905, LIST_IK304 };
static const struct { enum list list; const char *code, *words; } words[] = {
#define WORDS(list, code, text) { LIST_##list, code, text },
#include "schemas/x12_answers.def"
};
static const struct category { const char *category, *status, *verdict, *words; } categories[] = {
#define CATEGORY(category, status, verdict, words) { category, status, verdict, words },
#include "schemas/x12_answers.def"
};

struct reading {
	struct arena		*a;
	struct x12_reader	*r;
	struct x12_answers	*out;
	struct x12_answer	 now;		/* what is known of the answer being read */
	bool			 pending;	/* now holds a claim, batch or line with a status */
	char			 kind;		/* '9' 999, '7' 277CA, 0 a set of no interest */
	struct str		 st02, level;
	int64_t			 found;
	size_t			 set_from;	/* first answer of this set */
	bool			 in_set;
	struct str		 detail;	/* of the first IK3 */
};

static struct str
words_of(enum list list, struct str code)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].list == list && str_is(code, words[i].code))
			return str_of(words[i].words);
	return S("a code this program does not know");
}

static void
fault(struct reading *r, const struct x12_seg *s, int rc, const char *el, const char *what)
{
	(void)fault_add(&r->out->faults, rc, arena_fmt(r->a, "segment %zu, %s", s->ordinal, el), str_of(what),
	    S("ask the sender to send this answer again"));
}

static struct x12_answer *
emit(struct reading *r, enum x12_scope scope)
{
	struct x12_answer *one = arena_push(r->a, r->out->v, r->out->n);

	r->now.scope = scope;
	if (one)
		*one = r->now;
	return one;
}

/* ---- TA1 ---- */

static void
ta1(struct reading *r, const struct x12_seg *s)
{
	struct str verdict = x12_elem(s, 4), from = r->now.from, own = r->now.own;

	r->now = (struct x12_answer){ .kind = S("TA1"), .from = from, .own = own, .isa13 = x12_elem(s, 1),
	    .verdict = str_is(verdict, "R") ? S("rejected") : S("accepted"), .code = x12_elem(s, 5),
	    .words = x12_elem(s, 5).n ? words_of(LIST_TA105, x12_elem(s, 5)) : S("no reason given") };
	if (r->now.isa13.n == 0 || verdict.n != 1 || !memchr("AER", *verdict.p, 3))
		fault(r, s, E_MALFORMED, "TA1", "names no interchange, or no verdict A, E or R");
	else
		(void)emit(r, X12_INTERCHANGE);
}

/* ---- 999 ---- */

static struct str
codes_of(struct reading *r, const struct x12_seg *s, unsigned from)
{
	struct buf b;

	buf_init(&b, r->a);
	for (unsigned i = from; i <= s->n && i < from + 5; i++) {
		struct str code = str_trim(s->el[i]);

		if (code.n == 0 || code.n > 3)
			continue;
		if (b.n)
			buf_ch(&b, ' ');
		buf_str(&b, code);
	}
	return b.n ? buf_view(&b) : str_trim(x12_elem(s, 1));
}

static void
ik3(struct reading *r, const struct x12_seg *s)
{
	struct str id = x12_elem(s, 1), at = x12_elem(s, 2);

	if (r->detail.n || id.n > 3 || at.n > 9 || str_has_ctl(id))
		return;
	r->detail = arena_fmt(r->a, "; " STR_FMT " at segment " STR_FMT ": " STR_FMT, STR_ARG(id), STR_ARG(at),
	    STR_ARG(words_of(LIST_IK304, x12_elem(s, 4))));
}

static void
ik4(struct reading *r, const struct x12_seg *s)
{
	struct str el = x12_comp(x12_elem(s, 1), x12_seps(r->r).comp, 1), code = x12_elem(s, 3);

	if (r->detail.n && r->detail.n < 100 && el.n <= 2 && code.n <= 3)
		r->detail = arena_fmt(r->a, STR_FMT " (element " STR_FMT ", code " STR_FMT ")", STR_ARG(r->detail),
		    STR_ARG(el), STR_ARG(code));
}

static void
judge_999(struct reading *r, const struct x12_seg *s, enum x12_scope scope)
{
	struct str verdict = x12_elem(s, 1), code = codes_of(r, s, scope == X12_SET ? 2 : 5), first = code;
	enum list list = scope == X12_SET ? LIST_IK502 : LIST_AK905;

	if (verdict.n != 1 || !memchr("AEMPRWX", *verdict.p, 7)) {
		fault(r, s, E_VALUE, scope == X12_SET ? "IK501" : "AK901", "is no verdict of a 999");
		return;
	}
	r->now.kind = r->now.kind.n ? r->now.kind : S("999");
	r->now.verdict = memchr("AEP", *verdict.p, 3) ? S("accepted") : S("rejected");
	r->now.code = code;
	first = str_cut(&first, ' ');
	if (str_is(verdict, "A"))
		r->now.words = S("accepted");
	else if (str_is(verdict, "E"))
		r->now.words = arena_fmt(r->a, "accepted with errors" STR_FMT, STR_ARG(r->detail));
	else if (str_is(verdict, "P"))
		r->now.words = S("accepted in part: its transaction sets say which");
	else
		r->now.words = str_eq(first, verdict) ? arena_fmt(r->a, "rejected" STR_FMT, STR_ARG(r->detail)) :
		    arena_fmt(r->a, STR_FMT STR_FMT, STR_ARG(words_of(list, first)), STR_ARG(r->detail));
	(void)emit(r, scope);
	r->detail = STR_NONE;
}

static void
seg_999(struct reading *r, const struct x12_seg *s)
{
	if (str_is(s->id, "AK1")) {
		r->now.gs06 = x12_elem(s, 2);
		r->now.st02 = STR_NONE;
	} else if (str_is(s->id, "AK2")) {
		r->now.st02 = x12_elem(s, 2);
		r->detail = STR_NONE;
	} else if (str_is(s->id, "IK3") || str_is(s->id, "AK3")) {
		ik3(r, s);
	} else if (str_is(s->id, "IK4") || str_is(s->id, "AK4")) {
		ik4(r, s);
	} else if (str_is(s->id, "IK5") || str_is(s->id, "AK5")) {
		judge_999(r, s, X12_SET);
		r->now.st02 = STR_NONE;
	} else if (str_is(s->id, "AK9")) {
		judge_999(r, s, X12_GROUP);
	}
}

/* ---- 277CA ---- */

static const struct category *
category_of(struct str category, struct str status)
{
	size_t i = 0;

	while (*categories[i].category && !(str_is(category, categories[i].category) &&
	    (!*categories[i].status || str_is(status, categories[i].status))))
		i++;
	return &categories[i];
}

/* rejected outweighs accepted, which outweighs pending. */
static int
weight(struct str verdict)
{
	return str_is(verdict, "rejected") ? 3 : str_is(verdict, "accepted") ? 2 : str_is(verdict, "pending");
}

/* "562 (NPI), entity 85" */
static struct str
named(struct reading *r, struct str status, struct str entity)
{
	const char *is = x12_status_words(status);

	return arena_fmt(r->a, STR_FMT "%s%s%s%s" STR_FMT, STR_ARG(status), is ? " (" : "", is ? is : "", is ? ")" : "",
	    entity.n ? ", entity " : "", STR_ARG(entity));
}

static void
status_one(struct reading *r, struct str composite, bool refused)
{
	char sep = x12_seps(r->r).comp;
	struct str cat = x12_comp(composite, sep, 1), status = x12_comp(composite, sep, 2),
	    entity = x12_comp(composite, sep, 3);
	const struct category *c = category_of(cat, status);
	struct str verdict = refused ? S("rejected") : str_of(c->verdict);

	if (cat.n == 0 || cat.n > 4 || status.n > 8 || entity.n > 4 || weight(verdict) < weight(r->now.verdict))
		return;
	if (weight(verdict) == weight(r->now.verdict)) {
		struct str also = named(r, status, entity);

		if (str_is(verdict, "rejected") && r->now.words.n + also.n + 7 <= WORDS_MAX)
			r->now.words = arena_fmt(r->a, STR_FMT "; also " STR_FMT, STR_ARG(r->now.words), STR_ARG(also));
		return;
	}
	r->now.verdict = verdict;
	r->now.code = entity.n ?
	    arena_fmt(r->a, STR_FMT ":" STR_FMT ":" STR_FMT, STR_ARG(cat), STR_ARG(status), STR_ARG(entity)) :
	    arena_fmt(r->a, STR_FMT ":" STR_FMT, STR_ARG(cat), STR_ARG(status));
	r->now.words = arena_fmt(r->a, "%s; claim status " STR_FMT, c->words, STR_ARG(named(r, status, entity)));
}

static void
stc(struct reading *r, const struct x12_seg *s)
{
	bool refused = str_is(x12_elem(s, 3), "U");

	status_one(r, x12_elem(s, 1), refused);
	status_one(r, x12_elem(s, 10), refused);
	status_one(r, x12_elem(s, 11), refused);
	if (x12_elem(s, 12).n)
		r->now.text = x12_elem(s, 12);
	r->pending = r->now.verdict.n > 0;
}

static void
flush(struct reading *r)
{
	enum x12_scope scope = r->now.line.n ? X12_LINE : str_is(r->level, "PT") ? X12_CLAIM : X12_BATCH;

	if (r->pending && (scope == X12_BATCH ? str_is(r->level, "21") && r->now.batch.n : r->now.pcn.n))
		(void)emit(r, scope);
	r->pending = false;
	r->now.verdict = r->now.code = r->now.words = r->now.text = r->now.line = STR_NONE;
}

static void
hl_277(struct reading *r, const struct x12_seg *s)
{
	flush(r);
	r->level = x12_elem(s, 3);
	r->now.pcn = r->now.payer_control = STR_NONE;
	if (str_is(r->level, "21"))
		r->now.batch = STR_NONE;
}

static void
seg_277(struct reading *r, const struct x12_seg *s)
{
	bool claim = str_is(r->level, "PT");

	if (str_is(s->id, "HL")) {
		hl_277(r, s);
	} else if (str_is(s->id, "TRN") && claim) {
		flush(r);
		r->now.pcn = x12_elem(s, 2);
		r->now.payer_control = STR_NONE;
	} else if (str_is(s->id, "TRN") && str_is(r->level, "21")) {
		flush(r);
		r->now.batch = x12_elem(s, 2);
	} else if (str_is(s->id, "STC")) {
		stc(r, s);
	} else if (str_is(s->id, "REF") && claim && str_is(x12_elem(s, 1), "1K")) {
		r->now.payer_control = x12_elem(s, 2);
	} else if (str_is(s->id, "REF") && claim && str_is(x12_elem(s, 1), "FJ")) {
		r->now.line = x12_elem(s, 2);
	} else if (str_is(s->id, "SVC") && claim) {
		flush(r);
		r->now.line = S("?");
	}
}

/* ---- sets ---- */

static void
st(struct reading *r, const struct x12_seg *s)
{
	struct str set = x12_elem(s, 1), guide = x12_elem(s, 3), from = r->now.from, own = r->now.own;
	const char *what, *unused;

	r->now = (struct x12_answer){ .from = from, .own = own };
	r->pending = false;
	r->st02 = x12_elem(s, 2);
	r->level = r->detail = STR_NONE;
	r->found = 1;
	r->set_from = r->out->n;
	r->in_set = true;
	r->kind = str_is(set, "999") || str_is(set, "997") ? '9' :
	    str_is(set, "277") && str_starts(guide, S("005010X214")) ? '7' : 0;
	if (r->kind == '9')
		r->now.kind = str_is(set, "997") ? S("997") : S("999");
	else if (r->kind == '7')
		r->now.kind = S("277CA");
	if (r->kind)
		return;
	x12_named(set, &what, &unused);
	(void)fault_add(&r->out->faults, E_UNSUPPORTED, arena_fmt(r->a, "segment %zu, ST", s->ordinal),
	    arena_fmt(r->a, "%s is not an answer this program reads", what), S("answers are TA1, 999 and 277CA (005010X214)"));
}

static void
st_end(struct reading *r, const struct x12_seg *s)
{
	int64_t declared;

	flush(r);
	r->in_set = false;
	if (r->kind && (!str_to_int(x12_elem(s, 1), &declared) || declared != r->found ||
	    !str_eq(x12_elem(s, 2), r->st02))) {
		fault(r, s, E_VALUE, "SE", "does not match the set it ends (count or control number); its answers are not taken");
		r->out->n = r->set_from;
	}
}

static void
cut_short(struct reading *r)
{
	if (r->in_set && r->kind) {
		(void)fault_add(&r->out->faults, E_INCOMPLETE, S("SE"), S("a set of answers has no SE; its answers are not taken"),
		    S("ask the sender to send this answer again"));
		r->out->n = r->set_from;
	}
	r->in_set = false;
}

static void
step(struct reading *r, const struct x12_seg *s)
{
	r->found++;
	if (str_is(s->id, "ISA")) {
		cut_short(r);
		r->now = (struct x12_answer){ .from = str_trim(x12_elem(s, 6)), .own = str_trim(x12_elem(s, 13)) };
	} else if (str_is(s->id, "ST")) {
		cut_short(r);
		st(r, s);
	} else if (str_is(s->id, "SE") && r->in_set) {
		st_end(r, s);
	} else if (str_is(s->id, "TA1") && !r->in_set) {
		ta1(r, s);
	} else if (str_is(s->id, "GE") || str_is(s->id, "IEA")) {
		cut_short(r);
	} else if (r->in_set && s->ctl) {
		fault(r, s, E_MALFORMED, "answer", "holds control characters; skipped");
	} else if (r->in_set && r->kind == '9') {
		seg_999(r, s);
	} else if (r->in_set && r->kind == '7') {
		seg_277(r, s);
	}
}

int
x12_read_answers(struct arena *a, struct str bytes, struct x12_answers *out)
{
	struct reading r = { .a = a, .out = out };
	struct x12_seg *s = arena_alloc(a, sizeof *s);
	int rc;

	*out = (struct x12_answers){ .faults.a = a };
	if (!s)
		return E_NOMEM;
	rc = x12_open(a, bytes, &out->faults, &r.r);
	if (rc < 0)
		return rc;
	while ((rc = x12_next(r.r, s)) > 0 && !a->spent)
		step(&r, s);
	cut_short(&r);
	if (a->spent)
		return E_NOMEM;
	return rc < 0 && out->n == 0 ? rc : (int)out->n;
}
