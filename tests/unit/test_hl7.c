/* test_hl7.c - ER7 text, escapes, refusals; files of messages; MLLP frames; acknowledgements. */
#include "hl7/hl7.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEAD "MSH|^~\\&|APP|FAC|US|HERE|20260301120000||ADT^A01|7|T|2.5\r"

/* ---- fields ---- */

static const struct get_row { const char *id; unsigned field, comp; const char *want; } gets[] = {
	{ "MSH", 1, 1, "|" }, { "MSH", 3, 1, "APP" }, { "MSH", 9, 2, "A01" }, { "MSH", 12, 1, "2.5" },
	{ "PID", 3, 1, "M1" }, { "PID", 3, 2, "" }, { "PID", 5, 1, "O|Neil" }, { "PID", 5, 2, "Al^an" },
	{ "PID", 6, 1, "" }, { "PID", 7, 1, "19800101" }, { "PID", 99, 1, "" }, { "ZZZ", 1, 1, "" },
	{ "NTE", 3, 1, "a\nb & ~ \\ A" }, { "NTE", 4, 1, "50% \\of all" }, { "NTE", 5, 1, "first" },
};

Test(hl7, get)
{
	struct arena a;
	struct faults f;
	struct hl7_msg m;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	cr_assert(hl7_parse(&a, S(HEAD "PID|||M1^^^X~M2||O\\F\\Neil&van^Al\\S\\an|\"\"|19800101\r\n"
	    "NTE|||a\\.br\\b \\T\\ \\R\\ \\E\\ \\X41\\|50% \\of all|first&second\r"), &m, &f) == 0);
	cr_expect(m.n == 3 && f.n == 0);
	for (size_t i = 0; i < sizeof gets / sizeof *gets; i++) {
		struct str s = hl7_get(&a, &m, hl7_seg(&m, gets[i].id), gets[i].field, gets[i].comp);

		cr_expect(str_is(s, gets[i].want) || (s.n == 0 && gets[i].want[0] == '\0'), "%s-%u.%u: " STR_FMT,
		    gets[i].id, gets[i].field, gets[i].comp, STR_ARG(s));
	}
	arena_free(&a);
}

static const struct text_row { const char *raw, *want; } texts[] = {
	{ "plain", "plain" }, { "", "" }, { "\\F\\\\S\\\\R\\\\E\\\\T\\", "|^~\\&" }, { "a\\", "a\\" }, { "\\\\", "\\\\" },
	{ "\\X0D0a\\", "\r\n" }, { "\\X4\\", "\\X4\\" }, { "\\H\\bold\\N\\", "bold" }, { "\\Q\\", "\\Q\\" },
	{ "1\\.sp2\\2", "1\n2" }, { "\\Zlocal\\x", "x" }, { "C:\\dir\\file", "C:\\dir\\file" }, { "\\P\\", "#" },
};

Test(hl7, text)
{
	const struct hl7_msg m = { .field = '|', .comp = '^', .rep = '~', .esc = '\\', .sub = '&' };
	struct arena a;

	arena_init(&a, 0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_expect(str_is(hl7_text(&a, &m, str_of(texts[i].raw)), texts[i].want), "%s", texts[i].raw);
	arena_free(&a);
}

/* ---- line ends, encodings ---- */

static const struct ends_row { const char *name, *bytes; size_t segs; } ends[] = {
	{ "CR", "MSH|^~\\&|||||||ADT^A01|1|P|2.5\rPID|1\rPV1|1\r", 3 },
	{ "LF", "MSH|^~\\&|||||||ADT^A01|1|P|2.5\nPID|1\nPV1|1", 3 },
	{ "CRLF", "MSH|^~\\&|||||||ADT^A01|1|P|2.5\r\nPID|1\r\nPV1|1\r\n", 3 },
	{ "BOM", "\xef\xbb\xbfMSH|^~\\&|||||||ADT^A01|1|P|2.5\rPID|1\r", 2 },
	{ "blank lines", "\r\nMSH|^~\\&|||||||ADT^A01|1|P|2.5\r\r\nPID|1\r\n\r\n", 2 },
	{ "LF in text", "MSH|^~\\&|||||||ADT^A01|1|P|2.5\rNTE|||one\ntwo\rPID|1\r", 3 },
	{ "truncation character", "MSH|^~\\&#|||||||ADT^A01|1|P|2.7\rPID|1\r", 2 },
	{ "other separators", "MSH*:+/!*******ADT:A01*1*P*2.5\rPID*1\r", 2 },
};

Test(hl7, line_ends)
{
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct arena a;
		struct hl7_msg m;
		struct faults f;

		arena_init(&a, 0);
		f = (struct faults){ .a = &a };
		cr_expect(hl7_parse(&a, str_of(ends[i].bytes), &m, &f) == 0 && m.n == ends[i].segs, "%s: %zu", ends[i].name, m.n);
		arena_free(&a);
	}
}

