/*
 * test_ingest_x12.c - ingest and `claimline x12 check --ack` say the same of the same bytes: the TA1, the 999 segment by
 * segment, and the claims. Differences that are meant stand in the table of what is said otherwise, with why.
 */
#include "ingest/ingest.h"
#include "support/answered.h"
#include "support/claims.h"
#include "support/one_837.h"
#include "support/shared.h"
#include "base/file.h"
#include "x12gen/x12gen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM		(1u << 20)
#define CLAIMS		6
#define STEP		7		/* every so-maniest byte of the sample is changed */
#define BOTH		2		/* levels: 1, 2 */

/* ---- one input, both ways ---- */

struct way { struct str ta1, f999; struct str *pcns; size_t n_pcns; };
struct both { struct arena a; struct answered seen; struct way ingest, check; struct intake in; size_t n, failed, strict; };

/* Of a file: the segments whose ids begin so, without envelopes, which are each one's own. */
static struct str
body(struct arena *a, struct str bytes, const char *ids)
{
	struct buf b;

	buf_init(&b, a);
	while (bytes.n) {
		struct str s = str_trim(str_cut(&bytes, '~')), id = { s.p, s.n < 2 ? s.n : 2 };

		if (id.n == 2 && strstr(ids, arena_fmt(a, "%.2s ", id.p).p)) {
			buf_str(&b, s);
			buf_ch(&b, '\n');
		}
	}
	return buf_view(&b);
}

/* ISA15 of the first interchange: input of the other usage is refused, which is not the question here. */
static char
usage_of(struct str bytes)
{
	const char *isa = memmem(bytes.p ? bytes.p : "", bytes.n, "ISA", 3);
	size_t left = isa ? (size_t)(bytes.p + bytes.n - isa) : 0;

	return left > 102 && isa[102] == 'P' ? 'P' : 'T';
}

static void
by_ingest(struct both *v, struct str bytes, unsigned level)
{
	struct ingest_rules rules = { S("main"), usage_of(bytes), HL7_ON_CHARGES, INT64_C(1772366400000), claims_spec(level) };
	struct buf all;

	(void)ingest_read(&v->a, &rules, bytes, STR_NONE, &v->in);
	buf_init(&all, &v->a);
	for (size_t i = 0; i < v->in.n_replies; i++)
		buf_str(&all, v->in.replies[i].bytes);
	v->ingest = (struct way){ body(&v->a, buf_view(&all), "TA "), body(&v->a, buf_view(&all), "AK IK CT "), NULL, 0 };
	for (size_t i = 0; i < v->in.n_items; i++) {
		struct str *one = arena_push(&v->a, v->ingest.pcns, v->ingest.n_pcns);

		*one = v->in.items[i].e->pcn;
	}
}

/* The claims of its 277CA: of accepted sets, which stand in no other answer. */
static void
by_check(struct both *v, struct str bytes, unsigned level, size_t chunk)
{
	struct answer_how how = { .guides = claims_guides(), .chunk = chunk, .snip = 1u << X12_SYNTAX | 1u << X12_GUIDE,
		.rejects = level == 1 ? 1u << X12_SYNTAX : 0, .ta1_asked = true };
	struct str left;
	bool is_claim = false;

	answered_run(&v->seen, &how, bytes);
	left = v->seen.out[X12_ACK_277CA];
	v->check = (struct way){ body(&v->a, v->seen.out[X12_ACK_TA1], "TA "), body(&v->a, v->seen.out[X12_ACK_999], "AK IK CT "),
	    NULL, 0 };
	while (left.n) {
		struct str s = str_trim(str_cut(&left, '~')), *one;

		if (str_starts(s, S("HL*")))
			is_claim = memmem(s.p, s.n, "*PT", 3) != NULL;
		if (!is_claim || !str_starts(s, S("TRN*2*")))
			continue;
		one = arena_push(&v->a, v->check.pcns, v->check.n_pcns);
		*one = (struct str){ s.p + 6, s.n - 6 };
	}
}

/* A number of an answer has ? for each letter beyond ASCII that is not UTF-8, and a blank for what parts elements. */
static bool
same_number(struct str held, struct str told)
{
	size_t i = 0, k = 0;

	while (i < held.n && k < told.n) {
		bool is_letter = (unsigned char)held.p[i] >= 0x80 && told.p[k] == '?';

		if (!is_letter && held.p[i] != told.p[k] && told.p[k] != ' ')
			return false;
		i += is_letter ? 2 : 1;
		k++;
	}
	return i >= held.n && k == told.n;
}

