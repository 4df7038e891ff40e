/*
 * test_x12_defects.c - every kind of defect of schemas/x12_defects.def, planted in a batch of invented claims, is found
 * at its place with its code, and nothing else is. What is told elsewhere or otherwise stands in a table, with why. The
 * answers to each such batch are what we would take.
 */
#include "support/answered.h"
#include "support/found.h"
#include "test_x12_book.h"
#include "x12/rules.h"
#include "x12gen/x12gen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLAIMS		60
#define ROOM		(4u << 20)
#define KEPT		4
#define HOLE		8		/* a missing segment is noticed within so many segments after the hole */
#define REACH		24		/* one that a situation asks for is told where it does, so near the hole */

/*
 * What is told in another way than the defect's row says. told: HERE, at its place; ELSEWHERE in the claim; OTHERWISE, as
 * something else, at its segment; NEVER. code: another one than the row has. with: findings that follow from it, all of
 * which must come. A row that is no longer so is an error too.
 */
enum told { HERE, ELSEWHERE, OTHERWISE, NEVER };
struct except { const char *id; char type; enum told told; const char *code, *with, *why; };
static const struct except exceptions[] = {
	{ "line_below_zero", 'P', HERE, NULL, "CHARGE_LINES", "the line's charge lacks in the sum" },
	{ "charge_digits", 'P', HERE, NULL, "CHARGE_LINES", "the line's charge is not in the claim's" },
	{ "miss_hi", 'P', HERE, NULL, "POINTER", "the lines point to a diagnosis that is not there" },
	{ "miss_sv1", 'P', HERE, NULL, "CHARGE_LINES", "the line's charge lacks in the sum" },
	{ "no_line_charge", 'P', HERE, NULL, "CHARGE_LINES", "the line's charge lacks in the sum" },
	{ "no_line_charge_i", 'I', HERE, NULL, "CHARGE_LINES", "the line's charge lacks in the sum" },
	{ "over_principal", 'I', HERE, NULL, "DX_TWICE", "the segment is there twice, so its diagnosis is" },
	{ "char_lx", 'B', HERE, NULL, "LINE_NUMBER", "what is no number is not the next one" },
	{ "date_statement", 'I', HERE, NULL, "ADMISSION_AFTER", "the end of the statement cannot be read" },
	{ "pair_pwk", 'B', HERE, NULL, "ATTACHMENT_CONTROL", "the same element, as the guide asks for it" },
	{ "conditional_n4", 'B', HERE, NULL, "ADDRESS_STATE_MISSING", "without a country it is an address at home" },
	{ "born_later", 'B', HERE, "IK403 I12", NULL, "a sound date that does not fit the others" },
	{ "died_before", 'P', ELSEWHERE, "IK403 I12", NULL, "told at the service" },
	{ "service_later", 'P', HERE, "IK403 I12", NULL, "a sound date that does not fit the others" },
	{ "line_number_twice", 'B', HERE, "IK403 I12", NULL, "a sound value that does not fit the others" },
	{ "anesthesia_units", 'P', HERE, "IK403 I12", NULL, "a sound value that does not fit the others" },
	{ "other_payer_unknown", 'B', HERE, "IK403 I12", "COB_DATE", "the payer that is named has no line, so no date" },
	{ "ambulance_no_pickup", 'P', HERE, "IK304 I7", NULL, "it is a loop that is missing" },
	{ "ambulance_no_dropoff", 'P', HERE, "IK304 I7", NULL, "it is a loop that is missing" },
	{ "stay_no_poa", 'I', NEVER, NULL, NULL, "not of every hospital or payer: no rule" },
	{ "surgery_no_surgeon", 'I', NEVER, NULL, NULL, "payers differ in what is surgery: no rule" },
	{ "no_attending", 'I', NEVER, NULL, NULL, "not of every type of bill: no rule" },
	{ "visit_no_reason", 'I', NEVER, NULL, NULL, "of unscheduled visits only: no rule" },
	{ "frequency_unknown", 'B', NEVER, NULL, NULL, "4 is a code of the list; which codes a payer takes is the payer's rule" },
	{ "drg_unknown", 'I', NEVER, NULL, NULL, "the book of this test has no DRGs" },
	{ "chiropractic_no_start", 'P', NEVER, NULL, NULL, "asked of Medicare only" },
	{ "chiropractic_no_cr2", 'P', NEVER, NULL, NULL, "asked of Medicare only: no rule" },
	{ "equipment_no_cr3", 'P', NEVER, NULL, NULL, "of some certificates only: no rule" },
	{ "equipment_no_orderer", 'P', NEVER, NULL, NULL, "asked of Medicare only: no rule" },
	{ "laboratory_no_clia", 'P', NEVER, NULL, NULL, "asked of Medicare only" },
};

