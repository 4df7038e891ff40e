/*
 * test_house.c - the house rules that a program can check: sizes, layers, forbidden words. Each check names
 * every offender. It relies on our style: a function begins with { and ends with } in column 0.
 */
#include "base/file.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_C		600
#define MAX_H		150
#define MAX_MAIN	80
#define MAX_FUNCTION	70
#define MAX_SCRIPT	70

struct source {
	struct str	path;		/* from the repository root */
	struct str	name;		/* last part */
	struct str	text;
	struct str	code;		/* of .c, .h and .def: comments and the inside of literals are blanks */
};

static struct arena a;
static struct source *sources;
static size_t n_sources;

static bool
ends(struct str s, const char *tail)
{
	size_t n = strlen(tail);

	return s.n >= n && memcmp(s.p + s.n - n, tail, n) == 0;
}

static bool
is_code(const struct source *s)
{
	return ends(s->path, ".c") || ends(s->path, ".h");
}

/* Blanks for comments and for what stands in quotes; line ends stay, so that line numbers do. */
static struct str
code_of(struct str text)
{
	char *p = (char *)(uintptr_t)arena_str(&a, text).p;
	enum { CODE, BLOCK, LINE, STRING, CHAR } in = CODE;

	for (size_t i = 0; i < text.n; i++) {
		char c = p[i], next = i + 1 < text.n ? p[i + 1] : 0;

		if (in == CODE) {
			in = c == '/' && next == '*' ? BLOCK : c == '/' && next == '/' ? LINE : c == '"' ? STRING :
			    c == '\'' ? CHAR : CODE;
			if (in == CODE || in == STRING || in == CHAR)
				continue;
		} else if ((in == STRING && c == '"') || (in == CHAR && c == '\'')) {
			in = CODE;
			continue;
		} else if ((in == STRING || in == CHAR) && c == '\\') {
			p[i++] = ' ';
		} else if (in == BLOCK && c == '*' && next == '/') {
			p[i++] = ' ';
			in = CODE;
		} else if (in == LINE && c == '\n') {
			in = CODE;
		}
		if (p[i] != '\n')
			p[i] = ' ';
	}
	return (struct str){ p, text.n };
}

static void
walk(struct str dir)
{
	struct str full = path_join(&a, S(CL_SOURCE_DIR), dir);
	struct file_list l;

	if (dir_list(&a, full.p, 2000, &l) < 0)
		return;
	for (size_t i = 0; i < l.n; i++) {
		struct str path = path_join(&a, dir, l.v[i].name);
		struct source *s;

		if (l.v[i].is_folder) {
			if (!str_is(l.v[i].name, "corpus") && !str_is(l.v[i].name, "golden"))
				walk(path);
			continue;
		}
		s = arena_push(&a, sources, n_sources);
		must(s != NULL);
		s->path = path;
		s->name = l.v[i].name;
		cr_assert(file_read(&a, path_join(&a, S(CL_SOURCE_DIR), path).p, LIMIT_INPUT, &s->text) == 0, "%s", path.p);
		if (is_code(s) || ends(path, ".def"))
			s->code = code_of(s->text);
	}
}

static void
open_sources(void)
{
	static const char *const dirs[] = { "common", "services", "schemas", "tests", "script", "config", ".ci" };

	arena_init(&a, 512u << 20);
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		walk(str_of(dirs[i]));
	cr_assert(n_sources > 50, "%zu files", n_sources);
}

static void
close_sources(void)
{
	arena_free(&a);
}

#define EACH(s)	const struct source *s = sources; s < sources + n_sources; s++
#define HOUSE(name)	Test(house, name, .init = open_sources, .fini = close_sources)

static size_t
lines_of(struct str text)
{
	size_t n = 0;

	while (text.n) {
		(void)str_cut(&text, '\n');
		n++;
	}
	return n;
}

HOUSE(file_sizes)
{
	for (EACH(s)) {
		size_t n = lines_of(s->text), max = str_is(s->name, "main.c") ? MAX_MAIN : ends(s->path, ".h") ? MAX_H :
		    ends(s->path, ".c") ? MAX_C : str_starts(s->path, S("script/")) ? MAX_SCRIPT : SIZE_MAX;

		cr_expect(n <= max, "%s has %zu lines, at most %zu are allowed", s->path.p, n, max);
	}
}

HOUSE(function_sizes)
{
	size_t functions = 0;

	for (EACH(s)) {
		struct str rest = is_code(s) ? s->code : STR_NONE;
		size_t line = 0, open = 0;

		while (rest.n) {
			struct str l = str_cut(&rest, '\n');

			line++;
			if (l.n && l.p[0] == '{')
				open = line;
			if (!open || l.n == 0 || l.p[0] != '}')
				continue;
			cr_expect(line - open <= MAX_FUNCTION + 1, "%s:%zu: a function of %zu lines", s->path.p, open,
			    line - open - 1);
			functions++;
			open = 0;
		}
	}
	cr_expect(functions > 300, "%zu functions seen", functions);
}

