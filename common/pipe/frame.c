/* frame.c - bytes of a frame to works and back. No sockets here, so that it can be fuzzed. */
#include "base/mp.h"
#include "pipe/bus.h"

#include <msgpack.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_FIELDS	7
#define WORK_FIELDS	(7 + PART_COUNT)

bool
frame_head_read(struct str bytes, struct frame_head *h)
{
	struct mp m = mp_of(bytes);
	int64_t version;
	size_t n;

	if (!mp_array(&m, &n) || n != HEAD_FIELDS || !mp_int(&m, &version) || version != FRAME_VERSION)
		return false;
	if (!mp_int(&m, &h->kind) || !mp_int(&m, &h->epoch) || !mp_int(&m, &h->seq) || !mp_int(&m, &h->n) ||
	    !mp_int(&m, &h->state) || !mp_int(&m, &h->credit) || !mp_done(&m))
		return false;
	return h->kind >= FRAME_CREDIT && h->kind <= FRAME_BYE && h->epoch >= 0 && h->seq >= 0 && h->n >= 0 &&
	    h->n <= LIMIT_BATCH && h->state >= 0 && h->state < ST_COUNT && h->credit >= 0;
}

struct str
frame_head_write(struct arena *a, const struct frame_head *h)
{
	struct buf b;
	msgpack_packer pk;

	buf_init(&b, a);
	msgpack_packer_init(&pk, &b, mp_to_buf);
	(void)msgpack_pack_array(&pk, HEAD_FIELDS);
	(void)msgpack_pack_int64(&pk, FRAME_VERSION);
	(void)msgpack_pack_int64(&pk, h->kind);
	(void)msgpack_pack_int64(&pk, h->epoch);
	(void)msgpack_pack_int64(&pk, h->seq);
	(void)msgpack_pack_int64(&pk, h->n);
	(void)msgpack_pack_int64(&pk, h->state);
	(void)msgpack_pack_int64(&pk, h->credit);
	return buf_view(&b);
}

static int
work_read(struct mp *m, struct work *w)
{
	struct str id;
	int64_t lane, dirty;
	size_t n;

	if (!mp_array(m, &n) || n != WORK_FIELDS || !mp_bytes(m, &id) || id.n != sizeof w->id.b)
		return E_MALFORMED;
	memcpy(w->id.b, id.p, sizeof w->id.b);
	if (!mp_int(m, &lane) || lane < 0 || lane > 65535 || !mp_int(m, &w->token) || !mp_int(m, &w->revision) ||
	    !mp_int(m, &w->attempts) || !mp_int(m, &w->t) || !mp_int(m, &dirty) || dirty < 0 || dirty >> PART_COUNT)
		return E_MALFORMED;
	if (w->token < 0 || w->revision < 0 || w->attempts < 0 || w->t < 0)
		return E_MALFORMED;
	w->lane = (unsigned)lane;
	w->dirty = (unsigned)dirty;
	for (int i = 0; i < PART_COUNT; i++) {
		if (!mp_bytes(m, &w->part[i]))
			return E_MALFORMED;
		if (w->part[i].n > LIMIT_BODY)
			return E_LIMIT;
	}
	return 0;
}

int
frame_works_read(struct str bytes, const struct frame_head *h, struct work *out)
{
	struct mp m = mp_of(bytes);
	int rc = 0;

	for (int64_t i = 0; i < h->n && rc == 0; i++) {
		memset(&out[i], 0, sizeof out[i]);
		out[i].state = (enum state)h->state;
		rc = work_read(&m, &out[i]);
	}
	return rc == 0 && !mp_done(&m) ? E_MALFORMED : rc;
}

static size_t
bytes_of(struct work *const *v, size_t n)
{
	size_t bytes = 64;

	for (size_t i = 0; i < n; i++) {
		bytes += 128;		/* the id and the numbers, at their longest */
		for (int p = 0; p < PART_COUNT; p++)
			bytes += v[i]->part[p].n;
	}
	return bytes;
}

bool
frame_works_write(struct work *const *v, size_t n, msgpack_sbuffer *out)
{
	msgpack_packer pk;

	msgpack_sbuffer_init(out);
	out->alloc = bytes_of(v, n);
	out->data = malloc(out->alloc);
	if (!out->data)
		return false;
	msgpack_packer_init(&pk, out, msgpack_sbuffer_write);
	for (size_t i = 0; i < n; i++) {
		const struct work *w = v[i];

		(void)msgpack_pack_array(&pk, WORK_FIELDS);
		(void)msgpack_pack_bin(&pk, sizeof w->id.b);
		(void)msgpack_pack_bin_body(&pk, w->id.b, sizeof w->id.b);
		(void)msgpack_pack_int64(&pk, w->lane);
		(void)msgpack_pack_int64(&pk, w->token);
		(void)msgpack_pack_int64(&pk, w->revision);
		(void)msgpack_pack_int64(&pk, w->attempts);
		(void)msgpack_pack_int64(&pk, w->t);
		(void)msgpack_pack_int64(&pk, w->dirty);
		for (int p = 0; p < PART_COUNT; p++) {
			(void)msgpack_pack_bin(&pk, w->part[p].n);
			(void)msgpack_pack_bin_body(&pk, w->part[p].p ? w->part[p].p : "", w->part[p].n);
		}
	}
	return true;
}
