/* test_frame.c - frames of the bus as bytes: both ways, every truncation, and everything a peer may lie about. */
#include "pipe/bus.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* ---- headers ---- */

Test(frame, head_both_ways)
{
	static const struct frame_head rows[] = {
		{ FRAME_CREDIT, 0, 0, 0, 0, 0 }, { FRAME_CREDIT, 1764000000000000, 42, 0, 0, 1024 },
		{ FRAME_DATA, INT64_MAX, INT64_MAX, LIMIT_BATCH, ST_VOID, 0 }, { FRAME_OFFER, 0, 7, 0, 0, 0 },
		{ FRAME_ANSWER, 0, 7, 0, 0, 0 }, { FRAME_BYE, 1, 2, 0, 0, INT64_MAX },
	};
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct frame_head h = { 0 };
		struct str bytes = frame_head_write(&a, &rows[i]);

		cr_expect(frame_head_read(bytes, &h), "row %zu is read", i);
		cr_expect(memcmp(&h, &rows[i], sizeof h) == 0, "row %zu is the same", i);
		for (size_t cut = 0; cut < bytes.n; cut++)
			cr_expect(!frame_head_read((struct str){ bytes.p, cut }, &h), "row %zu cut at %zu", i, cut);
	}
	arena_free(&a);
}

Test(frame, head_refused)
{
	static const struct { const char *name, *bytes; size_t n; } rows[] = {
#define ROW(name, lit) { name, lit, sizeof(lit) - 1 }
		ROW("nothing", ""),
		ROW("text", "hello"),
		ROW("a map", "\x87\x01\x01\x00\x00\x00\x00\x00"),
		ROW("six fields", "\x96\x01\x01\x00\x00\x00\x00"),
		ROW("eight fields", "\x98\x01\x01\x00\x00\x00\x00\x00\x00"),
		ROW("version 0", "\x97\x00\x01\x00\x00\x00\x00\x00"),
		ROW("version 2", "\x97\x02\x01\x00\x00\x00\x00\x00"),
		ROW("kind 0", "\x97\x01\x00\x00\x00\x00\x00\x00"),
		ROW("kind 6", "\x97\x01\x06\x00\x00\x00\x00\x00"),
		ROW("negative n", "\x97\x01\x02\x00\x00\xff\x00\x00"),
		ROW("n over the batch", "\x97\x01\x02\x00\x00\xcd\x01\x01\x00\x00"),
		ROW("negative state", "\x97\x01\x02\x00\x00\x01\xff\x00"),
		ROW("unknown state", "\x97\x01\x02\x00\x00\x01\x7f\x00"),
		ROW("negative credit", "\x97\x01\x01\x00\x00\x00\x00\xff"),
		ROW("negative sequence", "\x97\x01\x01\x00\xff\x00\x00\x00"),
		ROW("negative epoch", "\x97\x01\x01\xff\x00\x00\x00\x00"),
		ROW("more behind it", "\x97\x01\x01\x00\x00\x00\x00\x00\x00"),
		ROW("text for a number", "\x97\x01\xa1x\x00\x00\x00\x00\x00"),
		ROW("a number over 63 bits", "\x97\x01\x01\xcf\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"),
#undef ROW
	};
	struct frame_head h;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(!frame_head_read((struct str){ rows[i].bytes, rows[i].n }, &h), "%s", rows[i].name);
	cr_expect(frame_head_read((struct str){ "\x97\x01\x01\x00\x00\x00\x00\x00", 8 }, &h), "the plain one is taken");
}

/* ---- works ---- */

static struct work
work_of(unsigned i)
{
	struct work w = { .lane = i % 16, .state = ST_CODED, .token = INT64_C(1764000000000) + i, .revision = i,
		.attempts = i % 5, .t = INT64_C(1764000000000), .dirty = i % (1u << PART_COUNT) };

	memset(w.id.b, (int)i + 1, sizeof w.id.b);
	w.part[PART_INGEST] = S("\0body");
	if (i % 2)
		w.part[PART_SUGGEST] = S("\0added by suggest");
	return w;
}

static bool
same_work(const struct work *x, const struct work *y)
{
	bool same = memcmp(x->id.b, y->id.b, sizeof x->id.b) == 0 && x->lane == y->lane && x->state == y->state &&
	    x->token == y->token && x->revision == y->revision && x->attempts == y->attempts && x->t == y->t &&
	    x->dirty == y->dirty;

	for (int p = 0; p < PART_COUNT; p++)
		same = same && str_eq(x->part[p], y->part[p]);
	return same;
}

static struct str
written(struct work *w, size_t n, msgpack_sbuffer *out)
{
	struct work *v[LIMIT_BATCH];

	for (size_t i = 0; i < n; i++)
		v[i] = &w[i];
	cr_assert(frame_works_write(v, n, out));
	return (struct str){ out->data, out->size };
}

