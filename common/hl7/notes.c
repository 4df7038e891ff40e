/*
 * notes.c - text of MDM and ORU messages as chart notes, one document per note with an id that stays
 * the same when it is sent again. Encapsulated data (ED, RP) is not text and is left out.
 */
#include "hl7/map.h"

#include <string.h>

/* TXA-2 (table 0270) */
static const struct map_row types[] = {
	{ "CN", "consultation" }, { "DI", "imaging" }, { "DS", "discharge summary" }, { "ED", "emergency note" },
	{ "HP", "H&P" }, { "OP", "op note" }, { "PC", "consultation" }, { "PH", "H&P" }, { "PN", "procedure note" },
	{ "PR", "progress" }, { "SP", "pathology" }, { "TS", "discharge summary" }, { "CD", "cardiodiagnostics" },
	{ "AR", "autopsy" },
};

struct note {
	struct map	*mp;
	struct str	 id, type, label;
	day_t		 day;
	struct buf	 text;
	bool		 open;
};

static void
start(struct note *n, struct str id, struct str type, day_t day)
{
	n->id = map_key(n->mp->a, id, 64);
	n->type = type;
	n->day = day == DAY_NONE ? n->mp->day : day;
	n->label = STR_NONE;
	buf_init(&n->text, n->mp->a);
	n->open = true;
}

static int
finish(struct note *n, bool keep_empty)
{
	struct document *d;

	if (!n->open || (n->text.n == 0 && !keep_empty))
		return 0;
	n->open = false;
	for (size_t i = 0; i < n->mp->e->n_documents; i++)
		if (str_eq(n->mp->e->documents[i].id, n->id))	/* the same order twice in one message */
			n->id = map_key(n->mp->a, arena_fmt(n->mp->a, STR_FMT "/%zu", STR_ARG(n->id), i), 64);
	d = REC_PUSH(n->mp->a, n->mp->e, documents, document);
	if (!d)
		return E_NOMEM;
	d->id = n->id;
	d->type = n->type;
	d->day = n->day;
	d->text = buf_view(&n->text);
	return 0;
}

/* All pieces of a value, blank between them; repeats on lines of their own. */
static void
put_value(struct note *n, struct str raw, const char *between)
{
	const struct hl7_msg *m = n->mp->m;

	while (raw.n) {
		struct str rep = str_cut(&raw, m->rep);
		bool any = false;

		while (rep.n) {
			struct str c = hl7_part(str_cut(&rep, m->comp), m->sub, 1);

			c = str_trim(hl7_text(n->mp->a, m, c));
			if (c.n == 0)
				continue;
			if (any)
				buf_cstr(&n->text, between);
			buf_str(&n->text, c);
			any = true;
		}
		if (raw.n)
			buf_ch(&n->text, '\n');
	}
}

/* Free text keeps every separator that a sender forgot to escape. */
static void
put_lines(struct note *n, struct str raw)
{
	const struct hl7_msg *m = n->mp->m;

	while (raw.n) {
		struct str s = hl7_text(n->mp->a, m, str_cut(&raw, m->rep));

		for (size_t i = 0; i < s.n; i++)
			if (s.p[i] == '\t' || s.p[i] == '\n' || (unsigned char)s.p[i] >= 0x20)
				buf_ch(&n->text, s.p[i]);
		buf_ch(&n->text, '\n');
	}
}

static struct str
label_of(struct map *mp, struct str obx)
{
	struct str s = map_get(mp, obx, 3, 2);

	return s.n ? s : map_get(mp, obx, 3, 1);
}

static bool
is_text(struct str type)
{
	return type.n == 0 || str_is(type, "TX") || str_is(type, "FT") || str_is(type, "ST");
}

/* One result: "Creatinine: 98.00 UMOLL (H)" */
static void
put_result(struct note *n, struct str obx, struct str type)
{
	struct map *mp = n->mp;
	struct str unit = map_get(mp, obx, 6, 1), flag = map_get(mp, obx, 8, 1), label = label_of(mp, obx);
	struct str value = hl7_field(mp->m, obx, 5), words = map_get(mp, obx, 5, 2);

	if (label.n)
		buf_fmt(&n->text, STR_FMT ": ", STR_ARG(label));
	if (words.n && (str_is(type, "CE") || str_is(type, "CWE") || str_is(type, "CNE")))
		buf_str(&n->text, words);
	else
		put_value(n, value, str_is(type, "SN") ? "" : " ");
	if (unit.n)
		buf_fmt(&n->text, " " STR_FMT, STR_ARG(unit));
	if (flag.n)
		buf_fmt(&n->text, " (" STR_FMT ")", STR_ARG(flag));
	buf_ch(&n->text, '\n');
}

