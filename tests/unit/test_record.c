/* test_record.c - the packed encounter: round trips, isolation of parts, hostile bytes, and old versions. */
#include "base/file.h"
#include "record_fill.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define GOLDEN	CL_SOURCE_DIR "/tests/golden/encounter_v1"

/* The rows themselves: names once, bounds within limits.def, versions that grow. */
Test(record, rows_of_encounter_def_are_sound)
{
	static const struct rec_object *const all[] = {
#define BEGIN(object, words) &rec_##object,
#include "schemas/encounter.def"
	};

	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		int since = 1;

		for (size_t i = 0; i < all[k]->n; i++) {
			const struct rec_field *f = &all[k]->fields[i];

			for (size_t j = 0; j < i; j++)
				cr_expect(f->kind == K_PART || strcmp(f->name, all[k]->fields[j].name) != 0, "%s.%s twice",
				    all[k]->name, f->name);
			if (f->kind == K_PART)
				continue;
			cr_expect(f->since >= since && f->since <= REC_VERSION, "%s.%s: since", all[k]->name, f->name);
			since = f->since;
			cr_expect(f->kind != K_TEXT || (f->max > 0 && f->max <= LIMIT_DOCUMENT), "%s.%s: max",
			    all[k]->name, f->name);
			cr_expect((f->kind != K_MANY && f->kind != K_STRS) || (f->max > 0 && f->max <= LIMIT_ITEMS), "%s.%s: max",
			    all[k]->name, f->name);
			cr_expect(f->kind != K_INT || f->max > 0, "%s.%s: max", all[k]->name, f->name);
			cr_expect(f->words[0] != '\0', "%s.%s has words", all[k]->name, f->name);
		}
	}
}

Test(record, every_field_survives_packing, .init = open_arena, .fini = close_arena)
{
	for (size_t members = 0; members <= 3; members++) {
		struct encounter *e = fill_encounter(&a, members), *back = rec_new(&a);
		const char *diff;

		for (int part = 0; part < PART_COUNT; part++) {
			struct str bytes, again;

			cr_assert(rec_pack(&a, e, (enum rec_part)part, &bytes) == 0);
			cr_assert(rec_unpack(&a, bytes, (enum rec_part)part, back) == 0, "part %d", part);
			cr_assert(rec_pack(&a, back, (enum rec_part)part, &again) == 0);
			cr_expect(str_eq(bytes, again), "part %d packs to the same bytes", part);
		}
		diff = fill_differs(&rec_encounter, e, back);
		cr_expect(!diff, "%zu members: %s differs", members, diff);
		arena_reset(&a);
	}
}

/* Borrowed or copied, the same record; borrowed texts stand in the bytes and cost nothing. */
Test(record, borrowed_texts_stay_in_the_bytes, .init = open_arena, .fini = close_arena)
{
	struct encounter *e = fill_encounter(&a, 2), *copied = rec_new(&a), *borrowed = rec_new(&a);
	struct str bytes;
	const char *diff;
	size_t used, cost;

	cr_assert(rec_pack(&a, e, PART_INGEST, &bytes) == 0);
	used = a.used;
	cr_assert(rec_unpack(&a, bytes, PART_INGEST, copied) == 0);
	cost = a.used - used;
	cr_assert(rec_borrow(&a, bytes, PART_INGEST, borrowed) == 0);
	cr_expect(a.used - used - cost < cost);
	diff = fill_differs(&rec_encounter, copied, borrowed);
	cr_expect(!diff, "%s differs", diff);
	cr_expect(borrowed->pcn.p > bytes.p && borrowed->pcn.p < bytes.p + bytes.n);
	cr_expect(copied->pcn.p < bytes.p || copied->pcn.p > bytes.p + bytes.n);
}

Test(record, what_is_absent_takes_no_bytes, .init = open_arena, .fini = close_arena)
{
	struct encounter *e = rec_new(&a), *back = rec_new(&a);
	struct str bytes;

	cr_assert(rec_pack(&a, e, PART_INGEST, &bytes) == 0);
	cr_expect(bytes.n == 3, "a map of one pair, the version: %zu bytes", bytes.n);
	cr_expect(rec_unpack(&a, bytes, PART_INGEST, back) == 0 && !fill_differs(&rec_encounter, e, back));
	cr_expect(back->from == DAY_NONE && back->patient.dob == DAY_NONE);
}

/* Bytes of one part, read as another, change nothing: a stage cannot overwrite what another stage added. */
Test(record, parts_are_isolated, .init = open_arena, .fini = close_arena)
{
	for (int wrote = 0; wrote < PART_COUNT; wrote++) {
		for (int read = 0; read < PART_COUNT; read++) {
			struct encounter *full = fill_encounter(&a, 1), *e = rec_new(&a);
			struct str bytes;

			cr_assert(rec_pack(&a, full, (enum rec_part)wrote, &bytes) == 0);
			cr_assert(rec_unpack(&a, bytes, (enum rec_part)read, e) == 0);
			cr_expect((fill_differs(&rec_encounter, e, rec_new(&a)) != NULL) == (wrote == read),
			    "part %d read as %d", wrote, read);
			arena_reset(&a);
		}
	}
}