Test(frame, works_both_ways)
{
	static struct work in[LIMIT_BATCH], out[LIMIT_BATCH];
	static const size_t counts[] = { 1, 2, 17, LIMIT_BATCH };

	for (unsigned i = 0; i < LIMIT_BATCH; i++)
		in[i] = work_of(i);
	for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
		struct frame_head h = { .kind = FRAME_DATA, .n = (int64_t)counts[k], .state = ST_CODED };
		msgpack_sbuffer buf;
		struct str bytes = written(in, counts[k], &buf);

		cr_assert(frame_works_read(bytes, &h, out) == 0, "%zu", counts[k]);
		for (size_t i = 0; i < counts[k]; i++)
			cr_expect(same_work(&in[i], &out[i]), "%zu of %zu", i, counts[k]);
		h.n--;
		cr_expect(frame_works_read(bytes, &h, out) == E_MALFORMED, "one less than there is");
		h.n += 2;
		cr_expect(h.n > LIMIT_BATCH || frame_works_read(bytes, &h, out) == E_MALFORMED, "one more than there is");
		free(buf.data);
	}
}

Test(frame, works_cut)
{
	struct frame_head h = { .kind = FRAME_DATA, .n = 3, .state = ST_CODED };
	struct work in[3] = { work_of(0), work_of(1), work_of(2) }, out[3];
	msgpack_sbuffer buf;
	struct str bytes = written(in, 3, &buf);

	for (size_t cut = 0; cut < bytes.n; cut++) {
		char *exact = malloc(cut ? cut : 1);	/* so that a sanitizer sees a read past the end */

		memcpy(exact, bytes.p, cut);
		cr_expect(frame_works_read((struct str){ exact, cut }, &h, out) == E_MALFORMED, "cut at %zu", cut);
		free(exact);
	}
	free(buf.data);
}

static const struct lie { const char *name; size_t field; int64_t value; int rc; } lies[] = {
	{ "a lane over 65535",	1, 65536, E_MALFORMED },
	{ "a negative lane",	1, -1, E_MALFORMED },
	{ "a negative token",	2, -1, E_MALFORMED },
	{ "a negative revision", 3, -5, E_MALFORMED },
	{ "negative attempts",	4, INT64_MIN, E_MALFORMED },
	{ "a negative arrival",	5, -1, E_MALFORMED },
	{ "negative dirt",	6, -1, E_MALFORMED },
	{ "dirt of a part that is not", 6, 1 << PART_COUNT, E_MALFORMED },
	{ "a number for a part", 7, 12, E_MALFORMED },
	{ "the plain one",	99, 0, 0 },
};

/* One work by hand, with one field replaced by a number. */
static struct str
lying(struct arena *a, const struct lie *l, size_t id_n, size_t part_n)
{
	static const char zeros[32];
	struct buf b;

	buf_init(&b, a);
	buf_ch(&b, (char)(0x90 | (7 + PART_COUNT)));
	buf_ch(&b, (char)0xc4);
	buf_ch(&b, (char)id_n);
	buf_put(&b, zeros, id_n);
	for (size_t f = 1; f < 7 + PART_COUNT; f++) {
		if (f == l->field) {
			buf_ch(&b, (char)0xd3);
			for (int shift = 56; shift >= 0; shift -= 8)
				buf_ch(&b, (char)((uint64_t)l->value >> shift));
		} else if (f < 7) {
			buf_ch(&b, 0);
		} else {
			buf_ch(&b, (char)0xc6);
			for (int shift = 24; shift >= 0; shift -= 8)
				buf_ch(&b, (char)(part_n >> shift));
			for (size_t i = 0; i < part_n; i++)
				buf_ch(&b, 'x');
			part_n = 0;
		}
	}
	return buf_view(&b);
}

Test(frame, works_that_lie)
{
	struct frame_head h = { .kind = FRAME_DATA, .n = 1, .state = ST_RECEIVED };
	const struct lie plain = { "", 99, 0, 0 };
	struct work w;
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
		cr_expect(frame_works_read(lying(&a, &lies[i], 16, 3), &h, &w) == lies[i].rc, "%s", lies[i].name);
	cr_expect(frame_works_read(lying(&a, &plain, 15, 3), &h, &w) == E_MALFORMED, "a short id");
	cr_expect(frame_works_read(lying(&a, &plain, 17, 3), &h, &w) == E_MALFORMED, "a long id");
	cr_expect(frame_works_read(lying(&a, &plain, 16, LIMIT_BODY), &h, &w) == 0, "a part of the largest size");
	cr_expect(frame_works_read(lying(&a, &plain, 16, LIMIT_BODY + 1), &h, &w) == E_LIMIT, "a part beyond it");
	cr_expect(frame_works_read(S("\xdd\xff\xff\xff\xff"), &h, &w) == E_MALFORMED, "a claimed 2^32 members");
	cr_expect(frame_works_read(S("\xc6\xff\xff\xff\xff"), &h, &w) == E_MALFORMED, "a claimed 4 GB");
	arena_free(&a);
}