static void
put_obx(struct note *n, struct str obx, bool report)
{
	struct map *mp = n->mp;
	struct str type = map_get(mp, obx, 2, 1), value = hl7_field(mp->m, obx, 5), state = map_get(mp, obx, 11, 1);

	if (value.n == 0 || str_is(type, "ED") || str_is(type, "RP") || str_is(state, "D") || str_is(state, "W") ||
	    str_is(state, "X"))
		return;
	if (!is_text(type) || (report && str_is(type, "ST"))) {
		put_result(n, obx, type);
		return;
	}
	if (report && !str_eq(label_of(mp, obx), n->label)) {	/* each part of a report under its heading */
		n->label = label_of(mp, obx);
		if (n->label.n)
			buf_fmt(&n->text, STR_FMT ":\n", STR_ARG(n->label));
	}
	put_lines(n, value);
}

static void
start_result(struct note *n, struct str obr, size_t ordinal)
{
	struct map *mp = n->mp;
	struct str id = map_get(mp, obr, 3, 1), what = map_get(mp, obr, 4, 1), name = map_get(mp, obr, 4, 2);

	if (id.n == 0)
		id = map_get(mp, obr, 2, 1);
	if (id.n == 0)
		id = arena_fmt(mp->a, STR_FMT "-%zu", STR_ARG(mp->id), ordinal);
	start(n, arena_fmt(mp->a, STR_FMT "/" STR_FMT, STR_ARG(id), STR_ARG(what)), S("result"),
	    map_day(map_get(mp, obr, 7, 1)));
	if (name.n)
		buf_fmt(&n->text, STR_FMT "\n", STR_ARG(name));
}

static int
map_results(struct map *mp)
{
	struct note n = { .mp = mp };
	size_t ordinal = 0;
	int rc = 0;

	for (size_t i = 0; i < mp->m->n && rc >= 0; i++) {
		struct str seg = mp->m->segs[i];

		if (hl7_is(seg, "OBR")) {
			rc = finish(&n, false);
			start_result(&n, seg, ++ordinal);
		} else if (n.open && hl7_is(seg, "OBX")) {
			put_obx(&n, seg, true);
		} else if (n.open && hl7_is(seg, "NTE")) {
			put_lines(&n, hl7_field(mp->m, seg, 3));
		}
	}
	return rc < 0 ? rc : finish(&n, false);
}

/* TXA-12 is the document; what replaces another (T08, T10) takes its place, so it takes its id, TXA-13. */
static int
map_note(struct map *mp, struct str trigger)
{
	struct note n = { .mp = mp };
	struct str txa = hl7_seg(mp->m, "TXA"), id = map_get(mp, txa, 12, 1), type = map_get(mp, txa, 2, 1), words;
	day_t day = map_day(map_get(mp, txa, 4, 1));
	bool gone = str_is(trigger, "T11");

	if ((str_is(trigger, "T08") || str_is(trigger, "T10")) && map_get(mp, txa, 13, 1).n)
		id = map_get(mp, txa, 13, 1);
	if (id.n == 0)
		id = mp->id;
	words = MAP_ROW(types, type);
	start(&n, id, words.n ? words : S("note"), day == DAY_NONE ? map_day(map_get(mp, txa, 6, 1)) : day);
	for (size_t i = 0; i < mp->m->n && !gone; i++) {
		struct str seg = mp->m->segs[i];

		if (hl7_is(seg, "OBX"))
			put_obx(&n, seg, false);
		else if (hl7_is(seg, "NTE"))
			put_lines(&n, hl7_field(mp->m, seg, 3));
	}
	return finish(&n, gone);
}

int
map_documents(struct map *mp, struct str type, struct str trigger)
{
	struct note n = { .mp = mp };
	int rc;

	if (str_is(type, "ORU"))
		return map_results(mp);
	if (str_is(type, "MDM"))
		return map_note(mp, trigger);
	start(&n, mp->id, S("note"), mp->day);
	for (size_t i = 0; i < mp->m->n; i++)
		if (hl7_is(mp->m->segs[i], "NTE"))
			put_lines(&n, hl7_field(mp->m, mp->m->segs[i], 3));
	rc = finish(&n, false);
	if (rc < 0 || mp->problems.n == 0)
		return rc;
	start(&n, S("DG1"), S("problem list"), mp->day);
	buf_cstr(&n.text, "Assessment:\n");
	buf_str(&n.text, buf_view(&mp->problems));
	return finish(&n, false);
}
