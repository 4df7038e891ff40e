/*
 * cmd_x12_generate.c - x12 generate: invented claims into a file or stdout, and where the defects are. Reads no input.
 */
#include "claimline/x12_words.h"
#include "x12gen/x12gen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct sink { FILE *out, *truth; };

static int
sink_put(void *ctx, const char *bytes, size_t n)
{
	return fwrite(bytes, 1, n, ((struct sink *)ctx)->out) == n ? 0 : E_IO;
}

static int
sink_planted(void *ctx, const struct x12gen_planted *p)
{
	int n = fprintf(((struct sink *)ctx)->truth,
	    "%s\t%d\t%llu\t%llu\t" STR_FMT "\t" STR_FMT "\t%u\t" STR_FMT "\t%u\t%u\t%s\n", p->defect->id, p->defect->snip,
	    (unsigned long long)p->claim, (unsigned long long)p->set, STR_ARG(p->st02), STR_ARG(p->clm01), p->seg,
	    STR_ARG(p->seg_id), p->element, p->component, p->defect->code);

	return n < 0 ? E_IO : 0;
}

static int
kinds_print(void)
{
	for (size_t i = 0; i < x12gen_defects(); i++) {
		const struct x12gen_defect *d = x12gen_defect(i);

		(void)printf("%-24s %d %c  %-12s %s\n", d->id, d->snip, d->type, d->code, d->words);
	}
	return CLI_OK;
}

static int
conf_read(struct cli *c, struct x12gen_conf *out)
{
	struct numbers { const char *name; int64_t def, range[2], v; } n[] = {
		{ "claims", 100, { 1, INT64_C(9999999999) }, 0 }, { "seed", 1, { 0, INT64_MAX }, 0 },
		{ "per-st", 1000, { 1, X12GEN_PER_ST }, 0 }, { "every", 0, { 1, INT64_C(9999999999) }, 0 },
	};
	const char *type = opt_text(&c->opts, "type"), *usage = opt_text(&c->opts, "usage"), *kind = opt_text(&c->opts, "defect");

	for (size_t i = 0; i < sizeof n / sizeof *n; i++)
		if (opt_int(&c->opts, n[i].name, n[i].def, n[i].range, &n[i].v) < 0)
			return cli_usage(c, arena_fmt(&c->a, "--%s wants a number from %lld to %lld", n[i].name,
			    (long long)n[i].range[0], (long long)n[i].range[1]).p);
	if (type && (strlen(type) != 1 || !strchr("PIB", type[0])))
		return cli_usage(c, "--type wants P, I or B");
	if (usage && (strlen(usage) != 1 || !strchr("TP", usage[0])))
		return cli_usage(c, "--usage wants T or P");
	*out = (struct x12gen_conf){ .claims = (uint64_t)n[0].v, .seed = (uint64_t)n[1].v, .per_st = (uint32_t)n[2].v,
	    .every = (uint64_t)n[3].v, .type = type ? type[0] : 'P', .usage = usage ? usage[0] : 'T',
	    .lines = opt_is_set(&c->opts, "lines"), .clean = opt_is_set(&c->opts, "clean"), .defect = X12GEN_NONE };
	if (kind)
		out->defect = strcmp(kind, "all") == 0 ? X12GEN_ALL : x12gen_find(str_of(kind));
	if (out->defect == E_NOT_FOUND)
		return cli_usage(c, "no such defect; --defect list prints them");
	return CLI_OK;
}

static int
made(struct cli *c, int rc, const struct x12gen_conf *conf, const struct x12gen_totals *t)
{
	if (rc == E_VALUE)
		return cli_usage(c, "that defect is not for this type, or needs more claims");
	if (rc < 0)
		return cli_fail(c, CLI_CANNOT_CREATE, "%s", err_text(rc));
	(void)cli_fail(c, 0, "%llu claims, %llu lines, %llu sets, %llu bytes, %llu defects", (unsigned long long)t->claims,
	    (unsigned long long)t->lines, (unsigned long long)t->sets, (unsigned long long)t->bytes,
	    (unsigned long long)t->planted);
	if (conf->defect != X12GEN_NONE && !conf->clean && t->planted == 0)
		return cli_fail(c, CLI_NO, "no place for the defect: more claims, or a smaller --every");
	return CLI_OK;
}

static int
file_open(struct cli *c, const char *path, FILE *or_else, FILE **out)
{
	*out = !path || strcmp(path, "-") == 0 ? or_else : fopen(path, "w");
	return *out ? CLI_OK : cli_fail(c, CLI_CANNOT_CREATE, "%s: %s", path, strerror(errno));
}

static bool
file_close(FILE *f)
{
	return f == stdout || f == stderr ? fflush(f) == 0 : fclose(f) == 0;
}

int
x12_generate(struct cli *c)
{
	const char *kind = opt_text(&c->opts, "defect");
	struct x12gen_conf conf;
	struct x12gen_totals t = { 0 };
	struct sink s = { NULL, NULL };
	int rc, code;

	if (c->argc)
		return cli_usage(c, "generate takes options only");
	if (kind && strcmp(kind, "list") == 0)
		return kinds_print();
	code = conf_read(c, &conf);
	if (code == CLI_OK)
		code = file_open(c, opt_text(&c->opts, "out"), stdout, &s.out);
	if (code != CLI_OK)
		return code;
	code = file_open(c, opt_text(&c->opts, "truth"), stderr, &s.truth);
	if (code == CLI_OK) {
		rc = x12gen_run(&conf, &(struct x12gen_out){ sink_put, sink_planted, &s }, &t);
		if (!file_close(s.truth) && rc >= 0)
			rc = E_IO;
		code = made(c, rc, &conf, &t);
	}
	if (!file_close(s.out) && code == CLI_OK)
		code = cli_fail(c, CLI_CANNOT_CREATE, "%s", err_text(E_IO));
	return code;
}
