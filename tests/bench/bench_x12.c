/*
 * bench_x12.c - X12 against its yardsticks, side by side in one run on one core: segments beside memchr and plain reading,
 * claims checked and answered, claims written, memory while a large file passes, and other parsers on the same claims.
 * Seconds are of the process (CPU), so that a machine that is shared counts less. The claims are invented (x12gen). Never
 * judges a number.
 */
#include "bench/yard.h"
#include "codebook/io_book.h"
#include "x12/ack.h"
#include "x12/rules.h"
#include "x12gen/x12gen.h"

#include "base/file.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS_MAX	99
#define PER_ST		1000
#define WRITE_ONE	5000			/* claims of one interchange that is written */
#define PEER_CLAIMS	1000

struct bytes { char *p; size_t n, cap, at; };
struct bench {
	const char	*book, *dir;
	size_t		 claims;
	double		 gb;
	int		 rounds;
	struct book	 b;
	bool		 partial;
	struct arena	 a;
	const struct x12_guides *guides;
	struct bytes	 in[3];			/* professional, institutional, both */
	double		 plain[3];		/* claims/s of SNIP 1 and 2 */
};
static const char types[] = "PIB";
static const char *const kinds[] = { "professional", "institutional", "mixed" };

/* ---- what is read ---- */

static int
keep(void *ctx, const char *bytes, size_t n)
{
	struct bytes *b = ctx;

	if (b->n + n > b->cap) {
		b->cap = (b->n + n) * 2;
		b->p = realloc(b->p, b->cap);
		if (!b->p)
			yard_fail("no memory");
	}
	memcpy(b->p + b->n, bytes, n);
	b->n += n;
	return 0;
}

static void
make(const struct x12gen_conf *c, int (*put)(void *, const char *, size_t), void *ctx)
{
	struct x12gen_totals t;

	if (x12gen_run(c, &(struct x12gen_out){ .put = put, .ctx = ctx }, &t) < 0)
		yard_fail("the claims cannot be made");
}

static struct x12gen_conf
conf(char type, size_t claims)
{
	return (struct x12gen_conf){ .claims = claims, .seed = 1, .type = type, .per_st = PER_ST, .defect = X12GEN_NONE,
	    .day = day_of(2026, 8, 10) };
}

static int64_t
fill(void *self, char *to, size_t n)
{
	struct bytes *b = self;

	n = n < b->n - b->at ? n : b->n - b->at;
	memcpy(to, b->p + b->at, n);
	b->at += n;
	return (int64_t)n;
}

static struct x12_reader *
source(struct arena *a, struct faults *f, struct bytes *b)
{
	struct x12_reader *r;

	b->at = 0;
	if (x12_open_source(a, (struct x12_src){ fill, b }, f, &r) < 0)
		yard_fail("the claims cannot be read");
	return r;
}

/* ---- segments ---- */

static double
segments(struct bytes *b)
{
	double began = yard_cpu_now();
	struct arena a;
	struct faults f = { .a = &a };
	struct x12_reader *r;
	struct x12_seg s;
	size_t n = 0;

	arena_init(&a, 0);
	r = source(&a, &f, b);
	while (x12_next(r, &s) > 0)
		n += s.n;
	arena_free(&a);
	if (n == 0)
		yard_fail("no segments");
	return (double)b->n / (yard_cpu_now() - began) / 1e9;
}

static double
memchrs(const struct bytes *b, char c)
{
	double began = yard_cpu_now();
	const char *p = b->p, *end = b->p + b->n;
	volatile size_t n = 0;

	while ((p = memchr(p, c, (size_t)(end - p))) != NULL) {
		n = n + 1;
		p++;
	}
	return (double)b->n / (yard_cpu_now() - began) / 1e9;
}

