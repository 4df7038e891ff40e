/*
 * test_x12_hostile.c - the sample files cut at many bytes and with many bytes changed: the check ends, says something where
 * something is missing, and answers with acknowledgements that are sound themselves. What is no health-care X12 is refused
 * by name. Bytes in pieces of any size give the same findings as the whole.
 */
#include "support/answered.h"
#include "support/shared.h"
#include "x12/rules.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES		"../shared/samples/x12"
#define FILE_MAX	(1u << 20)
#define FILES_MAX	400
#define CUTS		160		/* of one file at most: a larger one is cut every so many bytes */
#define EDGE		120		/* bytes at both ends of which none is left out */
#define CHANGES		28		/* the same: other bytes of each file */
#define SEEN		(1u << 18)	/* answers already judged, by their hash */
#define SOUND		(1u << X12_SYNTAX | 1u << X12_GUIDE)

static const struct x12_rules rules = { .today = 20513 };
static struct arena mem;
static const struct x12_guides *guides;
static struct file { char path[256]; struct str bytes; } files[FILES_MAX];
static size_t n_files;
static uint64_t seen[SEEN];

static int
one_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct file *f = &files[n_files];
	char *buf;
	FILE *in;

	(void)ftw;
	if (type != FTW_F || st->st_size > FILE_MAX || n_files == FILES_MAX || strstr(path, ".tsv") || strstr(path, ".csv") ||
	    strstr(path, "LICENSE"))
		return 0;
	in = fopen(path, "rb");
	buf = arena_alloc(&mem, (size_t)st->st_size + 1);
	if (!in || !buf)
		return -1;
	f->bytes = (struct str){ buf, fread(buf, 1, (size_t)st->st_size, in) };
	(void)fclose(in);
	(void)snprintf(f->path, sizeof f->path, "%s", path + strlen(SAMPLES) + 1);
	n_files++;
	return 0;
}

static void
up(void)
{
	arena_init(&mem, 64u << 20);
	cr_assert(x12_guides_open(&mem, &guides) == 0);
	n_files = 0;
	if (shared_absent())
		return;
	cr_assert(nftw(SAMPLES, one_file, 16, FTW_PHYS) == 0 && n_files > 200, "%zu files", n_files);
}

static void
down(void)
{
	arena_free(&mem);
}

/* ---- what must hold of any bytes ---- */

static bool
is_new(struct str s)
{
	uint64_t h = UINT64_C(1469598103934665603), *at;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	at = &seen[h % SEEN];
	if (*at == h)
		return false;
	*at = h;
	return true;
}

static size_t
count(struct str s, const char *what)
{
	size_t n = 0, len = strlen(what);

	for (const char *p = s.p; s.n >= len && p <= s.p + s.n - len; p++)
		n += memcmp(p, what, len) == 0;
	return n;
}

static void
judge_answers(const struct answered *v, const char *name, const char *how, size_t at)
{
	static const char *const kinds[] = { "TA1", "999", "277CA" };

	for (enum x12_ack_kind k = X12_ACK_TA1; k < X12_ACK_KINDS; k++) {
		struct answer_how again = { .guides = guides, .snip = SOUND };
		struct answered w = { .rc = 0 };

		if (!v->out[k].n || !is_new(v->out[k]))
			continue;
		answered_run(&w, &again, v->out[k]);
		cr_expect(w.rc == 0 && w.t.errors == 0, "%s, %s at %zu: %s: rc %d, %s\n" STR_FMT, name, how, at,
		    kinds[k], w.rc, w.first, STR_ARG(v->out[k]));
		answered_free(&w);
	}
}

static void
judge(const struct answered *v, const char *name, const char *how, size_t at)
{
	cr_expect(v->ack_rc == 0, "%s, %s at %zu: answers %d", name, how, at, v->ack_rc);
	cr_expect(v->rc == 0 || v->f.n > 0, "%s, %s at %zu: refused without a word", name, how, at);
	cr_expect(v->rc < 0 || count(v->out[X12_ACK_TA1], "\nTA1") >= v->t.interchanges, "%s, %s at %zu: not answered",
	    name, how, at);
	judge_answers(v, name, how, at);
}

/* Whether the bytes end with a whole IEA: then nothing shows that more was to come. */
static bool
ends_well(struct str s, char elem, char term)
{
	size_t i;

	s = str_trim(s);
	while (s.n && s.p[s.n - 1] == term)
		s = str_trim((struct str){ s.p, s.n - 1 });
	for (i = s.n; i > 0 && s.p[i - 1] != term;)
		i--;
	s = str_trim((struct str){ s.p + i, s.n - i });
	return str_starts(s, S("IEA")) && s.n > 4 && s.p[3] == elem;
}

