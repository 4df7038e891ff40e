/* batch.c - one interchange from stored encounters: which partner, which bytes, which name. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "submit/submit.h"

#include <openssl/sha.h>

int
submit_prepare(struct arena *a, const struct partners *all, struct str fallback, struct encounter *e, struct str *why)
{
	const struct partner *p = partner_for(all, e, fallback);

	if (!p) {
		*why = S("no trading partner for this payer: add its payer id to a file in config/partners");
		return E_VALUE;
	}
	e->partner = p->id;
	if (e->usage.n && !str_eq(e->usage, p->v[PK_usage])) {
		*why = arena_fmt(a, "usage " STR_FMT " may not go to partner " STR_FMT ", which is set to " STR_FMT,
		    STR_ARG(e->usage), STR_ARG(p->id), STR_ARG(p->v[PK_usage]));
		return E_VALUE;
	}
	if (!str_is(e->type, "P") && !str_is(e->type, "I") && !str_is(e->type, "D")) {
		*why = S("cannot be written as an 837: neither professional (P), institutional (I) nor dental (D)");
		return E_VALUE;
	}
	return 0;
}

int
batch_render(struct arena *a, const struct partner *p, int64_t number, int64_t at, struct encounter *const *v, size_t n,
    struct x12_written *out)
{
	struct x12_837_spec spec = {
		.ends = { p->v[PK_sender_qual], p->v[PK_sender], p->v[PK_receiver_qual], p->v[PK_receiver],
		    p->v[PK_app_sender], p->v[PK_app_receiver], p->v[PK_usage].p[0], number, at },
		.submitter = p->v[PK_submitter], .submitter_id = p->v[PK_submitter_id], .contact = p->v[PK_contact],
		.phone = p->v[PK_phone], .email = p->v[PK_email], .receiver = p->v[PK_name],
		.receiver_id = p->v[PK_receiver_id],
	};
	struct x12_out *claims = arena_array(a, n, sizeof *claims);
	struct claim_view *views = arena_array(a, n, sizeof *views);

	if (!claims || !views)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		int rc = claim_view(a, v[i], &views[i]);

		if (rc < 0)
			return rc;
		claims[i] = (struct x12_out){ v[i], &views[i] };
	}
	return x12_write_837(a, &spec, claims, n, out);
}

struct str
batch_name(struct arena *a, struct str partner, int64_t number)
{
	return arena_fmt(a, STR_FMT "-%09lld.837", STR_ARG(partner), (long long)number);
}

bool
is_batch_name(struct str batch, struct str *partner, int64_t *number)
{
	struct str rest = batch;

	*partner = str_cut(&rest, '/');
	return partner->n && str_to_int(rest, number) && *number > 0;
}

struct str
sha256_hex(struct arena *a, struct str bytes)
{
	unsigned char d[SHA256_DIGEST_LENGTH];
	struct buf b;

	(void)SHA256((const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n, d);
	buf_init(&b, a);
	buf_hex(&b, d, sizeof d);
	return buf_view(&b);
}