static bool
same_claims(const struct way *x, const struct way *y)
{
	for (size_t i = 0; i < x->n_pcns && i < y->n_pcns; i++)
		if (!same_number(x->pcns[i], y->pcns[i]))
			return false;
	return x->n_pcns == y->n_pcns;
}

static bool
is_same(const struct both *v)
{
	return str_eq(v->ingest.ta1, v->check.ta1) && str_eq(v->ingest.f999, v->check.f999) && same_claims(&v->ingest, &v->check);
}

/* All lines of one, in their order, stand in the other: which may say more. */
static bool
is_within(struct str less, struct str more)
{
	while (less.n) {
		struct str want = str_cut(&less, '\n');

		while (more.n && !str_eq(str_cut(&more, '\n'), want))
			if (!more.n)
				return false;
	}
	return true;
}

/*
 * Level 1 takes sets that break their guide, and says what breaks it. Where that leaves a claim the record has no place for
 * (no subscriber, a loop of another guide), it answers as level 2 does.
 */
static bool
is_same_at(struct both *v, struct str bytes, unsigned level)
{
	arena_reset(&v->a);
	by_ingest(v, bytes, level);
	by_check(v, bytes, level, level == 1 ? 0 : 61);
	if (is_same(v) || level == 2)
		return is_same(v);
	by_check(v, bytes, 2, 0);
	v->strict++;
	return is_within(v->check.f999, v->ingest.f999) && str_eq(v->ingest.ta1, v->check.ta1) && same_claims(&v->ingest, &v->check);
}

/* Both levels, and the stream in small pieces: what is at hand must not matter. */
static void
compare(struct both *v, const char *name, size_t at, struct str bytes)
{
	for (unsigned level = 1; level <= BOTH; level++) {
		v->n++;
		if (is_same_at(v, bytes, level))
			continue;
		v->failed++;
		cr_expect(v->failed > 20, "%s at %zu, level %u:\n-- ingest, %zu claims\n" STR_FMT STR_FMT "-- check, %zu claims\n" STR_FMT STR_FMT,
		    name, at, level, v->ingest.n_pcns, STR_ARG(v->ingest.ta1), STR_ARG(v->ingest.f999), v->check.n_pcns,
		    STR_ARG(v->check.ta1), STR_ARG(v->check.f999));
	}
}

static struct both *
both_new(void)
{
	struct both *v = calloc(1, sizeof *v);

	cr_assert(v != NULL);
	arena_init(&v->a, 512u << 20);
	return v;
}

static void
both_free(struct both *v, const char *what, size_t least)
{
	(void)printf("%s: %zu comparisons, %zu differ; %zu of level 1 answered as level 2\n", what, v->n, v->failed, v->strict);
	cr_expect(v->failed == 0 && v->n >= least, "%s: %zu of %zu differ", what, v->failed, v->n);
	answered_free(&v->seen);
	arena_free(&v->a);
	free(v);
}

/* ---- one sound file, and edits of it ---- */

#define SET_1	ONE_SET("23")
#define TAIL	"GE*1*1~IEA*1*000000001~"
static const char sound[] = ISA_1 GS_1 SET_1 TAIL;

static struct str
edited(struct arena *a, const char *from, const char *to)
{
	const char *at = strstr(sound, from);

	cr_assert(at != NULL, "%s", from);
	return arena_fmt(a, "%.*s%s%s", (int)(at - sound), sound, to, at + strlen(from));
}