static double
plain(const struct bytes *b)
{
	double began = yard_cpu_now();
	uint64_t sum[4] = { 0 }, v[4];
	volatile uint64_t out;

	for (size_t i = 0; i + sizeof v <= b->n; i += sizeof v) {
		memcpy(v, b->p + i, sizeof v);
		for (int k = 0; k < 4; k++)
			sum[k] ^= v[k];
	}
	out = sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
	(void)out;
	return (double)b->n / (yard_cpu_now() - began) / 1e9;
}

static void
tokenising(struct bench *k)
{
	double v[4][ROUNDS_MAX], ratio[3][ROUNDS_MAX];
	struct bytes *b = &k->in[2];
	size_t n = (size_t)k->rounds;

	for (size_t r = 0; r < n; r++) {
		v[0][r] = segments(b);
		v[1][r] = memchrs(b, '~');
		v[2][r] = memchrs(b, '*');
		v[3][r] = plain(b);
		for (int i = 0; i < 3; i++)
			ratio[i][r] = v[0][r] / v[i + 1][r];
	}
	printf("segments, all elements   %6.2f GB/s; memchr of ~ %.2f (%.2f times), of * %.2f (%.2f times), plain read %.2f "
	    "(%.2f times)\n", yard_median(v[0], n), yard_median(v[1], n), yard_median(ratio[0], n), yard_median(v[2], n),
	    yard_median(ratio[1], n), yard_median(v[3], n), yard_median(ratio[2], n));
}

/* ---- checking ---- */

struct answers { size_t bytes[X12_ACK_KINDS]; int64_t control; };

static int
ends(void *self, enum x12_ack_kind kind, const struct x12_interchange *ic, const struct x12_group *g, struct x12_ends *out)
{
	struct answers *w = self;

	(void)kind;
	(void)ic;
	(void)g;
	out->control = ++w->control;
	out->at = INT64_C(1786320000000);
	return 0;
}

static int
count(void *self, struct str bytes)
{
	*(size_t *)self += bytes.n;
	return 0;
}

static int
cut(void *self, size_t n)
{
	*(size_t *)self = n;
	return 0;
}

/* Reads to the end. With book: rules, code sets, a 999 and a 277CA. */
static struct x12_totals
check(const struct x12_guides *g, const struct codebook *book, struct x12_src src)
{
	struct answers w = { .control = 0 };
	struct x12_ack_spec answer = { .ends = ends, .self = &w, .payer = S("NORTHFELL"), .payer_id = S("NF001") };
	struct x12_rules rules = { .today = day_of(2026, 8, 10), .book = book };
	struct x12_check_spec spec = { .guides = g, .rules = book ? &rules : NULL };
	struct x12_totals t;
	struct arena a;
	struct faults f = { .a = &a };
	struct x12_reader *r;
	struct x12_ack *ack = NULL;
	int rc;

	arena_init(&a, 0);
	for (int i = X12_ACK_TA1; i < X12_ACK_KINDS; i++)
		answer.sink[i] = (struct x12_sink){ &w.bytes[i], count, cut };
	if (x12_open_source(&a, src, &f, &r) < 0 || (book && x12_ack_open(&a, &answer, &ack) < 0))
		yard_fail("the claims cannot be read");
	if (ack)
		spec.watch = x12_ack_watch(ack);
	rc = x12_check_run(&a, r, &spec, &t);
	if (rc < 0 || (ack && x12_ack_close(ack, r) < 0) || t.claims == 0)
		yard_fail("the claims cannot be checked");
	if (book && (!w.bytes[X12_ACK_999] || !w.bytes[X12_ACK_277CA]))
		yard_fail("no answers");
	arena_free(&a);
	return t;
}

static double
checked(const struct bench *k, struct bytes *b, bool all, struct x12_totals *t)
{
	double began = yard_cpu_now();

	b->at = 0;
	*t = check(k->guides, all ? k->b.cb : NULL, (struct x12_src){ fill, b });
	return (double)t->claims / (yard_cpu_now() - began);
}

