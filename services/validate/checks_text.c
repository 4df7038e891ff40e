/* checks_text.c - single texts: there, listed, shaped, not too long, unique, writable as X12, in the code book. */
#include "validate/judge.h"

#define EACH_TEXT(j, t) \
	for (struct cursor at_ = { 0, 0 }; subject_text((j), &at_, &(t));)

void
text_present(struct judge *j)
{
	struct text t;

	EACH_TEXT(j, t)
		if (str_trim(t.s).n == 0)
			judge_raise_text(j, &t);
}

void
text_listed(struct judge *j)
{
	struct text t;

	EACH_TEXT(j, t)
		if (t.s.n && !shape_listed(t.s, str_of(j->row->list)))
			judge_raise_text(j, &t);
}

void
text_shaped(struct judge *j)
{
	struct text t;

	EACH_TEXT(j, t)
		if (t.s.n && !shape_is(t.s, j->row->list))
			judge_raise_text(j, &t);
}

void
text_at_most(struct judge *j)
{
	struct text t;

	EACH_TEXT(j, t)
		if (t.s.n > (size_t)j->row->arg)
			judge_raise_text(j, &t);
}

static bool
seen_before(struct judge *j, const struct text *t)
{
	struct text other;

	EACH_TEXT(j, other) {
		if (other.i >= t->i)
			return false;
		if (str_eq(other.s, t->s))
			return true;
	}
	return false;
}

void
text_unique(struct judge *j)
{
	struct text t;

	EACH_TEXT(j, t)
		if (t.s.n && seen_before(j, &t))
			judge_raise_text(j, &t);
}

/* ---- bytes: every text of the ingest part that a claim may carry ---- */

/* Control characters, * : ^ ~ and all beyond ASCII: a bit for each byte that a clean text has not. */
static bool
is_clean(struct str s)
{
	static const uint64_t bits[] = { UINT64_C(0x04000400ffffffff), UINT64_C(0xc000000040000000), ~UINT64_C(0),
	    ~UINT64_C(0) };
	uint64_t seen = 0;

	for (size_t i = 0; i < s.n; i++)
		seen |= bits[(unsigned char)s.p[i] >> 6] >> ((unsigned char)s.p[i] & 63);
	return !(seen & 1);
}

/* A bit for each of BYTES_*. */
static unsigned
bytes_of(struct str s)
{
	unsigned seen = 0;

	if (is_clean(s))
		return 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		seen |= (unsigned)(c < 0x20 || c == 0x7f) << BYTES_CONTROL;
		seen |= (unsigned)(c == '*' || c == ':' || c == '^' || c == '~') << BYTES_DELIMITER;
		seen |= (unsigned)(c >= 0x80) << BYTES_BEYOND_ASCII;
	}
	return seen;
}

/* What never goes on a claim, and what is kept as it came: segments and composites hold delimiters by design. */
static bool
is_off_claim(const struct rec_object *o, const struct rec_field *f)
{
	static const size_t own[] = {
		offsetof(struct encounter, tenant), offsetof(struct encounter, source), offsetof(struct encounter, sender),
		offsetof(struct encounter, control), offsetof(struct encounter, account), offsetof(struct encounter, linked),
	};

	if (f->of == &rec_document || f->of == &rec_extra ||
	    (o == &rec_adjudication && f->at == offsetof(struct adjudication, code)))
		return true;
	for (size_t i = 0; o == &rec_encounter && i < sizeof own / sizeof *own; i++)
		if (f->at == own[i])
			return true;
	return false;
}

/* Where the walk stands. Places are written only for what is reported, so a clean record costs no memory. */
struct path {
	const struct path	*up;
	const char		*name;
	size_t			 i;		/* 1-based, 0 = not a list */
};

static struct str
path_text(struct arena *a, const struct path *p)
{
	struct str up = p->up ? path_text(a, p->up) : STR_NONE;
	const char *sep = up.n ? "/" : "";

	if (p->i)
		return arena_fmt(a, STR_FMT "%s%s %zu", STR_ARG(up), sep, p->name, p->i);
	return arena_fmt(a, STR_FMT "%s%s", STR_ARG(up), sep, p->name);
}

static void
bytes_text(struct judge *j, struct str s, const struct path *p)
{
	unsigned seen = bytes_of(s);

	j->bytes |= seen;
	if (j->bytes_known && (seen >> j->row->arg & 1))
		judge_raise(j, path_text(j->a, p), STR_NONE);
}

static void bytes_object(struct judge *, const struct rec_object *, const void *obj, const struct path *up);

static void
bytes_list(struct judge *j, const struct rec_field *f, const void *obj, const struct path *up)
{
	const char *v = *(const char *const *)(const void *)((const char *)obj + f->at);
	size_t n = *(const size_t *)(const void *)((const char *)obj + f->at_n);

	for (size_t i = 0; i < n; i++) {
		struct path here = { up, f->name, i + 1 };

		if (f->kind == K_STRS)
			bytes_text(j, ((const struct str *)(const void *)v)[i], &here);
		else
			bytes_object(j, f->of, v + i * f->of->size, &here);
	}
}

/* Nesting is that of encounter.def, not of the input: at most four objects deep. */
static void
bytes_object(struct judge *j, const struct rec_object *o, const void *obj, const struct path *up)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct rec_field *f = &o->fields[i];
		const char *at = (const char *)obj + f->at;
		struct path here = { up, f->name, 0 };

		if (o == &rec_encounter && f->kind == K_PART && f->max == PART_SUGGEST)
			return;
		if (is_off_claim(o, f))
			continue;
		if (f->kind == K_TEXT)
			bytes_text(j, *(const struct str *)(const void *)at, &here);
		else if (f->kind == K_ONE)
			bytes_object(j, f->of, at, &here);
		else if (f->kind == K_STRS || f->kind == K_MANY)
			bytes_list(j, f, obj, up);
	}
}

/* Most encounters have none of them: one walk says so for all rows, and places are looked for only when there are. */
void
text_bytes(struct judge *j)
{
	if (!j->bytes_known)
		bytes_object(j, &rec_encounter, j->e, NULL);
	j->bytes_known = true;
	if (j->bytes >> j->row->arg & 1)
		bytes_object(j, &rec_encounter, j->e, NULL);
}

/* ---- small code sets ---- */

/* arg is the set. A selection is not judged by: what it lacks may still be a code. */
void
text_coded(struct judge *j)
{
	enum code_set set = (enum code_set)j->row->arg;
	struct text t;

	if (!j->book || !codebook_knows(j->book, set) || !codebook_is_whole(j->book, set))
		return;
	EACH_TEXT(j, t)
		if (t.s.n && codebook_find(j->book, set, t.s, j->to) == ROW_NONE)
			judge_raise_text(j, &t);
}

/* ---- the claim as a whole ---- */

void
coverage_present(struct judge *j)
{
	if (j->e->n_coverages == 0)
		judge_raise(j, S("2000B SBR"), STR_NONE);
}

/* A replacement (7) or void (8) names the claim it is about: REF*F8, the payer's control number. */
void
frequency_reference(struct judge *j)
{
	if (!str_is(j->e->frequency, "7") && !str_is(j->e->frequency, "8"))
		return;
	for (size_t i = 0; i < j->e->n_refs; i++)
		if (str_is(j->e->refs[i].qual, "F8") && str_trim(j->e->refs[i].value).n)
			return;
	judge_raise(j, S("2300 REF*F8"), STR_NONE);
}
