/* io_http.c - asks a daemon's own HTTP port. Only GET, only small answers, never longer than a second. */
#include "claimline/ask.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ASK_S		1
#define ANSWER_MAX	262144

static int
reach(const char *address, int64_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct timeval limit = { .tv_sec = ASK_S };
	int fd;

	if (port <= 0 || port > 65535 || inet_pton(AF_INET, address, &at.sin_addr) != 1)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static struct str
receive(struct arena *a, int fd)
{
	struct buf b;
	char some[4096];
	ssize_t n;

	buf_init(&b, a);
	while (b.n < ANSWER_MAX && (n = recv(fd, some, sizeof some, 0)) > 0)
		buf_put(&b, some, (size_t)n);
	return buf_view(&b);
}

int
ask_get(struct arena *a, const char *address, int64_t port, const char *path, struct str *body)
{
	struct str ask = arena_fmt(a, "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", path, address), all = STR_NONE;
	int fd = reach(address, port);
	const char *end;

	*body = STR_NONE;
	if (fd < 0)
		return E_NOT_FOUND;
	if (send(fd, ask.p, ask.n, MSG_NOSIGNAL) == (ssize_t)ask.n)
		all = receive(a, fd);
	(void)close(fd);
	end = all.n ? memmem(all.p, all.n, "\r\n\r\n", 4) : NULL;
	if (!end || all.n < 12 || memcmp(all.p, "HTTP/1.", 7) != 0)
		return E_IO;
	*body = (struct str){ end + 4, all.n - (size_t)(end + 4 - all.p) };
	return memcmp(all.p + 8, " 200", 4) == 0 ? 0 : E_BUSY;
}

bool
ask_port_is_taken(const char *address, int64_t port)
{
	int fd = reach(address, port);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}
