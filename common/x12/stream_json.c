/*
 * stream_json.c - the envelopes of a file on its way to JSON: which reader takes each set, and what its lines are. Never
 * keeps more than a claim, a generic line or one set of answers.
 */
#include "x12/claims.h"
#include "x12/stream_json_parts.h"
#include "x12/trailers.h"
#include "x12/wire.h"

#define FIRST_ROOM	400		/* an ISA or a GS */

enum takes { NOBODY, BY_CLAIMS, BY_ANSWERS, BY_PAYMENTS, BY_GENERIC };

struct run {
	struct json_generic	 g;
	const struct x12_json_spec *spec;
	struct faults		*f;
	struct x12_claims	*claims;
	struct json_pay		 pay;
	struct x12_trailers	 ends;
	struct x12_claims_set	 set;
	struct str		 isa, gs;		/* as they came, without terminator */
	char			 first[2][FIRST_ROOM];
	struct arena		 line, answers;
	struct buf		 text;			/* one set of answers, in the arena of that name */
	enum takes		 now;
	bool			 told_isa, told_gs;
	int64_t			 n;
	int			 rc;
};

void
x12_json_put(struct buf *b, const char *key, struct str v)
{
	if (!v.n)
		return;
	buf_fmt(b, ",\"%s\":", key);
	x12_json_str(b, v);
}

