/*
 * fuzz_x12_check.c - any bytes through the whole check: it ends, says what it refuses, answers every interchange, and the
 * answers are sound X12 themselves.
 */
#include "support/answered.h"
#include "x12/rules.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct x12_rules rules = { .today = 20513 };

static const struct x12_guides *
guides(void)
{
	static const struct x12_guides *g;
	static struct arena a;

	if (!g && x12_guides_open(&a, &g) < 0)
		abort();
	return g;
}

/* False: no memory. */
static bool
answer(struct answered *v, struct str in, size_t chunk, unsigned snip)
{
	struct answer_how how = { .guides = guides(), .chunk = chunk, .snip = snip, .rules = &rules, .claims_per_st = 2 };

	answered_run(v, &how, in);
	if (v->a.spent || v->rc == E_NOMEM || v->ack_rc == E_NOMEM)
		return false;
	if ((v->rc < 0 && v->f.n == 0) || v->ack_rc < 0 || (v->rc >= 0 && v->t.interchanges && !v->out[X12_ACK_TA1].n))
		abort();
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data + (size > 0), size - (size > 0) };
	struct answered v = { .rc = 0 }, again = { .rc = 0 };

	if (answer(&v, in, size ? 1 + data[0] : 1, 0))
		for (enum x12_ack_kind k = X12_ACK_TA1; k < X12_ACK_KINDS; k++)
			if (v.out[k].n && answer(&again, v.out[k], 1 << 20, 6) && (again.t.errors || !again.t.interchanges))
				abort();
	answered_free(&v);
	answered_free(&again);
	return 0;
}