#define CLAIM(n, more)	"CLM*" n "*100***11:B:1*Y*A*Y*Y~HI*ABK:E119~" more "LX*1~SV1*HC:99213*100*UN*1***1~DTP*472*D8*20260110~"
static const struct { const char *name, *from, *to; } edits[] = {
	{ "as it is", "ISA", "ISA" }, { "TA1 is asked for", "*0*T*", "*1*T*" }, { "line 0", "LX*1", "LX*0" },
	{ "line 7", "LX*1", "LX*7" },
	{ "no line number", "LX*1", "LX" }, { "line of words", "LX*1", "LX*A" }, { "Latin-1 name", "DOE", "D\xd6" "E" },
	{ "Latin-1 at the end", "2 ELM ST", "RUE LEV\xc9" },
	{ "Latin-1 in two", "JO****MI*M1~N3*2 ELM", "J\xd6****MI*M1~N3*2 \xc9LM" },
	{ "UTF-8 name", "DOE", "D\xc3\x96" "E" }, { "both", "DOE*JO", "D\xd6" "E*J\xc3\x96" },
	{ "Latin-1 number", "CLM*A1", "CLM*A\xe9" },
	{ "control character", "DOE", "D\001E" }, { "a NUL by escape", "DOE", "D\x1f" "E" },
	{ "line end inside", "DOE", "D\nE" },
	{ "ISA02 too short", "*00*          *00*", "*00*         *00*" },
	{ "ISA06 too long", "*ZZ*S              *", "*ZZ*S                *" },
	{ "ISA13 of letters", "000000001*0*T", "00000000A*0*T" }, { "no ISA13", "*000000001*0", "*         *0" },
	{ "UTF-16", "ISA", "\xff\xfeI" }, { "binary", "ISA", "\001\002\003" }, { "bare ST", ISA_1 GS_1, "" },
	{ "bare GS", ISA_1, "" },
	{ "blanks before", "ISA", " \r\n ISA" }, { "end of file before", "ISA", "\x1aISA" },
	{ "byte order mark", "ISA", "\xef\xbb\xbfISA" },
	{ "an 850", "ST*837", "ST*850" }, { "an 835", "ST*837", "ST*835" }, { "an old guide", "A1~BHT", "A3~BHT" },
	{ "no such group", "GS*HC", "GS*QQ" }, { "no number", "CLM*A1", "CLM*" },
	{ "a long number", "CLM*A1", "CLM*A12345678901234567890123456789012345678901" },
	{ "two sets, one bad", TAIL, "ST*837*0002*005010X222A1~BHT*0019*00*1*20260115*1200*CH~SE*3*0002~GE*2*1~IEA*1*000000001~" },
	{ "a set twice", TAIL, SET_1 "GE*2*1~IEA*1*000000001~" },
	{ "interchange twice", TAIL, TAIL ISA_1 GS_1 SET_1 TAIL },
	{ "no HL", "HL*1**20*1~", "" }, { "no subscriber", "HL*2*1*22*0~", "" }, { "no SBR", "SBR*P*18*******CI~", "" },
	{ "a segment of another set", "LX*1", "BPR*I~LX*1" }, { "an old segment", "HI*", "CR7*HH*1*1~HI*" },
	{ "no such segment", "LX*1", "QQ*1~LX*1" },
	{ "loop twice", "NM1*PR", "NM1*IL*1*ROE*JO****MI*M2~NM1*PR" },
	{ "segment twice", "DMG*", "DMG*D8*19800101*M~DMG*" },
	{ "quality twice", "HI*ABK:E119", "HI*ABK:E119~HI*ABK:E119" }, { "other separator", "11:B:1", "11>B>1" },
	{ "long name", "DOE", "DOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOEDOE" },
	{ "two claims", "SE*23", CLAIM("A2", "") "SE*28" }, { "second bad", "SE*23", CLAIM("A2", "QQ*1~") "SE*29" },
	{ "no IEA", "IEA*1*000000001~", "" }, { "no GE", "GE*1*1~", "" }, { "no SE", "SE*23*0001~", "" },
	{ "SE counts wrong", "SE*23", "SE*9" },
	{ "empty interchange", GS_1 SET_1 "GE*1*1~IEA*1", "IEA*0" },
	{ "stray at the end", "IEA*1*000000001~", "IEA*1*000000001~XX*1~" },
	{ "second ISA broken", TAIL, TAIL "ISA*00*  *00*          *ZZ*S              *ZZ*R              *260115*1200*^*00501*000000002*0*T*:~" },
	{ "a date of words", "19800101", "1980AA01" }, { "an amount of words", "99213*100", "99213*1O0" },
	{ "huge amount", "99213*100", "99213*99999999999999999999" },
	{ "quantity of words", "UN*1*", "UN*1X*" }, { "nothing after ISA", GS_1 SET_1 TAIL, "" },
	{ "repetition in a name", "DOE", "D^E" },
};

Test(ingest_x12, edits)
{
	struct both *v = both_new();
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
		compare(v, edits[i].name, 0, edited(&a, edits[i].from, edits[i].to));
	arena_free(&a);
	both_free(v, "edits", BOTH * (sizeof edits / sizeof *edits));
}

