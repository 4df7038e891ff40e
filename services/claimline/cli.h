/*
 * cli - what every verb of the command line stands on: its options, the settings, the store, and how it speaks.
 *
 * A verb is a row: name, words, options, one function. It prints results on stdout and everything else on stderr,
 * and returns an exit code. Patient data is printed only by the verbs that are for looking at it (show, work).
 */
#ifndef CLAIMLINE_CLI_H
#define CLAIMLINE_CLI_H

#include "base/conf.h"
#include "claimline/opt.h"
#include "claimline/ui.h"
#include "pipe/cold.h"

#include <jansson.h>

enum cli_exit {
	CLI_OK = 0,
	CLI_NO = 1,			/* it worked, and the answer is no: refused, not found, unhealthy */
	CLI_UNREACHED = 2,		/* send: ingest did not answer */
	CLI_USAGE = 64,
	CLI_DATA = 65,			/* an input cannot be read as what it should be */
	CLI_NO_INPUT = 66,		/* no such file */
	CLI_UNAVAILABLE = 69,		/* Redis or a daemon cannot be reached */
	CLI_BUG = 70,
	CLI_OS = 71,
	CLI_CANNOT_CREATE = 73,
	CLI_TEMP = 75,			/* somebody else was faster: look again */
	CLI_CONFIG = 78,
};

struct cli;
/* A word of a verb that has help of its own. takes: the options of the verb it has, each followed by a blank. */
struct verb_part { const char *name, *args, *takes; };
struct verb {
	const char	 *name, *args, *words;
	const char	 *text;		/* paragraphs; lines that begin with a blank are examples */
	const struct opt *opts;		/* may be NULL */
	int		 (*run)(struct cli *);
	const struct verb_part *parts;	/* ends with a NULL name; may be NULL */
	const char	*state;		/* --state when none is given; NULL: as the settings say */
};

struct cli {
	struct arena		 a;
	struct conf		 conf;
	const char		*conf_file;	/* NULL: built-in defaults */
	struct opts		 opts;
	int			 argc;		/* operands */
	char			**argv;
	const struct verb	*verb;
	const struct verb	*const *verbs;	/* NULL-ended */
	struct ui		 ui;
	struct store		*store;		/* after cli_store */
	struct cold_shelf	 shelf;		/* bodies that are in the archive */
};

int	cli_main(int argc, char **argv, const struct verb *const *verbs);

/* The verbs */
extern const struct verb verb_up, verb_down, verb_send, verb_status, verb_show, verb_list, verb_work, verb_queues,
	verb_top, verb_kick, verb_bury, verb_drain, verb_schema, verb_check_config, verb_ledger, verb_archive, verb_doctor,
	verb_payer_sim, verb_demo, verb_help, verb_version, verb_codes, verb_x12;

/* ---- speaking ---- */
/* "claimline VERB: words" on stderr; returns code. Never patient data. */
int	cli_fail(const struct cli *, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int	cli_usage(const struct cli *, const char *words);	/* words, then where help is; CLI_USAGE */
/*
 * For a verb of several words: the options given are all of those the word takes, once each but for those that repeat. Both
 * lists: names, each followed by a blank. CLI_OK, or said what is wrong.
 */
int	cli_word_opts(const struct cli *, const char *word, const char *takes, const char *repeat);
bool	cli_is_listed(const char *list, const char *name);	/* in names that are each followed by a blank */
void	cli_put(const struct buf *);				/* to stdout */
int	cli_put_json(json_t *);					/* one value, pretty, to stdout; takes the reference */
bool	cli_wants_json(const struct cli *);
void	cli_faults(const struct cli *, const char *where, const struct faults *);
json_t	*cli_json_str(struct str);				/* bytes that are not UTF-8 become '?' */
int	cli_exit_of(int rc);					/* exit code for an error of errors.def */

/* ---- settings ---- */
/* "a=b" of --set */
int	cli_set(struct cli *, struct str assignment);
/* Arguments that give another program of ours the same settings: --config F --set k=v ...; NULL-ended. */
char	**cli_same_settings(struct cli *, size_t *n);
extern const struct opt cli_global_opts[];
/* The folder of --state, or NULL. In `list`, --state may also name a state: that one is not a folder. */
const char *cli_state_dir(const struct cli *);

/* ---- the store ---- */
int	cli_store(struct cli *);				/* opens it once; CLI_OK, or said why not */
int	cli_actor(struct cli *, struct str *out);		/* --actor or $USER; CLI_OK or said why not */

/* ---- help (cmd_help.c) ---- */
void	help_all(const struct cli *, struct buf *);
void	help_verb(const struct verb *, const char *part, struct buf *);	/* part: only of this word of it; may be NULL */
void	help_man_page(const struct cli *, struct buf *);

#endif
