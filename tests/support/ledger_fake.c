/* ledger_fake.c - the fake store, its folder, and the check. For tests only. */
#include "support/ledger_fake.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <time.h>

/* ---- the fake store ---- */
static struct str
stream_name(struct arena *a, size_t s)
{
	return s == STREAMS - 1 ? S("cl:{tp:payer}:journal") : arena_fmt(a, "cl:{%zu}:journal", s);
}

static struct str
entry_id(struct arena *a, uint64_t k)
{
	return arena_fmt(a, "%llu-%llu", 1788430929000ull + k / 3, (unsigned long long)(k % 3));
}

static void
entry(struct arena *a, size_t s, uint64_t k, struct journal_entry *e)
{
	bool ic = s == STREAMS - 1;

	e->stream = stream_name(a, s);
	e->id = entry_id(a, k);
	e->header = ic ? S("submit|s@h|b|1|ic|sent") : S("audit|a@h|b|1|checked|cleared");
	e->rows = ic ? arena_fmt(a, "payer %llu 1 - f", (unsigned long long)k) :
	    arena_fmt(a, "%08zx%024llx 3 pass 00112233445566778899aabbccddeeff", s, (unsigned long long)k);
	e->flags = S("1");
}

static uint64_t
after_of(struct arena *a, const struct journal_entry *after, size_t n, size_t s)
{
	struct ledger_id id;

	for (size_t i = 0; i < n; i++)
		if (str_eq(after[i].stream, stream_name(a, s)) && ledger_id_parse(after[i].id, &id))
			return (id.ms - 1788430929000ull) * 3 + id.seq;
	return 0;
}

static int
fake_read(struct store *st, const struct journal_entry *after, size_t n_after, size_t max, struct arena *a,
    struct journal_entry **out, size_t *n)
{
	struct shared *sh = ((struct fake *)st)->shared;

	atomic_fetch_add(&sh->reads, 1);
	if (sh->read_rc)
		return sh->read_rc;
	for (size_t s = 0; s < STREAMS; s++) {
		uint64_t from = after_of(a, after, n_after, s), gone = sh->trimmed[s], head = sh->head[s];

		for (uint64_t k = (from > gone ? from : gone) + 1; k <= head && *n < max; k++) {
			struct journal_entry *e = arena_push(a, *out, *n);

			if (!e)
				return E_NOMEM;
			entry(a, s, k, e);
		}
	}
	return a->spent ? E_NOMEM : 0;
}

static int
fake_trim(struct store *st, struct str stream, struct str upto)
{
	struct shared *sh = ((struct fake *)st)->shared;
	struct ledger_id id;
	struct arena a;

	if (sh->trim_rc)
		return sh->trim_rc;
	arena_init(&a, 0);
	cr_assert(ledger_id_parse(upto, &id));
	for (size_t s = 0; s < STREAMS; s++)
		if (str_eq(stream, stream_name(&a, s)))
			sh->trimmed[s] = (id.ms - 1788430929000ull) * 3 + id.seq;
	arena_free(&a);
	return 0;
}

static int
fake_right(struct store *st, const char *name, struct str instance, int64_t ttl)
{
	struct shared *sh = ((struct fake *)st)->shared;
	long none = 0, me = getpid();

	cr_assert(strcmp(name, "ledger") == 0 && instance.n && ttl > 0);
	if (sh->right_rc)
		return sh->right_rc;
	if (sh->holder == -1 || atomic_compare_exchange_strong(&sh->holder, &none, me))
		return 0;
	return none == me ? 0 : E_BUSY;
}

static const struct store_ops fake_ops = { .journal_read = fake_read, .journal_trim = fake_trim, .right = fake_right };

struct fake
fake_new(void)
{
	struct shared *sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	cr_assert(sh != MAP_FAILED);
	return (struct fake){ .store = { .ops = &fake_ops, .lanes = STREAMS }, .shared = sh };
}

/* ---- folders ---- */
char folder[4096], root[4096];

