/* test_x12_stream.c - the reader: the same segments whatever pieces the bytes come in, the window, bodies of BIN and BDS. */
#include "x12/stream.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISA_OF(term) "ISA*00*          *00*          *ZZ*SENDER         " \
	"*ZZ*RECEIVER       *260301*1200*^*00501*000000001*0*T*:" term
#define ISA	ISA_OF("~")

struct piece { const char *p; size_t n, at, most; };

static int64_t
fill(void *self, char *p, size_t n)
{
	struct piece *s = self;

	n = n < s->n - s->at ? n : s->n - s->at;
	n = n < s->most ? n : s->most;
	memcpy(p, s->p + s->at, n);
	s->at += n;
	return (int64_t)n;
}

static void
put_segment(struct buf *b, const struct x12_seg *s)
{
	for (unsigned i = 0; i <= s->n; i++) {
		buf_str(b, s->el[i]);
		buf_ch(b, '|');
	}
	buf_fmt(b, " %u %u %zu %zu %d %zu\n", s->n, s->marks, s->ordinal, s->body, s->ctl, s->id.n);
}

static struct x12_reader *
opened(struct arena *a, struct piece *src, struct faults *f)
{
	struct x12_reader *r = NULL;
	int rc = src->most ? x12_open_source(a, (struct x12_src){ fill, src }, f, &r) :
	    x12_open(a, (struct str){ src->p, src->n }, f, &r);

	return rc < 0 ? NULL : r;
}

/* All segments as text; most 0: of one buffer. */
static struct str
told(struct arena *a, struct str in, size_t most)
{
	struct piece src = { in.p, in.n, 0, most };
	struct faults f = { .a = a };
	struct x12_reader *r = opened(a, &src, &f);
	struct x12_seg s;
	struct buf b;
	int rc = -1;

	buf_init(&b, a);
	while (r && (rc = x12_next(r, &s)) > 0)
		put_segment(&b, &s);
	buf_fmt(&b, "%d", rc);
	return buf_view(&b);
}

static const size_t pieces[] = { 0, 1, 7, 64, 1000, 1u << 30 };

static void
same_in_pieces(const char *name, struct str in, const char *want)
{
	struct arena a;
	struct str whole;

	arena_init(&a, 0);
	whole = told(&a, in, 0);
	if (want)
		cr_expect(whole.n > strlen(want) && strstr(arena_str(&a, whole).p, want), "%s: %.*s", name, STR_ARG(whole));
	for (size_t i = 1; i < sizeof pieces / sizeof *pieces; i++) {
		struct str got = told(&a, in, pieces[i]);

		cr_expect(str_eq(got, whole), "%s in pieces of %zu: %.*s not %.*s", name, pieces[i], STR_ARG(got),
		    STR_ARG(whole));
	}
	arena_free(&a);
}