static void
checking(struct bench *k)
{
	for (int i = 0; i < 3; i++) {
		double v[2][ROUNDS_MAX], ratio[ROUNDS_MAX];
		size_t n = (size_t)k->rounds;
		struct x12_totals t[2];

		for (size_t r = 0; r < n; r++) {
			for (int all = 0; all < 2; all++)
				v[all][r] = checked(k, &k->in[i], all, &t[all]);
			ratio[r] = v[1][r] / v[0][r];
		}
		k->plain[i] = yard_median(v[0], n);
		printf("check, %-17s %7.0f claims/s SNIP 1 and 2 (%.2f GB/s); with rules, code book, 999 and 277CA %.0f "
		    "(%.2f times); %zu found\n", kinds[i], k->plain[i],
		    k->plain[i] * (double)k->in[i].n / (double)t[0].claims / 1e9, yard_median(v[1], n), yard_median(ratio, n),
		    t[1].errors + t[1].warnings + t[1].notes);
	}
}

/* ---- memory: a process that checks what another makes ---- */

static int
to_pipe(void *ctx, const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(*(int *)ctx, p, n);

		if (w <= 0)
			return E_IO;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

static int64_t
from_pipe(void *self, char *p, size_t n)
{
	return read(*(int *)self, p, n);
}

static double
status_mib(const char *key)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long v = 0;

	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, key, strlen(key)) == 0)
			(void)sscanf(line + strlen(key), "%ld", &v);
	if (f)
		(void)fclose(f);
	return (double)v / 1024;
}

/* Of the child: the most it held, and what of it is the book's and the program's files, shared by all who map them. */
struct held { double most, files; size_t claims; };

static void
reader(const struct bench *k, int in, int out)
{
	const struct x12_guides *g;
	struct held h;
	struct arena a;
	struct book b;
	const char *why;

	arena_init(&a, 0);
	if (book_map(k->book, false, &b, &why) < 0 || x12_guides_open(&a, &g) < 0)
		_exit(1);
	h.claims = check(g, b.cb, (struct x12_src){ from_pipe, &in }).claims;
	h.most = status_mib("VmHWM:");
	h.files = status_mib("RssFile:");
	_exit(write(out, &h, sizeof h) != sizeof h);
}

static struct held
passing(const struct bench *k, size_t claims)
{
	struct x12gen_conf c = conf('B', claims);
	struct held h = { 0 };
	int data[2], told[2], st;
	pid_t pid;

	(void)fflush(stdout);
	if (pipe(data) != 0 || pipe(told) != 0)
		yard_fail("no pipes");
	pid = fork();
	if (pid == 0) {
		(void)close(data[1]);
		reader(k, data[0], told[1]);
	}
	(void)close(data[0]);
	(void)close(told[1]);
	make(&c, to_pipe, &data[1]);
	(void)close(data[1]);
	if (pid < 0 || read(told[0], &h, sizeof h) != sizeof h || waitpid(pid, &st, 0) != pid || st != 0)
		yard_fail("the reading process died");
	(void)close(told[0]);
	return h;
}

/* Before anything else is in memory, for the child begins with what we have. */
static void
memory(struct bench *k)
{
	struct bytes some = { 0 };
	struct x12gen_conf c = conf('B', 2000);
	double each;
	struct held tenth, whole;

	make(&c, keep, &some);
	each = (double)some.n / 2000;
	free(some.p);
	tenth = passing(k, (size_t)(k->gb / 10 * 1e9 / each) + 1);
	whole = passing(k, (size_t)(k->gb * 1e9 / each) + 1);
	printf("memory at most           %6.1f MiB while %.1f GB (%zu claims) pass, all checks and answers on, %.1f of it mapped "
	    "files; a tenth of the claims %.1f MiB\n", whole.most, k->gb, whole.claims, whole.files, tenth.most);
}

/* ---- writing ---- */