Test(hl7, latin1_becomes_utf8)
{
	struct arena a;
	struct hl7_msg m;
	struct faults f;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	cr_assert(hl7_parse(&a, S(HEAD "PID|||||M\xfcller^Ren\xc3\xa9\r"), &m, &f) == 0);
	cr_expect(str_is(hl7_get(&a, &m, hl7_seg(&m, "PID"), 5, 1), "M\xc3\xbcller"));
	cr_expect(str_is(hl7_get(&a, &m, hl7_seg(&m, "PID"), 5, 2), "Ren\xc3\xa9"), "what is UTF-8 already stays");
	arena_free(&a);
}

static const struct refused_row { const char *bytes; size_t n; int rc; const char *place; } refusals[] = {
#define BAD(s, rc, place) { s, sizeof s - 1, rc, place }
	BAD("", E_MALFORMED, "MSH"), BAD("PID|1\r", E_MALFORMED, "MSH"), BAD("<ADT_A01/>", E_UNSUPPORTED, "MSH"),
	BAD("M\0S\0H\0|\0", E_UNSUPPORTED, "MSH"), BAD("MSHH0000H1|2|3", E_MALFORMED, "MSH-1"),
	BAD("MSH|^~|||||||ADT^A01|1|P|2.5", E_MALFORMED, "MSH-2"), BAD("MSH|^^\\&|||||||ADT^A01|1|P|2.5", E_MALFORMED, "MSH-2"),
	BAD("MSH|^~\\a|||||||ADT^A01|1|P|2.5", E_MALFORMED, "MSH-2"),
	    BAD("MSH|^~\\&x|||||||ADT^A01|1|P|2.5", E_MALFORMED, "MSH-2"),
	BAD("MSH|^~\\&|||||||ADT^A01||P|2.5", E_INCOMPLETE, "MSH-10"), BAD("MSH|^~\\&||||||||1|P|2.5", E_INCOMPLETE, "MSH-9"),
	BAD("MSH|^~\\&|||||||ADT^A01|1|X|2.5", E_VALUE, "MSH-11"), BAD("MSH|^~\\&|||||||ADT^A01|1||2.5", E_VALUE, "MSH-11"),
	BAD(HEAD "pid|1\r", E_MALFORMED, "line 2"), BAD(HEAD "PI\r", E_MALFORMED, "line 2"),
	    BAD(HEAD HEAD, E_MALFORMED, "line 2"),
};

Test(hl7, refused)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		struct arena a;
		struct hl7_msg m;
		struct faults f;

		arena_init(&a, 0);
		f = (struct faults){ .a = &a };
		cr_expect(hl7_parse(&a, (struct str){ refusals[i].bytes, refusals[i].n }, &m, &f) == refusals[i].rc,
		    "row %zu", i);
		cr_assert(f.n == 1, "row %zu: one fault", i);
		cr_expect(str_is(f.v[0].place, refusals[i].place) && f.v[0].fix.n, "row %zu: " STR_FMT, i, STR_ARG(f.v[0].place));
		arena_free(&a);
	}
}

Test(hl7, too_many_segments)
{
	struct arena a;
	struct hl7_msg m;
	struct faults f;
	struct buf b;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	buf_init(&b, &a);
	buf_cstr(&b, HEAD);
	for (int i = 0; i < LIMIT_HL7_SEGMENTS; i++)
		buf_cstr(&b, "NTE\r");
	cr_expect(hl7_parse(&a, buf_view(&b), &m, &f) == E_LIMIT);
	arena_free(&a);
}

