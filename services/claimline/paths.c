/* paths.c - names inside a state folder. */
#include "claimline/paths.h"

#include <ctype.h>

#define SOCKET_PATH_MAX	107

void
paths_of_state(struct arena *a, struct str dir, struct path_setting out[PATH_SETTINGS])
{
	static const struct { const char *path, *before, *after; } rows[PATH_SETTINGS] = {
		{ "site.state_dir", "",		"" },
		{ "site.redis",	    "unix:",	"/redis.sock" },
		{ "site.bus",	    "ipc:",	"/bus" },
		{ "ingest.front",   "ipc:",	"/bus/front" },
		{ "ingest.folder",  "",		"/in" },
		{ "audit.ledger",   "",		"/ledger" },
		{ "audit.archive",  "",		"/archive" },
	};

	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir.n--;
	for (size_t i = 0; i < PATH_SETTINGS; i++)
		out[i] = (struct path_setting){ str_of(rows[i].path),
		    arena_fmt(a, "%s" STR_FMT "%s", rows[i].before, STR_ARG(dir), rows[i].after) };
}

bool
path_fits_socket(struct str place, size_t more)
{
	struct str rest = place, kind = str_cut(&rest, ':');

	return !(str_is(kind, "unix") || str_is(kind, "ipc")) || rest.n + more <= SOCKET_PATH_MAX;
}

struct str
path_pid(struct arena *a, struct str state, struct str program)
{
	return arena_fmt(a, STR_FMT "/run/" STR_FMT ".pid", STR_ARG(state), STR_ARG(program));
}

struct str
path_pid_instance(struct str name, struct str stage)
{
	if (!str_starts(name, stage) || name.n < stage.n + 6 || name.p[stage.n] != '.' ||
	    !str_is((struct str){ name.p + name.n - 4, 4 }, ".pid"))
		return STR_NONE;
	return (struct str){ name.p + stage.n + 1, name.n - stage.n - 5 };
}

struct str
path_partner(struct arena *a, struct str state, const char *side, struct str partner)
{
	return arena_fmt(a, STR_FMT "/%s/" STR_FMT, STR_ARG(state), side, STR_ARG(partner));
}

bool
path_is_name(struct str s)
{
	if (s.n == 0 || s.n > 64 || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '.' && s.p[i] != '_' && s.p[i] != '-')
			return false;
	return true;
}
