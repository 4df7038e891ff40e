/* fuzz_reply.c - what both stores read back and take apart by hand: members of an interchange, stream ids, fields. */
#include "pipe/store_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, rest = in, v[F_COUNT], ic_v[IC_F_COUNT];
	struct interchange ic;
	struct snapshot snap;
	struct member *m;
	struct arena a;
	size_t n;

	arena_init(&a, 0);
	if (store_members_unpack(&a, in, &m, &n) == 0) {
		struct str again = store_members_pack(&a, m, n);
		size_t n2;

		must(store_members_unpack(&a, again, &m, &n2) == 0 && n2 == n);
	}
	for (int f = 0; f < F_COUNT; f++)
		v[f] = str_cut(&rest, '\n');
	(void)store_snapshot(v, &snap);
	rest = in;
	for (int f = 0; f < IC_F_COUNT; f++)
		ic_v[f] = str_cut(&rest, '\n');
	ic_v[IC_F_M] = rest;
	(void)store_interchange(&a, ic_v, &ic);
	(void)store_id_cmp(v[0], v[1]);
	(void)store_id_next(&a, v[0]);
	arena_free(&a);
	return 0;
}
