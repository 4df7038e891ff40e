/*
 * store_redis_group.c - what all commits share: the members of a batch by lane and move, a call for each group,
 * and how its answer is read.
 */
#include "pipe/store_redis.h"

#include <stdlib.h>

static int
slot_cmp(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

void
rs_groups_add(struct groups *g, unsigned lane, int from, int to)
{
	must(g->n < LIMIT_COMMIT && lane < 65536);
	g->v[g->n] = (struct slot){ lane << 16 | (uint32_t)from << 8 | (uint32_t)to, (uint32_t)g->n };
	g->n++;
}

void
rs_groups_sort(struct groups *g)
{
	qsort(g->v, g->n, sizeof *g->v, slot_cmp);
}

size_t
rs_group_end(const struct groups *g, size_t at)
{
	size_t end = at + 1;

	while (end < g->n && g->v[end].key == g->v[at].key)
		end++;
	return end;
}

/* {now, flags ...}: one flag per member. */
int
rs_group_reply(struct redis_store *rs, const redisReply *r, size_t n, int64_t *now, struct str *flags)
{
	if (!rs_array(r, 2) || !rs_int(r->element[0], now))
		return rs_bad_reply(rs, "a commit");
	*flags = rs_text(r->element[1]);
	return flags->n == n ? 0 : rs_bad_reply(rs, "a commit");
}

struct str
rs_mode_text(enum score_mode m)
{
	static const char modes[] = "RLQD";	/* in the order of enum score_mode */

	return (struct str){ &modes[m], 1 };
}

void
rs_put_call(struct redis_store *rs, const char *name, size_t keys)
{
	rs_cmd(rs, "FCALL");
	rs_arg(rs, str_of(name));
	rs_arg_int(rs, (int64_t)keys);
}

/* An encounter that was there keeps its body: HSETNX. */
void
rs_put_body(struct redis_store *rs, const struct admission *ad, int64_t t)
{
	rs_cmd(rs, "HSETNX");
	rs_arg(rs, rs_key_eid(rs, ad->lane, ad->id));
	rs_arg(rs, str_of(store_field_names[F_PARTS + PART_INGEST]));
	rs_arg(rs, store_head_write(&rs->scratch, ad, t));
	args_more(&rs->cmd, ad->body);
	rs_put(rs);
}
