/*
 * repair_how - inside common/x12 only: the functions that repairs are made of. Each says in *out what a value should
 * be and whether that is another one; each changes nothing in what it has made.
 */
#ifndef CLAIMLINE_X12_REPAIR_HOW_H
#define CLAIMLINE_X12_REPAIR_HOW_H

#include "x12/guide.h"

struct repair_part {				/* a value and what surrounds it */
	struct arena		*a;		/* for what is made */
	const struct x12_guides	*guides;
	const struct x12_item	*item;		/* NULL: no position of the guide */
	const struct x12_seg	*s;
	const struct x12_guide	*guide;
	const char		*arg;
	bool			 zip_pad;
};
typedef bool repair_how(const struct repair_part *, struct str in, struct str *out);

repair_how repair_printable, repair_trim, repair_upper, repair_code, repair_format, repair_code_case, repair_number, repair_date,
	repair_bare, repair_digits, repair_ndc, repair_zip, repair_zip_pad;

#endif