void
folder_make(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(root, sizeof root, "%s/cl-ledger-XXXXXX", tmp ? tmp : "/tmp");
	cr_assert(mkdtemp(root) != NULL);
	cr_assert((size_t)snprintf(folder, sizeof folder, "%.4000s/state/ledger", root) < sizeof folder);
}

void
folder_drop(void)
{
	folder_remove(root);
}

struct ledger_writer *
writer(const char *path, int64_t segment_bytes, size_t max)
{
	struct ledger_options o = { .folder = path, .instance = S("audit-test"), .segment_bytes = segment_bytes,
	    .right_ms = 1000, .max_entries = max };
	struct ledger_writer *w;

	cr_assert(ledger_writer_open(&w, &o) == 0);
	return w;
}

int
tick(struct ledger_writer *w, struct fake *f)
{
	struct arena a;
	int rc;

	arena_init(&a, 0);
	rc = ledger_tick(w, &f->store, &a);
	arena_free(&a);
	return rc;
}

/* ---- what must hold ---- */
static int
see(void *me, struct str line)
{
	struct seen *s = me;
	struct ledger_line l;

	cr_assert(ledger_line_read(&s->a, line, &l) == 0);
	s->cuts += l.kind == LEDGER_CUT;
	for (size_t i = 0; i < STREAMS; i++)
		if (l.stream.n && str_eq(l.stream, stream_name(&s->a, i))) {
			struct journal_entry e;

			entry(&s->a, i, ++s->next[i], &e);
			cr_assert(str_eq(ledger_id_text(&s->a, l.id), e.id), "stream %zu: entry %llu is lost or doubled", i,
			    (unsigned long long)s->next[i]);
		}
	arena_reset(&s->a);
	return 0;
}

int
look(struct seen *s, struct ledger_verify *out)
{
	struct ledger_verify v;
	struct arena a;
	int rc;

	*s = (struct seen){ .cuts = 0 };
	arena_init(&s->a, 0);
	arena_init(&a, 0);
	ledger_verify_init(&v, &a, 0, NULL);
	rc = ledger_folder_walk(folder, &v, see, s, NULL);
	arena_free(&s->a);
	if (out)
		*out = v;
	ledger_verify_free(&v);
	arena_free(&a);
	return rc;
}

void
expect_all(struct fake *f, const char *when)
{
	struct ledger_verify v;
	struct seen s;
	int rc = look(&s, &v);

	cr_assert(rc == 0, "%s: %s at segment %lld line %lld: %s", when, err_name(rc), (long long)v.why.segment,
	    (long long)v.why.line, v.why.what ? v.why.what : "");
	for (size_t i = 0; i < STREAMS; i++)
		cr_assert(s.next[i] == f->shared->head[i], "%s: stream %zu has %llu of %llu", when, i,
		    (unsigned long long)s.next[i], (unsigned long long)f->shared->head[i]);
}

void
make(struct fake *f, uint64_t n)
{
	for (size_t i = 0; i < STREAMS; i++)
		atomic_fetch_add(&f->shared->head[i], n * (i + 1));
}

void
feed(struct fake *f)
{
	if (f->shared->head[0] < f->shared->trimmed[0] + 20)
		make(f, 1);
}

void
drain(struct ledger_writer *w, struct fake *f)
{
	int rc;

	while ((rc = tick(w, f)) > 0)
		;
	cr_assert(rc == 0, "%s", err_name(rc));
}

/* ---- other processes ---- */
_Noreturn void
child_writes(struct fake *f, int64_t segment_bytes)
{
	struct ledger_options o = { .folder = folder, .instance = S("child"), .segment_bytes = segment_bytes,
	    .right_ms = 1000, .max_entries = 37 };
	struct ledger_writer *w;

	if (ledger_writer_open(&w, &o) < 0)
		_exit(2);
	for (;;) {
		int rc = tick(w, f);

		if (rc < 0 && rc != E_BUSY)
			_exit(3);
	}
}

uint64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}
