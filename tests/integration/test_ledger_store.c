/*
 * test_ledger_store.c - what the store really journals, the ledger really reads: no entry may end as raw,
 * stories and control numbers come out in words, and what was copied is gone from the journal.
 */
#include "audit/io_ledger.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char root[] = "/tmp/cl-ledger-XXXXXX";

static const struct commit_by by = { { "suggest", 7 }, { "suggest@host", 12 }, { "cm2026", 6 } };

static struct eid
nth(unsigned n)
{
	struct eid id = { { 0 } };

	id.b[15] = (unsigned char)n;
	return id;
}

/* Eight encounters come in, on two lanes; two are held, one is handed in twice; all with the store's own words. */
static void
work(struct store *s, struct arena *a)
{
	struct admission in[8];
	struct work w[8], *v[8];

	for (unsigned i = 0; i < 8; i++)
		in[i] = (struct admission){ .id = nth(i), .lane = i % 2, .hash = S("00112233445566778899aabbccddeeff"),
		    .tenant = S("t"), .account = S("a"), .pcn = S("p") };
	for (unsigned i = 0; i < 8; i++)
		cr_assert(part_seal(a, S("\x81\x01\x01"), false, &in[i].body) == 0);
	cr_assert(s->ops->admit(s, &by, in, 8, ST_RECEIVED, 60000) == 0);
	for (unsigned i = 0; i < 8; i++) {
		w[i] = (struct work){ .id = in[i].id, .lane = in[i].lane, .state = ST_RECEIVED, .token = in[i].token,
		    .to = i < 6 ? ST_CODED : ST_HELD_CODING, .why = i < 6 ? STR_NONE : S("not certain") };
		v[i] = &w[i];
	}
	w[0].part[PART_SUGGEST] = in[0].body;
	w[0].dirty = 1u << PART_SUGGEST;
	v[5] = v[6];				/* 5 waits for the duplicate */
	v[6] = v[7];
	cr_assert(s->ops->advance(s, &by, v, 7, 60000) == 0 && w[0].moved && w[7].moved);
	w[1].state = ST_RECEIVED;		/* the duplicate, in one commit with 5: refused */
	w[1].token = in[1].token;
	v[0] = &w[1];
	v[1] = &w[5];
	cr_assert(s->ops->advance(s, &by, v, 2, 60000) == 0 && !w[1].moved && w[5].moved);
}

static void
interchanges(struct store *s)
{
	struct member m[2] = { { nth(0), 0, S("p") }, { nth(1), 1, S("p") } };

	for (int i = 0; i < 3; i++) {
		struct interchange ic = { .partner = S("payer"), .members = m, .n = 2 };

		cr_assert(s->ops->ic_reserve(s, &by, &ic, 60000) == 0);
		if (i == 2)
			return;
		ic.state = i ? IC_VOID : IC_SEALED;
		ic.n = i ? 0 : 2;
		if (!i) {
			ic.sha = S("1111111111111111111111111111111111111111111111111111111111111111");
			ic.name = S("payer-1.837");
		}
		cr_assert(s->ops->ic_update(s, &by, &ic) == 0);
		ic.state = IC_SENT;
		cr_assert(i || s->ops->ic_update(s, &by, &ic) == 0);
	}
}

struct kinds { struct arena a; int of[LEDGER_CUT + 1]; };

static int
count(void *me, struct str line)
{
	struct kinds *k = me;
	struct ledger_line l;

	cr_assert(ledger_line_read(&k->a, line, &l) == 0);
	k->of[l.kind]++;
	arena_reset(&k->a);
	return 0;
}

Test(ledger_store, reads_what_the_store_writes)
{
	struct ledger_options o = { .folder = root, .instance = S("audit"), .segment_bytes = 1 << 20, .right_ms = 1000 };
	struct ledger_writer *w;
	struct kinds kinds = { .of = { 0 } };
	struct journal_entry *left;
	struct ledger_verify v;
	struct store *s;
	struct arena a;
	struct str told;
	size_t n = 0;
	int lines;

	arena_init(&a, 0);
	arena_init(&kinds.a, 0);
	cr_assert(mkdtemp(root) && store_mem_open(&s, 2) == 0);
	work(s, &a);
	interchanges(s);
	cr_assert(ledger_writer_open(&w, &o) == 0);
	lines = ledger_tick(w, s, &a);
	cr_expect(lines > 0 && ledger_tick(w, s, &a) == 0, "%s", err_name(lines));
	cr_expect(s->ops->journal_read(s, NULL, 0, 100, &a, &left, &n) == 0 && n == 0, "%zu entries are left", n);

	ledger_verify_init(&v, &a, 0, NULL);
	cr_expect(ledger_folder_walk(root, &v, count, &kinds, NULL) == 0);
	ledger_verify_free(&v);
	cr_expect(kinds.of[LEDGER_RAW] == 0 && kinds.of[LEDGER_OVER] == 0 && kinds.of[LEDGER_OPEN] == 1);
	cr_expect(kinds.of[LEDGER_IC] == 6 && kinds.of[LEDGER_WORK] + kinds.of[LEDGER_IC] == lines);

	ledger_verify_init(&v, &a, 0, NULL);
	cr_expect(ledger_folder_explain(root, eid_text(&a, nth(1)), &a, &v, NULL, &told) == 3);
	cr_expect(memmem(told.p, told.n, "came in as received", 19) && memmem(told.p, told.n, "received -> coded", 17) &&
	    memmem(told.p, told.n, "refused", 7), STR_FMT, STR_ARG(told));
	ledger_verify_free(&v);
	ledger_verify_init(&v, &a, 0, NULL);
	cr_expect(ledger_folder_explain(root, eid_text(&a, nth(7)), &a, &v, NULL, &told) == 2);
	cr_expect(memmem(told.p, told.n, "received -> held:coding", 23) != NULL, STR_FMT, STR_ARG(told));
	ledger_verify_free(&v);
	ledger_verify_init(&v, &a, 0, NULL);
	cr_expect(ledger_folder_gaps(root, false, &a, &v, NULL, &told) == 0);
	cr_expect(str_starts(told, S("payer: 000000001 to 000000003, 1 sent, 1 void, 1 open, 0 missing\n")), STR_FMT,
	    STR_ARG(told));
	ledger_verify_free(&v);

	ledger_writer_close(w);
	s->ops->close(s);
	arena_free(&kinds.a);
	arena_free(&a);
	folder_remove(root);
}
