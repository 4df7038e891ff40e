/*
 * fuzz_x12_partner.c - rules of a trading partner: the bytes up to the first line of dashes are the file, the rest is
 * the X12 that is checked by it. Refused with a fault, or rules that judge any input.
 */
#include "x12/partner_rules.h"
#include "x12/rules.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
found(void *self, const struct x12_finding *f)
{
	size_t *n = self;

	must(f->id && f->words && f->fix && f->snip);
	++*n;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memmem(data, size, "\n----\n", 6) : NULL;
	struct str yaml = { (const char *)data, cut ? (size_t)(cut - data) : size };
	struct str text = cut ? (struct str){ (const char *)cut + 6, size - yaml.n - 6 } : STR_NONE;
	struct x12_rules rules = { .today = DAY_NONE };
	struct x12_partner_rules *p;
	struct x12_reader *r;
	struct x12_totals t;
	struct arena a;
	struct faults f = { .a = &a };
	static const struct x12_guides *g;
	static struct arena kept;
	size_t n = 0;
	int rc;

	arena_init(&a, 0);
	if (!g) {				/* never changed: opened once, kept to the end */
		arena_init(&kept, 0);
		must(x12_guides_open(&kept, &g) == 0);
	}
	rc = x12_partner_load(&a, g, S("p.yaml"), yaml, &p, &f);
	must(rc == 0 ? p != NULL : f.n > 0 || a.spent);
	if (rc == 0 && x12_open(&a, text, &f, &r) >= 0) {
		struct x12_check_spec spec = { .guides = g, .rules = &rules, .watch = { .self = &n, .found = found } };

		rules.partner = p;
		(void)x12_check_run(&a, r, &spec, &t);
	}
	arena_free(&a);
	return 0;
}
