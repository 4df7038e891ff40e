/*
 * in_hhs.c - tables of the HHS risk-adjustment software: ages and sex of diagnoses, and their condition category.
 * They have no heading. CY21 in the name is the benefit year; a list without it is of no year.
 */
#include "codebook/payment.h"

#define END	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL }
#define HHS	.sep = '\t', .headless = true

static day_t
benefit_year(struct str name)
{
	int64_t y;

	for (size_t i = 0; i + 4 <= name.n; i++)
		if ((name.p[i] | 32) == 'c' && (name.p[i + 1] | 32) == 'y' && str_to_int((struct str){ name.p + i + 2, 2 }, &y))
			return day_of(2000 + (int)y, 1, 1);
	return DAY_NONE;
}

static int64_t
age_take(struct str *s)
{
	int64_t age = 0;
	size_t k = 0;

	while (k < s->n && k < 3 && s->p[k] >= '0' && s->p[k] <= '9')
		age = age * 10 + (s->p[k++] - '0');
	s->p += k;
	s->n -= k;
	*s = str_trim(*s);
	return k ? age : CELL_NONE;
}

/* "(age 0)", "(age 0 -17)", "(age 15+)" */
static int
age_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	struct str words = r->cell[1], age;
	int64_t first, last;

	(void)in;
	(void)str_cut(&words, '(');
	age = str_cut(&words, ')');
	(void)str_cut(&age, ' ');
	age = str_trim(age);
	first = last = age_take(&age);
	if (age.n && (age.p[0] == '-' || age.p[0] == '+')) {
		bool open = age.p[0] == '+';

		age = str_trim((struct str){ age.p + 1, age.n - 1 });
		last = age_take(&age);
		if (open != (last == CELL_NONE))
			return E_MALFORMED;
	}
	CB_SET(row, HHS_AGE_FIRST, first);
	CB_SET(row, HHS_AGE_LAST, last);
	return first == CELL_NONE || age.n ? E_MALFORMED : 0;
}

int
cb_read_hhs_age(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HHS_AGE_CODE, "code", AS_CODE, 0, 1, 1, 0, NULL },
		{ CC_HHS_AGE_RANGE, "range", AS_WORD, 0, 1, 2, 0, "0 newborn=0|1 pediatric=1|2 maternity=2|3 adult=3" },
		END
	};
	static const struct cb_layout lay = { HHS, .set = CS_HHS_AGE, .fields = fields, .more = age_more };

	in->release = benefit_year(in->name);
	return cb_read_layout(in, &lay);
}

int
cb_read_hhs_sex(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HHS_SEX_CODE, "code", AS_CODE, 0, 1, 1, 0, NULL },
		{ CC_HHS_SEX_SEX, "sex", AS_WORD, 0, 1, 2, 0, "1 male=1|2 female=2" },
		END
	};
	static const struct cb_layout lay = { HHS, .set = CS_HHS_SEX, .fields = fields };

	in->release = benefit_year(in->name);
	return cb_read_layout(in, &lay);
}

int
cb_read_hhs_cc(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HHS_CC_CODE, "code", AS_CODE, 0, 1, 1, 0, NULL },
		{ CC_HHS_CC_CC, "category", AS_CODE, 0, 1, 2, 0, NULL },
		{ CC_HHS_CC_MARK, "second column", AS_CODE, 0, 0, 3, 0, NULL },
		END
	};
	static const struct cb_layout lay = { HHS, .set = CS_HHS_CC, .fields = fields };

	in->release = benefit_year(in->name);
	if (in->release == DAY_NONE)
		return cb_fault(in, E_INCOMPLETE, 0, 0, "the name does not tell the benefit year (CY21F07B_FY2022_ICD10.TXT)");
	return cb_read_layout(in, &lay);
}