void
x12_json_str(struct buf *b, struct str s)
{
	buf_ch(b, '"');
	while (s.n) {
		size_t n = str_plain_run(s);
		unsigned char c;

		buf_put(b, s.p, n);
		s = (struct str){ s.p + n, s.n - n };
		if (!s.n)
			break;
		c = (unsigned char)*s.p;
		n = c >= 0x80 ? str_utf8_at((const unsigned char *)s.p, s.n) : 0;
		if (c == '"' || c == '\\')
			buf_fmt(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_fmt(b, "\\u%04x", c);
		else if (n)
			buf_put(b, s.p, n);
		else
			buf_utf8(b, c);
		n = n ? n : 1;
		s = (struct str){ s.p + n, s.n - n };
	}
	buf_ch(b, '"');
}

/* Elements joined again, as far as the room goes. */
static struct str
joined(char *p, size_t room, const struct x12_seg *s, char sep)
{
	size_t n = 0;

	for (unsigned i = 0; i <= s->n; i++) {
		struct str v = s->el[i];

		if (n + v.n + 1 > room)
			break;
		if (i)
			p[n++] = sep;
		if (v.n)
			memcpy(p + n, v.p, v.n);
		n += v.n;
	}
	return (struct str){ p, n };
}

void
json_from(struct buf *b, const struct json_from *f, size_t ordinal)
{
	buf_cstr(b, "\"from\":{\"isa13\":");
	x12_json_str(b, f->isa13);
	x12_json_put(b, "gs06", f->gs06);
	x12_json_put(b, "st02", f->st02);
	x12_json_put(b, "sender", f->sender);
	buf_fmt(b, ",\"segment\":%zu}", ordinal);
}

static int
line_out(struct run *w, struct buf *b)
{
	int rc = w->line.spent ? E_NOMEM : w->spec->line(w->spec->self, buf_view(b));

	w->n++;
	arena_reset(&w->line);
	return rc;
}

static int
pay_line(void *self, struct str text)
{
	struct run *w = self;

	w->n++;
	return w->spec->line(w->spec->self, text);
}

/* ---- claims ---- */

static int
claim(void *self, const struct x12_claim *c, size_t ordinal)
{
	struct run *w = self;
	struct json_from from = { c->isa13, c->gs06, c->st02, c->sender };
	struct str text;
	struct buf b;
	int rc = rec_to_json(&w->line, c->e, false, &text);

	if (rc < 0)
		return rc;
	buf_init(&b, &w->line);
	buf_ch(&b, '{');
	json_from(&b, &from, ordinal);
	buf_cstr(&b, ",\"encounter\":");
	buf_str(&b, str_trim(text));
	buf_ch(&b, '}');
	return line_out(w, &b);
}

/* ---- answers: one set at a time, dressed as an interchange of its own ---- */

static void
answer_json(struct run *w, const struct x12_answer *v, size_t ordinal, struct buf *b)
{
	static const char *const scopes[] = { "interchange", "group", "set", "batch", "claim", "line" };
	struct json_from from = { v->own, w->set.gs06, w->set.st02, v->from };

	buf_ch(b, '{');
	json_from(b, &from, ordinal);
	buf_fmt(b, ",\"answer\":{\"scope\":\"%s\"", scopes[v->scope]);
	x12_json_put(b, "kind", v->kind);
	x12_json_put(b, "isa13", v->isa13);
	x12_json_put(b, "gs06", v->gs06);
	x12_json_put(b, "st02", v->st02);
	x12_json_put(b, "batch", v->batch);
	x12_json_put(b, "pcn", v->pcn);
	x12_json_put(b, "payer_control", v->payer_control);
	x12_json_put(b, "line", v->line);
	x12_json_put(b, "verdict", v->verdict);
	x12_json_put(b, "code", v->code);
	x12_json_put(b, "words", v->words);
	x12_json_put(b, "text", v->text);
	buf_cstr(b, "}}");
}

static int
answers_end(struct run *w, size_t ordinal, bool in_group)
{
	struct x12_answers got;
	char e = w->set.seps.elem;
	struct buf b;
	int rc;

	if (in_group)
		buf_fmt(&w->text, "GE%c1%c" STR_FMT "%c", e, e, STR_ARG(w->set.gs06), w->set.seps.term);
	buf_fmt(&w->text, "IEA%c%d%c" STR_FMT "%c", e, in_group, e, STR_ARG(w->set.isa13), w->set.seps.term);
	rc = w->answers.spent ? E_LIMIT : x12_read_answers(&w->answers, buf_view(&w->text), &got);
	if (rc == E_LIMIT || rc == E_NOMEM)
		return fault_add(w->f, E_LIMIT, arena_fmt(w->f->a, "segment %zu, SE", ordinal),
		    S("a set of answers too large to be read at once"),
		    S("ask the sender for smaller sets, or use --generic"));
	for (size_t i = 0; i < got.faults.n; i++)
		(void)fault_add(w->f, got.faults.v[i].rc, arena_fmt(w->f->a, "set that ends at segment %zu, " STR_FMT, ordinal,
		    STR_ARG(got.faults.v[i].place)), got.faults.v[i].words, got.faults.v[i].fix);
	for (rc = 0; rc >= 0 && got.n; got.n--, got.v++) {
		buf_init(&b, &w->line);
		answer_json(w, got.v, ordinal, &b);
		rc = line_out(w, &b);
	}
	return rc;
}

static void
answers_text(struct run *w, const struct x12_seg *s)
{
	for (unsigned i = 0; i <= s->n; i++) {
		if (i)
			buf_ch(&w->text, w->set.seps.elem);
		buf_str(&w->text, s->el[i]);
	}
	buf_ch(&w->text, w->set.seps.term);
}

static void
answers_begin(struct run *w, bool in_group)
{
	arena_reset(&w->answers);
	buf_init(&w->text, &w->answers);
	buf_str(&w->text, w->isa);
	buf_ch(&w->text, w->set.seps.term);
	if (in_group) {
		buf_str(&w->text, w->gs);
		buf_ch(&w->text, w->set.seps.term);
	}
}

/* ---- sets ---- */

static int
set_end(struct run *w, size_t ordinal, bool se)
{
	enum takes was = w->now;
	int rc = 0;

	w->now = NOBODY;
	if (was == BY_CLAIMS)
		(void)x12_claims_end(w->claims, &rc);
	else if (was == BY_ANSWERS && se)
		rc = answers_end(w, ordinal, true);
	else if (was == BY_PAYMENTS)
		rc = json_pay_end(&w->pay);
	else if (was == BY_GENERIC)
		rc = json_generic_end(&w->g);
	if (was != NOBODY && !se && rc >= 0)
		(void)fault_add(w->f, E_INCOMPLETE, arena_fmt(w->f->a, "segment %zu", ordinal), S("a transaction set has no SE"),
		    S("send the whole file again"));
	return rc;
}

static bool
is_answer(const struct x12_claims_set *t)
{
	return str_is(t->type, "999") || str_is(t->type, "997") ||
	    (str_is(t->type, "277") && str_starts(t->version, S("005010X214")));
}

static int
generic_begin(struct run *w, const struct x12_seg *s)
{
	int rc = 0;

	if (!w->told_isa)
		rc = json_generic_head(&w->g, "interchange", w->isa);
	if (!w->told_gs && rc >= 0)
		rc = json_generic_head(&w->g, "group", w->gs);
	w->told_isa = w->told_gs = true;
	w->g.from = (struct json_from){ w->set.isa13, w->set.gs06, w->set.st02, w->set.isa06 };
	return rc < 0 ? rc : json_generic_set(&w->g, s, w->set.gs08);
}

static int
set_begin(struct run *w, const struct x12_seg *s)
{
	int rc = set_end(w, s->ordinal, false);

	if (rc < 0)
		return rc;
	x12_claims_envelope(&w->set, s, x12_seps(w->g.q.c.r));
	if (!w->spec->generic && is_answer(&w->set)) {
		w->now = BY_ANSWERS;
		answers_begin(w, true);
		answers_text(w, s);
		return 0;
	}
	if (!w->spec->generic && str_is(w->set.type, "835")) {
		w->now = BY_PAYMENTS;
		json_pay_begin(&w->pay, &(struct json_from){ w->set.isa13, w->set.gs06, w->set.st02, w->set.isa06 }, w->set.usage,
		    w->set.seps);
		return 0;
	}
	w->now = !w->spec->generic && x12_claims_begin(w->claims, &w->set) ? BY_CLAIMS : BY_GENERIC;
	return w->now == BY_GENERIC ? generic_begin(w, s) : 0;
}

static int
ta1(struct run *w, const struct x12_seg *s)
{
	char text[FIRST_ROOM];
	int rc = 0;

	if (w->spec->generic) {
		if (!w->told_isa)
			rc = json_generic_head(&w->g, "interchange", w->isa);
		w->told_isa = true;
		return rc < 0 ? rc : json_generic_head(&w->g, "ta1", joined(text, FIRST_ROOM, s, w->set.seps.elem));
	}
	answers_begin(w, false);
	answers_text(w, s);
	return answers_end(w, s->ordinal, false);
}

static int
isa(struct run *w, const struct x12_seg *s)
{
	int rc = set_end(w, s->ordinal, false);

	x12_claims_envelope(&w->set, s, x12_seps(w->g.q.c.r));
	w->isa = joined(w->first[0], FIRST_ROOM, s, w->set.seps.elem);
	w->told_isa = w->told_gs = false;
	x12_quiet_isa(&w->g.q);
	return rc;
}

static int
gs(struct run *w, const struct x12_seg *s)
{
	int rc = set_end(w, s->ordinal, false);

	x12_claims_envelope(&w->set, s, x12_seps(w->g.q.c.r));
	w->gs = joined(w->first[1], FIRST_ROOM, s, w->set.seps.elem);
	w->told_gs = false;
	return rc;
}

static int
step(struct run *w, const struct x12_seg *s)
{
	bool envelope = s->id.n == 2 || s->id.n == 3;

	if (envelope && str_is(s->id, "ISA"))
		return isa(w, s);
	if (envelope && str_is(s->id, "GS"))
		return gs(w, s);
	if (envelope && str_is(s->id, "ST"))
		return set_begin(w, s);
	if (envelope && str_is(s->id, "SE")) {
		if (w->now == BY_ANSWERS)
			answers_text(w, s);
		return set_end(w, s->ordinal, true);
	}
	if (envelope && (str_is(s->id, "GE") || str_is(s->id, "IEA")))
		return set_end(w, s->ordinal, false);
	if (w->now == NOBODY)
		return str_is(s->id, "TA1") && w->isa.n ? ta1(w, s) : 0;
	if (w->now == BY_CLAIMS)
		return x12_claims_seg(w->claims, s);
	if (w->now == BY_PAYMENTS)
		return json_pay_seg(&w->pay, s);
	if (w->now == BY_GENERIC)
		return json_generic_seg(&w->g, s);
	answers_text(w, s);
	return 0;
}

int64_t
x12_json_run(struct arena *a, struct x12_reader *r, struct faults *f, const struct x12_json_spec *spec)
{
	struct run *w = arena_alloc(a, sizeof *w);
	struct x12_seg s;
	size_t last = 0;
	int rc = 1, end;

	if (!w)
		return E_NOMEM;
	w->spec = spec;
	w->f = w->ends.f = f;
	w->claims = x12_claims_open(a, f, claim, w);
	if (!w->claims || json_generic_open(&w->g, a, r, spec) < 0)
		return E_NOMEM;
	arena_init(&w->line, 0);
	arena_init(&w->answers, (size_t)LIMIT_INPUT * 8);
	json_pay_open(&w->pay, f, pay_line, w);
	while (rc > 0 && (rc = x12_next(r, &s)) > 0) {
		last = s.ordinal;
		x12_trailers_seg(&w->ends, &s);
		end = step(w, &s);
		rc = end < 0 ? end : rc;
	}
	end = rc < 0 ? rc : set_end(w, last, false);
	if (end >= 0)
		x12_trailers_end(&w->ends, last);
	x12_claims_close(w->claims);
	arena_free(&w->line);
	arena_free(&w->answers);
	json_generic_close(&w->g);
	json_pay_close(&w->pay);
	return end < 0 ? end : w->n + w->g.n_lines;
}
