/* test_ledger.c - the chain of the ledger: what is written is what is read, and no byte can change unseen. */
#include "audit/ledger.h"
#include "audit/ledger_story.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define T(lit) { (lit), sizeof(lit) - 1 }	/* S() for static tables */
#define A "0123456789abcdef0123456789abcdef"
#define B "fedcba9876543210fedcba9876543210"
#define H "00112233445566778899aabbccddeeff"
#define SHA1 "1111111111111111111111111111111111111111111111111111111111111111"
#define SHA2 "2222222222222222222222222222222222222222222222222222222222222222"
#define IN_COMMON(stage, from, to) #stage "|claimline-" #stage "@host|cm2026|0.1.0|" from "|" to

static const struct ledger_source life[] = {
	{ T("cl:{3}:journal"), T("1788430929000-0"), T(IN_COMMON(ingest, "", "received")),
	  T(A " 1 new " H "\n" B " 1 new " H), T("11") },
	{ T("cl:{3}:journal"), T("1788430931250-0"), T(IN_COMMON(suggest, "received", "coded")),
	  T(A " 2 pass " H "\n" B " 2 pass " H), T("10") },
	{ T("cl:{tp:payer}:journal"), T("1788430932000-5"), T(IN_COMMON(submit, "ic", "reserved")),
	  T("payer 1 2 - -"), T("1") },
	{ T("cl:{3}:journal"), T("1788430932000-0"), T("people|Zo\xc3\xab \"Z\" \\ \x1b[31m||0.1.0|coded|held:coding"),
	  T(A " 3 held:coding -\n"), T("1") },
	{ T("cl:{tp:payer}:journal"), T("1788430933000-0"), T(IN_COMMON(submit, "ic", "sent")),
	  T("payer 1 2 " SHA1 " payer 000000001.edi"), T("1") },
	{ T("cl:{4}:journal"), T("1788430933000-0"), T("not a header"), T("\xff\x00rows"), T("1") },
};
#define N_LIFE (sizeof life / sizeof *life)

/* A ledger in one text; every line but the first is written in the same batch as the one before. */
static struct str
small(struct arena *a, struct ledger_chain *c)
{
	struct buf b;

	ledger_chain_init(c, a);
	buf_init(&b, a);
	cr_assert(ledger_append_open(c, &b) == 1);
	c->synced = c->n;
	for (size_t i = 0; i < N_LIFE; i++)
		cr_assert(ledger_append(c, &life[i], &b) == 1, "entry %zu", i);
	return buf_view(&b);
}

static int
verify(struct str bytes, struct ledger_break *why, int64_t anchor_n, const char *anchor_sha)
{
	struct ledger_verify v;
	struct arena a;
	size_t used;
	int rc;

	arena_init(&a, 0);
	ledger_verify_init(&v, &a, anchor_n, anchor_sha);
	rc = ledger_verify_segment(&v, 1);
	if (rc >= 0)
		rc = ledger_verify_some(&v, bytes, true, &used, NULL, NULL);
	if (rc >= 0)
		rc = ledger_verify_end(&v);
	if (why)
		*why = v.why;
	ledger_verify_free(&v);
	arena_free(&a);
	return rc;
}

