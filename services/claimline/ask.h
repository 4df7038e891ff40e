/* ask - a daemon's HTTP port and its metrics. */
#ifndef CLAIMLINE_CLI_ASK_H
#define CLAIMLINE_CLI_ASK_H

#include "base/base.h"

/* 0 for status 200, E_BUSY for another one (body says why), E_NOT_FOUND when nobody listens, E_IO. */
int	ask_get(struct arena *, const char *address, int64_t port, const char *path, struct str *body);
bool	ask_port_is_taken(const char *address, int64_t port);

/* Pure: the sum of a counter or gauge over its labels in Prometheus text; 0 when it is not there. */
int64_t	ask_metric(struct str text, const char *name);

#endif
