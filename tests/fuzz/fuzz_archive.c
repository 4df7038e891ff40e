/*
 * fuzz_archive.c - bytes as a block of the archive: nothing is read past their end, no size is believed, and what
 * reads writes the same bodies again. A fuzzer does not find SHA-256, so the bytes are also taken as what follows a
 * head with the right checksum, packed and unpacked.
 */
#include "archive/block.h"

#include <openssl/sha.h>
#include <string.h>
#include <zstd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
as_block(struct arena *a, struct str bytes)
{
	struct archive_body *v, *again;
	struct str out;
	int n = block_read(a, bytes, &v), k;

	if (n < 0)
		return;
	must(n > 0 && n <= LIMIT_ARCHIVE_BODIES);
	k = block_write(a, v, (size_t)n, &out);
	must(k > 0 && k <= n && block_read(a, out, &again) == k);
	for (int i = 0; i < k; i++) {
		must(memcmp(v[i].id.b, again[i].id.b, 16) == 0 && v[i].revision == again[i].revision);
		for (int p = 0; p < PART_COUNT; p++)
			must(str_eq(v[i].part[p], again[i].part[p]) && v[i].part[p].n <= LIMIT_BODY + 1);
	}
}

static void
put_le(char *p, size_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (char)(v >> 8 * i & 0xff);
}

/* A head that claims n bodies and raw bytes, with its checksum, before these bytes. */
static void
with_head(struct arena *a, struct str packed, size_t n, size_t raw)
{
	char *p = arena_alloc(a, BLOCK_HEAD + packed.n + 16);
	unsigned char sum[32];

	if (!p)
		return;
	memcpy(p, BLOCK_MAGIC, 4);
	put_le(p + 4, 1, 2);
	put_le(p + 6, n, 2);
	put_le(p + 8, raw, 4);
	put_le(p + 12, packed.n, 4);
	memcpy(p + 16, packed.p, packed.n);		/* the checksum wants them in one run */
	(void)SHA256((unsigned char *)p, 16 + packed.n, sum);
	memmove(p + BLOCK_HEAD, packed.p, packed.n);
	memcpy(p + 16, sum, sizeof sum);
	as_block(a, (struct str){ p, BLOCK_HEAD + packed.n });
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	size_t cap = ZSTD_compressBound(size), n;
	struct block_head h;
	struct arena a;
	char *p;

	arena_init(&a, 0);
	(void)block_head(in, &h);
	as_block(&a, in);
	if (size > BLOCK_HEAD) {
		in = (struct str){ in.p + BLOCK_HEAD, in.n - BLOCK_HEAD };
		with_head(&a, in, data[0] % 70u, data[1] * 64u);
		p = arena_alloc(&a, cap);
		n = p ? ZSTD_compress(p, cap, in.p, in.n, 1) : 0;
		if (n && !ZSTD_isError(n))
			with_head(&a, (struct str){ p, n }, data[0] % 4u + 1, in.n);
	}
	arena_free(&a);
	return 0;
}
