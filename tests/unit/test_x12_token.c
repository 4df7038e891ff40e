/* test_x12_token.c - separators, wrapped and blank-padded files, limits, and refusal by name. */
#include "x12/x12.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define ISA_OF(e, rep, comp, term) "ISA" e "00" e "          " e "00" e "          " e "ZZ" e "SENDER         " e "ZZ" e \
	"RECEIVER       " e "260301" e "1200" e rep e "00501" e "000000001" e "0" e "T" e comp term

static struct arena a;

static int
count(struct str in, struct faults *f, struct x12_seg *last)
{
	struct x12_reader *r;
	int n = 0, rc;

	*f = (struct faults){ .a = &a };
	rc = x12_open(&a, in, f, &r);
	while (rc >= 0 && (rc = x12_next(r, last)) > 0)
		n++;
	return rc < 0 ? rc : n;
}

Test(x12_token, separators)
{
	static const struct { const char *name, *in, *second; } rows[] = {
		{ "usual", ISA_OF("*", "^", ":", "~") "GS*HC*B~", "HC" },
		{ "line ends", ISA_OF("*", "^", ":", "~") "\r\n  GS*HC*B~\r\n \r\n", "HC" },
		{ "no last terminator", ISA_OF("*", "^", ":", "~") "GS*HC*B", "HC" },
		{ "empty segments", ISA_OF("*", "^", ":", "~") "~~\nGS*HC*B~~\n", "HC" },
		{ "other", ISA_OF("|", "!", ">", "\x1d") "GS|HC|B\x1d", "HC" },
		{ "a line end terminates", ISA_OF("*", "^", ":", "\n") "GS*HC*B\n", "HC" },
		{ "CR LF terminates", ISA_OF("*", "^", ":", "\r") "\nGS*HC*B\r\n", "HC" },
		{ "UTF-8 mark", "\xef\xbb\xbf" ISA_OF("*", "^", ":", "~") "GS*HC*B~", "HC" },
		{ "repetition is the component", ISA_OF("*", ":", ":", "~") "GS*HC*B~", "HC" },
		{ "wrapped", "ISA*00*          *00*          *ZZ*SEN\r\nDER         *ZZ*RECEIVER       *260301*1200*^*00501*0000"
		    "\r\n00001*0*T*:~GS*H\r\nC*B~", "HC" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_seg s = { 0 };
		struct faults f;
		int n;

		arena_init(&a, 0);
		n = count(str_of(rows[i].in), &f, &s);
		cr_expect(n == 2 && s.n == 2 && str_is(x12_elem(&s, 1), rows[i].second) && !x12_elem(&s, 3).p && s.ordinal == 2,
		    "%s: %d segments", rows[i].name, n);
		arena_free(&a);
	}
}

Test(x12_token, refused_by_name)
{
	static const struct { const char *name; struct str in; int rc; const char *words; } rows[] = {
		{ "empty", { "", 0 }, E_MALFORMED, "empty" },
		{ "blank", { "  \n", 3 }, E_MALFORMED, "empty" },
		{ "UTF-16LE", { "I\0S\0A\0*\0", 8 }, E_UNSUPPORTED, "UTF-16" },
		{ "UTF-16BE mark", { "\xfe\xff\0I\0S", 6 }, E_UNSUPPORTED, "UTF-16" },
		{ "binary", { "\x7f" "ELF\2\1\1\0\0\0", 10 }, E_UNSUPPORTED, "binary" },
		{ "bare ST", { "ST*837*0001~", 12 }, E_UNSUPPORTED, "without ISA" },
		{ "bare GS", { "GS*HC*A~", 8 }, E_UNSUPPORTED, "without ISA" },
		{ "HL7", { "MSH|^~\\&|", 9 }, E_UNSUPPORTED, "HL7" },
		{ "XML", { "<?xml?>", 7 }, E_UNSUPPORTED, "XML" },
		{ "JSON", { "{\"a\":1}", 7 }, E_UNSUPPORTED, "JSON" },
		{ "EDIFACT", { "UNB+UNOA", 8 }, E_UNSUPPORTED, "EDIFACT" },
		{ "zip", { "PK\3\4", 4 }, E_UNSUPPORTED, "zip" },
		{ "text", { "hello", 5 }, E_UNSUPPORTED, "not X12" },
		{ "short ISA", { "ISA*00*", 7 }, E_MALFORMED, "ends before" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_seg s;
		struct faults f;
		int rc;

		arena_init(&a, 0);
		rc = count(rows[i].in, &f, &s);
		cr_expect(rc == rows[i].rc && f.n == 1 && strstr(f.v[0].words.p, rows[i].words), "%s: %s, %s", rows[i].name,
		    err_name(rc), f.n ? f.v[0].words.p : "no fault");
		arena_free(&a);
	}
}

/* Every byte of the ISA that carries its shape, changed to a letter. */
Test(x12_token, isa_of_wrong_shape)
{
	static const unsigned char at[] = { 3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103, 105 };
	char in[] = ISA_OF("*", "^", ":", "~") "GS*HC*B~";

	for (size_t i = 0; i < sizeof at; i++) {
		char was = in[at[i]];
		struct x12_seg s;
		struct faults f;
		int rc;

		arena_init(&a, 0);
		in[at[i]] = 'X';
		rc = count(str_of(in), &f, &s);
		cr_expect(rc == E_MALFORMED && f.n == 1 && strstr(f.v[0].place.p, "ISA"), "byte %u: %s", at[i], err_name(rc));
		in[at[i]] = was;
		arena_free(&a);
	}
}

Test(x12_token, limits)
{
	static char in[LIMIT_SEGMENT + 400];
	struct x12_seg s;
	struct faults f;
	char *p;

	arena_init(&a, 0);
	p = in + snprintf(in, sizeof in, "%s", ISA_OF("*", "^", ":", "~") "NTE*");
	memset(p, 'A', LIMIT_SEGMENT);
	cr_expect(count(str_of(in), &f, &s) == E_LIMIT, "a segment over LIMIT_SEGMENT");
	p[LIMIT_SEGMENT - 4] = '~';
	p[LIMIT_SEGMENT - 3] = 0;
	cr_expect(count(str_of(in), &f, &s) == 2, "a segment of LIMIT_SEGMENT");
	memset(p, '*', LIMIT_ELEMENTS - 1);
	p[LIMIT_ELEMENTS - 1] = 0;
	cr_expect(count(str_of(in), &f, &s) == 2, "a segment of LIMIT_ELEMENTS");
	memset(p, '*', LIMIT_ELEMENTS);
	p[LIMIT_ELEMENTS] = 0;
	cr_expect(count(str_of(in), &f, &s) == E_LIMIT, "a segment over LIMIT_ELEMENTS");
	arena_free(&a);
}

Test(x12_token, components)
{
	static const struct { const char *in; unsigned i; const char *out; } rows[] = {
		{ "HC:99213:25", 1, "HC" }, { "HC:99213:25", 3, "25" }, { "HC:99213:25", 4, "" }, { "HC", 1, "HC" },
		{ "HC", 2, "" }, { ":x", 1, "" }, { ":x", 2, "x" }, { "", 1, "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(str_is(x12_comp(str_of(rows[i].in), ':', rows[i].i), rows[i].out) ||
		    (!*rows[i].out && !x12_comp(str_of(rows[i].in), ':', rows[i].i).n), "%s %u", rows[i].in, rows[i].i);
}

Test(x12_token, latin1_becomes_utf8)
{
	struct x12_seg s = { 0 };
	struct faults f;

	arena_init(&a, 0);
	cr_expect(count(str_of(ISA_OF("*", "^", ":", "~") "NM1*PE\xd1" "A~"), &f, &s) == 2 &&
	    str_is(x12_elem(&s, 1), "PE\xc3\x91" "A"));
	cr_expect(count(str_of(ISA_OF("*", "^", ":", "~") "NM1*PE\xc3\x91" "A~"), &f, &s) == 2 &&
	    str_is(x12_elem(&s, 1), "PE\xc3\x91" "A"));
	arena_free(&a);
}
