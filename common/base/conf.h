/*
 * conf - settings. schemas/settings.def has one row each; a daemon reads all of claimline.yaml and
 * refuses the whole file for one bad value, naming line, column and fix. Pure: bytes in, struct out.
 */
#ifndef CLAIMLINE_CONF_H
#define CLAIMLINE_CONF_H

#include "base/base.h"

#define CONF_INT(section, name, def, min, max, words)	int64_t name;
#define CONF_BOOL(section, name, def, words)		bool name;
#define CONF_TEXT(section, name, def, words)		struct str name;	/* also NUL-terminated */
#define CONF_PICK(section, name, def, choices, words)	struct str name;
#define SECTION(section, words)				struct conf_##section {
#define END_SECTION(section)				};
#include "schemas/settings.def"

struct conf {
#define SECTION(section, words) struct conf_##section section;
#include "schemas/settings.def"
};

/* Defaults of every row; texts point to static storage. */
void	conf_defaults(struct conf *);

/* Read YAML over *c, which must hold defaults. Texts are copied into the arena. E_CONF with faults. */
int	conf_parse(struct arena *, struct str yaml, struct conf *c, struct faults *);

/* What no single setting shows: two stages that listen on one port. E_CONF with faults. */
int	conf_check(struct arena *, const struct conf *, struct faults *);

/* One setting by "section.name"; used by --set and tests. */
int	conf_set(struct arena *, struct conf *c, struct str path, struct str value, struct faults *);

/* The whole configuration as commented YAML (--print-config). */
struct str conf_print(struct arena *, const struct conf *c);

/*
 * A flat YAML mapping of texts, such as a partner or payer file: key -> value in the order of the
 * file, lists joined as one pair per member under the same key. E_CONF with faults.
 */
struct conf_pair { struct str key, value; int line, column; };
struct conf_pairs { struct conf_pair *v; size_t n; };
int	conf_flat(struct arena *, struct str yaml, struct conf_pairs *out, struct faults *);

#endif