Test(x12_stream, pieces)
{
	static const struct { const char *name, *in, *want; } rows[] = {
		{ "plain", ISA "GS*HC*A~ST*837*1~", "ST|837|1| 2 0 3 0 0 2\n0" },
		{ "components", ISA "HI*ABK:A1~A*B~C*D^E~F*G~",
		    "HI|ABK:A1| 1 1 2 0 0 2\nA|B| 1 0 3 0 0 1\nC|D^E| 1 1 4 0 0 1\nF|G| 1 0" },
		{ "line ends", ISA "\r\nA*B~\r\nC*D~\n\n  \nE*F~\r\n",
		    "A|B| 1 0 2 0 0 1\nC|D| 1 0 3 0 0 1\nE|F| 1 0 4 0 0 1\n0" },
		{ "odd within", ISA "\nA*B\x01~\nC*\xc3\xa9~D*E~\n",
		    "A|B\x01| 1 2 2 0 1 1\nC|\xc3\xa9| 1 2 3 0 0 1\nD|E| 1 0 4 0 0 1\n0" },
		{ "odd first", ISA "\n\x01" "A*B~", "\x01" "A|B| 1 2 2 0 1 2" },
		{ "DEL", ISA "A*\x7f~B*~~", "A|\x7f| 1 2 2 0 1 1\nB| 0 0 3" },
		{ "line end before the terminator", ISA "A*B\r\n~C*D\r\n~", "A|B| 1 2 2 0 0 1\nC|D| 1 2 3 0 0 1\n0" },
		{ "empty segments", ISA "~~ ~\nA*B~~~C~ ~", "A|B| 1 0 2 0 0 1\nC| 0 0 3 0 0 1\n0" },
		{ "no id", ISA "*A~ *B~", "|A| 1 0 2 0 0 0\n|B| 1 0 3 0 0 0\n0" },
		{ "empty at the end", ISA "A*B****~C***D**~", "A|B| 1 0 2 0 0 1\nC|||D| 3 0 3" },
		{ "cut short", ISA "A*B~C*D:E", "C|D:E| 1 5 3 0 0 1\n0" },
		{ "cut in an empty element", ISA "A*B~C*", "C| 0 4 3 0 0 1\n0" },
		{ "two interchanges", ISA "A*B~" ISA "C*D~IEA*1~ISAX~", "C|D| 1 0 4 0 0 1\nIEA|1| 1 0 5 0 0 3\nISAX| 0 0 6" },
		{ "line end terminates", ISA_OF("\n") "A*B\nC*D\r\nE*F", "A|B| 1 0 2 0 0 1\nC|D| 1 2 3 0 0 1\nE|F| 1 4 4" },
		{ "tail of blanks", ISA "A*B~ \r\n \r\n   ", "A|B| 1 0 2 0 0 1\n0" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		same_in_pieces(rows[i].name, str_of(rows[i].in), rows[i].want);
}

Test(x12_stream, bodies)
{
	static const struct { const char *name, *in, *want; } rows[] = {
		{ "BIN", ISA "A~BIN*5*x~*:y~B*C~", "BIN|5|x~*:y| 2 0 3 5 0 3\nB|C| 1 0 4 0 0 1\n0" },
		{ "BDS", ISA "BDS*ASB*7*ST*1~2~~B~", "BDS|ASB|7|ST*1~2~| 3 0 2 7 0 3\nB| 0 0 3" },
		{ "empty body", ISA "BIN*0*~B~", "BIN|0| 1 0 2 0 0 3\nB| 0 0 3" },
		{ "no last terminator", ISA "BIN*3*a~b", "BIN|3|a~b| 2 0 2 3 0 3\n0" },
		{ "too short by one", ISA "BIN*2*abc~B~", "BIN|2|ab| 2 16 2 2 0 3\nc| 0 0 3 0 0 1\nB| 0 0 4" },
		{ "too long by one", ISA "BIN*4*abc~B*1~", "BIN|4|abc~| 2 16 2 4 0 3\nB|1| 1 0 3" },
		{ "longer than the input", ISA "BIN*99*abc~B~", "BIN|99|abc| 2 0 2 99 0 3\nB| 0 0 3" },
		{ "no number", ISA "BIN*x*a~B~", "BIN|x|a| 2 0 2 0 0 3\nB| 0 0 3" },
		{ "negative", ISA "BIN*-1*a~B~", "BIN|-1|a| 2 0 2 0 0 3\nB| 0 0 3" },
		{ "terminator before the length", ISA "BDS*A~B*7*c~", "BDS|A| 1 0 2 0 0 3\nB|7|c| 2 0 3" },
		{ "ends in the length", ISA "BIN*12", "BIN|12| 1 4 2 0 0 3\n0" },
		{ "not a body", ISA "BINS*5*a~BI~B~", "BINS|5|a| 2 0 2 0 0 4\nBI| 0 0 3 0 0 2\nB| 0 0 4" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		same_in_pieces(rows[i].name, str_of(rows[i].in), rows[i].want);
}

Test(x12_stream, long_bodies)
{
	static const size_t lengths[] = { 60000, 300000, LIMIT_BODY, LIMIT_BODY + 1, LIMIT_BODY + 700000 };
	char *in = malloc(LIMIT_BODY + 800000u);

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		size_t n = (size_t)snprintf(in, 400, "%sBIN*%zu*", ISA "A*B~", lengths[i]);
		struct arena a;

		memset(in + n, i & 1 ? '~' : 'x', lengths[i]);
		n += lengths[i];
		n += (size_t)snprintf(in + n, 40, "~C*D~");
		for (size_t k = 0; k < 2; k++) {
			struct piece src = { in, n, 0, k ? 1000 : 1u << 30 };
			struct faults f = { .a = &a };
			struct x12_reader *r;
			struct x12_seg s;

			arena_init(&a, 0);
			r = opened(&a, &src, &f);
			cr_assert(r && x12_next(r, &s) == 1 && x12_next(r, &s) == 1 && x12_next(r, &s) == 1);
			cr_expect(str_is(s.id, "BIN") && s.body == lengths[i] &&
			    s.el[2].n == (lengths[i] > LIMIT_BODY ? 0 : lengths[i]));
			cr_expect_eq(s.marks, lengths[i] > LIMIT_BODY ? X12_SKIPPED : 0);
			cr_expect(x12_next(r, &s) == 1 && str_is(s.id, "C") && str_is(x12_elem(&s, 1), "D") &&
			    x12_next(r, &s) == 0);
			arena_free(&a);
		}
	}
	free(in);
}

/* Numbered segments of changing length; lines of one width when wrap is not 0. */
static struct str
many(struct arena *a, size_t n, size_t wrap)
{
	struct buf b, w;

	buf_init(&b, a);
	buf_str(&b, S(ISA));
	for (size_t i = 0; i < n; i++) {
		buf_fmt(&b, "N%zu*%zu", i % 10, i);
		for (size_t k = 0; k < i * 7 % 23; k++)
			buf_fmt(&b, "*%.*s%s", (int)(i * k % 19), "ABCDEFGHIJKLMNOPQRS", i % 5 == 0 && k == 3 ? ":" : "");
		buf_cstr(&b, i % 11 ? "*Z~" : "*Z\t~");
		if (!wrap && i % 13 == 0)
			buf_cstr(&b, i % 2 ? "\r\n" : " \n");
	}
	if (!wrap)
		return buf_view(&b);
	buf_init(&w, a);
	for (size_t i = 0; i < b.n; i += wrap) {
		buf_put(&w, b.p + i, b.n - i < wrap ? b.n - i : wrap);
		buf_cstr(&w, "\r\n");
	}
	return buf_view(&w);
}

Test(x12_stream, long_input)
{
	struct arena a;

	arena_init(&a, 0);
	same_in_pieces("many", many(&a, 9000, 0), NULL);
	same_in_pieces("many, wrapped", many(&a, 3000, 80), NULL);
	cr_expect(str_eq(told(&a, many(&a, 500, 80), 7), told(&a, many(&a, 500, 71), 0)));
	arena_free(&a);
}

/* Marks, elements and what is left as a plain loop over the bytes finds them. */
Test(x12_stream, as_a_plain_loop_finds)
{
	struct piece src = { .most = 1000 };
	struct faults f;
	struct x12_reader *r;
	struct x12_seg s;
	struct arena a;
	struct str rest;

	arena_init(&a, 0);
	rest = many(&a, 5000, 0);
	src.p = rest.p;
	src.n = rest.n;
	f = (struct faults){ .a = &a };
	r = opened(&a, &src, &f);
	cr_assert(r && x12_next(r, &s) == 1);
	rest = (struct str){ rest.p + 106, rest.n - 106 };
	while (x12_next(r, &s) == 1) {
		struct str seg = str_trim(str_cut(&rest, '~'));
		unsigned want = memchr(seg.p, ':', seg.n) ? X12_COMPS : 0;

		want |= memchr(seg.p, '\t', seg.n) ? X12_ODD : 0;
		if (s.el[s.n].n && s.el[s.n].p[s.el[s.n].n - 1] == '\t')
			want |= X12_ODD;
		cr_assert_eq(s.marks & X12_COMPS, want & X12_COMPS);
		for (unsigned i = 0; i < s.n; i++)
			cr_assert(str_eq(s.el[i], str_cut(&seg, '*')));
		cr_assert(str_starts(rest, x12_rest(r)), "behind segment %zu", s.ordinal);
	}
	cr_expect(s.ordinal == 5001);
	arena_free(&a);
}

/* Windows of many lengths: every element of every segment stays what it was, wherever the bytes move. */
Test(x12_stream, window)
{
	for (size_t most = 1000; most <= 1u << 20; most *= 1024) {
		struct arena a;
		struct str in;
		struct faults f = { .a = &a };
		struct piece src;
		struct x12_reader *r;
		struct x12_seg s;
		size_t k = 0, len = 1, first = 0, place[2000];

		arena_init(&a, 0);
		in = many(&a, 20000, 0);
		src = (struct piece){ in.p, in.n, 0, most };
		r = opened(&a, &src, &f);
		cr_assert(r && x12_next(r, &s) == 1 && !x12_is_kept(r) && x12_n_kept(r) == 0);
		for (size_t i = 0; x12_next(r, &s) == 1; i++) {
			if (k == 0) {
				x12_keep(r, &s);
				first = i;
			}
			cr_assert(x12_is_kept(r) && (k || x12_n_kept(r) == 0));
			place[k++] = x12_n_kept(r);
			for (size_t j = 0; j < k; j += 1 + k / 8)
				cr_assert(str_eq(x12_kept(r, place[j])[1], arena_fmt(&a, "%zu", first + j)),
				    "segment %zu", first + j);
			if (k == len) {
				k = 0;
				len = (len * 3 + 1) % 1999 + 1;
			}
		}
		arena_free(&a);
	}
}

Test(x12_stream, limits)
{
	static char in[LIMIT_SEGMENT + 400];

	for (size_t over = 0; over < 2; over++) {
		size_t n = (size_t)snprintf(in, sizeof in, "%sNTE*", ISA);

		memset(in + n, 'A', LIMIT_SEGMENT - 4 + over);
		snprintf(in + n + LIMIT_SEGMENT - 4 + over, 8, "~B~");
		same_in_pieces("LIMIT_SEGMENT", str_of(in), over ? NULL : "B| 0 0 3 0 0 1\n0");
		n = (size_t)snprintf(in, sizeof in, "%sNTE", ISA);
		memset(in + n, '*', LIMIT_ELEMENTS + over);
		snprintf(in + n + LIMIT_ELEMENTS + over, 8, "A~B~");
		same_in_pieces("LIMIT_ELEMENTS", str_of(in), over ? NULL : "B| 0 0 3 0 0 1\n0");
	}
}

/* What follows a segment that is refused is the rest. */
Test(x12_stream, rest_of_a_refusal)
{
	static const char *const starts[] = { "NTE*", "NTE" };
	static char in[LIMIT_SEGMENT + 400];

	for (size_t i = 0; i < 2; i++) {
		size_t n = (size_t)snprintf(in, sizeof in, "%s%s", ISA, starts[i]);
		struct faults f;
		struct x12_reader *r;
		struct x12_seg s;
		struct arena a;

		arena_init(&a, 0);
		f = (struct faults){ .a = &a };
		memset(in + n, i ? '*' : 'A', i ? LIMIT_ELEMENTS + 1 : LIMIT_SEGMENT);
		n += i ? LIMIT_ELEMENTS + 1 : LIMIT_SEGMENT;
		snprintf(in + n, 16, "~B*1~C*2~");
		cr_assert(x12_open(&a, str_of(in), &f, &r) == 0 && x12_next(r, &s) == 1 && x12_next(r, &s) == E_LIMIT);
		cr_expect(str_is(x12_rest(r), "B*1~C*2~"), "%zu: %zu bytes are left", i, x12_rest(r).n);
		arena_free(&a);
	}
}
