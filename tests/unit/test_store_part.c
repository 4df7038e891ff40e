/* test_store_part.c - the small pure pieces of the store: parts, RESP, stream ids, members, journal text, library. */
#include "pipe/resp.h"
#include "pipe/store_impl.h"
#include "pipe/store_redis.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena a;

Test(store_part, round_trip)
{
	static const size_t sizes[] = { 0, 1, 100, 255, 256, 4096, 100000, LIMIT_BODY };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int kind = 0; kind < 4; kind++) {
			char *p = malloc(sizes[i] + 1);
			struct str raw = { p, sizes[i] }, sealed, back;
			uint32_t x = 1;

			cr_assert(p);
			for (size_t k = 0; k < sizes[i]; k++)
				p[k] = kind & 1 ? (char)((x = x * 1664525u + 1013904223u) >> 24) : 'a';
			arena_init(&a, 0);
			cr_assert(part_seal(&a, raw, kind & 2, &sealed) == 0);
			cr_expect(sealed.n <= raw.n + 1, "%zu: never more than a byte larger", sizes[i]);
			cr_expect((sealed.p[0] == 1) == ((kind & 2) && !(kind & 1) && sizes[i] >= 256),
			    "%zu %d: codec %d", sizes[i],
			    kind, sealed.p[0]);
			cr_expect(part_open(&a, sealed, &back) == 0 && str_eq(back, raw), "%zu %d comes back",
			    sizes[i], kind);
			arena_free(&a);
			free(p);
		}
}

Test(store_part, refusals)
{
	static const unsigned char huge[] = { 1, 0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0xff, 0xff, 0xff, 0x7f, 0x01, 0, 0 };
	static const unsigned char unknown_size[] = { 1, 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x01, 0, 0 };
	const struct { struct str in; int rc; } rows[] = {
		{ STR_NONE, E_MALFORMED },
		{ { "", 0 }, E_MALFORMED },
		{ { "\2abc", 4 }, E_VERSION },
		{ { "\1", 1 }, E_MALFORMED },
		{ { "\1not zstd", 9 }, E_MALFORMED },
		{ { (const char *)huge, sizeof huge }, E_LIMIT },
		{ { (const char *)unknown_size, sizeof unknown_size }, E_MALFORMED },
	};
	char *big = calloc(1, LIMIT_BODY + 2);
	struct str out, sealed;

	cr_assert(big);
	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(part_open(&a, rows[i].in, &out) == rows[i].rc, "row %zu", i);
	cr_expect(part_seal(&a, (struct str){ big, LIMIT_BODY + 1 }, true, &out) == E_LIMIT);
	cr_expect(part_open(&a, (struct str){ big, LIMIT_BODY + 2 }, &out) == E_LIMIT);
	/* every truncation of a good part is refused */
	cr_assert(part_seal(&a, (struct str){ big, 5000 }, true, &sealed) == 0 && sealed.p[0] == 1);
	for (size_t n = 0; n < sealed.n; n++)
		cr_expect(part_open(&a, (struct str){ sealed.p, n }, &out) < 0, "cut at %zu", n);
	free(big);
	arena_free(&a);
	arena_init(&a, 100);
	cr_expect(part_open(&a, S("\1\x28\xb5\x2f\xfd\x60\x00\x10\x01\x00\x00"), &out) < 0);
	cr_expect(part_seal(&a, (struct str){ "x", 1 }, false, &out) == 0 || a.spent);
	arena_free(&a);
}

Test(store_part, commands)
{
	struct args c;
	struct resp r = { 0 };
	static const int64_t ints[] = { 0, 9, 10, -1, INT64_MIN, INT64_MAX };
	static const char want[] = "*8\r\n$4\r\nHSET\r\n$0\r\n\r\n$1\r\n0\r\n$1\r\n9\r\n$2\r\n10\r\n$2\r\n-1\r\n"
	    "$20\r\n-9223372036854775808\r\n$19\r\n9223372036854775807\r\n";

	arena_init(&a, 0);
	args_init(&c, &a);
	args_str(&c, S("HSET"));
	args_str(&c, STR_NONE);
	for (size_t i = 0; i < 6; i++)
		args_int(&c, ints[i]);
	resp_put(&r, &c);
	cr_expect(r.n == sizeof want - 1 && memcmp(r.p, want, r.n) == 0, "%.*s", (int)r.n, r.p);
	resp_clear(&r);
	args_init(&c, &a);
	args_str(&c, S("SET"));
	args_str(&c, S("ab"));
	args_more(&c, S("cde"));
	args_str(&c, S("f"));
	resp_put(&r, &c);
	cr_expect(r.n == strlen("*3\r\n$3\r\nSET\r\n$5\r\nabcde\r\n$1\r\nf\r\n") &&
	    memcmp(r.p, "*3\r\n$3\r\nSET\r\n$5\r\nabcde\r\n$1\r\nf\r\n", r.n) == 0, "%.*s", (int)r.n, r.p);
	resp_clear(&r);
	args_init(&c, &a);
	args_str(&c, S("HSET"));
	for (int i = 0; i < 5000; i++)
		args_str(&c, S("0123456789012345678901234567890123456789"));
	resp_put(&r, &c);
	cr_expect(!r.failed && r.n > 200000 && memcmp(r.p, "*5001\r\n", 7) == 0);
	resp_free(&r);
	arena_free(&a);
	arena_init(&a, 64);
	args_init(&c, &a);
	args_str(&c, S("too small an arena"));
	resp_put(&r, &c);
	cr_expect(r.failed);
	resp_free(&r);
	arena_free(&a);
}

