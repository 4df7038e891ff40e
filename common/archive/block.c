/*
 * block.c - the bytes of a block. Small bodies of one kind compress four times better together than alone, and
 * one checksum then covers all of them. Nothing that is read is believed before that checksum matched.
 */
/* The one-shot call would need head and packed bytes in one run. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "archive/block.h"

#include <openssl/sha.h>
#include <string.h>
#include <zstd.h>

#define VERSION		1
#define WORTH		(1u << 20)		/* a block is full with this many bytes */
#define BODY_HEAD	25
#define PART_HEAD	5
#define LEVEL		1
#define SUMMED		16			/* bytes of the head the checksum covers */

/* ---- numbers ---- */

static void
put_le(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_ch(b, (char)(v >> 8 * i & 0xff));
}

static uint64_t
get_le(const char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)(unsigned char)p[i] << 8 * i;
	return v;
}

static void
checksum(struct str head, struct str packed, unsigned char out[SHA256_DIGEST_LENGTH])
{
	SHA256_CTX c;

	(void)SHA256_Init(&c);
	(void)SHA256_Update(&c, head.p, head.n);
	(void)SHA256_Update(&c, packed.p, packed.n);
	(void)SHA256_Final(out, &c);
}

/* ---- writing ---- */

static size_t
size_of(const struct archive_body *b)
{
	size_t n = BODY_HEAD;

	for (int p = 0; p < PART_COUNT; p++)
		n += b->part[p].n ? PART_HEAD + b->part[p].n : 0;
	return n;
}

static bool
is_legal(const struct archive_body *b)
{
	for (int p = 0; p < PART_COUNT; p++)
		if (b->part[p].n > LIMIT_BODY + 1)
			return false;
	return b->revision >= 0 && size_of(b) <= LIMIT_ARCHIVE_BLOCK;
}

static void
put_body(struct buf *b, const struct archive_body *body)
{
	int parts = 0;

	for (int p = 0; p < PART_COUNT; p++)
		parts += body->part[p].n > 0;
	buf_put(b, body->id.b, sizeof body->id.b);
	put_le(b, (uint64_t)body->revision, 8);
	put_le(b, (uint64_t)parts, 1);
	for (int p = 0; p < PART_COUNT; p++) {
		if (body->part[p].n == 0)
			continue;
		put_le(b, (uint64_t)p, 1);
		put_le(b, body->part[p].n, 4);
		buf_str(b, body->part[p]);
	}
}

static int
put_block(struct arena *a, struct str raw, size_t n, struct str *out)
{
	size_t cap = ZSTD_compressBound(raw.n), packed;
	char *p = arena_alloc(a, BLOCK_HEAD + cap);
	struct buf head;

	if (!p)
		return E_NOMEM;
	packed = ZSTD_compress(p + BLOCK_HEAD, cap, raw.p, raw.n, LEVEL);
	if (ZSTD_isError(packed))
		return E_NOMEM;
	buf_init(&head, a);
	buf_cstr(&head, BLOCK_MAGIC);
	put_le(&head, VERSION, 2);
	put_le(&head, n, 2);
	put_le(&head, raw.n, 4);
	put_le(&head, packed, 4);
	if (a->spent)
		return E_NOMEM;
	memcpy(p, head.p, SUMMED);
	checksum((struct str){ p, SUMMED }, (struct str){ p + BLOCK_HEAD, packed }, (unsigned char *)p + SUMMED);
	*out = (struct str){ p, BLOCK_HEAD + packed };
	return 0;
}

int
block_write(struct arena *a, const struct archive_body *v, size_t n, struct str *out)
{
	struct buf raw;
	size_t k = 0, size = 0;
	int rc;

	*out = STR_NONE;
	if (n == 0 || !is_legal(v))
		return E_LIMIT;
	buf_init(&raw, a);
	for (; k < n && k < LIMIT_ARCHIVE_BODIES && is_legal(&v[k]); k++) {
		size_t more = size_of(&v[k]);

		if (k && size + more > WORTH)
			break;
		put_body(&raw, &v[k]);
		size += more;
	}
	if (a->spent)
		return E_NOMEM;
	rc = put_block(a, buf_view(&raw), k, out);
	return rc < 0 ? rc : (int)k;
}

