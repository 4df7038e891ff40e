/* fuzz_frame.c - two bytes of length, a header, works. What is read is written again and read as the same. */
#include "pipe/bus.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
both_ways(struct arena *a, const struct frame_head *h, struct work *w, size_t n)
{
	struct work **v = arena_array(a, n + 1, sizeof *v), *again = arena_array(a, n + 1, sizeof *again);
	struct msgpack_sbuffer out;

	for (size_t i = 0; i < n; i++)
		v[i] = &w[i];
	must(frame_works_write(v, n, &out));
	must(frame_works_read((struct str){ out.data, out.size }, h, again) == 0);
	for (size_t i = 0; i < n; i++) {
		must(memcmp(w[i].id.b, again[i].id.b, sizeof w[i].id.b) == 0 && w[i].token == again[i].token);
		for (int p = 0; p < PART_COUNT; p++)
			must(str_eq(w[i].part[p], again[i].part[p]));
	}
	free(out.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size > 1 ? (size_t)data[0] << 8 | data[1] : 0;
	struct str in = { (const char *)data + 2, size > 2 ? size - 2 : 0 }, head;
	struct frame_head h, again;
	struct arena a;
	struct work *w;

	arena_init(&a, 0);
	n = n < in.n ? n : in.n;
	if (frame_head_read((struct str){ in.p, n }, &h)) {
		head = frame_head_write(&a, &h);
		must(frame_head_read(head, &again) && memcmp(&h, &again, sizeof h) == 0);
		w = arena_array(&a, (size_t)h.n + 1, sizeof *w);
		if (frame_works_read((struct str){ in.p + n, in.n - n }, &h, w) == 0)
			both_ways(&a, &h, w, (size_t)h.n);
	}
	arena_free(&a);
	return 0;
}