Test(ledger, lines_read_back_as_written)
{
	struct ledger_chain c;
	struct ledger_line l;
	struct str rest, line;
	struct arena a;
	size_t i = 0;

	arena_init(&a, 0);
	rest = small(&a, &c);
	cr_expect(verify(rest, NULL, 0, NULL) == 0);
	line = str_cut(&rest, '\n');
	cr_expect(ledger_line_read(&a, line, &l) == 0 && l.kind == LEDGER_OPEN && l.n == 1 && l.n_marks == 0);
	for (; (line = str_cut(&rest, '\n')).n; i++) {
		struct ledger_line head;

		cr_assert(ledger_line_read(&a, line, &l) == 0, "entry %zu: " STR_FMT, i, STR_ARG(line));
		cr_expect(l.n == (int64_t)i + 2 && l.sync == 1 && str_eq(l.stream, life[i].stream));
		cr_expect(str_eq(ledger_id_text(&a, l.id), life[i].id));
		cr_expect(ledger_line_head(&a, line, &head) == 0 && head.n == l.n && str_eq(head.sha, l.sha) &&
		    str_eq(head.stream, l.stream));
		if (i == 1)
			cr_expect(l.kind == LEDGER_WORK && l.n_rows == 2 && str_is(l.rows[1].eid, B) && !l.rows[1].moved &&
			    l.rows[0].moved && l.rows[0].revision == 2 && str_is(l.rows[0].verdict, "pass") &&
			    str_is(l.rows[0].hash, H) && str_is(l.to, "coded") && str_is(l.book, "cm2026"));
		if (i == 2)
			cr_expect(l.kind == LEDGER_IC && l.n_ics == 1 && l.ics[0].number == 1 && l.ics[0].claims == 2 &&
			    l.ics[0].sha.n == 0 && l.ics[0].name.n == 0);
		if (i == 3)
			cr_expect(str_is(l.actor, "Zo\xc3\xab \"Z\" \\ \x1b[31m") && l.rows[0].hash.n == 0);
		if (i == 4)
			cr_expect(str_is(l.ics[0].sha, SHA1) && str_is(l.ics[0].name, "payer 000000001.edi"));
		if (i == 5)
			cr_expect(l.kind == LEDGER_RAW && memmem(line.p, line.n, "\"ff00726f7773\"", 14));
	}
	cr_expect(i == N_LIFE);
	arena_free(&a);
}

/* The form is a promise: a line written today must verify in ten years. */
Test(ledger, form_of_a_line_is_fixed)
{
	struct ledger_chain c;
	struct arena a;
	struct str text, first, second;

	arena_init(&a, 0);
	text = small(&a, &c);
	first = str_cut(&text, '\n');
	(void)str_cut(&text, '\n');
	second = str_cut(&text, '\n');
	cr_expect(str_is(first, "{\"n\":1,\"sync\":0,\"open\":[],\"prev\":\""
	    "0000000000000000000000000000000000000000000000000000000000000000\",\"sha\":\""
	    "285a1ac14e1fe73da286eecfc04c1af8ab4ee31314465db250d70eade0f86c97\"}"),
	    STR_FMT, STR_ARG(first));
	cr_expect(str_is(second, "{\"n\":3,\"sync\":1,\"stream\":\"cl:{3}:journal\",\"id\":\"1788430931250-0\",\"h\":{"
	    "\"stage\":\"suggest\",\"actor\":\"claimline-suggest@host\",\"book\":\"cm2026\",\"lib\":\"0.1.0\","
	    "\"from\":\"received\",\"to\":\"coded\"},\"rows\":[[\"" A "\",2,\"pass\",\"" H "\",1],[\"" B "\",2,\"pass\",\"" H
	    "\",0]],\"prev\":\"9973aac6cde372289504e7a0f0801260a6aed56227c8c9b230fa654de52cc368\",\"sha\":\""
	    "afef49a604e764d7721ace560a9569bdd2bdfeb40c65e138401532cc5afb3c14\"}"),
	    STR_FMT, STR_ARG(second));
	arena_free(&a);
}

/* ---- tampering ---- */
Test(ledger, every_changed_byte_is_seen)
{
	struct ledger_chain c;
	struct arena a;
	struct str text;
	char *p;
	int64_t line = 1;

	arena_init(&a, 0);
	text = small(&a, &c);
	p = (char *)text.p;
	for (size_t i = 0; i < text.n; i++) {
		static const unsigned char flips[] = { 0x01, 0x10, 0x20, 0x80, 0xff };
		struct ledger_break why;
		char was = p[i];

		for (size_t f = 0; f < sizeof flips; f++) {
			int rc;

			p[i] = (char)(was ^ (char)flips[f]);
			rc = verify(text, &why, 0, NULL);
			cr_expect(rc == E_CHAIN || (rc == E_INCOMPLETE && i == text.n - 1), "byte %zu flip %x: %d",
			    i, flips[f], rc);
			/* a line end in the middle of a line, or the end of a line gone: still that line */
			cr_expect(why.segment == 1 && why.line == line, "byte %zu: line %lld, not %lld", i,
			    (long long)why.line, (long long)line);
		}
		p[i] = was;
		line += was == '\n';
	}
	cr_expect(verify(text, NULL, 0, NULL) == 0);
	arena_free(&a);
}