struct got { struct x12_finding f; char id[4], text[160]; };	/* its texts end with the call; codes are constants */
struct seen { struct got v[KEPT]; size_t n; };	/* notes too: sound claims have none */
struct batch {
	char		*p;
	size_t		 n;
	struct x12gen_planted at;
	char		 seg_id[8];
	size_t		 planted;
};
struct tally { size_t found, otherwise, never, failed, answers, rejected; };

static int
keep_bytes(void *ctx, const char *bytes, size_t n)
{
	struct batch *b = ctx;

	if (b->n + n > ROOM)
		return E_LIMIT;
	memcpy(b->p + b->n, bytes, n);
	b->n += n;
	return 0;
}

static int
keep_planted(void *ctx, const struct x12gen_planted *p)
{
	struct batch *b = ctx;

	b->at = *p;
	(void)snprintf(b->seg_id, sizeof b->seg_id, STR_FMT, STR_ARG(p->seg_id));
	b->planted++;
	return 0;
}

static const char *
or_none(const char *code)
{
	return code ? code : "-";
}

static int
keep_found(void *ctx, const struct x12_finding *f)
{
	struct seen *s = ctx;
	struct got *g = s->n < KEPT ? &s->v[s->n] : NULL;

	s->n++;
	if (!g)
		return 0;
	g->f = *f;
	(void)snprintf(g->id, sizeof g->id, STR_FMT, STR_ARG(f->segment));
	(void)snprintf(g->text, sizeof g->text, "%s " STR_FMT " at %zu " STR_FMT "%02u-%u IK304 %s IK403 %s IK502 %s AK905 %s "
	    "TA105 %s STC %s", f->id, STR_ARG(f->loop), f->at, STR_ARG(f->segment), f->element, f->component, or_none(f->ik304),
	    or_none(f->ik403), or_none(f->ik502), or_none(f->ak905), or_none(f->ta105), or_none(f->stc));
	return 0;
}

/* One of up to three statuses; other codes are one. */
static bool
holds_code(const char *value, const char *code)
{
	struct str rest = str_of(value);

	while (rest.n)
		if (str_is(str_cut(&rest, '+'), code))
			return true;
	return false;
}

/* "IK403 7": which code of the finding, and its value. */
static bool
has_code(const struct x12_finding *f, const char *code)
{
	const struct { const char *name, *value; } codes[] = { { "IK304 ", f->ik304 }, { "IK403 ", f->ik403 },
	    { "IK502 ", f->ik502 }, { "AK905 ", f->ak905 }, { "TA105 ", f->ta105 }, { "STC ", f->stc } };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		size_t n = strlen(codes[i].name);

		if (strncmp(code, codes[i].name, n) == 0)
			return codes[i].value && holds_code(codes[i].value, code + n);
	}
	return false;
}

/* At the place that was planted; codes of a whole claim, set, group or interchange have none that counts. */
static bool
is_there(const struct got *g, const struct batch *b, const char *code)
{
	bool element = strncmp(code, "IK403", 5) == 0;

	if (!element && strncmp(code, "IK304", 5) != 0)
		return true;
	if (strcmp(g->id, b->seg_id) != 0)
		return false;
	if (strcmp(code, "IK304 3") == 0)
		return g->f.at > b->at.seg && g->f.at <= b->at.seg + HOLE;
	if (strcmp(code, "IK304 I6") == 0 || strcmp(code, "IK304 I7") == 0)
		return g->f.at + REACH >= b->at.seg && g->f.at <= b->at.seg + REACH;
	return g->f.at == b->at.seg && (!element || (g->f.element == b->at.element && g->f.component == b->at.component));
}

static void
look(const struct batch *b, const struct x12_check_spec *with, struct seen *seen)
{
	struct x12_check_spec spec = *with;
	struct x12_totals totals;
	struct arena a;
	struct faults faults = { .a = &a };
	struct x12_reader *r;

	arena_init(&a, 0);
	memset(seen, 0, sizeof *seen);
	spec.watch = (struct x12_watch){ .self = seen, .found = keep_found };
	cr_assert(x12_open(&a, (struct str){ b->p, b->n }, &faults, &r) == 0);
	(void)x12_check_run(&a, r, &spec, &totals);
	arena_free(&a);
}

static const struct except *
except_of(const char *id, char type)
{
	static const struct except as_planted = { .told = HERE };

	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		if (strcmp(exceptions[i].id, id) == 0 && (exceptions[i].type == type || exceptions[i].type == 'B'))
			return &exceptions[i];
	return &as_planted;
}

