/*
 * test_house_purity.c - domain code cannot reach a socket, a file or a clock: a fact of the linker. Reads
 * what `nm` says of each domain archive in the build folder; purity.allow lists what may be undefined.
 */
#include "base/file.h"
#include "support/one_arena.h"

#include <criterion/criterion.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static const char *const archives[] = {
	"base", "record", "codebook", "archive", "x12", "x12gen", "hl7", "fhir", "ingest", "suggest", "validate",
	    "audit", "submit",
};

/* The two files of base that do I/O on purpose. */
static const char *const io_objects[] = { "log.c.o", "file.c.o" };

struct symbol { struct str archive, object, name, section; char class; };

static struct symbol *symbols;
static size_t n_symbols;

static bool
is_io(struct str object)
{
	for (size_t i = 0; i < sizeof io_objects / sizeof *io_objects; i++)
		if (str_is(object, io_objects[i]))
			return true;
	return false;
}

static struct str
output_of(const char *command)
{
	FILE *p = popen(command, "r");
	struct buf b;
	char chunk[65536];
	size_t n;

	cr_assert(p != NULL, "%s", command);
	buf_init(&b, &a);
	while ((n = fread(chunk, 1, sizeof chunk, p)) > 0)
		buf_put(&b, chunk, n);
	cr_assert(pclose(p) == 0 && !a.spent, "%s failed", command);
	return buf_view(&b);
}

/* "Symbols from x.a[y.c.o]:", then rows "name |value|class|type|size|line|section". */
static void
symbols_of(const char *name)
{
	struct str path = arena_fmt(&a, "%s/libcl_%s.a", CL_BUILD_DIR, name), rest, object = STR_NONE;

	if (!file_exists(path.p))
		return;		/* no such folder yet; test `all_archives_are_here` tells when there is */
	rest = output_of(arena_fmt(&a, "nm -f sysv '" STR_FMT "'", STR_ARG(path)).p);
	while (rest.n) {
		struct str line = str_cut(&rest, '\n'), head = str_cut(&line, '|');
		const char *open = memchr(head.p, '[', head.n);
		struct symbol *s;

		if (str_starts(head, S("Symbols from ")) || str_starts(head, S("Undefined symbols from "))) {
			must(open != NULL);
			object = (struct str){ open + 1, (size_t)(head.p + head.n - open) - 3 };
			continue;
		}
		if (line.n == 0 || str_starts(head, S("Name ")) || is_io(object))
			continue;
		s = arena_push(&a, symbols, n_symbols);
		must(s != NULL);
		s->archive = str_of(name);
		s->object = object;
		s->name = str_trim(head);
		(void)str_cut(&line, '|');
		s->class = str_trim(str_cut(&line, '|')).p[0];
		for (int i = 0; i < 3; i++)
			(void)str_cut(&line, '|');
		s->section = str_trim(line);
	}
}

static void
open_symbols(void)
{
	open_arena();
	for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
		symbols_of(archives[i]);
	cr_assert(n_symbols > 1000, "nm told of %zu symbols only", n_symbols);
}

static struct str *
allow_list(size_t *n)
{
	struct str rest, *v = NULL;

	*n = 0;
	cr_assert(file_read(&a, CL_SOURCE_DIR "/tests/unit/purity.allow", LIMIT_INPUT, &rest) == 0);
	while (rest.n) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		if (line.n && line.p[0] != '#')
			*arena_push(&a, v, *n) = arena_str(&a, line);
	}
	return v;
}

static int
by_name(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* Names that domain archives define themselves; log and file are not among them. */
static struct str *
own_names(size_t *n)
{
	struct str *v = NULL;

	*n = 0;
	for (size_t i = 0; i < n_symbols; i++)
		if (strchr("TDRBCVW", symbols[i].class))
			*arena_push(&a, v, *n) = symbols[i].name;
	qsort(v, *n, sizeof *v, by_name);
	return v;
}

Test(purity, domain_needs_nothing_from_outside, .init = open_symbols, .fini = close_arena)
{
	size_t n_allow, n_own, undefined = 0;
	struct str *allow = allow_list(&n_allow), *own = own_names(&n_own);

	for (size_t i = 0; i < n_symbols; i++) {
		const struct symbol *s = &symbols[i];
		const char *name = arena_str(&a, s->name).p;
		bool ok = s->class != 'U' || bsearch(&s->name, own, n_own, sizeof *own, by_name);

		undefined += s->class == 'U';
		for (size_t k = 0; k < n_allow && !ok; k++)
			ok = fnmatch(allow[k].p, name, 0) == 0;
		cr_expect(ok, "libcl_" STR_FMT ".a: " STR_FMT " needs %s", STR_ARG(s->archive), STR_ARG(s->object), name);
	}
	cr_expect(undefined > 100, "the check saw undefined symbols");
}

/* Whatever a process writes to is in .data or .bss; constant tables with pointers are in .data.rel.ro. */
Test(purity, domain_has_no_mutable_statics, .init = open_symbols, .fini = close_arena)
{
	for (size_t i = 0; i < n_symbols; i++)
		if (str_starts(symbols[i].name, S("__asan_"))) {
			(void)fprintf(stderr, "skipped: sanitizers add data of their own\n");
			return;
		}
	for (size_t i = 0; i < n_symbols; i++) {
		const struct symbol *s = &symbols[i];
		bool data = str_is(s->section, "*COM*") || str_starts(s->section, S(".bss")) ||
		    str_starts(s->section, S(".tbss")) ||
		    (str_starts(s->section, S(".data")) && !str_starts(s->section, S(".data.rel.ro")));

		cr_expect(!data, "libcl_" STR_FMT ".a: " STR_FMT " keeps state in " STR_FMT, STR_ARG(s->archive),
		    STR_ARG(s->object), STR_ARG(s->name));
	}
}

/* An archive that is missing although its folder has engine files would pass unseen. */
Test(purity, all_archives_are_here, .init = open_arena, .fini = close_arena)
{
	for (size_t i = 0; i < sizeof archives / sizeof *archives; i++) {
		bool stage = i >= 7;
		struct str dir = arena_fmt(&a, CL_SOURCE_DIR "/%s/%s", stage ? "services" : "common", archives[i]);
		struct file_list l;
		bool engine = false;

		if (dir_list(&a, dir.p, 1000, &l) < 0)
			continue;
		for (size_t k = 0; k < l.n; k++)
			engine |= l.v[k].name.n > 2 && strcmp(l.v[k].name.p + l.v[k].name.n - 2, ".c") == 0 &&
			    !str_is(l.v[k].name, "main.c") && !str_starts(l.v[k].name, S("io_")) &&
			    !str_starts(l.v[k].name, S("cmd_"));
		cr_expect(!engine || file_exists(arena_fmt(&a, "%s/libcl_%s.a", CL_BUILD_DIR, archives[i]).p), "%s", archives[i]);
	}
}
