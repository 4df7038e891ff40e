/* read.c - recognises what came by its first bytes and gives it to the reader of its kind. */
#include "ingest/parts.h"

#include <string.h>

const char *
intake_kind_name(enum intake_kind kind)
{
	static const char *const names[] = { "unknown", "x12", "hl7", "json", "fhir" };

	return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : names[0];
}

struct str
place_in(struct arena *a, struct str outer, struct str inner)
{
	return outer.n == 0 ? inner : inner.n == 0 ? outer : arena_fmt(a, STR_FMT " " STR_FMT, STR_ARG(outer), STR_ARG(inner));
}

struct str
ingest_stamp(struct arena *a, int64_t at)
{
	int64_t s = (at < 0 ? 0 : at) / 1000;
	int y, m, d, of_day = (int)(s % 86400);

	day_parts((day_t)(s / 86400 < 83000 ? s / 86400 : 83000), &y, &m, &d);
	return arena_fmt(a, "%04d%02d%02d%02d%02d%02d", y, m, d, of_day / 3600, of_day / 60 % 60, of_day % 60);
}

/* ---- items ---- */

static size_t
slot_of(const struct reading *r, const struct encounter *e)
{
	const struct str names[] = { e->control, e->sender };
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < names[k].n; i++)
			h = (h ^ (unsigned char)names[k].p[i]) * UINT64_C(1099511628211);
	return (h ^ h >> 32) & (r->n_slots - 1);
}

static void
put_slot(struct reading *r, const struct encounter *e, size_t item)
{
	size_t i = slot_of(r, e);

	while (r->slots[i])
		i = (i + 1) & (r->n_slots - 1);
	r->slots[i] = (uint32_t)item + 1;
}

struct intake_item *
reading_find(const struct reading *r, const struct encounter *e)
{
	for (size_t i = r->n_slots ? slot_of(r, e) : 0; r->n_slots && r->slots[i]; i = (i + 1) & (r->n_slots - 1)) {
		struct intake_item *it = &r->out->items[r->slots[i] - 1];
		struct eid x, y;

		if (!str_eq(it->e->control, e->control) || !str_eq(it->e->sender, e->sender))
			continue;
		x = rec_eid(it->e);
		y = rec_eid(e);
		if (memcmp(x.b, y.b, sizeof x.b) == 0)
			return it;
	}
	return NULL;
}

/* Those before are named again when the table grows: twice as large each time, never more than half full. */
struct intake_item *
reading_push(struct reading *r, const struct encounter *named)
{
	struct intake *in = r->out;

	if (in->n_items * 2 >= r->n_slots) {
		size_t n = r->n_slots ? r->n_slots * 2 : 16;
		uint32_t *slots = arena_array(r->a, n, sizeof *slots);

		if (!slots)
			return NULL;
		r->slots = slots;
		r->n_slots = n;
		for (size_t i = 0; i < in->n_items; i++)
			put_slot(r, in->items[i].e, i);
	}
	put_slot(r, named, in->n_items);
	return arena_push(r->a, in->items, in->n_items);
}

int
reading_add(struct reading *r, struct encounter *e, struct str place)
{
	struct intake *in = r->out;
	struct intake_item *it;
	int rc;

	e->tenant = r->rules->tenant;
	ingest_derive(r->a, e, false);
	rc = ingest_fit(r->a, e, place, &in->faults);
	in->n_refused += rc < 0;
	if (rc < 0)
		return rc;
	in->n_refused++;		/* until it is an item */
	if (reading_find(r, e))
		return fault_add(&in->faults, E_DUPLICATE, place, S("the same control number twice in one input"),
		    S("give each encounter its own control number"));
	if (in->n_items == LIMIT_RECORDS)
		return fault_add(&in->faults, E_LIMIT, place, S("too many encounters in one input"), S("split it"));
	it = reading_push(r, e);
	if (!it)
		return E_NOMEM;
	*it = (struct intake_item){ .e = e, .event = INTAKE_NEW, .messages = 1 };
	in->n_refused--;
	return 0;
}

