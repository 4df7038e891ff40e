/* answers.c - what a TA1, 999 or 277CA means for a claim of ours. */
#include "submit/submit.h"

enum state
answer_verdict(const struct x12_answer *x, struct str accept_on, struct status *out)
{
	bool rejected = str_is(x->verdict, "rejected"), accepted = str_is(x->verdict, "accepted");

	*out = (struct status){ .kind = x->kind, .verdict = x->verdict, .code = x->code, .words = x->words,
	    .payer_control = x->payer_control };
	if (rejected)
		return ST_HELD_BILLING;
	if (accepted && str_eq(x->kind, accept_on) && (x->scope == X12_CLAIM || x->scope == X12_SET))
		return ST_ACCEPTED;
	return ST_NONE;
}
