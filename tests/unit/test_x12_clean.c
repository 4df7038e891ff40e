/*
 * test_x12_clean.c - a hundred thousand sound claims, professional and institutional, in sets of many sizes: nothing is
 * told of any. They stream from the generator to the reader an interchange at a time; none of it is ever a file.
 */
#include "test_x12_book.h"
#include "x12/rules.h"
#include "x12gen/x12gen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLAIMS		100000u
#define EACH		500u			/* claims of one interchange */
#define ROOM		(4u << 20)

/* Notes that sound claims may have, by id. */
static const char *const allowed[] = { NULL };

struct pipe {
	char		*p;
	size_t		 n, at;
	uint32_t	 run;
	uint64_t	 claims, bytes;
	int		 rc;
};
#define KINDS		16
struct told { size_t n, n_ids; char ids[KINDS][32]; };		/* one finding of each id is printed */

static int
keep_bytes(void *ctx, const char *bytes, size_t n)
{
	struct pipe *p = ctx;

	if (p->n + n > ROOM)
		return E_LIMIT;
	memcpy(p->p + p->n, bytes, n);
	p->n += n;
	return 0;
}

/* The next interchange, once the last has been read. */
static void
more(struct pipe *p)
{
	static const uint32_t per_st[] = { 1, 3, 10, 100, 250, 1000 };
	struct x12gen_conf c = { .claims = EACH, .seed = 1000 + p->run * 17, .type = "BPI"[p->run % 3], .control = p->run + 1,
	    .per_st = per_st[p->run % (sizeof per_st / sizeof *per_st)], .per_gs = p->run % 5 ? 0 : 7, .defect = X12GEN_NONE,
	    .day = p->run % 2 ? X12_BOOK_DAY : 0, .usage = p->run % 2 ? 'P' : 'T', .lines = p->run % 4 == 3 };
	struct x12gen_totals t;

	p->n = p->at = 0;
	p->run++;
	p->rc = x12gen_run(&c, &(struct x12gen_out){ .put = keep_bytes, .ctx = p }, &t);
	p->claims += t.claims;
	p->bytes += t.bytes;
}

static int64_t
fill(void *self, char *to, size_t n)
{
	struct pipe *p = self;

	if (p->at == p->n && p->claims < CLAIMS)
		more(p);
	if (p->rc < 0)
		return p->rc;
	n = n < p->n - p->at ? n : p->n - p->at;
	memcpy(to, p->p + p->at, n);
	p->at += n;
	return (int64_t)n;
}

static bool
is_allowed(const struct x12_finding *f)
{
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (f->severity == X12_NOTE && allowed[i] && strcmp(f->id, allowed[i]) == 0)
			return true;
	return false;
}

static bool
is_new(struct told *t, const char *id)
{
	for (size_t i = 0; i < t->n_ids; i++)
		if (strcmp(t->ids[i], id) == 0)
			return false;
	if (t->n_ids == KINDS)
		return false;
	(void)snprintf(t->ids[t->n_ids++], sizeof t->ids[0], "%s", id);
	return true;
}

static int
found(void *self, const struct x12_finding *f)
{
	struct told *t = self;

	if (is_allowed(f))
		return 0;
	t->n++;
	cr_expect(!is_new(t, f->id), "segment %zu: %s " STR_FMT " " STR_FMT "%02u-%u \"" STR_FMT "\": %s", f->ordinal, f->id,
	    STR_ARG(f->loop), STR_ARG(f->segment), f->element, f->component, STR_ARG(f->value), f->words);
	return 0;
}

Test(x12_clean, nothing_is_told_of_sound_claims)
{
	struct pipe p = { .p = malloc(ROOM) };
	struct told told = { 0 };
	struct book book;
	struct x12_rules rules = { .today = X12_BOOK_DAY };
	struct x12_check_spec spec = { .rules = &rules, .watch = { .self = &told, .found = found } };
	struct x12_totals t;
	struct arena guides, a;
	struct faults faults = { .a = &a };
	struct x12_reader *r;

	arena_init(&guides, 0);
	arena_init(&a, 0);
	x12_book(&book);
	rules.book = book.cb;
	cr_assert(p.p && x12_guides_open(&guides, &spec.guides) == 0);
	cr_assert(x12_open_source(&a, (struct x12_src){ fill, &p }, &faults, &r) == 0);
	cr_assert(x12_check_run(&a, r, &spec, &t) == 0);
	(void)fprintf(stderr, "clean: %zu claims in %zu sets and %zu interchanges, %.0f MB\n", t.claims, t.sets, t.interchanges,
	    (double)p.bytes / 1e6);
	cr_expect(told.n == 0 && t.errors == 0 && t.warnings == 0, "%zu told", told.n);
	cr_expect(t.claims == CLAIMS && t.claims == p.claims && t.interchanges == p.run && t.sets_rejected == 0);
	free(p.p);
	book_close(&book);
	arena_free(&a);
	arena_free(&guides);
}