Test(x12_hostile, every_truncation, .init = up, .fini = down, .timeout = 300)
{
	struct answer_how how = { .guides = guides, .rules = &rules };
	struct answered v = { .rc = 0 };
	size_t runs = 0;

	for (size_t i = 0; i < n_files; i++) {
		struct str b = files[i].bytes;
		size_t step = b.n / CUTS + 1;
		const char *isa = b.n > 200 ? memmem(b.p, b.n - 106, "ISA", 3) : NULL;

		if (!isa)
			continue;
		for (size_t n = 0; n < b.n; n += n < EDGE || n + EDGE > b.n ? 1 : step) {
			answered_run(&v, &how, (struct str){ b.p, n });
			judge(&v, files[i].path, "cut", n);
			cr_expect(v.n_found + v.f.n > 0 || ends_well((struct str){ b.p, n }, isa[3], isa[105]),
			    "%s, cut at %zu: not seen", files[i].path, n);
			runs++;
		}
	}
	answered_free(&v);
	(void)printf("%zu files, %zu cuts\n", n_files, runs);
}

Test(x12_hostile, every_change, .init = up, .fini = down, .timeout = 300)
{
	struct answer_how how = { .guides = guides, .rules = &rules };
	struct answered v = { .rc = 0 };
	size_t runs = 0;

	for (size_t i = 0; i < n_files; i++) {
		struct str b = files[i].bytes;
		size_t step = b.n / CHANGES + 1;
		char *p = (char *)(uintptr_t)b.p, values[] = { 0, 'X', b.n > 3 ? b.p[3] : '*', (char)0xff };

		for (size_t at = i % 16 ? i * 7 % step : 0; at < b.n; at += at < 110 && i % 16 == 0 ? 1 : step)
			for (size_t k = 0; k < sizeof values; k++) {
				char was = p[at];

				p[at] = values[k];
				answered_run(&v, &how, b);
				judge(&v, files[i].path, "change", at);
				p[at] = was;
				runs++;
			}
	}
	answered_free(&v);
	(void)printf("%zu files, %zu changes\n", n_files, runs);
}

/* ---- pieces ---- */

Test(x12_hostile, pieces, .init = up, .fini = down, .timeout = 300)
{
	static const size_t chunks[] = { 1 << 20, 7, 1 };

	for (size_t i = 0; i < n_files; i++) {
		struct answered want = { .rc = 0 };

		for (size_t k = 0; k < sizeof chunks / sizeof *chunks; k++) {
			struct answer_how how = { .guides = guides, .rules = &rules, .chunk = chunks[k] };
			struct answered v = { .rc = 0 };

			answered_run(k ? &v : &want, &how, files[i].bytes);
			if (k == 0)
				continue;
			cr_expect(v.rc == want.rc && v.n_found == want.n_found && v.sum == want.sum && v.f.n == want.f.n,
			    "%s in pieces of %zu: rc %d, want %d; %zu findings, want %zu", files[i].path, chunks[k], v.rc,
			    want.rc, v.n_found, want.n_found);
			for (enum x12_ack_kind a = X12_ACK_TA1; a < X12_ACK_KINDS; a++)
				cr_expect(str_eq(v.out[a], want.out[a]), "%s in pieces of %zu: answer %d", files[i].path,
				    chunks[k], (int)a);
			answered_free(&v);
		}
		answered_free(&want);
	}
}

/* A body longer than the buffer moves what was read of its segment. */
struct bodies { size_t n, wrong; };

static int
on_segment(void *self, const struct x12_check *c, const struct x12_seg *s)
{
	struct bodies *b = self;

	(void)c;
	if (!str_is(s->id, "BIN"))
		return 0;
	b->n++;
	b->wrong += s->n != 2 || !str_is(s->el[1], "700000") || s->el[2].n != 700000 || s->el[2].p[699999] != 'y';
	return 0;
}

Test(x12_hostile, large_bodies, .init = up, .fini = down)
{
	static const char head[] = "ISA*00*          *00*          *ZZ*THEM           *ZZ*US             "
	    "*260301*1200*^*00601*000000077*0*T*:~"
	    "GS*PI*THEM*US*20260301*1200*1*X*006020X314~ST*275*0001*006020X314~BGN*11*1*20260301~";
	static const char bin[] = "CAT*AE*IH~OOI*1*47*X~BIN*700000*";
	size_t room = 3u << 20, n = sizeof head - 1;
	char *p = arena_alloc(&mem, room);

	cr_assert(p != NULL);
	memcpy(p, head, n);
	for (size_t i = 0; i < 3; i++) {
		memcpy(p + n, bin, sizeof bin - 1);
		n += sizeof bin - 1;
		memset(p + n, '~', 700000);
		p[n + 699999] = 'y';
		p[n + 700000] = '~';
		n += 700001;
	}
	for (size_t chunk = 0; chunk < 100000; chunk = chunk * 3 + 1000) {
		struct bodies b = { 0, 0 };
		struct x12_watch also = { .self = &b, .segment = on_segment };
		struct answer_how how = { .guides = guides, .rules = &rules, .chunk = chunk, .also = &also };
		struct answered v = { .rc = 0 };

		answered_run(&v, &how, (struct str){ p, n });
		cr_expect(v.rc == 0 && b.n == 3 && b.wrong == 0, "pieces of %zu: rc %d, %zu bodies, %zu wrong", chunk,
		    v.rc, b.n, b.wrong);
		answered_free(&v);
	}
}