static struct str
without(struct arena *a, struct str text, int64_t drop, int64_t twice)
{
	struct buf b;
	struct str rest = text;

	buf_init(&b, a);
	for (int64_t i = 0; rest.n; i++) {
		struct str line = str_cut(&rest, '\n');

		for (int k = i == drop ? 0 : i == twice ? 2 : 1; k; k--) {
			buf_str(&b, line);
			buf_ch(&b, '\n');
		}
	}
	return buf_view(&b);
}

Test(ledger, dropped_doubled_and_cut_lines_are_seen)
{
	struct ledger_break why;
	struct ledger_chain c;
	struct arena a;
	struct str text, first;

	arena_init(&a, 0);
	text = small(&a, &c);
	for (int64_t i = 0; i < (int64_t)N_LIFE; i++) {
		cr_expect(verify(without(&a, text, i, -1), &why, 0, NULL) == E_CHAIN && why.line == i + 1, "%lld", (long long)i);
		cr_expect(verify(without(&a, text, -1, i), &why, 0, NULL) == E_CHAIN && why.line == i + 2, "%lld", (long long)i);
	}
	/* every other length than that of whole lines is torn; whole lines gone need the anchor */
	for (size_t n = 1; n < text.n; n++) {
		bool whole = text.p[n - 1] == '\n';
		int rc = verify((struct str){ text.p, n }, &why, 0, NULL);

		cr_expect(rc == (whole ? 0 : E_INCOMPLETE), "cut at %zu: %d", n, rc);
		if (whole)
			cr_expect(verify((struct str){ text.p, n }, &why, c.n, c.sha) == E_CHAIN, "cut at %zu", n);
	}
	cr_expect(verify(text, &why, c.n, c.sha) == 0);
	cr_expect(verify(text, &why, c.n - 1, c.sha) == E_CHAIN && why.line == c.n - 1, "another anchor");
	first = without(&a, text, 0, -1);
	cr_expect(verify(first, &why, 0, NULL) == E_CHAIN && strcmp(why.expected, "1") == 0 && strcmp(why.found, "2") == 0);
	arena_free(&a);
}

Test(ledger, segments_join_and_a_missing_one_is_seen)
{
	struct ledger_verify v;
	struct ledger_chain c;
	struct arena a;
	struct str one, two;
	struct buf b;
	size_t used;

	arena_init(&a, 0);
	one = small(&a, &c);
	buf_init(&b, &a);
	cr_assert(ledger_append_open(&c, &b) == 1);
	two = buf_view(&b);
	cr_expect(memmem(two.p, two.n, "[\"cl:{3}:journal\",\"1788430932000-0\"]", 36) != NULL, STR_FMT, STR_ARG(two));
	ledger_verify_init(&v, &a, 0, NULL);
	cr_expect(ledger_verify_segment(&v, 1) == 0);
	for (size_t at = 0; at < one.n; at += used)		/* fed as slowly as can be */
		for (size_t n = 1; (used = 0, at + n <= one.n); n++) {
			cr_assert(ledger_verify_some(&v, (struct str){ one.p + at, n }, false, &used, NULL, NULL) == 0);
			if (used)
				break;
		}
	cr_expect(v.bytes == (int64_t)one.n && v.chain.n == (int64_t)N_LIFE + 1);
	cr_expect(ledger_verify_segment(&v, 3) == E_CHAIN, "segment 2 is missing");
	cr_expect(ledger_verify_segment(&v, 2) == 0);
	cr_expect(ledger_verify_some(&v, two, true, &used, NULL, NULL) == 0 && used == two.n);
	cr_expect(ledger_verify_segment(&v, 3) == 0);
	cr_expect(ledger_verify_segment(&v, 4) == E_CHAIN, "an empty segment in the middle");
	ledger_verify_free(&v);

	/* opening lines in the wrong place, though rightly chained */
	ledger_chain_init(&c, &a);
	buf_init(&b, &a);
	cr_expect(ledger_append(&c, &life[0], &b) == 1 && verify(buf_view(&b), NULL, 0, NULL) == E_CHAIN);
	ledger_chain_init(&c, &a);
	buf_init(&b, &a);
	cr_expect(ledger_append_open(&c, &b) == 1 && ledger_append_open(&c, &b) == 1);
	cr_expect(verify(buf_view(&b), NULL, 0, NULL) == E_CHAIN);
	arena_free(&a);
}

