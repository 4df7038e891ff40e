/*
 * fuzz_ledger.c - bytes as a segment (verify, resume, tell), and bytes as a journal entry, parted by form
 * feeds: whatever it holds, its line must verify, read back, and stand in the ledger once.
 */
#include "audit/ledger.h"
#include "audit/ledger_story.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tellers { struct ledger_story story; struct ledger_gaps gaps; struct arena scratch; };

static int
tell(void *me, struct str line)
{
	struct tellers *t = me;
	struct ledger_line l;

	if (ledger_line_read(&t->scratch, line, &l) == 0)
		must(l.n >= 0 && l.prev.n == LEDGER_HEX);
	arena_reset(&t->scratch);
	(void)ledger_story_add(&t->story, &t->scratch, line);
	(void)ledger_gaps_add(&t->gaps, &t->scratch, line);
	arena_reset(&t->scratch);
	return 0;
}

static void
tellers_open(struct tellers *t, struct arena *a)
{
	arena_init(&t->scratch, 0);
	(void)ledger_story_init(&t->story, a, S("0123456789abcdef0123456789abcdef"));
	ledger_gaps_init(&t->gaps, a);
}

static void
tellers_close(struct tellers *t, struct arena *a)
{
	struct str told;

	(void)ledger_story_tell(a, &t->story, &told);
	(void)ledger_gaps_tell(a, &t->gaps, true, &told);
	arena_free(&t->scratch);
}

static void
as_segment(struct arena *a, struct str bytes, struct tellers *t)
{
	struct ledger_verify v;
	struct ledger_resume r;
	struct ledger_chain c;
	size_t used;

	ledger_verify_init(&v, a, 0, NULL);
	(void)ledger_verify_segment(&v, 1);
	(void)ledger_verify_some(&v, bytes, true, &used, tell, t);
	must(used <= bytes.n);
	(void)ledger_verify_end(&v);
	ledger_verify_free(&v);
	ledger_chain_init(&c, a);
	ledger_resume_init(&r, &c);
	for (struct str rest = bytes; rest.n;) {
		struct str line = str_cut(&rest, '\n');

		(void)tell(t, line);		/* also what does not verify */
		if (ledger_resume_line(&r, line) < 0)
			break;
	}
	must(r.good <= (int64_t)bytes.n + 1);
	ledger_resume_free(&r);
}

static void
as_entry(struct arena *a, struct str bytes, struct tellers *t)
{
	struct str part[5];
	struct ledger_source s;
	struct ledger_chain c;
	struct ledger_verify v;
	struct buf b;
	size_t used;
	int rc;

	for (size_t i = 0; i < 5; i++)
		part[i] = str_cut(&bytes, '\f');
	s = (struct ledger_source){ part[0], part[1], part[2], part[3], part[4] };
	ledger_chain_init(&c, a);
	buf_init(&b, a);
	must(ledger_append_open(&c, &b) == 1);
	rc = ledger_append(&c, &s, &b);
	must(rc <= 0 || ledger_append(&c, &s, &b) == 0);
	ledger_verify_init(&v, a, c.n, c.sha);
	must(ledger_verify_segment(&v, 1) == 0);
	must(ledger_verify_some(&v, buf_view(&b), true, &used, tell, t) == 0 && ledger_verify_end(&v) == 0);
	must(v.chain.n == 1 + (rc > 0));
	ledger_verify_free(&v);
	for (struct str rest = buf_view(&b); rest.n;) {
		struct ledger_line l;

		must(ledger_line_read(a, str_cut(&rest, '\n'), &l) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct tellers t;
	struct arena a;

	arena_init(&a, 0);
	tellers_open(&t, &a);
	as_segment(&a, bytes, &t);
	as_entry(&a, bytes, &t);
	tellers_close(&t, &a);
	arena_free(&a);
	return 0;
}