Test(store_part, stream_ids)
{
	static const struct { const char *a, *b; int order; } rows[] = {
		{ "1-0", "1-1", -1 }, { "2-0", "1-9", 1 }, { "10-0", "9-0", 1 }, { "5-3", "5-3", 0 }, { "5", "5-0", 0 },
		{ "1700000000000-10", "1700000000000-9", 1 }, { "x", "y", -1 },
	};

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int c = store_id_cmp(str_of(rows[i].a), str_of(rows[i].b));

		cr_expect((c > 0) - (c < 0) == rows[i].order, "%s %s", rows[i].a, rows[i].b);
	}
	cr_expect(str_is(store_id_next(&a, S("7-9")), "7-10") && str_is(store_id_next(&a, S("7")), "7-1"));
	cr_expect(!store_id_next(&a, S("x-1")).p && !store_id_next(&a, S("-1-1")).p);
	cr_expect(!store_id_next(&a, S("1-9223372036854775807")).p);
	arena_free(&a);
}

Test(store_part, members)
{
	struct member v[3] = { { { { 1, 2 } }, 0, S("A1") }, { { { 0xff } }, 255, STR_NONE }, { { { 0 } }, 7,
	    S("x\0|\n") } }, *got;
	struct str bytes;
	size_t n;

	arena_init(&a, 0);
	bytes = store_members_pack(&a, v, 3);
	cr_assert(store_members_unpack(&a, bytes, &got, &n) == 0 && n == 3);
	for (int i = 0; i < 3; i++)
		cr_expect(memcmp(&got[i].id, &v[i].id, 16) == 0 && got[i].lane == v[i].lane && str_eq(got[i].pcn,
		    v[i].pcn));
	for (size_t cut = 0; cut < bytes.n; cut++)
		cr_expect(store_members_unpack(&a, (struct str){ bytes.p, cut }, &got, &n) < 0 && n == 0,
		    "cut at %zu", cut);
	cr_expect(store_members_unpack(&a, S("\xdd\x7f\xff\xff\xff"), &got, &n) == E_STORE_REPLY);
	cr_expect(store_members_unpack(&a, store_members_pack(&a, NULL, 0), &got, &n) == 0 && n == 0);
	arena_free(&a);
}

Test(store_part, journal_text)
{
	const struct commit_by by = { S("a|b"), S("one\ntwo"), STR_NONE };
	const struct interchange ic = { .partner = S("p"), .number = 42, .n = 3, .sha = S("ab"), .name = S("x y\n") };
	struct eid id = { { 0xab, 1 } };
	struct buf b;

	arena_init(&a, 0);
	cr_expect(str_is(store_header(&a, &by, S("lib"), "new", "void"), "a_b|one_two|-|lib|new|void"));
	cr_expect(str_is(store_ic_row(&a, &ic), "p 42 3 ab x_y_\n"));
	buf_init(&b, &a);
	store_row(&b, id, 120, "hold", S("-"));
	store_row(&b, id, 0, "admit", S("ff"));
	cr_expect(str_is(buf_view(&b),
	    "ab010000000000000000000000000000 120 hold -\nab010000000000000000000000000000 0 admit ff\n"));
	arena_free(&a);
}

Test(store_part, partners)
{
	cr_expect(store_partner_ok(S("Payer_1.a-b")));
	cr_expect(!store_partner_ok(STR_NONE) && !store_partner_ok(S("a b")) && !store_partner_ok(S("a}")) &&
	    !store_partner_ok(S("a\0")));
	cr_expect(!store_partner_ok((struct str){ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 65 }));
}