/* ---- appending ---- */
Test(ledger, entries_are_taken_once_and_in_order)
{
	struct ledger_back back;
	struct ledger_chain c;
	struct ledger_source s = life[0];
	struct arena a;
	struct buf b;
	char sha[LEDGER_HEX + 1];

	arena_init(&a, 0);
	(void)small(&a, &c);
	buf_init(&b, &a);
	for (size_t i = 0; i < N_LIFE; i++)
		cr_expect(ledger_append(&c, &life[i], &b) == 0 && b.n == 0, "entry %zu again", i);
	memcpy(sha, c.sha, sizeof sha);
	cr_expect(ledger_remember(&c, &a, &back) == 0);
	s.id = S("1788430932000-1");
	cr_expect(ledger_append(&c, &s, &b) == 1);
	s.stream = S("cl:{9}:journal");
	cr_expect(ledger_append(&c, &s, &b) == 1 && ledger_append(&c, &s, &b) == 0);
	ledger_forget(&c, &back);
	cr_expect(c.n == (int64_t)N_LIFE + 1 && strcmp(c.sha, sha) == 0);
	cr_expect(ledger_append(&c, &s, &b) == 1, "taken back, so not in the chain");
	arena_free(&a);
}

Test(ledger, what_is_no_entry_is_refused_or_kept_in_hex)
{
	static const struct { const char *stream, *id; int rc; } names[] = {
		{ "", "1-0", E_STORE_REPLY }, { "a b", "1-0", E_STORE_REPLY }, { "a\"b", "1-0", E_STORE_REPLY },
		{ "s", "", E_STORE_REPLY }, { "s", "1", E_STORE_REPLY }, { "s", "01-0", E_STORE_REPLY },
		{ "s", "-1-0", E_STORE_REPLY }, { "s", "1-18446744073709551616", E_STORE_REPLY },
		{ "s", "0-0", 0 }, { "s", "18446744073709551615-18446744073709551615", 1 },
	};
	static const struct { const char *name; struct str header, rows, flags; enum ledger_kind kind; } forms[] = {
		{ "plain", T("a|b|c|d|e|f"), T(A " 1 v " H), T("1"), LEDGER_WORK },
		{ "no flags", T("a|b|c|d|e|f"), T(A " 1 v " H), T(""), LEDGER_WORK },
		{ "no rows", T("a|b|c|d|e|f"), T(""), T(""), LEDGER_WORK },
		{ "no hash", T("a|b|c|d|e|f"), T(A " 1 v"), T("0"), LEDGER_WORK },
		{ "ic", T("a|b|c|d|ic|void"), T("p 7 0"), T("1"), LEDGER_IC },
		{ "five fields", T("a|b|c|d|e"), T(A " 1 v " H), T("1"), LEDGER_RAW },
		{ "seven fields", T("a|b|c|d|e|f|g"), T(A " 1 v " H), T("1"), LEDGER_RAW },
		{ "not UTF-8", T("a|\xc3|c|d|e|f"), T(A " 1 v " H), T("1"), LEDGER_RAW },
		{ "overlong UTF-8", T("a|\xc0\xaf|c|d|e|f"), T(A " 1 v " H), T("1"), LEDGER_RAW },
		{ "surrogate", T("a|\xed\xa0\x80|c|d|e|f"), T(A " 1 v " H), T("1"), LEDGER_RAW },
		{ "too few flags", T("a|b|c|d|e|f"), T(A " 1 v " H "\n" B " 1 v " H), T("1"), LEDGER_RAW },
		{ "too many flags", T("a|b|c|d|e|f"), T(A " 1 v " H), T("11"), LEDGER_RAW },
		{ "other flag", T("a|b|c|d|e|f"), T(A " 1 v " H), T("2"), LEDGER_RAW },
		{ "short eid", T("a|b|c|d|e|f"), T("0123 1 v " H), T("1"), LEDGER_RAW },
		{ "no verdict", T("a|b|c|d|e|f"), T(A " 1"), T("1"), LEDGER_RAW },
		{ "revision", T("a|b|c|d|e|f"), T(A " -1 v " H), T("1"), LEDGER_RAW },
		{ "too many words", T("a|b|c|d|e|f"), T(A " 1 v " H " more"), T("1"), LEDGER_RAW },
		{ "number", T("a|b|c|d|ic|void"), T("p 1000000000 0"), T("1"), LEDGER_RAW },
	};
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct ledger_source s = { str_of(names[i].stream), str_of(names[i].id), S("a|b|c|d|e|f"), S(""), S("") };
		struct ledger_chain c;
		struct buf b;

		ledger_chain_init(&c, &a);
		buf_init(&b, &a);
		cr_expect(ledger_append(&c, &s, &b) == names[i].rc, "%s %s", names[i].stream, names[i].id);
		cr_expect((b.n > 0) == (names[i].rc == 1) && c.n == (names[i].rc == 1));
	}
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct ledger_source s = { S("s"), S("1-0"), forms[i].header, forms[i].rows, forms[i].flags };
		struct ledger_line l;
		struct ledger_chain c;
		struct buf b;

		ledger_chain_init(&c, &a);
		buf_init(&b, &a);
		cr_assert(ledger_append(&c, &s, &b) == 1, "%s", forms[i].name);
		cr_expect(ledger_line_read(&a, (struct str){ b.p, b.n - 1 }, &l) == 0 && l.kind == forms[i].kind,
		    "%s: kind %d", forms[i].name, (int)l.kind);
	}
	arena_free(&a);
}

