/* fuzz_conf.c - settings, and flat partner files. What is taken is printed and read back as the same settings. */
#include "base/conf.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, once, twice;
	struct faults f = { 0 };
	struct conf_pairs pairs;
	struct conf c, back;
	struct arena a;

	arena_init(&a, 0);
	f.a = &a;
	conf_defaults(&c);
	conf_defaults(&back);
	if (conf_parse(&a, in, &c, &f) == 0) {
		once = conf_print(&a, &c);
		must(conf_parse(&a, once, &back, &f) == 0);
		twice = conf_print(&a, &back);
		must(str_eq(once, twice));
	} else {
		must(a.spent || (f.n > 0 && f.v[0].place.n > 0 && f.v[0].fix.n > 0));
	}
	f.n = 0;
	if (conf_flat(&a, in, &pairs, &f) == 0)
		for (size_t i = 0; i < pairs.n; i++)
			must(pairs.v[i].value.p[pairs.v[i].value.n] == '\0' && pairs.v[i].line > 0);
	arena_free(&a);
	return 0;
}