/* ---- kinds ---- */

static struct str
text_of(struct str bytes)
{
	if (str_starts(bytes, S("\xef\xbb\xbf")))
		bytes.p += 3, bytes.n -= 3;
	bytes = str_trim(bytes);
	while (bytes.n && bytes.p[0] == 0x1a)		/* the end of the file before it, on old systems */
		bytes = str_trim((struct str){ bytes.p + 1, bytes.n - 1 });
	return bytes;
}

enum intake_kind
intake_recognise(struct str bytes)
{
	static const char *const hl7[] = { "MSH", "FHS", "BHS", "BTS", "FTS" };
	struct str s = text_of(bytes);

	if (str_starts(s, S("ISA")) || str_starts(s, S("GS*")) || str_starts(s, S("ST*")))
		return INTAKE_X12;
	for (size_t i = 0; s.n > 3 && i < sizeof hl7 / sizeof *hl7; i++)
		if (str_starts(s, str_of(hl7[i])))
			return INTAKE_HL7;
	return s.n && (s.p[0] == '{' || s.p[0] == '[') ? INTAKE_JSON : INTAKE_UNKNOWN;
}

static int
refuse_unknown(struct reading *r, struct str s)
{
	static const struct { const char *start, *words, *fix; } known[] = {
		{ "<", "this is XML, which is not taken", "send HL7 v2 with pipes, FHIR as JSON, X12 or Claimline JSON" },
		{ "%PDF", "this is a PDF", "send the text of the note in a message or encounter" },
		{ "\xff\xfe", "this text is UTF-16", "send UTF-8" },
		{ "\xfe\xff", "this text is UTF-16", "send UTF-8" },
		{ "\x1f\x8b", "this is compressed (gzip)", "send it unpacked" },
		{ "\x28\xb5\x2f\xfd", "this is compressed (zstd)", "send it unpacked" },
		{ "PK", "this is a ZIP archive", "send the files in it one by one" },
	};

	if (s.n == 0)
		return fault_add(&r->out->faults, E_INCOMPLETE, S("first byte"), S("the input is empty"),
		    S("send X12, HL7 v2, FHIR or Claimline JSON"));
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_starts(s, str_of(known[i].start)))
			return fault_add(&r->out->faults, E_UNSUPPORTED, S("first byte"), str_of(known[i].words),
			    str_of(known[i].fix));
	return fault_add(&r->out->faults, E_UNSUPPORTED, S("first byte"), S("not a kind of input this program knows"),
	    S("X12 starts with ISA, HL7 v2 with MSH, FHS or BHS, JSON with { or ["));
}

int
ingest_read(struct arena *a, const struct ingest_rules *rules, struct str bytes, struct str hint, struct intake *out)
{
	struct reading r = { .a = a, .rules = rules, .hint = hint, .out = out };
	struct str s;
	int rc;

	*out = (struct intake){ .faults = { .a = a }, .notes = { .a = a } };
	if (bytes.n > LIMIT_INPUT)
		return fault_add(&out->faults, E_LIMIT, S("/"), S("the input is over the size limit"), S("split it"));
	s = text_of(bytes);
	out->kind = intake_recognise(s);
	switch (out->kind) {
	case INTAKE_X12:
		rc = read_x12(&r, bytes);	/* as it came: a blank may be a separator */
		break;
	case INTAKE_HL7:
		rc = read_hl7(&r, s);
		break;
	case INTAKE_JSON: case INTAKE_FHIR:
		rc = read_json(&r, s);
		break;
	default:
		rc = refuse_unknown(&r, s);
	}
	if (rc == E_NOMEM || a->spent)
		return E_NOMEM;
	if (out->n_items)
		return (int)out->n_items;
	for (size_t i = 0; i < out->n_replies; i++)
		if (out->replies[i].rc >= 0)
			return 0;		/* acknowledged, nothing to bill */
	return out->faults.n ? out->faults.v[0].rc : rc;
}
