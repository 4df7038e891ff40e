/* paths - where things are in a state folder, as settings and names. Pure: no file is touched. */
#ifndef CLAIMLINE_CLI_PATHS_H
#define CLAIMLINE_CLI_PATHS_H

#include "base/base.h"

#define PATH_SETTINGS	7
struct path_setting { struct str path, value; };	/* "site.redis", "unix:DIR/redis.sock" */

/* What --state DIR sets. */
void		paths_of_state(struct arena *, struct str dir, struct path_setting out[PATH_SETTINGS]);

/*
 * A Unix socket has room for 107 bytes of path. `place` is a setting: unix:PATH or ipc:PATH; more is what will
 * be appended to it. False when that would not fit.
 */
bool		path_fits_socket(struct str place, size_t more);

struct str	path_pid(struct arena *, struct str state, struct str program);	/* STATE/run/PROGRAM.pid */
/* "suggest.2.pid" of stage "suggest": its instance "2". Absent when it is no pid file of that stage. */
struct str	path_pid_instance(struct str file_name, struct str stage);
struct str	path_partner(struct arena *, struct str state, const char *side, struct str partner);	/* STATE/out/ID */
/* A partner id may be used as a folder name: letters, digits, . _ -, not beginning with a dot. */
bool		path_is_name(struct str);

#endif
