/* cmd_config.c - schema: the record as JSON Schema; check-config: faults of configuration files, with line and fix. */
#include "claimline/cli.h"
#include "claimline/paths.h"

#include "base/file.h"
#include "submit/io_submit.h"
#include "validate/io_validate.h"

#include <stdio.h>

static int
schema_run(struct cli *c)
{
	struct str text;
	struct buf b;
	int rc = rec_schema(&c->a, &text);

	if (rc < 0)
		return cli_fail(c, CLI_OS, "%s", err_text(rc));
	buf_init(&b, &c->a);
	buf_str(&b, text);
	if (text.n && text.p[text.n - 1] != '\n')
		buf_ch(&b, '\n');
	cli_put(&b);
	return CLI_OK;
}

const struct verb verb_schema = {
	.name = "schema", .args = "", .words = "JSON Schema of an encounter",
	.text = "What `claimline send` takes as JSON: one object, a list of them, or one per line (.ndjson). Parts that stages\n"
	    "add are in it too.\n\n  claimline schema > encounter.schema.json\n",
	.run = schema_run,
};

struct checked { size_t files, faults; json_t *list; };

static void
keep_faults(struct cli *c, struct checked *k, const char *path, const struct faults *f)
{
	for (size_t i = 0; i < f->n; i++)
		(void)json_array_append_new(k->list,
		    json_pack("{s:o, s:o, s:o, s:o}", "file", cli_json_str(str_of(path)), "place",
		    cli_json_str(f->v[i].place), "words", cli_json_str(f->v[i].words), "fix", cli_json_str(f->v[i].fix)));
	k->faults += f->n;
	if (!cli_wants_json(c))
		cli_faults(c, path, f);
}

static void
check_file(struct cli *c, struct checked *k, const char *path)
{
	struct faults f = { .a = &c->a };
	struct conf conf;
	struct str text;
	int rc = file_read(&c->a, path, LIMIT_CONF, &text);

	k->files++;
	if (rc < 0) {
		(void)fault_add(&f, rc, S("file"), str_of(err_text(rc)), S("give a file that can be read"));
	} else {
		conf_defaults(&conf);
		if (conf_parse(&c->a, text, &conf, &f) >= 0)
			(void)conf_check(&c->a, &conf, &f);
	}
	keep_faults(c, k, path, &f);
}

static size_t
count_files(struct cli *c, const char *name)
{
	struct str dir = path_join(&c->a, c->conf.site.config_dir, str_of(name));
	struct file_list v = { 0 };
	size_t n = 0;

	if (dir_list(&c->a, dir.p, 100000, &v) < 0)
		return 0;
	for (size_t i = 0; i < v.n; i++)
		n += v.v[i].name.n > 5 && str_is((struct str){ v.v[i].name.p + v.v[i].name.n - 5, 5 }, ".yaml");
	return n;
}

/* The installation: its settings were read to come here; partner and payer files as the daemons read them. */
static void
check_site(struct cli *c, struct checked *k)
{
	struct faults own = { .a = &c->a }, others = { .a = &c->a };

	k->files += (c->conf_file != NULL) + count_files(c, "partners") + count_files(c, "payers");
	(void)conf_check(&c->a, &c->conf, &own);
	(void)submit_check(&c->conf, &others);
	(void)validate_check(&c->conf, &others);
	keep_faults(c, k, c->conf_file ? c->conf_file : "settings", &own);
	keep_faults(c, k, arena_str(&c->a, c->conf.site.config_dir).p, &others);
}

static int
check_run(struct cli *c)
{
	struct checked k = { .list = json_array() };

	for (int i = 0; i < c->argc; i++)
		check_file(c, &k, c->argv[i]);
	if (c->argc == 0)
		check_site(c, &k);
	if (cli_wants_json(c)) {
		(void)cli_put_json(json_pack("{s:I, s:O}", "files", (json_int_t)k.files, "faults", k.list));
	} else if (k.faults == 0) {
		(void)printf("%zu file%s, no faults%s\n", k.files, k.files == 1 ? "" : "s",
		    c->argc == 0 && !c->conf_file ? "; settings are the built-in ones" : "");
	}
	json_decref(k.list);
	return k.faults ? CLI_CONFIG : CLI_OK;
}

const struct verb verb_check_config = {
	.name = "check-config", .args = "[FILE...]", .words = "faults of the configuration, with line, column and fix",
	.text = "Without FILE: the settings of this installation, its partner and its payer files. "
	    "A file with one bad value is refused as a\n"
	    "whole by every daemon; this says why beforehand. Exit 78 when there are faults.\n\n"
	    "  claimline check-config\n  claimline check-config config/claimline.yaml\n",
	.run = check_run,
};