/* Exactly the finding and what is said to follow from it. */
static bool
holds(const struct seen *s, const struct batch *b, const struct x12gen_defect *d, const struct except *e)
{
	const char *code = e->code ? e->code : d->code;
	size_t here = 0, away = 0, with = 0, segment = 0;

	for (size_t i = 0; i < s->n && i < KEPT; i++) {
		const struct got *g = &s->v[i];

		if (e->with && strcmp(e->with, g->f.id) == 0)
			with++;
		else if (has_code(&g->f, code))
			*(is_there(g, b, code) ? &here : &away) += 1;
		segment += strcmp(g->id, b->seg_id) == 0 && g->f.at == b->at.seg;
	}
	if (e->with && !with)
		return false;
	return e->told == HERE ? here == 1 && s->n == 1 + with : e->told == ELSEWHERE ? away == 1 && s->n == 1 + with :
	    e->told == OTHERWISE ? !here && segment > 0 : s->n == 0;
}

static void
tell(const struct x12gen_defect *d, char type, const struct batch *b, const struct seen *s)
{
	cr_expect(false, "%s (%c): %s at %u %s%02u-%u, %zu told", d->id, type, d->code, b->at.seg, b->seg_id, b->at.element,
	    b->at.component, s->n);
	for (size_t i = 0; i < s->n && i < KEPT; i++)
		(void)fprintf(stderr, "    %s\n", s->v[i].text);
}

/* ---- the answers ---- */

/* An error of SNIP 3 to 7 rejects the claims it is of, when their set is not. */
static bool
rejects_claims(const struct seen *s)
{
	bool claims = false;

	for (size_t i = 0; i < s->n && i < KEPT; i++) {
		if (s->v[i].f.severity == X12_ERROR && s->v[i].f.snip <= X12_GUIDE)
			return false;
		claims = claims || s->v[i].f.severity == X12_ERROR;
	}
	return claims;
}

static size_t
lines_with(struct str text, const char *begin, const char *holds)
{
	size_t n = 0;

	while (text.n) {
		struct str line = str_cut(&text, '\n');

		n += str_starts(line, str_of(begin)) && memmem(line.p, line.n, holds, strlen(holds)) != NULL;
	}
	return n;
}

/* The first status of each error that rejects a claim stands first in an STC. */
static bool
says_all(struct str ca, const struct seen *s)
{
	for (size_t i = 0; i < s->n && i < KEPT; i++) {
		const struct x12_finding *f = &s->v[i].f;
		struct str rest = str_of(f->stc), stc = str_cut(&rest, '+');
		char begin[40];

		if (f->severity != X12_ERROR)
			continue;
		(void)snprintf(begin, sizeof begin, "STC*" STR_FMT "*", STR_ARG(stc));
		if (!lines_with(ca, begin, "*U*"))
			return false;
	}
	return true;
}

/* The 277CA names the provider as the claims did: a wrong NPI stands there again. */
static bool
is_echo(const struct found *f, const char *id)
{
	return strncmp(id, "npi_", 4) == 0 && f->n == 1 && strcmp(f->v[0].id, "NPI_OTHER") == 0;
}

/* Nothing is wrong with TA1, 999 and 277CA at any SNIP; a claim is rejected there when one is. */
static void
answer(const struct x12_check_spec *spec, const struct batch *b, const char *id, const struct seen *seen, struct tally *t)
{
	struct answer_how how = { .guides = spec->guides, .rules = spec->rules };
	struct answered v = { .rc = 0 };
	struct found f;
	size_t rejected;

	answered_run(&v, &how, (struct str){ b->p, b->n });
	for (enum x12_ack_kind k = X12_ACK_TA1; k < X12_ACK_KINDS; k++) {
		struct found_one none = { .id = "" }, *one = &none;

		if (!v.out[k].n)
			continue;
		t->answers++;
		cr_expect(found_in(&v.a, spec->guides, spec->rules, v.out[k], 0, &f) == 0 && f.faults.n == 0, "%s: %d", id, (int)k);
		one = f.n ? &f.v[0] : one;
		cr_expect(f.n == 0 || is_echo(&f, id), "%s: answer %d segment %zu %s " STR_FMT "%02u \"" STR_FMT "\"", id, (int)k,
		    one->ordinal, one->id, STR_ARG(one->segment), one->el, STR_ARG(one->value));
	}
	rejected = lines_with(v.out[X12_ACK_277CA], "STC*A", "*U*");
	cr_expect((rejected > 0) == rejects_claims(seen), "%s: %zu claims rejected", id, rejected);
	cr_expect(rejected == 0 || says_all(v.out[X12_ACK_277CA], seen), "%s: " STR_FMT, id, STR_ARG(v.out[X12_ACK_277CA]));
	t->rejected += rejected > 0;
	answered_free(&v);
}

