/* opt.c - rows to getopt_long and back to words. Never prints: getopt's own messages are off. */
#include "claimline/opt.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define FIRST_VALUE	256		/* above every letter */

struct table {
	struct option	 longs[OPT_ROWS + 1];
	char		 shorts[2 * OPT_ROWS + 3];
	const struct opt *rows[OPT_ROWS];
	size_t		 n, n_shorts;
};

static void
table_add(struct table *t, const struct opt *o)
{
	must(t->n < OPT_ROWS);
	t->longs[t->n] = (struct option){ o->name, o->arg ? required_argument : no_argument, NULL,
	    FIRST_VALUE + (int)t->n };
	t->rows[t->n++] = o;
	if (o->letter) {
		t->shorts[t->n_shorts++] = o->letter;
		if (o->arg)
			t->shorts[t->n_shorts++] = ':';
	}
}

static void
table_make(struct table *t, const struct opt *const tables[2], bool stop)
{
	memset(t, 0, sizeof *t);
	if (stop)
		t->shorts[t->n_shorts++] = '+';
	t->shorts[t->n_shorts++] = ':';		/* a missing argument is told apart */
	for (int i = 0; i < 2; i++)
		for (const struct opt *o = tables[i]; o && o->name; o++)
			table_add(t, o);
}

static const struct opt *
table_find(const struct table *t, int c)
{
	if (c >= FIRST_VALUE)
		return t->rows[c - FIRST_VALUE];
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i]->letter == c)
			return t->rows[i];
	return NULL;
}

int
opt_read(int argc, char **argv, const struct opt *const tables[2], bool stop, struct opts *out, int *first,
    char why[160])
{
	struct table t;
	int c;

	table_make(&t, tables, stop);
	optind = 0;			/* glibc: start anew */
	opterr = 0;
	while ((c = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		const struct opt *o = table_find(&t, c);

		if (c == ':' || c == '?' || !o) {
			(void)snprintf(why, 160, "%s %.100s", c == ':' ? "an argument is missing after" : "unknown option",
			    argv[optind - 1]);
			return E_VALUE;
		}
		if (out->n == OPT_MAX) {
			(void)snprintf(why, 160, "more than %d options", OPT_MAX);
			return E_LIMIT;
		}
		out->v[out->n++] = (struct opt_given){ o->name, o->arg ? optarg : NULL };
	}
	*first = optind;
	return 0;
}

bool
opt_is_set(const struct opts *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->v[i].name, name) == 0)
			return true;
	return false;
}

const char *
opt_text(const struct opts *o, const char *name)
{
	const char *text = NULL;

	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->v[i].name, name) == 0)
			text = o->v[i].text;
	return text;
}

int
opt_int(const struct opts *o, const char *name, int64_t def, int64_t range[2], int64_t *out)
{
	const char *text = opt_text(o, name);

	*out = def;
	if (!text)
		return 0;
	return str_to_int(str_of(text), out) && *out >= range[0] && *out <= range[1] ? 0 : E_VALUE;
}

void
opt_help(struct buf *b, const struct opt *o)
{
	for (; o && o->name; o++) {
		char left[64];

		(void)snprintf(left, sizeof left, "%c%c%s--%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
		    o->letter ? ", " : "  ", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
		buf_fmt(b, "  %-30s %s\n", left, o->words);
	}
}

void
man_text(struct buf *b, const char *s)
{
	bool at_start = true, in_code = false;

	for (; *s; s++) {
		if (at_start && *s != '\n') {
			bool code = *s == ' ' || *s == '\t';

			if (code != in_code)
				buf_cstr(b, code ? ".nf\n" : ".fi\n");
			in_code = code;
			if (*s == '.' || *s == '\'')
				buf_cstr(b, "\\&");
		}
		if (at_start && *s == '\n')
			buf_cstr(b, in_code ? ".fi\n.PP" : ".PP");
		in_code = at_start && *s == '\n' ? false : in_code;
		at_start = *s == '\n';
		if (*s == '\\')
			buf_cstr(b, "\\e");
		else if (*s == '-')
			buf_cstr(b, "\\-");
		else
			buf_ch(b, *s);
	}
	if (!at_start)
		buf_ch(b, '\n');
	if (in_code)
		buf_cstr(b, ".fi\n");
}

void
opt_man(struct buf *b, const struct opt *o)
{
	for (; o && o->name; o++) {
		buf_cstr(b, ".TP\n.B ");
		if (o->letter)
			buf_fmt(b, "\\-%c, ", o->letter);
		buf_fmt(b, "\\-\\-%s", o->name);
		if (o->arg)
			buf_fmt(b, " %s", o->arg);
		buf_ch(b, '\n');
		man_text(b, o->words);
	}
}