Test(ledger, an_entry_beyond_all_bounds_leaves_its_hash)
{
	struct ledger_source s = { S("s"), S("1-0"), S("a|b|c|d|e|f"), STR_NONE, S("") };
	struct ledger_line l;
	struct ledger_chain c;
	struct arena a;
	struct buf b, rows;

	arena_init(&a, 0);
	buf_init(&rows, &a);
	while (rows.n < 3u << 20)
		buf_cstr(&rows, A " 1 v " H "\n");
	s.rows = buf_view(&rows);
	ledger_chain_init(&c, &a);
	buf_init(&b, &a);
	cr_assert(ledger_append(&c, &s, &b) == 1 && b.n < 1000);
	cr_expect(ledger_line_read(&a, (struct str){ b.p, b.n - 1 }, &l) == 0 && l.kind == LEDGER_OVER);
	cr_expect(l.bytes == (int64_t)(s.header.n + s.rows.n));
	arena_free(&a);
}

Test(ledger, a_spent_arena_changes_nothing)
{
	struct arena a, tight;

	arena_init(&a, 0);
	for (size_t limit = 16; limit < 2048; limit += 16) {
		struct ledger_chain c;
		struct buf b;
		int rc;

		arena_init(&tight, limit);
		ledger_chain_init(&c, &a);
		buf_init(&b, &tight);
		rc = ledger_append(&c, &life[1], &b);
		cr_expect(rc == 1 ? c.n == 1 && b.n > 0 : rc == E_NOMEM && c.n == 0 && b.n == 0, "limit %zu: %d", limit, rc);
		if (rc == E_NOMEM) {
			arena_reset(&tight);
			tight.limit = 0;
			buf_init(&b, &tight);
			cr_expect(ledger_append(&c, &life[1], &b) == 1, "limit %zu", limit);
		}
		arena_free(&tight);
	}
	arena_free(&a);
}

/* ---- resuming ---- */
/* Two batches: lines 1 to 3 synced, then lines 4 to 7 in one write. */
static struct str
two_batches(struct arena *a, size_t *synced)
{
	struct ledger_chain c;
	struct buf b;

	ledger_chain_init(&c, a);
	buf_init(&b, a);
	(void)ledger_append_open(&c, &b);
	(void)ledger_append(&c, &life[0], &b);
	(void)ledger_append(&c, &life[1], &b);
	c.synced = c.n;
	*synced = b.n;
	for (size_t i = 2; i < N_LIFE; i++)
		(void)ledger_append(&c, &life[i], &b);
	return buf_view(&b);
}