static struct x12_837_spec
spec_837(void)
{
	return (struct x12_837_spec){
		.ends = { .isa05 = S("ZZ"), .isa06 = S("INVENTED01"), .isa07 = S("ZZ"), .isa08 = S("NORTHFELL"), .usage = 'T',
		    .gs02 = S("INVENTED01"), .gs03 = S("NORTHFELL"), .control = 1, .at = INT64_C(1786320000000) },
		.submitter = S("COPPERLEAF BILLING"), .submitter_id = S("INVENTED01"), .contact = S("HELP DESK"),
		.phone = S("2125550100"), .receiver = S("NORTHFELL CLEARING"), .receiver_id = S("NORTHFELL"),
		.max_per_st = WRITE_ONE };
}

static struct x12_out *
outs(struct arena *a, const struct x12_intake *in)
{
	struct x12_out *v = arena_array(a, in->n_claims + 1, sizeof *v);
	struct claim_view *views = arena_array(a, in->n_claims + 1, sizeof *views);

	for (size_t i = 0; i < in->n_claims; i++) {
		v[i] = (struct x12_out){ in->claims[i].e, &views[i] };
		(void)claim_view(a, v[i].e, &views[i]);
	}
	return v;
}

/* Claims/s; the second time, with memory that is there. */
static double
written(const struct x12_out *v, size_t n, size_t *bytes)
{
	struct x12_837_spec spec = spec_837();
	struct x12_written w;
	struct arena a;
	double began = 0, took;

	arena_init(&a, SIZE_MAX / 2);
	for (int pass = 0; pass < 2; pass++) {
		arena_reset(&a);
		began = yard_cpu_now();
		if (x12_write_837(&a, &spec, v, n, &w) < 0)
			yard_fail(w.faults.n ? w.faults.v[0].words.p : "the claims cannot be written");
	}
	took = yard_cpu_now() - began;
	*bytes = w.bytes.n;
	arena_free(&a);
	return (double)n / took;
}

static void
writing(const struct bench *k, int type)
{
	double v[2][ROUNDS_MAX], rate;
	size_t n = (size_t)k->rounds, bytes = 0;
	struct bytes some = { 0 };
	struct x12gen_conf c = conf(types[type], WRITE_ONE);
	struct x12_intake_spec how = { .guides = k->guides, .level = 2 };

	make(&c, keep, &some);
	for (size_t r = 0; r < n; r++) {
		struct x12_intake in;
		struct arena a;
		double began = yard_cpu_now();

		arena_init(&a, SIZE_MAX / 2);
		if (x12_read_837(&a, &how, (struct str){ some.p, some.n }, &in) != WRITE_ONE)
			yard_fail("the claims cannot be read");
		v[1][r] = WRITE_ONE / (yard_cpu_now() - began);
		v[0][r] = written(outs(&a, &in), in.n_claims, &bytes);
		arena_free(&a);
	}
	rate = yard_median(v[0], n);
	printf("write, %-17s %7.0f claims/s (%.2f GB/s), %d an interchange; bytes to encounters %.0f claims/s\n", kinds[type],
	    rate, rate * (double)bytes / WRITE_ONE / 1e9, WRITE_ONE, yard_median(v[1], n));
	free(some.p);
}

/* ---- others ---- */