/* A byte changed, a byte taken out, the rest cut away. */
Test(ingest_x12, bytes_changed)
{
	static const char into[] = "~*:A0 \xe9\001";
	struct both *v = both_new();
	char *p = malloc(sizeof sound);

	cr_assert(p != NULL);
	for (size_t i = 0; i < sizeof sound - 1; i++) {
		memcpy(p, sound, sizeof sound);
		if (i % 3 == 0)
			compare(v, "cut", i, (struct str){ p, i });
		p[i] = into[i % (sizeof into - 1)];
		compare(v, "changed", i, (struct str){ p, sizeof sound - 1 });
		if (i % STEP)
			continue;
		memmove(p + i, sound + i + 1, sizeof sound - 1 - i);
		compare(v, "taken out", i, (struct str){ p, sizeof sound - 2 });
	}
	free(p);
	both_free(v, "bytes", 2 * sizeof sound);
}

/* ---- the fullest claims: segments more often than they may be, gone, elements spoilt ---- */

#define SEGS	1024
struct file { struct str v[SEGS]; size_t n; };

static void
file_cut(struct file *f, struct str text)
{
	f->n = 0;
	while (text.n) {
		struct str s = str_trim(str_cut(&text, '~'));

		cr_assert(f->n < SEGS);
		if (s.n)
			f->v[f->n++] = s;
	}
}

/* Segment i so many times, as `instead`; SE01 counts what there is. */
static struct str
with(struct arena *a, const struct file *f, size_t i, size_t times, struct str instead)
{
	struct buf b;
	size_t in_set = 0;

	buf_init(&b, a);
	for (size_t k = 0; k < f->n; k++) {
		struct str s = k == i ? instead : f->v[k], rest = s;

		in_set = str_starts(s, S("ST*")) ? 1 : in_set + (k == i ? times : 1);
		if (str_starts(s, S("SE*"))) {
			(void)str_cut(&rest, '*');
			(void)str_cut(&rest, '*');
			s = arena_fmt(a, "SE*%zu*" STR_FMT, in_set, STR_ARG(rest));
		}
		for (size_t n = k == i ? times : 1; n; n--)
			buf_fmt(&b, STR_FMT "~\n", STR_ARG(s));
	}
	return buf_view(&b);
}

static struct str
spoilt(struct arena *a, struct str s, size_t el, const char *how)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; s.n || i <= el; i++) {
		struct str v = str_cut(&s, '*');

		if (i)
			buf_ch(&b, '*');
		if (i != el || *how == '+')
			buf_str(&b, v);
		if (i == el)
			buf_cstr(&b, how + (*how == '+'));
	}
	return buf_view(&b);
}

#define E4	"\xc3\x89\xc3\x89\xc3\x89\xc3\x89"

static void
spoil(struct both *v, struct arena *a, const struct file *f, const char *name)
{
	static const char *const how[] = { "", "+\xc3\x89", "+\xc9", "+.2345", "0", "+\001", "+00", "A", E4 E4 E4 E4 E4 };
	size_t turn = 0;

	for (size_t i = 2; i < f->n - 2; i++) {
		size_t n = 1;

		for (size_t k = 0; k < f->v[i].n; k++)
			n += f->v[i].p[k] == '*';
		for (size_t el = 1; el <= n; el++) {
			turn++;
			for (size_t k = turn % 3; k < sizeof how / sizeof *how; k += 3)
				compare(v, arena_fmt(a, "%s, element %zu: %s", name, el, how[k]).p, i,
				    with(a, f, i, 1, spoilt(a, f->v[i], el, how[k])));
		}
		arena_reset(a);
	}
}

Test(ingest_x12, full_claims)
{
	static const char *const names[] = { "p_full.in", "i_full.in", "d_full.in" };
	static const size_t times[] = { 0, 2, 3, 7, 12, 60 };
	struct both *v = both_new();
	struct arena text, a;

	arena_init(&text, 0);
	arena_init(&a, 0);
	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		struct file *f = arena_alloc(&text, sizeof *f);
		struct str bytes;

		cr_assert(file_read(&text, arena_fmt(&text, "tests/golden/x12/%s", names[k]).p, ROOM, &bytes) == 0);
		file_cut(f, bytes);
		for (size_t i = 0; i < f->n; i++, arena_reset(&a))
			for (size_t n = 0; n < sizeof times / sizeof *times; n++)
				compare(v, arena_fmt(&a, "%s, %zu times", names[k], times[n]).p, i, with(&a, f, i, times[n], f->v[i]));
		spoil(v, &a, f, names[k]);
	}
	arena_free(&a);
	arena_free(&text);
	both_free(v, "full claims", 5000);
}

/* ---- what is said otherwise, and why ---- */

