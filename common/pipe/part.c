/*
 * part.c - one codec byte before the bytes of a part: 0 plain, 1 zstd. Packing compresses when it pays;
 * unpacking never believes a size it was not allowed to.
 */
#include "pipe/store.h"

#include <string.h>
#include <zstd.h>

#define CODEC_PLAIN	0
#define CODEC_ZSTD	1
#define WORTH_TRYING	256
#define LEVEL		1

/*
 * Each new context asks the processor what it can do, and a virtual machine answers that slower than it packs a
 * whole body. So a thread makes its two once and keeps them.
 */
static _Thread_local ZSTD_CCtx *packer;
static _Thread_local ZSTD_DCtx *unpacker;

static bool
compress(struct arena *a, struct str raw, struct str *out)
{
	size_t cap = raw.n - 1, n;
	char *p = arena_alloc(a, cap + 1);

	if (!packer)
		packer = ZSTD_createCCtx();
	if (!p || !packer)
		return false;
	n = ZSTD_compressCCtx(packer, p + 1, cap, raw.p, raw.n, LEVEL);	/* an error too: it did not fit below raw.n */
	if (ZSTD_isError(n))
		return false;
	p[0] = CODEC_ZSTD;
	*out = (struct str){ p, n + 1 };
	return true;
}

int
part_seal(struct arena *a, struct str raw, bool zstd, struct str *out)
{
	char *p;

	*out = STR_NONE;
	if (raw.n > LIMIT_BODY)
		return E_LIMIT;
	if (zstd && raw.n >= WORTH_TRYING && compress(a, raw, out))
		return 0;
	p = arena_alloc(a, raw.n + 1);
	if (!p)
		return E_NOMEM;
	p[0] = CODEC_PLAIN;
	if (raw.n)
		memcpy(p + 1, raw.p, raw.n);
	*out = (struct str){ p, raw.n + 1 };
	return 0;
}

int
part_open(struct arena *a, struct str sealed, struct str *raw)
{
	struct str in;
	unsigned long long size;
	char *p;

	*raw = STR_NONE;
	if (sealed.n == 0)
		return E_MALFORMED;
	in = (struct str){ sealed.p + 1, sealed.n - 1 };
	if (sealed.p[0] == CODEC_PLAIN) {
		if (in.n > LIMIT_BODY)
			return E_LIMIT;
		*raw = in;
		return 0;
	}
	if (sealed.p[0] != CODEC_ZSTD)
		return E_VERSION;
	size = ZSTD_getFrameContentSize(in.p, in.n);
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
		return E_MALFORMED;
	if (size > LIMIT_BODY)
		return E_LIMIT;
	if (!unpacker)
		unpacker = ZSTD_createDCtx();
	p = unpacker ? arena_alloc(a, (size_t)size + 1) : NULL;
	if (!p)
		return E_NOMEM;
	if (ZSTD_decompressDCtx(unpacker, p, (size_t)size, in.p, in.n) != size)
		return E_MALFORMED;
	*raw = (struct str){ p, (size_t)size };
	return 0;
}

int
work_unpack(struct arena *a, const struct work *w, struct encounter **out, enum rec_part *bad)
{
	struct encounter *e = rec_new(a);

	*out = e;
	if (bad)
		*bad = PART_INGEST;
	if (!e)
		return E_NOMEM;
	for (int p = 0; p < PART_COUNT; p++) {
		struct str raw;
		int rc = w->part[p].n ? part_open(a, w->part[p], &raw) : 0;

		if (rc >= 0 && w->part[p].n)
			rc = rec_borrow(a, raw, (enum rec_part)p, e);
		if (rc < 0 && bad)
			*bad = (enum rec_part)p;
		if (rc < 0)
			return rc;
	}
	return 0;
}
