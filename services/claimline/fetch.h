/*
 * fetch - published files from their publishers' servers. What is to be had stands in config/codesets/sources.yaml,
 * what was had in SHA256SUMS beside the files. Reading these is pure (fetch.c), io_fetch.c has the network.
 */
#ifndef CLAIMLINE_CLI_FETCH_H
#define CLAIMLINE_CLI_FETCH_H

#include "base/base.h"

#define FETCH_SUMS	"SHA256SUMS"
#define FETCH_HEX	64			/* characters of a SHA-256 */
#define FETCH_REDIRECTS	5

struct fetch_row {
	struct str	url, name;		/* NUL-terminated */
	struct str	sha256;			/* lower-case hex, or absent */
	struct str	notice;			/* what the publisher wants known, or absent */
};
struct fetch_list { struct fetch_row *v; size_t n; };

/*
 * The rows of one release. E_CONF with faults; E_NOT_FOUND: there is no such release, and there says which there
 * are. Every row of the file is checked, also of other releases.
 */
int	fetch_read(struct arena *, struct str yaml, struct str release, struct fetch_list *out, struct faults *);
struct str fetch_releases(struct arena *, struct str yaml);	/* "CY2026, FY2026", or absent */

/* Every file from one place instead: base/name. E_VALUE when base is no URL. */
int	fetch_mirror(struct arena *, struct str base, struct fetch_list *);

bool	fetch_is_url(struct str);		/* http or https, a host, no user, nothing that needs quoting */
bool	fetch_is_name(struct str);		/* of a file that may be written: path_is_name and none of ours */

/* Lines "hex  name". The sum of name, or STR_NONE; and the text with that of name set. */
struct str fetch_sum_of(struct str sums, struct str name);
struct str fetch_sum_set(struct arena *, struct str sums, struct str name, struct str hex);

/* ---- io_fetch.c ---- */
enum fetch_how { FETCH_NEW, FETCH_RESUMED, FETCH_HERE, FETCH_HOWS };

struct fetched {
	enum fetch_how	how;
	int64_t		bytes;			/* of the whole file */
	int64_t		kept;			/* of them from an earlier try */
	char		sha256[FETCH_HEX + 1];
	struct str	words, fix;		/* when it failed */
};

struct fetch {
	struct arena	*a;
	struct str	 folder;		/* is there */
	int64_t		 max;			/* bytes of a file */
	/* called now and then while a file comes; all = 0: not known. May be NULL */
	void		(*tick)(void *arg, const struct fetch_row *, int64_t have, int64_t all);
	void		*arg;
};

/*
 * One file: there already and unchanged, else fetched into name.part, compared, and renamed when whole. Of what
 * was cut short the part stays, and the next call goes on with it. Returns an exit code of cli.h: CLI_OK,
 * CLI_UNAVAILABLE (not reached, not given), CLI_DATA (not what it should be; kept as name.bad), CLI_TEMP (somebody
 * else fetches it), CLI_CANNOT_CREATE.
 */
int	fetch_file(struct fetch *, const struct fetch_row *, struct fetched *out);

#endif