static const struct { const char *name, *from, *to; size_t times; const char *ingest, *check, *why; } otherwise[] = {
	{ "the other usage", "*0*T*", "*0*P*", 1, "TA1*000000001*260115*1200*R*020", "IK5*A",
	    "a site takes test or production; the check is asked about a file, not by a site" },
	{ "300 segments of a line without a field", "SE*23", "LQ*UT*04.04~FRM*1*Y~", 150, "IK3*LQ*273**5", "IK5*A",
	    "the guide has no bound for them, the record has (encounter.def); the check keeps no record" },
};

/* Repeated segments stand before the one they are named by. */
static struct str
said_of(struct arena *a, size_t i)
{
	struct file *f = arena_alloc(a, sizeof *f);
	struct buf b;

	if (otherwise[i].times == 1)
		return edited(a, otherwise[i].from, otherwise[i].to);
	buf_init(&b, a);
	for (size_t n = 0; n < otherwise[i].times; n++)
		buf_cstr(&b, otherwise[i].to);
	buf_cstr(&b, otherwise[i].from);
	file_cut(f, edited(a, otherwise[i].from, buf_view(&b).p));
	return with(a, f, 0, 1, f->v[0]);
}

Test(ingest_x12, said_otherwise)
{
	struct both *v = both_new();
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof otherwise / sizeof *otherwise; i++) {
		struct str bytes = said_of(&a, i), all;
		struct ingest_rules rules = { S("main"), 'T', HL7_ON_CHARGES, 0, claims_spec(2) };

		arena_reset(&v->a);
		by_check(v, bytes, 2, 0);
		by_ingest(v, bytes, 2);
		if (v->in.n_items)		/* of the other usage: by_ingest takes either */
			(void)ingest_read(&v->a, &rules, bytes, STR_NONE, &v->in);
		cr_assert(v->in.n_replies == 1 && v->in.n_items == 0, "%s", otherwise[i].name);
		all = v->in.replies[0].bytes;
		cr_expect(memmem(all.p, all.n, otherwise[i].ingest, strlen(otherwise[i].ingest)) != NULL, "%s: " STR_FMT, otherwise[i].name,
		    STR_ARG(all));
		cr_expect(strstr(v->check.f999.p, otherwise[i].check) && v->check.n_pcns == 1, "%s: " STR_FMT, otherwise[i].name,
		    STR_ARG(v->check.f999));
	}
	arena_free(&a);
	answered_free(&v->seen);
	arena_free(&v->a);
	free(v);
}

/* ---- each defect of schemas/x12_defects.def ---- */

struct made { char *p; size_t n; };

static int
keep(void *self, const char *p, size_t n)
{
	struct made *m = self;

	if (m->n + n > ROOM)
		return E_LIMIT;
	memcpy(m->p + m->n, p, n);
	m->n += n;
	return 0;
}

Test(ingest_x12, defects)
{
	struct both *v = both_new();
	struct made m = { .p = malloc(ROOM) };
	struct x12gen_totals t;

	cr_assert(m.p != NULL);
	for (size_t i = 0; i < x12gen_defects(); i++) {
		const struct x12gen_defect *d = x12gen_defect(i);
		struct x12gen_conf conf = { .claims = CLAIMS, .seed = 7, .type = d->type == 'B' ? i % 2 ? 'P' : 'I' : d->type, .defect = (int)i };

		m.n = 0;
		cr_assert(x12gen_run(&conf, &(struct x12gen_out){ keep, NULL, &m }, &t) == 0, "%s", d->id);
		compare(v, d->id, 0, (struct str){ m.p, m.n });
	}
	free(m.p);
	both_free(v, "defects", BOTH * x12gen_defects());
}

/* ---- every sample ---- */

static size_t
folder(struct both *v, struct arena *a, struct str path)
{
	struct file_list files = { 0 };
	size_t n = 0;

	if (dir_list(a, path.p, 10000, &files) < 0)
		return 0;
	for (size_t i = 0; i < files.n; i++) {
		struct str one = path_join(a, path, files.v[i].name), bytes;

		if (files.v[i].is_folder)
			n += folder(v, a, one);
		else if (file_read(a, one.p, LIMIT_INPUT, &bytes) == 0 && intake_recognise(bytes) == INTAKE_X12) {
			compare(v, one.p, 0, bytes);
			n++;
		}
	}
	return n;
}

Test(ingest_x12, samples)
{
	struct both *v;
	struct arena a;

	if (shared_absent())
		return;
	v = both_new();
	arena_init(&a, 512u << 20);
	cr_expect(folder(v, &a, S(SHARED_X12)) > 100);
	arena_free(&a);
	both_free(v, "samples", 200);
}
