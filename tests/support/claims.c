/* claims.c - see claims.h. */
#include "support/claims.h"

#include "x12/check.h"

const struct x12_guides *
claims_guides(void)
{
	static struct arena mem;
	static const struct x12_guides *guides;

	if (!guides) {
		arena_init(&mem, 0);
		must(x12_guides_open(&mem, &guides) == 0);
	}
	return guides;
}

struct x12_intake_spec
claims_spec(unsigned level)
{
	return (struct x12_intake_spec){ claims_guides(), level };
}

int
claims_read(struct arena *a, struct str bytes, struct x12_intake *out)
{
	struct x12_intake_spec spec = claims_spec(1);

	return x12_read_837(a, &spec, bytes, out);
}

int
claims_read_strict(struct arena *a, struct str bytes, struct x12_intake *out)
{
	struct x12_intake_spec spec = claims_spec(2);

	return x12_read_837(a, &spec, bytes, out);
}