/* The text compiled in is the text in the tree: an assembler's .incbin is invisible to dependency files. */
Test(store_part, library_is_current)
{
	struct str lua, version;
	char *file = malloc(1 << 20);
	FILE *f = fopen(CL_SOURCE_DIR "/common/pipe/store.lua", "rb");
	size_t n;

	cr_assert(f && file);
	n = fread(file, 1, 1 << 20, f);
	(void)fclose(f);
	arena_init(&a, 0);
	cr_assert(store_lua_source(&a, &lua, &version) == 0 && version.n == 12 && lua.n > n);
	cr_expect(memcmp(lua.p + lua.n - n, file, n) == 0, "store.lua is newer than the library: build again");
	cr_expect(str_starts(lua, S("#!lua name=claimline\n")) && strstr(lua.p, "['received>cleared']=1"));
	cr_expect(strstr(lua.p, "['reserved>sealed']=1") && !strstr(lua.p, "['sent>sealed']") && !strstr(lua.p,
	    "['void>new']"));
	free(file);
	arena_free(&a);
}

/* Head and part in one field, riding parts in another, and what counts when both have a part. */
Test(store_part, fields_of_an_encounter)
{
	struct admission ad = { .hash = S("0123456789abcdef0123456789abcdef"), .tenant = S("main"), .account = S("a b"),
	    .pcn = S("P 1"), .charge = 12550, .due = 99, .body = S("\0body") };
	struct work w = { .state = ST_RECEIVED, .to = ST_CLEARED, .dirty = 1u << PART_SUGGEST | 1u << PART_AUDIT };
	struct str v[F_COUNT] = { STR_NONE }, whole;
	struct change ch[CHANGES_MAX];
	struct snapshot s = { 0 };

	arena_init(&a, 0);
	w.part[PART_SUGGEST] = S("\0one");
	w.part[PART_AUDIT] = S("\0three");
	cr_assert(store_changes(&a, &w, ch) == 1 && ch[0].f == F_O);
	v[F_O] = whole = ch[0].v;
	v[F_PARTS + PART_INGEST] = store_body(&a, &ad, 1700000000123);
	cr_assert(store_snapshot(v, &s) == 0);
	cr_expect(s.w.state == ST_RECEIVED && s.w.revision == 0 && s.w.t == 1700000000123 && s.charge == 12550 && s.due == 99);
	cr_expect(str_eq(s.hash, ad.hash) && str_eq(s.tenant, ad.tenant) && str_eq(s.account, ad.account) &&
	    str_eq(s.pcn, ad.pcn));
	cr_expect(str_eq(s.w.part[PART_INGEST], ad.body) && str_eq(s.w.part[PART_SUGGEST], w.part[PART_SUGGEST]) &&
	    s.w.part[PART_VALIDATE].n == 0 && str_eq(s.w.part[PART_AUDIT], w.part[PART_AUDIT]));
	/* a later commit writes fields of their own, and they count */
	w.revision = 3;
	cr_assert(store_changes(&a, &w, ch) == 2 && ch[0].f == F_PARTS + PART_SUGGEST && ch[1].f == F_PARTS + PART_AUDIT);
	v[F_PARTS + PART_SUGGEST] = S("\0newer");
	v[F_S] = store_state(&a, ST_HELD_CODING, 4);
	s = (struct snapshot){ 0 };
	cr_assert(store_snapshot(v, &s) == 0 && s.w.state == ST_HELD_CODING && s.w.revision == 4);
	cr_expect(str_is(s.w.part[PART_SUGGEST], "") == false && str_eq(s.w.part[PART_SUGGEST], S("\0newer")));
	cr_expect(str_eq(s.w.part[PART_AUDIT], w.part[PART_AUDIT]));
	/* every cut of the bundle that is not between parts, and of the head, is refused */
	for (size_t n = 1; n < whole.n; n++) {
		v[F_O] = (struct str){ whole.p, n };
		cr_expect((store_snapshot(v, &s) == 0) == (n == 5 + w.part[PART_SUGGEST].n), "bundle cut at %zu", n);
	}
	v[F_O] = STR_NONE;
	whole = v[F_PARTS + PART_INGEST];
	for (size_t n = 1; n + ad.body.n < whole.n; n++) {
		v[F_PARTS + PART_INGEST] = (struct str){ whole.p, n };
		cr_expect(store_snapshot(v, &s) == E_STORE_REPLY, "head cut at %zu", n);
	}
	/* the part alone, its head beside it; and a head with something after it */
	v[F_PARTS + PART_INGEST] = ad.body;
	v[F_M] = (struct str){ whole.p, whole.n - ad.body.n };
	s = (struct snapshot){ 0 };
	cr_expect(store_snapshot(v, &s) == 0 && str_eq(s.pcn, ad.pcn) && str_eq(s.w.part[PART_INGEST], ad.body));
	v[F_M] = whole;
	cr_expect(store_snapshot(v, &s) == E_STORE_REPLY);
	arena_free(&a);
}
