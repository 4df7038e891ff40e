/* ask.c - reads Prometheus text. */
#include "claimline/ask.h"

int64_t
ask_metric(struct str text, const char *name)
{
	struct str want = str_of(name);
	int64_t sum = 0, v;

	while (text.n) {
		struct str line = str_cut(&text, '\n'), value;
		size_t at;

		if (!str_starts(line, want) || line.n <= want.n || (line.p[want.n] != '{' && line.p[want.n] != ' '))
			continue;
		for (at = line.n; at > 0 && line.p[at - 1] != ' '; at--)
			;
		value = (struct str){ line.p + at, line.n - at };
		if (str_to_int(value, &v))
			sum += v;
	}
	return sum;
}