static int
resume(struct str text, int64_t *good, int64_t *n)
{
	struct ledger_resume r;
	struct ledger_chain c;
	struct arena a;
	int rc = 0;

	arena_init(&a, 0);
	ledger_chain_init(&c, &a);
	ledger_resume_init(&r, &c);
	for (const char *end; rc >= 0 && text.n && (end = memchr(text.p, '\n', text.n));) {
		struct str line = { text.p, (size_t)(end - text.p) };

		rc = ledger_resume_line(&r, line);
		text = (struct str){ end + 1, text.n - line.n - 1 };
	}
	*good = r.good;
	*n = c.n;
	ledger_resume_free(&r);
	arena_free(&a);
	return rc;
}

/* Bytes of the last write may be anything after a power cut: they go. Any change before that is damage. */
Test(ledger, torn_write_is_cut_and_damage_is_not)
{
	struct arena a;
	struct str text;
	size_t synced;
	int64_t good, n, damage = 0;
	char *p;

	arena_init(&a, 0);
	text = two_batches(&a, &synced);
	p = (char *)text.p;
	cr_expect(resume(text, &good, &n) == 0 && good == (int64_t)text.n && n == 7);
	for (size_t cut = synced; cut < text.n; cut++) {
		cr_expect(resume((struct str){ p, cut }, &good, &n) == 0 && good >= (int64_t)synced && good <= (int64_t)cut);
		cr_expect(good == 0 || p[good - 1] == '\n');
	}
	for (size_t i = 0; i < text.n; i++) {
		char was = p[i];
		int rc;

		p[i] = 0;
		rc = resume(text, &good, &n);
		cr_expect(i < synced ? rc == E_CHAIN : rc == 0 && good >= (int64_t)synced && good <= (int64_t)i,
		    "byte %zu of %zu: %d, good %lld", i, synced, rc, (long long)good);
		damage += rc == E_CHAIN;
		p[i] = was;
	}
	cr_expect(damage == (int64_t)synced);
	/* a whole line taken out of the last write was taken out by somebody */
	for (int64_t i = 1; i < (int64_t)N_LIFE; i++)
		cr_expect(resume(without(&a, text, i, -1), &good, &n) == E_CHAIN, "line %lld", (long long)i + 1);
	arena_free(&a);
}

Test(ledger, goes_on_in_the_middle_of_a_ledger)
{
	struct ledger_resume r;
	struct ledger_chain c, late;
	struct arena a;
	struct buf b;
	int64_t before;

	arena_init(&a, 0);
	(void)small(&a, &c);
	before = c.n;
	buf_init(&b, &a);
	(void)ledger_append_open(&c, &b);
	ledger_chain_init(&late, &a);
	ledger_resume_init(&r, &late);
	cr_expect(ledger_resume_line(&r, (struct str){ b.p, b.n - 1 }) == 0);
	cr_expect(late.n == c.n && strcmp(late.sha, c.sha) == 0 && r.before_n == before && late.n_marks == c.n_marks);
	for (size_t i = 0; i < N_LIFE; i++)
		cr_expect(ledger_append(&late, &life[i], &b) == 0, "the marks came with the first line: %zu", i);
	ledger_resume_free(&r);
	arena_free(&a);
}