/* ---- files ---- */

#define M1 "MSH|^~\\&|||||||ADT^A01|1|P|2.5\rPID|1\r"
static const struct split_row { const char *name, *bytes; int messages, batches; const char *fault; } splits[] = {
	{ "one", M1, 1, 0, NULL },
	{ "two with a blank line", M1 "\r\n" M1, 2, 0, NULL },
	{ "batch", "BHS|^~\\&\r" M1 M1 "BTS|2\r", 2, 1, NULL },
	{ "file", "FHS|^~\\&\rBHS|^~\\&\r" M1 "BTS|1\rBHS|^~\\&\r" M1 "BTS|1\rFTS|2\r", 2, 2, NULL },
	{ "no counts", "FHS|^~\\&\rBHS|^~\\&\r" M1 "BTS\rFTS\r", 1, 1, NULL },
	{ "empty", "", 0, 0, NULL },
	{ "wrong batch count", "BHS|^~\\&\r" M1 "BTS|2\r", 1, 0, "line 4" },
	{ "wrong file count", "FHS|^~\\&\rBHS|^~\\&\r" M1 "BTS|1\rFTS|3\r", 1, 1, "line 6" },
	{ "two batch headers", "BHS|^~\\&\r" M1 "BHS|^~\\&\r", 1, 0, "line 4" },
	{ "two file headers", "FHS|^~\\&\rFHS|^~\\&\r", 0, 0, "line 2" },
	{ "segment first", "EVN|A01\r" M1, 0, 0, "line 1" },
	{ "after the end", "FHS|^~\\&\r" M1 "FTS|1\r" M1, 1, 0, "line 5" },
};

Test(hl7, split)
{
	for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
		const struct split_row *row = &splits[i];
		struct hl7_split s;
		struct arena a;
		struct faults f;
		struct str msg;
		int n = 0, rc;

		arena_init(&a, 0);
		f = (struct faults){ .a = &a };
		hl7_split_init(&s, str_of(row->bytes));
		while ((rc = hl7_split_next(&a, &s, &msg, &f)) > 0) {
			cr_expect(str_is(msg, "MSH|^~\\&|||||||ADT^A01|1|P|2.5\rPID|1"), "%s", row->name);
			n++;
		}
		cr_expect(n == row->messages && (int)s.batches == row->batches, "%s: %d messages", row->name, n);
		cr_expect((rc < 0) == (row->fault != NULL) && (rc == 0 || str_is(f.v[0].place, row->fault)), "%s", row->name);
		arena_free(&a);
	}
}

/* ---- MLLP ---- */

Test(hl7, mllp_byte_by_byte)
{
	static const char wire[] = "\x0bMSH|1\r\x1c\r\r\n\x0bMSH|2\x1c\r";
	struct hl7_mllp f = { 0 };
	size_t start = 0, got = 0;

	for (size_t end = 1; end < sizeof wire; end++) {
		struct str msg;
		size_t used;
		int rc = hl7_mllp_next(&f, (struct str){ wire + start, end - start }, &msg, &used);

		cr_assert(rc >= 0, "at byte %zu", end);
		if (rc == 0)
			continue;
		cr_expect(str_is(msg, got == 0 ? "MSH|1\r" : "MSH|2"));
		start += used;
		got++;
	}
	cr_expect(got == 2 && start == sizeof wire - 1);
}

static const struct frame_row { const char *bytes; int rc; } frames[] = {
	{ "MSH|1\x1c\r", E_MALFORMED }, { "\x0bMSH\x0bMSH", E_MALFORMED }, { "\x0bMSH\x1cX", E_MALFORMED },
	{ "\x0bMSH\x1c", 0 }, { "\x0b", 0 }, { "\r\n", 0 }, { "", 0 }, { "\x0b\x1c\r", 1 }, { "GET / HTTP/1.1\r\n", E_MALFORMED },
};

Test(hl7, mllp_frames)
{
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		struct hl7_mllp f = { 0 };
		struct str msg;
		size_t used;

		cr_expect(hl7_mllp_next(&f, str_of(frames[i].bytes), &msg, &used) == frames[i].rc, "frame %zu", i);
	}
}