/* ---- forbidden words ---- */

static bool
is_ident(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Every place where word stands alone (followed by an opening parenthesis, when call). */
static size_t
say_word(const struct source *s, const char *word, bool call)
{
	struct str rest = s->code;
	size_t line = 0, n = strlen(word), hits = 0;

	while (rest.n) {
		struct str l = str_cut(&rest, '\n');
		const char *p = l.p, *end = l.p + l.n;

		line++;
		while ((p = memmem(p, (size_t)(end - p), word, n))) {
			bool alone = (p == l.p || !is_ident(p[-1])) && (p + n == end || !is_ident(p[n]));

			p += n;
			if (!alone || (call && (p == end || *p != '(')))
				continue;
			cr_expect(false, "%s:%zu: %s", s->path.p, line, word);
			hits++;
		}
	}
	return hits;
}

HOUSE(no_forbidden_calls)
{
	static const char *const calls[] = {
		"strcpy", "strcat", "stpcpy", "sprintf", "vsprintf", "strtok", "strtok_r", "atoi", "atol", "atoll", "atof",
		"gets", "alloca", "assert", "tmpnam", "mktemp",
	};
	static const char *const in_products[] = { "system", "scanf", "sscanf", "fscanf", "strtod", "rand", "srand" };

	for (EACH(s)) {
		for (size_t i = 0; is_code(s) && i < sizeof calls / sizeof *calls; i++)
			(void)say_word(s, calls[i], true);
		for (size_t i = 0; is_code(s) && i < sizeof in_products / sizeof *in_products; i++)
			if (!str_starts(s->path, S("tests/")))
				(void)say_word(s, in_products[i], true);
	}
}

HOUSE(no_floating_point)
{
	/* rates and percentiles for people; no money passes through these */
	static const char *const may[] = {
		"common/pipe/metrics.c", "common/pipe/metrics.h", "services/claimline/ui.c", "services/claimline/ui.h",
		"services/claimline/cmd_top.c",
	};

	for (EACH(s)) {
		bool ok = !is_code(s) || str_starts(s->path, S("tests/"));

		for (size_t i = 0; i < sizeof may / sizeof *may; i++)
			ok |= str_is(s->path, may[i]);
		if (!ok) {
			(void)say_word(s, "double", false);
			(void)say_word(s, "float", false);
		}
	}
}

HOUSE(no_loose_ends)
{
	static const char *const marks[] = { "TO" "DO", "FIX" "ME" };

	for (EACH(s))
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
			cr_expect(!memmem(s->text.p, s->text.n, marks[i], strlen(marks[i])), "%s: %s", s->path.p, marks[i]);
}

HOUSE(no_paths_of_this_machine)
{
	const char *home = getenv("HOME");

	for (EACH(s)) {
		/* a folder of one name, such as /src or /root, says nothing of a machine */
		cr_expect(!strchr(&CL_SOURCE_DIR[1], '/') || !strstr(s->text.p, CL_SOURCE_DIR),
		    "%s names the folder it was built in", s->path.p);
		cr_expect(!home || !home[0] || !strchr(home + 1, '/') || !strstr(s->text.p, home), "%s names the home folder",
		    s->path.p);
	}
}

/* ---- preprocessor ---- */

static struct str
word_of(struct str *line)
{
	struct str w = { line->p, 0 };

	while (line->n && is_ident(line->p[0])) {
		line->p++;
		line->n--;
		w.n++;
	}
	*line = str_trim(*line);
	return w;
}

/* Conditions only in sandbox.c, as guards of headers, and as "#ifndef ROW" in .def files. */
HOUSE(no_conditional_code)
{
	for (EACH(s)) {
		struct str rest = s->code;
		size_t line = 0;

		while (rest.n && !ends(s->path, "pipe/sandbox.c")) {
			struct str l = str_trim(str_cut(&rest, '\n')), what;
			bool guard;

			line++;
			if (l.n == 0 || l.p[0] != '#')
				continue;
			l = str_trim((struct str){ l.p + 1, l.n - 1 });
			what = word_of(&l);
			guard = str_is(what, "ifndef") &&
			    (ends(s->path, ".def") || (ends(s->path, ".h") && str_starts(l, S("CLAIMLINE_")) && ends(l, "_H")));
			cr_expect(guard || !(str_starts(what, S("if")) || str_starts(what, S("el"))), "%s:%zu: #" STR_FMT,
			    s->path.p, line, STR_ARG(what));
		}
	}
}

/* A macro that a .def uses as a row, or defines, and does not undefine would leak into the next view. */
HOUSE(def_files_undefine_their_rows)
{
	size_t rows = 0;

	for (EACH(s)) {
		struct str rest = s->code;

		while (rest.n && ends(s->path, ".def")) {
			struct str l = str_cut(&rest, '\n'), name;
			bool define = str_starts(l, S("#define "));

			if (define)
				l = (struct str){ l.p + 8, l.n - 8 };
			name = word_of(&l);
			if (name.n == 0 || (!define && (l.n == 0 || l.p[0] != '(')))
				continue;
			rows++;
			/* codebook.def undefines what its parts use */
			if (str_starts(s->path, S("schemas/codebook_")) && (str_is(name, "TABLE") || str_is(name, "COL")))
				continue;
			cr_expect(strstr(s->text.p, arena_fmt(&a, "#undef " STR_FMT "\n", STR_ARG(name)).p) != NULL,
			    "%s does not end with #undef " STR_FMT, s->path.p, STR_ARG(name));
		}
	}
	cr_expect(rows > 300, "%zu rows seen", rows);
}

/* ---- layers ---- */

/* What a folder may include, besides itself, schemas/ and system headers. */
static const struct { const char *folder, *may; } layers[] = {
	{ "common/base/",	"" },
	{ "common/record/",	"base" },
	{ "common/codebook/",	"base" },
	{ "common/archive/",	"base record" },
	{ "common/x12/",	"base record codebook" },
	{ "common/x12gen/",	"base" },
	{ "common/hl7/",	"base record codebook" },
	{ "common/fhir/",	"base record codebook" },
	{ "common/pipe/",	"base record codebook archive" },
	{ "services/ingest/",	"base record codebook x12 hl7 fhir" },
	{ "services/suggest/",	"base record codebook x12 hl7 fhir" },
	{ "services/validate/",	"base record codebook x12 hl7 fhir" },
	{ "services/audit/",	"base record codebook x12 hl7 fhir archive" },
	{ "services/submit/",	"base record codebook x12 hl7 fhir" },
	{ "services/claimline/", "base record codebook x12 x12gen hl7 fhir pipe archive ingest suggest validate audit submit" },
};

static bool
is_pure_file(const struct source *s)
{
	return !str_is(s->name, "main.c") && !str_starts(s->name, S("io_")) && !str_starts(s->name, S("cmd_"));
}

static bool
may_include(const struct source *s, size_t layer, struct str header)
{
	struct str rest = str_of(layers[layer].may), folder = header;
	struct str own = str_of(layers[layer].folder);

	folder = str_cut(&folder, '/');
	own.p = strchr(own.p, '/') + 1;
	own.n = strlen(own.p) - 1;
	if (folder.n == header.n || str_eq(folder, own) || str_is(folder, "schemas"))
		return true;
	/* the contract of a stage is types only; the runner's hooks are for files that do I/O */
	if (str_is(folder, "pipe") && str_starts(s->path, S("services/")))
		return !is_pure_file(s) || str_is(header, "pipe/stage.h") || str_starts(s->path, S("services/claimline/"));
	/* log and file: never in domain code */
	if (str_is(header, "base/log.h") || str_is(header, "base/file.h"))
		return str_starts(s->path, S("common/pipe/")) || str_starts(s->path, S("common/archive/io_")) ||
		    str_starts(s->path, S("common/codebook/io_")) || str_starts(s->path, S("services/claimline/")) ||
		    (str_starts(s->path, S("services/")) && !is_pure_file(s));
	while (rest.n)
		if (str_eq(str_cut(&rest, ' '), folder))
			return true;
	return false;
}

HOUSE(layers_by_include)
{
	size_t includes = 0;

	for (EACH(s)) {
		struct str rest = s->text;
		size_t layer = 0, n_layers = sizeof layers / sizeof *layers;

		while (layer < n_layers && !str_starts(s->path, str_of(layers[layer].folder)))
			layer++;
		while (is_code(s) && layer < n_layers && rest.n) {
			struct str l = str_cut(&rest, '\n');

			if (!str_starts(l, S("#include \"")))
				continue;
			l = (struct str){ l.p + 10, l.n - 10 };
			l = str_cut(&l, '"');
			includes++;
			cr_expect(may_include(s, layer, l), "%s includes " STR_FMT, s->path.p, STR_ARG(l));
		}
	}
	cr_expect(includes > 50, "%zu includes seen", includes);
}

HOUSE(scripts_are_strict)
{
	for (EACH(s))
		if (str_starts(s->path, S("script/")) || str_starts(s->path, S(".ci/")))
			cr_expect(str_starts(s->text, S("#!/usr/bin/env bash\n")) && strstr(s->text.p, "\nset -euo pipefail\n"),
			    "%s: bash, strict", s->path.p);
}