static void
plant(struct batch *b, int which, char type)
{
	struct x12gen_conf conf = { .claims = CLAIMS, .seed = 7, .type = type, .day = X12_BOOK_DAY, .defect = which };
	struct x12gen_out out = { keep_bytes, keep_planted, b };
	struct x12gen_totals made;

	b->n = b->planted = 0;
	cr_assert(which >= 0 && x12gen_run(&conf, &out, &made) == 0);
	cr_assert(b->planted == 1, "defect %d (%c): %zu planted", which, type, b->planted);
}

static void
one(const struct x12_check_spec *spec, struct batch *b, int which, char type, struct tally *t)
{
	const struct x12gen_defect *d = x12gen_defect((size_t)which);
	const struct except *e = except_of(d->id, type);
	struct seen seen;

	plant(b, which, type);
	look(b, spec, &seen);
	answer(spec, b, d->id, &seen, t);
	if (!holds(&seen, b, d, e)) {
		tell(d, type, b, &seen);
		t->failed++;
		return;
	}
	t->never += e->told == NEVER;
	t->otherwise += e->told != NEVER && e->id;
	t->found += !e->id;
}

static void
each(const struct x12_check_spec *spec, struct batch *b, struct tally *t)
{
	for (size_t i = 0; i < x12gen_defects(); i++) {
		const struct x12gen_defect *d = x12gen_defect(i);

		for (const char *type = d->type == 'B' ? "PI" : d->type == 'P' ? "P" : "I"; *type; type++)
			one(spec, b, (int)i, *type, t);
	}
}

Test(x12_defects, each_is_found_where_it_is)
{
	struct arena a;
	struct book book;
	struct x12_rules rules = { .today = X12_BOOK_DAY };
	struct x12_check_spec spec = { .rules = &rules };
	struct batch b = { .p = malloc(ROOM) };
	struct tally t = { 0 };

	arena_init(&a, 0);
	x12_book(&book);
	rules.book = book.cb;
	cr_assert(b.p && x12_guides_open(&a, &spec.guides) == 0);
	each(&spec, &b, &t);
	(void)fprintf(stderr, "defects: %zu found, %zu more in another way, %zu not judged, %zu failed; %zu answers, %zu reject claims\n",
	    t.found, t.otherwise, t.never, t.failed, t.answers, t.rejected);
	cr_expect(t.rejected > 40 && t.answers > 400);
	free(b.p);
	book_close(&book);
	arena_free(&a);
}

/* What billers read: whose NPI it is, what does not add up, what is missing. */
Test(x12_defects, statuses_of_the_answer)
{
	static const struct { const char *defect; char type; const char *stc; } says[] = {
		{ "npi_billing", 'P', "STC*A7:562:85*" }, { "npi_rendering", 'P', "STC*A7:562:82*" },
		{ "npi_attending", 'I', "STC*A7:562:71*" }, { "taxonomy_shape", 'P', "STC*A7:145:85*" },
		{ "sum_lines", 'P', "******A7:178~" }, { "sum_cob_paid", 'I', "STC*A7:672*" },
		{ "accident_no_date", 'P', "STC*A6:727*" }, { "born_later", 'P', "******A7:158:QC~" },
		{ "self_no_dmg", 'I', "******A6:157:IL~" },
	};
	struct arena a;
	struct book book;
	struct x12_rules rules = { .today = X12_BOOK_DAY };
	struct answer_how how = { .rules = &rules };
	struct answered v = { .rc = 0 };
	struct batch b = { .p = malloc(ROOM) };

	arena_init(&a, 0);
	x12_book(&book);
	rules.book = book.cb;
	cr_assert(b.p && x12_guides_open(&a, &how.guides) == 0);
	for (size_t i = 0; i < sizeof says / sizeof *says; i++) {
		plant(&b, x12gen_find(str_of(says[i].defect)), says[i].type);
		answered_run(&v, &how, (struct str){ b.p, b.n });
		cr_expect(lines_with(v.out[X12_ACK_277CA], "STC*A", says[i].stc) > 0, "%s: no %s", says[i].defect, says[i].stc);
	}
	answered_free(&v);
	free(b.p);
	book_close(&book);
	arena_free(&a);
}

/* A row of the exceptions that names no defect excuses nothing. */
Test(x12_defects, exceptions_are_of_defects)
{
	for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
		cr_expect(x12gen_find(str_of(exceptions[i].id)) >= 0, "%s", exceptions[i].id);
}
