/*
 * cell.c - a number of the code book as a person reads it. What a column's number is kept times, and what its values
 * mean, stand in its words in codebook.def and nowhere else, so they are read from there.
 */
#include "claimline/cell.h"

#include <stdlib.h>
#include <string.h>

size_t
cell_decimals(const char *words)
{
	static const struct { const char *words; size_t n; } parts[] = {
		{ "ten-thousandths", 4 }, { "thousandths", 3 }, { "hundredths", 2 }, { "tenths", 1 },
	};
	const char *times = strstr(words, "x 10"), *decimal = strstr(words, "DECIMAL(");
	size_t n = 0;

	if (decimal && decimal[8] > '0' && decimal[8] <= '9' && decimal[9] == ')')
		return (size_t)(decimal[8] - '0');
	if (times && (times == words || times[-1] == ' ')) {
		while (times[3 + n] == '0')
			n++;
		return n;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(words, parts[i].words))
			return parts[i].n;
	return 0;
}

/* A value at the begin of a part: "1: covered", or with bare "1 male". */
static bool
value_at(const char *p, int64_t *v, const char **after, bool *bare)
{
	char *end;

	if (!(*p >= '0' && *p <= '9') && !(*p == '-' && p[1] >= '0' && p[1] <= '9'))
		return false;
	*v = strtoll(p, &end, 10);
	*bare = *end == ' ';
	if (!*bare && !(*end == ':' && end[1] == ' '))
		return false;
	*after = end + (*bare ? 1 : 2);
	return true;
}

static bool
is_begin(const char *words, const char *p)
{
	return p == words || (p - words >= 2 && p[-1] == ' ' && strchr(",;:", p[-2]));
}

/* Where the meaning ends: at the next value, or at a semicolon. */
static const char *
meaning_end(const char *words, const char *p)
{
	const char *after, *q = p;
	bool bare;
	int64_t v;

	while (*q && *q != ';' && !(*q == ',' && q[1] == ' ' && is_begin(words, q + 2) && value_at(q + 2, &v, &after, &bare)))
		q++;
	return q;
}

struct str
cell_meaning(const char *words, int64_t v)
{
	struct str found = STR_NONE, once = STR_NONE;
	size_t bares = 0;

	for (const char *p = words; *p; p++) {
		const char *after;
		bool bare;
		int64_t one;

		if (!is_begin(words, p) || !value_at(p, &one, &after, &bare))
			continue;
		bares += bare;
		if (one == v && bare && !once.n)
			once = (struct str){ after, (size_t)(meaning_end(words, after) - after) };
		if (one == v && !bare && !found.n)
			found = (struct str){ after, (size_t)(meaning_end(words, after) - after) };
	}
	return found.n ? found : bares > 1 ? once : STR_NONE;	/* one alone is a sentence: "1 goes first" */
}

struct str
cell_text(struct arena *a, const char *words, int64_t v)
{
	size_t n = cell_decimals(words);
	struct str mean = n ? STR_NONE : cell_meaning(words, v);
	uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, unit = 1;

	for (size_t i = 0; i < n; i++)
		unit *= 10;
	if (n)
		return arena_fmt(a, "%s%llu.%0*llu", v < 0 ? "-" : "", (unsigned long long)(size / unit), (int)n,
		    (unsigned long long)(size % unit));
	return mean.n ? arena_fmt(a, "%lld (" STR_FMT ")", (long long)v, STR_ARG(mean)) : arena_fmt(a, "%lld", (long long)v);
}