static void
peers(const struct bench *k)
{
	static const struct { const char *parser, *name, *cf; int type; } rows[] = {
		{ "perl", "X12::Parser (Perl)", "837_004010X098.cf", 0 },
		{ "perl", "X12::Parser (Perl)", "837_004010X096.cf", 1 },
		{ "node-x12", "node-x12", "", 0 }, { "x12-parser", "x12-parser (node)", "", 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12gen_conf c = conf(types[rows[i].type], PEER_CLAIMS);
		struct bytes some = { 0 };
		char path[512];
		double v[3], took;

		make(&c, keep, &some);
		(void)snprintf(path, sizeof path, "%s/peer.x12", k->dir);
		if (file_write_atomic(path, (struct str){ some.p, some.n }, true) < 0)
			yard_fail("the claims cannot be kept");
		for (int r = 0; r < 3; r++)
			v[r] = yard_x12(rows[i].parser, rows[i].cf, path);
		took = yard_median(v, 3);
		if (took > 0)
			printf("%-24s %7.0f claims/s, %s, parsed; SNIP 1 and 2 here are %.0f times that\n", rows[i].name,
			    PEER_CLAIMS / took, kinds[rows[i].type], k->plain[rows[i].type] * took / PEER_CLAIMS);
		else
			printf("%-24s %s\n", rows[i].name, took < 0 ? "failed on these claims" : "not installed");
		free(some.p);
	}
}

/* ---- the run ---- */

static void
build(struct bench *k, const char *path)
{
	const char *from = CL_SOURCE_DIR "/config/codesets";
	struct arena a;
	struct faults f = { .a = &a };
	struct book b;
	int st = 1;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	arena_init(&a, 0);
	if (pid == 0)
		_exit(book_build(&from, 1, &f, NULL, NULL, &b) < 0 || file_write_atomic(path, b.bytes, true) < 0);
	if (pid < 0 || waitpid(pid, &st, 0) != pid || st != 0)
		yard_fail("the code book cannot be built");
	k->book = path;
	k->partial = true;
}

static const char usage[] =
    "usage: bench_x12 [--claims N] [--gb N] [--rounds N] [--book FILE]\n"
    "  --claims  of each kind in memory (20000); --gb of the file that passes (1); --rounds, of which the median counts (5)\n"
    "  --book    a code book that was built; without it the starter set of config/codesets\n"
    "others, when they are there: apt-get install libx12-parser-perl; npm install node-x12 x12-parser and NODE_PATH for them";

static void
options(struct bench *k, int argc, char **argv)
{
	k->claims = 20000;
	k->gb = 1;
	k->rounds = 5;
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--claims") == 0)
			k->claims = (size_t)strtoul(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--gb") == 0)
			k->gb = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--rounds") == 0)
			k->rounds = (int)strtol(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--book") == 0)
			k->book = argv[i + 1];
		else
			yard_fail(usage);
	}
	if (argc % 2 == 0)
		yard_fail(usage);
	if (k->claims < 1 || k->claims > 1000000 || k->rounds < 1 || k->rounds > ROUNDS_MAX || !(k->gb > 0 && k->gb <= 1000))
		yard_fail("--claims wants 1 to 1000000, --rounds 1 to 99, --gb up to 1000");
}

static void
one_core(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	(void)sched_setaffinity(0, sizeof one, &one);
}

int
main(int argc, char **argv)
{
	struct bench k = { 0 };
	char dir[] = "/tmp/claimline-bench-XXXXXX", book[64], remove[128];
	const char *why;

	options(&k, argc, argv);
	one_core();
	(void)signal(SIGPIPE, SIG_IGN);			/* a reader that died is told below */
	k.dir = mkdtemp(dir);
	(void)snprintf(book, sizeof book, "%s/bench.clb", dir);
	if (!k.book)
		build(&k, book);
	memory(&k);
	arena_init(&k.a, 0);
	if (book_map(k.book, true, &k.b, &why) < 0 || x12_guides_open(&k.a, &k.guides) < 0)
		yard_fail("the code book cannot be opened");
	printf("code book                %6.1f MB%s\n", (double)codebook_size(k.b.cb) / 1e6,
	    k.partial ? ", the starter set" : "");
	for (int i = 0; i < 3; i++) {
		struct x12gen_conf c = conf(types[i], k.claims);

		make(&c, keep, &k.in[i]);
	}
	tokenising(&k);
	checking(&k);
	for (int i = 0; i < 2; i++)
		writing(&k, i);
	peers(&k);
	for (int i = 0; i < 3; i++)
		free(k.in[i].p);
	book_close(&k.b);
	arena_free(&k.a);
	(void)snprintf(remove, sizeof remove, "rm -rf '%s'", dir);
	return system(remove) == 0 ? 0 : 1;
}
