/* in_poa.c - diagnoses exempt from present-on-admission reporting, tab-delimited; its first heading changes each year. */
#include "codebook/icd.h"

int
cb_read_poa(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_POA_EXEMPT_CODE, "POAexemptCode", AS_DOTTED, 0, 1, 0, 0, NULL },
		{ -1, "Description", AS_NOTHING, 0, 0, 0, 0, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_POA_EXEMPT, .sep = '\t', .quoted = true, .fields = fields };

	return cb_read_layout(in, &lay);
}
