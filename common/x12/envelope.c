/*
 * envelope.c - what is wrong with ISA, GS and ST by themselves: values, days that have not come, control numbers that were
 * met before. Opens and closes nothing, and knows no segment within a set but BHT.
 */
#include "x12/rules.h"
#include "x12/walk.h"

int64_t
x12_whole(struct str s)
{
	int64_t n;

	return s.n && *s.p >= '0' && *s.p <= '9' && str_to_int(s, &n) ? n : -1;
}

bool
x12_code_among(struct str v, const char *codes)
{
	struct str rest = str_of(codes);

	while (rest.n)
		if (str_eq(str_cut(&rest, ' '), v))
			return true;
	return false;
}

/* A fault of the envelope at one element of the segment at hand; el 0: of the segment as a whole. */
void
x12_envelope(struct x12_check *c, const char *id, struct x12_finding f, unsigned el)
{
	f.id = id;
	if (!f.segment.n)
		f.segment = c->seg.id;
	f.element = el;
	if (el)
		f.value = x12_elem(&c->seg, el);
	f.at = c->in_set ? c->at : 0;
	x12_found(c, &f);
}

/* A control number that was met before. Told once, when there are more than are looked for. */
void
x12_number_seen(struct x12_check *c, struct x12_names *t, struct str v, unsigned el, struct x12_finding twice)
{
	if (x12_names_met(t, v))
		x12_envelope(c, twice.id, twice, el);
	if (x12_names_stopped(t))
		x12_envelope(c, "NUMBERS_TOO_MANY", (struct x12_finding){ .id = NULL }, el);
}

/* A clock may be a day ahead of ours. */
void
x12_date_check(struct x12_check *c, struct str ccyymmdd, unsigned el, struct x12_finding f)
{
	day_t day = day_parse(ccyymmdd), today = c->spec->rules ? c->spec->rules->today : DAY_NONE;

	if (today != DAY_NONE && day != DAY_NONE && day > today + 1)
		x12_envelope(c, "DATE_FUTURE", f, el);
}

/* ---- ISA ---- */

struct isa_rule { unsigned el; const char *codes, *ta105; };	/* codes blank-parted; NULL: a shape, see below */

static bool
isa_fits(unsigned el, struct str v, const char *codes)
{
	if (x12_code_among(v, codes))
		return true;
	switch (el) {
	case 6:
	case 8:
		return v.n > 0;
	case 9:
		return x12_shape_wrong(SHAPE_date6, NULL, 0, v) == NULL;
	case 10:
		return v.n == 4 && x12_shape_wrong(SHAPE_time, NULL, 0, v) == NULL;
	case 12:
		return v.n == 5 && str_starts(v, S("00")) && v.p[2] >= '4' && v.p[2] <= '8';
	case 13:
		return v.n == 9 && x12_whole(v) >= 0;
	default:
		return false;
	}
}

static void
values(struct x12_check *c)
{
	static const struct isa_rule rules[] = {
		{ 1, "00 01 02 03 04 05 06", "010" }, { 3, "00 01", "012" },
		{ 5, "01 02 03 04 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 NR "
		    "SA SN ZZ", "005" },
		{ 6, NULL, "006" },
		{ 7, "01 02 03 04 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 NR "
		    "SA SN ZZ", "007" },
		{ 8, NULL, "008" }, { 9, NULL, "014" }, { 10, NULL, "015" }, { 12, NULL, "017" }, { 13, NULL, "018" },
		{ 14, "0 1", "019" }, { 15, "P T", "020" },
	};

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (!isa_fits(rules[i].el, str_trim(c->seg.el[rules[i].el]), rules[i].codes))
			x12_envelope(c, "ISA_VALUE", (struct x12_finding){ .ta105 = rules[i].ta105 }, rules[i].el);
}

static bool
is_word(char ch)
{
	return ch == ' ' || (ch >= '0' && ch <= '9') || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z');
}

/* ISA11 and ISA09; before 00402 ISA11 is U, and parts nothing. */
void
x12_isa_check(struct x12_check *c)
{
	const struct str *el = c->seg.el;
	struct str day = str_trim(el[9]);
	char full[8] = "20";

	values(c);
	if (!str_starts(el[12], S("00401")) && el[11].n == 1 && el[11].p[0] == el[16].p[0])
		x12_envelope(c, "ISA_SEPARATORS", (struct x12_finding){ .id = NULL }, 11);
	else if (memcmp(el[12].p, "00402", 5) >= 0 && (el[11].n != 1 || is_word(el[11].p[0])))
		x12_envelope(c, "ISA_REPETITION", (struct x12_finding){ .ta105 = "016" }, 11);
	if (day.n != 6)
		return;
	memcpy(full + 2, day.p, 6);
	x12_date_check(c, (struct str){ full, 8 }, 9, (struct x12_finding){ .id = NULL });
}
