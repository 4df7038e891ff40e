/* fetch.c - sources.yaml and SHA256SUMS: text in, rows and text out. No file or socket is touched. */
#include "claimline/fetch.h"
#include "claimline/paths.h"

#include "base/conf_row.h"

#include <string.h>

#define URL_MAX		2000

static bool
ends(struct str s, const char *tail)
{
	size_t n = strlen(tail);

	return s.n >= n && str_ieq((struct str){ s.p + s.n - n, n }, str_of(tail));
}

bool
fetch_is_name(struct str s)
{
	static const char *const ours[] = { ".part", ".from", ".bad" };

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (ends(s, ours[i]))
			return false;
	return path_is_name(s) && !str_ieq(s, S(FETCH_SUMS));
}

bool
fetch_is_url(struct str s)
{
	struct str host;
	size_t n = 0;

	if (s.n > URL_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"<>\\^`{|}#", s.p[i]))
			return false;
	if (s.n > 8 && str_ieq((struct str){ s.p, 8 }, S("https://")))
		n = 8;
	else if (s.n > 7 && str_ieq((struct str){ s.p, 7 }, S("http://")))
		n = 7;
	host = (struct str){ s.p + n, s.n - n };
	host = str_cut(&host, '/');
	return n && host.n && host.p[0] != ':' && !memchr(host.p, '@', host.n) && !memchr(host.p, '?', host.n);
}

static bool
is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!memchr("0123456789abcdef", s.p[i], 16))
			return false;
	return s.n == FETCH_HEX;
}

/* ---- sources.yaml ---- */

static void
refuse(struct faults *f, const struct yaml_node *at, const char *words, const char *fix)
{
	(void)fault_add(f, E_CONF, yaml_place(f->a, at->line, at->column), str_of(words), str_of(fix));
}

static void
key_in(const struct yaml_node *m, struct fetch_row *row, struct faults *f)
{
	if (m->kind != Y_SCALAR)
		refuse(f, m, "not a value", "write name: value");
	else if (str_is(m->key, "url") && fetch_is_url(m->value))
		row->url = m->value;
	else if (str_is(m->key, "url"))
		refuse(f, m, "not an address that may be fetched",
		    "write http:// or https://, a host and a path; no user, blanks as %20");
	else if (str_is(m->key, "name") && fetch_is_name(m->value))
		row->name = m->value;
	else if (str_is(m->key, "name"))
		refuse(f, m, "not a name a file may be given here",
		    "at most 64 letters, digits, . _ -, not beginning with a dot, not ending in .part, .from or .bad");
	else if (str_is(m->key, "sha256") && is_hex(m->value))
		row->sha256 = m->value;
	else if (str_is(m->key, "sha256"))
		refuse(f, m, "not a SHA-256", "write its 64 lower-case hex digits in quotes");
	else if (str_is(m->key, "notice"))
		row->notice = m->value;
	else
		refuse(f, m, "a name that rows do not have", "url, name, sha256 and notice are those there are");
}

static void
row_in(const struct yaml_node *m, struct fetch_list *out, struct faults *f)
{
	struct fetch_row *row = arena_push(f->a, out->v, out->n);

	if (!row)
		return;
	*row = (struct fetch_row){ 0 };
	if (m->kind != Y_MAP) {
		refuse(f, m, "not a file", "write url: and name: below a -");
		return;
	}
	for (size_t i = 0; i < m->n_members; i++)
		key_in(&m->members[i], row, f);
	if (!row->url.n || !row->name.n)
		refuse(f, m, "a file without url or name", "write both");
	for (size_t i = 0; row->name.n && i + 1 < out->n; i++)
		if (str_ieq(out->v[i].name, row->name))
			refuse(f, m, "the same name a second time in one release", "give one of the two another name");
}

int
fetch_read(struct arena *a, struct str yaml, struct str release, struct fetch_list *out, struct faults *f)
{
	size_t before = f->n;
	struct yaml_node root;
	int rc = yaml_tree(a, yaml, &root, f);
	bool found = false;

	*out = (struct fetch_list){ NULL, 0 };
	if (rc < 0)
		return rc == E_NOMEM ? rc : E_CONF;
	if (root.kind != Y_MAP)
		refuse(f, &root, "not a mapping of releases to files",
		    "write a release with a colon, and files with a - below it");
	for (size_t i = 0; root.kind == Y_MAP && i < root.n_members; i++) {
		const struct yaml_node *m = &root.members[i];
		struct fetch_list list = { NULL, 0 };

		if (!path_is_name(m->key))
			refuse(f, m, "not a name of a release", "letters, digits, . _ -, such as FY2026-APR");
		if (m->kind != Y_LIST)
			refuse(f, m, "a release without files", "write them below it, each with a -");
		for (size_t k = 0; m->kind == Y_LIST && k < m->n_members; k++)
			row_in(&m->members[k], &list, f);
		if (str_eq(m->key, release)) {
			*out = list;
			found = true;
		}
	}
	if (a->spent)
		return E_NOMEM;
	return f->n > before || f->more ? E_CONF : found ? 0 : E_NOT_FOUND;
}

struct str
fetch_releases(struct arena *a, struct str yaml)
{
	struct faults f = { .a = a };
	struct yaml_node root;
	struct buf b;

	buf_init(&b, a);
	if (yaml_tree(a, yaml, &root, &f) < 0 || root.kind != Y_MAP)
		return STR_NONE;
	for (size_t i = 0; i < root.n_members; i++)
		buf_fmt(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(root.members[i].key));
	return buf_view(&b);
}

int
fetch_mirror(struct arena *a, struct str base, struct fetch_list *list)
{
	if (!fetch_is_url(base) || memchr(base.p, '?', base.n))
		return E_VALUE;
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	for (size_t i = 0; i < list->n; i++)
		list->v[i].url = arena_fmt(a, STR_FMT "/" STR_FMT, STR_ARG(base), STR_ARG(list->v[i].name));
	return a->spent ? E_NOMEM : 0;
}

/* ---- SHA256SUMS, as sha256sum writes and checks it ---- */

static bool
sum_line(struct str line, struct str *hex, struct str *name)
{
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	*hex = (struct str){ line.p, line.n < FETCH_HEX ? line.n : FETCH_HEX };
	if (line.n < FETCH_HEX + 3 || !is_hex(*hex) || line.p[FETCH_HEX] != ' ')
		return false;
	*name = (struct str){ line.p + FETCH_HEX + 2, line.n - FETCH_HEX - 2 };
	return true;
}

struct str
fetch_sum_of(struct str sums, struct str name)
{
	struct str found = STR_NONE, hex, one;

	while (sums.n)
		if (sum_line(str_cut(&sums, '\n'), &hex, &one) && str_eq(one, name))
			found = hex;
	return found;
}

struct str
fetch_sum_set(struct arena *a, struct str sums, struct str name, struct str hex)
{
	struct str was, one;
	struct buf b;

	buf_init(&b, a);
	while (sums.n) {
		struct str line = str_cut(&sums, '\n');

		if (sum_line(line, &was, &one) && str_eq(one, name))
			continue;
		buf_str(&b, line);
		buf_ch(&b, '\n');
	}
	buf_fmt(&b, STR_FMT "  " STR_FMT "\n", STR_ARG(hex), STR_ARG(name));
	return buf_view(&b);
}
