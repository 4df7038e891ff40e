/*
 * resp - commands in the Redis protocol, written into one buffer that is reused: no copy and no
 * allocation per command beyond the bytes themselves. Replies are hiredis's business.
 */
#ifndef CLAIMLINE_RESP_H
#define CLAIMLINE_RESP_H

#include "base/base.h"

struct args {			/* one command being gathered; borrows what it is given */
	struct arena	*a;
	struct str	*v;
	size_t		 n, cap;
	size_t		 joined;	/* index + 1 of the argument that the next one continues; 0: none */
};

struct resp {
	char	*p;
	size_t	 n, cap;
	bool	 failed;	/* no memory: what was written is incomplete */
};

void	args_init(struct args *, struct arena *);
void	args_str(struct args *, struct str);
void	args_more(struct args *, struct str);	/* continues the last argument; once in a command */
void	args_int(struct args *, int64_t);	/* written into the arena */

void	resp_put(struct resp *, const struct args *);
void	resp_clear(struct resp *);		/* wipes; gives large room back */
void	resp_free(struct resp *);

#endif
