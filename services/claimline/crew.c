/* crew.c - the pure side of `claimline up`. */
#include "claimline/crew.h"

#include <string.h>

#define BACKOFF_FIRST_MS	200
#define BACKOFF_MAX_MS		10000
#define INSTANCES_MAX		12

const char *const crew_stages[STAGES] = { "ingest", "suggest", "validate", "audit", "submit" };

int
crew_counts(struct str text, int64_t counts[STAGES], const char **why)
{
	while (text.n) {
		struct str value = str_cut(&text, ','), name = str_cut(&value, '=');
		int64_t n;
		int i = 0;

		while (i < STAGES && !str_is(str_trim(name), crew_stages[i]))
			i++;
		if (i == STAGES) {
			*why = "the stages are ingest, suggest, validate, audit and submit";
			return E_VALUE;
		}
		if (!str_to_int(str_trim(value), &n) || n < 0 || n > INSTANCES_MAX) {
			*why = "of each stage 0 to 12, as in suggest=2,validate=3";
			return E_VALUE;
		}
		counts[i] = n;
	}
	return 0;
}

int64_t
crew_backoff(unsigned deaths)
{
	int64_t ms = BACKOFF_FIRST_MS;

	while (deaths-- > 1 && ms < BACKOFF_MAX_MS)
		ms *= 2;
	return ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
}

bool
crew_line_is_loud(struct str line)
{
	static const char *const calm[] = { " info ", " debug ", "\"level\":\"info\"", "\"level\":\"debug\"" };
	struct str head = { line.p, line.n < 80 ? line.n : 80 };

	for (size_t i = 0; i < sizeof calm / sizeof *calm; i++)
		if (head.n && memmem(head.p, head.n, calm[i], strlen(calm[i])))
			return false;
	return true;
}