Test(hl7, mllp_limit_and_wrap)
{
	struct hl7_mllp f = { 0 };
	struct arena a;
	struct str msg, endless;
	size_t used;
	char *p;

	arena_init(&a, 3ul * LIMIT_INPUT);
	p = arena_alloc(&a, LIMIT_INPUT + 3ul);
	cr_assert(p);
	memset(p, 'x', LIMIT_INPUT + 3ul);
	p[0] = 0x0b;
	endless = (struct str){ p, LIMIT_INPUT + 3ul };
	cr_expect(hl7_mllp_next(&f, endless, &msg, &used) == E_LIMIT);
	cr_expect(str_is(hl7_mllp_wrap(&a, S("MSA")), "\x0bMSA\x1c\r"));
	arena_free(&a);
}

/* ---- acknowledgements ---- */

static const struct ack_row { int rc; enum hl7_ack ack; const char *code; } acks[] = {
	{ 0, HL7_AA, NULL }, { E_MALFORMED, HL7_AR, "100" }, { E_INCOMPLETE, HL7_AE, "101" }, { E_VALUE, HL7_AE, "103" },
	{ E_UNSUPPORTED, HL7_AR, "201" }, { E_CONFLICT, HL7_AE, "205" }, { E_BUSY, HL7_AR, "207" },
	    { E_STORE_DOWN, HL7_AR, "207" },
};

Test(hl7, ack)
{
	for (size_t i = 0; i < sizeof acks / sizeof *acks; i++) {
		struct fault why = { acks[i].rc, S("PID-3"), S("a|b"), S("do c") };
		struct hl7_head h;
		struct arena a;
		struct str out, want;

		arena_init(&a, 0);
		hl7_head_of(&a, S(HEAD), &h);
		cr_expect(hl7_ack_for(acks[i].rc) == acks[i].ack, "row %zu", i);
		cr_assert(hl7_ack_write(&a, &h, acks[i].ack, acks[i].rc < 0 ? &why : NULL, S("20260302"), &out) == 0);
		want = arena_fmt(&a, "MSH|^~\\&|US|HERE|APP|FAC|20260302||ACK^A01^ACK|7|T|2.5\rMSA|%s|7%s",
		    acks[i].ack == HL7_AA ? "AA" : acks[i].ack == HL7_AE ? "AE" : "AR", acks[i].rc < 0 ? "|a\\F\\b\r" : "\r");
		cr_expect(str_starts(out, want), "row %zu: " STR_FMT, i, STR_ARG(out));
		if (acks[i].code) {
			want = arena_fmt(&a, "\rERR||PID^1^3|%s^", acks[i].code);
			cr_expect(memmem(out.p, out.n, want.p, want.n) != NULL, "row %zu: " STR_FMT, i, STR_ARG(out));
		}
		arena_free(&a);
	}
}

Test(hl7, ack_of_garbage)
{
	struct fault why = { E_MALFORMED, S("line 1"), S("no"), STR_NONE };
	struct hl7_head h;
	struct hl7_msg m;
	struct faults f;
	struct arena a;
	struct str out;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	hl7_head_of(&a, S("\x01\x02 not hl7"), &h);
	cr_assert(hl7_ack_write(&a, &h, HL7_AR, &why, S("20260302"), &out) == 0);
	cr_expect(str_starts(out, S("MSH|^~\\&|||||20260302||ACK||P|2.5\rMSA|AR||no\rERR|")));
	hl7_head_of(&a, S("MSH|^~\\&|A\x0b\x1c||||||ADT^A01|9\x1c|P|2.5\r"), &h);
	cr_assert(hl7_ack_write(&a, &h, HL7_AA, NULL, S("20260302"), &out) == 0);
	cr_expect(!memchr(out.p, 0x1c, out.n) && !memchr(out.p, 0x0b, out.n), "an echo cannot break a frame");
	cr_expect(hl7_parse(&a, out, &m, &f) == 0 && str_is(hl7_get(&a, &m, m.segs[1], 2, 1), "9"), "our own reader reads it");
	arena_free(&a);
}
