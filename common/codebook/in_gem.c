/* in_gem.c - general equivalence mappings of diagnoses, both ways: two codes and five flags in fixed columns. */
#include "codebook/pcs_in.h"

#define GEM_FIELDS(set, code_last, target, target_last) { \
	{ CC_##set##_CODE, "code", AS_CODE, 0, 1, 1, code_last, NULL }, \
	{ CC_##set##_TARGET, "target", AS_CODE, 0, 1, target, target_last, NULL }, \
	{ CC_##set##_APPROXIMATE, "approximate (15)", AS_DECIMAL, 0, 1, 15, 15, NULL }, \
	{ CC_##set##_NO_MAP, "no map (16)", AS_DECIMAL, 0, 1, 16, 16, NULL }, \
	{ CC_##set##_COMBINATION, "combination (17)", AS_DECIMAL, 0, 1, 17, 17, NULL }, \
	{ CC_##set##_SCENARIO, "scenario (18)", AS_DECIMAL, 0, 1, 18, 18, NULL }, \
	{ CC_##set##_CHOICE, "choice list (19)", AS_DECIMAL, 0, 1, 19, 19, NULL }, \
	{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL } }

static const struct cb_field fields_9[] = GEM_FIELDS(GEM_9, 5, 7, 13);
static const struct cb_field fields_10[] = GEM_FIELDS(GEM_10, 7, 9, 13);

/* The first three flags are 0 or 1. "No map" and a target that is one contradict each other. */
static int
is_gem(const struct cb_records *r, size_t target)
{
	struct str line = r->cell[0];
	bool none;

	if (line.n < 19 || line.p[target - 2] != ' ' || line.p[13] != ' ')
		return -1;
	for (size_t i = 14; i < 19; i++)
		if (line.p[i] < '0' || line.p[i] > (i < 17 ? '1' : '9'))
			return -1;
	none = str_is(cb_cols(line, target, 13), "NoDx");
	return none == (line.p[15] == '1') && cb_cols(line, 20, line.n).n == 0 ? 1 : -1;
}

static int
is_gem_9(const struct cb_records *r)
{
	return is_gem(r, 7);
}

static int
is_gem_10(const struct cb_records *r)
{
	return is_gem(r, 9);
}

int
cb_read_gem_9(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_GEM_9, .fields = fields_9, .is_record = is_gem_9, .width = 19 };

	return cb_read_layout(in, &lay);
}

int
cb_read_gem_10(struct cb_in *in)
{
	static const struct cb_layout lay = { .set = CS_GEM_10, .fields = fields_10, .is_record = is_gem_10, .width = 19 };

	return cb_read_layout(in, &lay);
}