/* A heap copy of exactly n bytes, so that ASan sees a read past the end. */
static int
unpack_exact(struct str bytes, enum rec_part part)
{
	char *copy = malloc(bytes.n ? bytes.n : 1);
	struct arena b;
	int rc;

	must(copy != NULL);
	memcpy(copy, bytes.p, bytes.n);
	arena_init(&b, 0);
	rc = rec_unpack(&b, (struct str){ copy, bytes.n }, part, rec_new(&b));
	arena_free(&b);
	free(copy);
	return rc;
}

Test(record, every_truncation_is_refused, .init = open_arena, .fini = close_arena)
{
	struct encounter *e = fill_encounter(&a, 1);

	for (int part = 0; part < PART_COUNT; part++) {
		struct str bytes, longer;

		cr_assert(rec_pack(&a, e, (enum rec_part)part, &bytes) == 0);
		cr_assert(unpack_exact(bytes, (enum rec_part)part) == 0);
		for (size_t n = 0; n < bytes.n; n++)
			cr_assert(unpack_exact((struct str){ bytes.p, n }, (enum rec_part)part) < 0,
			    "part %d cut at %zu", part, n);
		longer = (struct str){ memcpy(arena_alloc(&a, bytes.n + 1), bytes.p, bytes.n), bytes.n + 1 };
		cr_expect(unpack_exact(longer, (enum rec_part)part) == E_MALFORMED, "trailing byte");
	}
}

#define B(lit)	{ (lit), sizeof(lit) - 1 }

Test(record, hostile_bodies)
{
	static const struct { const char *name; struct str in; int rc; } rows[] = {
		{ "nothing", { "", 0 }, E_MALFORMED },
		{ "not a map", B("\x93\x01\x02\x03"), E_MALFORMED },
		{ "no version", B("\x80"), E_MALFORMED },
		{ "version 0", B("\x81\x01\x00"), E_VERSION },
		{ "a later version", B("\x81\x01\x7f"), E_VERSION },
		{ "version as text", B("\x81\x01\xa1" "1"), E_MALFORMED },
		{ "version twice", B("\x82\x01\x01\x01\x01"), 0 },
		{ "key as text", B("\x82\x01\x01\xa1x\x01"), E_MALFORMED },
		{ "unknown key", B("\x82\x01\x01\xcd\x27\x0f\x93\x01\x02\xa1x"), 0 },
		{ "key of a part row", B("\x82\x01\x01\x02\x01"), 0 },
		{ "negative key", B("\x82\x01\x01\xff\x01"), 0 },
		{ "smallest key", B("\x82\x01\x01\xd3\x80\x00\x00\x00\x00\x00\x00\x00\x01"), 0 },
		{ "tenant as number", B("\x82\x01\x01\x03\x05"), E_MALFORMED },
		{ "tenant too long", B("\x82\x01\x01\x03\xd9\x21" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), E_LIMIT },
		{ "map claims too much", B("\xdf\xff\xff\xff\xff\x01\x01"), E_MALFORMED },
		{ "one pair, two claimed", B("\x82\x01\x01"), E_MALFORMED },
		{ "float value in an unknown key", B("\x82\x01\x01\xcd\x27\x0f\xcb\x00\x00\x00\x00\x00\x00\x00\x00"),
		    E_MALFORMED },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int rc = unpack_exact(rows[i].in, PART_INGEST);

		cr_expect(rc == rows[i].rc, "%s: %s", rows[i].name, err_name(rc));
	}
}

/* A list over its own maximum, and one over what the arena gives, end in an error and not in memory. */
Test(record, lists_are_bounded, .init = open_arena, .fini = close_arena)
{
	struct encounter *e = rec_new(&a);
	struct str bytes;
	struct arena small;

	for (int i = 0; i < 12; i++)
		cr_assert(REC_PUSH(&a, e, coverages, coverage) != NULL);
	for (int i = 0; i < 12; i++)
		e->coverages[i].filing = S("MB");
	cr_assert(rec_pack(&a, e, PART_INGEST, &bytes) == 0);
	cr_expect(rec_unpack(&a, bytes, PART_INGEST, rec_new(&a)) == E_LIMIT, "12 coverages, 11 allowed");
	e->n_coverages = 11;
	cr_assert(rec_pack(&a, e, PART_INGEST, &bytes) == 0);
	cr_expect(rec_unpack(&a, bytes, PART_INGEST, rec_new(&a)) == 0);
	arena_init(&small, sizeof *e + 256);
	e = rec_new(&small);
	cr_expect(rec_unpack(&small, bytes, PART_INGEST, e) == E_NOMEM);
	arena_free(&small);
}