/* ---- telling ---- */
Test(ledger, story_of_one_encounter)
{
	struct ledger_story s;
	struct ledger_chain c;
	struct arena a, scratch;
	struct str rest, told;

	arena_init(&a, 0);
	arena_init(&scratch, 0);
	cr_expect(ledger_story_init(&s, &a, S("xyz")) == E_VALUE);
	cr_expect(ledger_story_init(&s, &a, S(A)) == 0);
	for (rest = small(&a, &c); rest.n;)
		cr_assert(ledger_story_add(&s, &scratch, str_cut(&rest, '\n')) >= 0);
	cr_assert(ledger_story_tell(&a, &s, &told) == 0 && s.n == 3);
	cr_expect_str_eq(arena_str(&a, told).p,
	    "2026-09-03 10:22:09 ingest claimline-ingest@host: came in as received"
	    " (new, revision 1, book cm2026, added " H ")\n"
	    "2026-09-03 10:22:11 suggest claimline-suggest@host: received -> coded"
	    " (pass, revision 2, book cm2026, added " H ")\n"
	    "2026-09-03 10:22:12 people Zo\xc3\xab \"Z\" \\ ?[31m: coded -> held:coding (held:coding, revision 3)\n");
	cr_expect(ledger_story_init(&s, &a, S(B)) == 0);
	for (rest = small(&a, &c); rest.n;)
		(void)ledger_story_add(&s, &scratch, str_cut(&rest, '\n'));
	cr_expect(ledger_story_tell(&a, &s, &told) == 0 && memmem(told.p, told.n, "refused", 7) != NULL);
	arena_free(&scratch);
	arena_free(&a);
}

static const struct { const char *state, *row; } numbers[] = {
	{ "reserved", "p 10 3" }, { "sealed", "p 10 3 " SHA1 " p10" }, { "sent", "p 10 3 " SHA1 " p10" },
	{ "accepted", "p 10 3 " SHA1 " p10" },
	{ "reserved", "p 11 2" }, { "void", "p 11 0" },
	{ "reserved", "p 12 2" }, { "void", "p 12 2" },
	{ "reserved", "q 1 2" }, { "sent", "q 1 2 " SHA1 " q1" },
	{ "reserved", "p 15 1" }, { "sealed", "p 15 1 " SHA1 " p15" }, { "sealed", "p 15 1 " SHA2 " p15" },
	{ "sent", "p 15 1 " SHA2 " p15" },
	{ "reserved", "p 14 1" }, { "sent", "p 14 1 " SHA1 " p14" },
	{ "reserved", "p 16 1" }, { "sent", "p 16 1 " SHA1 " p16" },
	{ "reserved", "p 16 1" }, { "sent", "p 16 1 " SHA1 " p16" },
	{ "reserved", "p 17 4" },
};

Test(ledger, every_control_number_is_explained)
{
	struct ledger_gaps g;
	struct ledger_gap *v;
	struct ledger_chain c;
	struct arena a, scratch;
	struct str told;
	size_t n;

	arena_init(&a, 0);
	arena_init(&scratch, 0);
	ledger_chain_init(&c, &a);
	ledger_gaps_init(&g, &a);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct ledger_source s = { S("cl:{tp:p}:journal"), arena_fmt(&a, "1788430930000-%zu", i),
		    arena_fmt(&a, "submit|s@h|||ic|%s", numbers[i].state), str_of(numbers[i].row), S("1") };
		struct buf b;

		buf_init(&b, &a);
		cr_assert(ledger_append(&c, &s, &b) == 1);
		cr_assert(ledger_gaps_add(&g, &scratch, (struct str){ b.p, b.n - 1 }) == 1, "%zu", i);
	}
	cr_expect(ledger_gaps(&a, &g, &v, &n) == 3, "missing, changed, twice");
	cr_expect(n == 6);
	cr_expect(ledger_gaps_tell(&a, &g, false, &told) == 3);
	cr_expect_str_eq(arena_str(&a, told).p,
	    "p: 000000010 to 000000017, 4 sent, 2 void, 1 open, 1 missing\n"
	    "  000000011 void since 2026-09-03 10:22:10: reserved, no claim joined, nothing was written; by s@h\n"
	    "  000000012 void since 2026-09-03 10:22:10: its 2 claims were given back; by s@h\n"
	    "  000000013 missing: the ledger has no reservation of it\n"
	    "  000000015 sealed with other bytes than before: the partner may have had both\n"
	    "  000000016 reserved twice: two interchanges carry this number\n"
	    "  000000017 reserved since 2026-09-03 10:22:10, not sent yet; by s@h\n"
	    "q: 000000001 to 000000001, 1 sent, 0 void, 0 open, 0 missing\n");
	cr_expect(ledger_gaps_tell(&a, &g, true, &told) == 3 && memmem(told.p, told.n, "000000014 sent", 14) != NULL);
	arena_free(&scratch);
	arena_free(&a);
}