/* ---- by name ---- */

#define ISA	"ISA*00*          *00*          *ZZ*THEM           *ZZ*US             *260301*1200*^*00501*000000077*0*T*:~"
#define OTHER(gs01, version, set, body) ISA "GS*" gs01 "*THEM*US*20260301*1200*1*X*" version "~ST*" set "*0001~" body \
	"~SE*3*0001~GE*1*1~IEA*1*000000077~"
/* fault: what is said of a file that has no interchange; ta1, f999: what its answer holds, "" = there is none. */
static const struct { const char *name, *bytes; size_t n; const char *fault, *ta1, *f999; } strangers[] = {
	{ "binary", "\x7f" "ELF\x02\x01\x01\0\0\0", 10, "binary", "", "" },
	{ "UTF-16", "\xff\xfeI\0S\0A\0*\0", 10, "UTF-16", "", "" },
	{ "empty", "", 0, "empty", "", "" },
	{ "bare ST", "ST*837*0001*005010X222A1~SE*2*0001~", 0, "without ISA and GS", "", "" },
	{ "HL7", "MSH|^~\\&|A|B", 0, "HL7", "", "" },
	{ "ISA only", "ISA", 0, "106 bytes", "", "" },
	{ "narrow ISA06", "ISA*00*          *00*          *ZZ*THEM*ZZ*US             *260301*1200*^*00501*000000077*0*P*:~"
	    "GS*HC*THEM*US~"
	    "ST*837*0001~SE*2*0001~GE*1*1~IEA*1*000000077~", 0, "width", "TA1*000000077*260301*1200*R*022~", "" },
	{ "short ISA13", "ISA*00*          *00*          *ZZ*THEM           *ZZ*US             *260301*1200*^*00501*77*0*P*:~"
	    "GS*HC*THEM~"
	    "ST*837*0001~", 0, "width", "TA1*000000077*260301*1200*R*022~", "" },
	{ "ISA13 cut", "ISA*00*          *00*          *ZZ*THEM           *ZZ*US             *260301*1200*^*00501*0000000", 0,
	    "106 bytes", "", "" },
	{ "850", OTHER("PO", "005010", "850", "BEG*00*SA*1**20260301"), 0, "", "*A*000~", "IK5*R*1~\nAK9*R*1*1*0" },
	{ "820", OTHER("RA", "005010X218", "820", "BPR*I*1*C*ACH"), 0, "", "*A*000~", "IK5*R*1~\nAK9*R*1*1*0" },
	{ "no group", ISA "IEA*0*000000077~", 0, "", "*A*000~", "" },
};

Test(x12_hostile, by_name, .init = up, .fini = down)
{
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
		struct str b = { strangers[i].bytes, strangers[i].n ? strangers[i].n : strlen(strangers[i].bytes) };

		for (size_t chunk = 0; chunk < 8; chunk += 7) {
			struct answer_how how = { .guides = guides, .rules = &rules, .chunk = chunk };
			struct answered v = { .rc = 0 };

			answered_run(&v, &how, b);
			cr_expect_eq(v.f.n > 0, *strangers[i].fault != 0, "%s: %zu faults", strangers[i].name, v.f.n);
			cr_expect(v.f.n == 0 || count(v.f.v[0].words, strangers[i].fault), "%s: " STR_FMT, strangers[i].name,
			    STR_ARG(v.f.v[0].words));
			cr_expect_eq(v.out[X12_ACK_TA1].n > 0, *strangers[i].ta1 != 0, "%s", strangers[i].name);
			cr_expect(count(v.out[X12_ACK_TA1], strangers[i].ta1), "%s: " STR_FMT, strangers[i].name,
			    STR_ARG(v.out[X12_ACK_TA1]));
			cr_expect_eq(v.out[X12_ACK_999].n > 0, *strangers[i].f999 != 0, "%s", strangers[i].name);
			cr_expect(count(v.out[X12_ACK_999], strangers[i].f999), "%s: " STR_FMT, strangers[i].name,
			    STR_ARG(v.out[X12_ACK_999]));
			judge_answers(&v, strangers[i].name, "whole", 0);
			answered_free(&v);
		}
	}
}