/* An unpacked list can be pushed to: its room keeps the invariant of arena_push. */
Test(record, push_after_unpack, .init = open_arena, .fini = close_arena)
{
	for (size_t members = 0; members < 6; members++) {
		struct encounter *e = rec_new(&a), *back = rec_new(&a);
		struct str bytes;

		for (size_t i = 0; i < members; i++)
			REC_PUSH(&a, e, findings, finding)->severity = 2;
		cr_assert(rec_pack(&a, e, PART_VALIDATE, &bytes) == 0);
		cr_assert(rec_unpack(&a, bytes, PART_VALIDATE, back) == 0);
		for (int i = 0; i < 20; i++)
			REC_PUSH(&a, back, findings, finding)->severity = 3;
		cr_expect(back->n_findings == members + 20);
		for (size_t i = 0; i < back->n_findings; i++)
			cr_expect(back->findings[i].severity == (i < members ? 2 : 3), "%zu of %zu", i, members);
	}
}

/* ---- version 1 as it was on the day it was made; these bytes decode for ever ---- */

static void
golden_write(void)
{
	struct encounter *e = fill_encounter(&a, 1);
	struct buf hex;
	struct str json, bytes;

	buf_init(&hex, &a);
	for (int part = 0; part < PART_COUNT; part++) {
		cr_assert(rec_pack(&a, e, (enum rec_part)part, &bytes) == 0);
		for (size_t i = 0; i < bytes.n; i++)
			buf_fmt(&hex, "%02x%s", (unsigned char)bytes.p[i], i % 48 == 47 && i + 1 < bytes.n ? "\n" : "");
		buf_cstr(&hex, "\n\n");
	}
	cr_assert(rec_to_json(&a, e, true, &json) == 0);
	cr_assert(file_write_atomic(GOLDEN ".hex", buf_view(&hex), false) == 0);
	cr_assert(file_write_atomic(GOLDEN ".json", json, true) == 0);
}

static int
nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of one part: hex up to an empty line. */
static struct str
golden_part(struct str *rest)
{
	struct buf b;

	buf_init(&b, &a);
	while (rest->n) {
		struct str line = str_cut(rest, '\n');

		if (line.n == 0)
			break;
		for (size_t i = 0; i + 1 < line.n; i += 2)
			buf_ch(&b, (char)(nibble(line.p[i]) << 4 | nibble(line.p[i + 1])));
	}
	return buf_view(&b);
}

Test(record, version_1_decodes_for_ever, .init = open_arena, .fini = close_arena)
{
	struct str hex = STR_NONE, want = STR_NONE, is;
	struct encounter *e = rec_new(&a);

	if (getenv("UPDATE_GOLDEN") && !file_exists(GOLDEN ".hex"))
		golden_write();		/* once: an existing file is never rewritten */
	cr_assert(file_read(&a, GOLDEN ".hex", LIMIT_INPUT, &hex) == 0);
	cr_assert(file_read(&a, GOLDEN ".json", LIMIT_INPUT, &want) == 0);
	for (int part = PART_INGEST; part <= PART_PEOPLE; part++) {
		struct str bytes = golden_part(&hex);

		cr_assert(bytes.n > 3 && rec_unpack(&a, bytes, (enum rec_part)part, e) == 0, "part %d", part);
	}
	cr_assert(rec_to_json(&a, e, true, &is) == 0);
	cr_expect(str_eq(is, want), "the same encounter as on the day it was packed");
}

/* ---- ids and lanes ---- */

Test(record, eid_is_by_content, .init = open_arena, .fini = close_arena)
{
	struct encounter *e = fill_encounter(&a, 1);
	struct eid id = rec_eid(e), back;
	struct str *const parts[] = { &e->tenant, &e->source, &e->sender, &e->control };
	struct str text = eid_text(&a, id);

	cr_expect(text.n == 32 && eid_parse(text, &back) && memcmp(&id, &back, sizeof id) == 0);
	cr_expect(!eid_parse(S("0123"), &back) && !eid_parse(S("0123456789ABCDEF0123456789abcdef"), &back));
	e->account = S("other");
	id = rec_eid(e);
	cr_expect(str_eq(eid_text(&a, id), text), "only what names it counts");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct str was = *parts[i];

		*parts[i] = S("other");
		cr_expect(!str_eq(eid_text(&a, rec_eid(e)), text), "part %zu", i);
		*parts[i] = was;
	}
	e->revision++;
	cr_expect(!str_eq(eid_text(&a, rec_eid(e)), text), "revision");
	e->tenant = S("ab"), e->source = S("c");
	id = rec_eid(e);
	e->tenant = S("a"), e->source = S("bc");
	cr_expect(!str_eq(eid_text(&a, id), eid_text(&a, rec_eid(e))), "lengths count");
}

Test(record, lanes_are_stable_and_even, .init = open_arena, .fini = close_arena)
{
	unsigned n[16] = { 0 };

	for (int i = 0; i < 16000; i++) {
		struct str account = arena_fmt(&a, "A%d", i);
		unsigned lane = rec_lane(S("main"), account, 16);

		cr_assert(lane < 16 && lane == rec_lane(S("main"), account, 16));
		n[lane]++;
	}
	for (int i = 0; i < 16; i++)
		cr_expect(n[i] > 800 && n[i] < 1200, "lane %d has %u of 16000", i, n[i]);
	/* changing this is changing where every stored encounter is looked for */
	cr_expect(rec_lane(S("main"), S("ACCT-1"), 16) == 3, "%u", rec_lane(S("main"), S("ACCT-1"), 16));
}