/* ---- reading ---- */

int
block_head(struct str bytes, struct block_head *out)
{
	*out = (struct block_head){ 0 };
	if (bytes.n < BLOCK_HEAD)
		return E_INCOMPLETE;
	if (memcmp(bytes.p, BLOCK_MAGIC, 4) != 0)
		return E_MALFORMED;
	if (get_le(bytes.p + 4, 2) != VERSION)
		return E_VERSION;
	out->n = (size_t)get_le(bytes.p + 6, 2);
	out->raw = (size_t)get_le(bytes.p + 8, 4);
	out->packed = (size_t)get_le(bytes.p + 12, 4);
	if (out->n == 0 || out->raw < out->n * BODY_HEAD || out->packed == 0)
		return E_MALFORMED;
	return out->n > LIMIT_ARCHIVE_BODIES || out->raw > LIMIT_ARCHIVE_BLOCK || out->packed > BLOCK_PACKED ? E_LIMIT : 0;
}

/* The next n bytes of the rest, or false. */
static bool
take(struct str *rest, size_t n, struct str *out)
{
	if (n > rest->n)
		return false;
	*out = (struct str){ rest->p, n };
	rest->p += n;
	rest->n -= n;
	return true;
}

static int
get_body(struct str *rest, struct archive_body *out)
{
	struct str head;
	int last = -1;

	memset(out, 0, sizeof *out);
	if (!take(rest, BODY_HEAD, &head))
		return E_MALFORMED;
	memcpy(out->id.b, head.p, sizeof out->id.b);
	out->revision = (int64_t)get_le(head.p + 16, 8);
	for (int parts = (unsigned char)head.p[24]; parts > 0; parts--) {
		struct str part;
		size_t n;
		int p;

		if (!take(rest, PART_HEAD, &part))
			return E_MALFORMED;
		p = (unsigned char)part.p[0];
		n = (size_t)get_le(part.p + 1, 4);
		if (p <= last || p >= PART_COUNT || n == 0 || !take(rest, n, &part))
			return E_MALFORMED;
		if (n > LIMIT_BODY + 1)
			return E_LIMIT;
		out->part[p] = part;
		last = p;
	}
	return out->revision < 0 ? E_MALFORMED : 0;
}

static int
unpack(struct arena *a, const struct block_head *h, struct str packed, struct str *raw)
{
	char *p = arena_alloc(a, h->raw);

	if (!p)
		return E_NOMEM;
	if (ZSTD_getFrameContentSize(packed.p, packed.n) != h->raw || ZSTD_decompress(p, h->raw, packed.p, packed.n) != h->raw)
		return E_MALFORMED;
	*raw = (struct str){ p, h->raw };
	return 0;
}

int
block_read(struct arena *a, struct str bytes, struct archive_body **out)
{
	unsigned char sum[SHA256_DIGEST_LENGTH];
	struct block_head h;
	struct str packed, rest;
	int rc = block_head(bytes, &h);

	*out = NULL;
	if (rc < 0)
		return rc;
	packed = (struct str){ bytes.p + BLOCK_HEAD, bytes.n - BLOCK_HEAD };
	if (packed.n != h.packed)
		return packed.n < h.packed ? E_INCOMPLETE : E_MALFORMED;
	checksum((struct str){ bytes.p, SUMMED }, packed, sum);
	if (memcmp(sum, bytes.p + SUMMED, sizeof sum) != 0)
		return E_DAMAGED;
	rc = unpack(a, &h, packed, &rest);
	if (rc == 0 && !(*out = arena_array(a, h.n, sizeof **out)))
		rc = E_NOMEM;
	for (size_t i = 0; rc == 0 && i < h.n; i++)
		rc = get_body(&rest, &(*out)[i]);
	if (rc == 0 && rest.n)
		rc = E_MALFORMED;
	return rc < 0 ? rc : (int)h.n;
}
