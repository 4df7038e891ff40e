/* http.c - /healthz, /readyz and /metrics, on a thread of its own, so that they answer while the loop waits for Redis. */
#include "pipe/runner_int.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STUCK_MS	30000

static void
healthz(struct runner *r, struct buf *b, unsigned *status)
{
	(void)pthread_mutex_lock(&r->lock);
	if (mono_ms() - r->last_turn > STUCK_MS) {
		*status = MHD_HTTP_SERVICE_UNAVAILABLE;
		buf_cstr(b, "stuck: the main loop has not turned for 30 s\n");
	} else {
		buf_cstr(b, "alive\n");
	}
	(void)pthread_mutex_unlock(&r->lock);
}

static void
readyz(struct runner *r, struct buf *b, unsigned *status)
{
	(void)pthread_mutex_lock(&r->lock);
	for (int i = 0; i < MAX_CONDITIONS; i++)
		if (r->condition[i].name)
			buf_fmt(b, "not ready: %s: %s\n", r->condition[i].name, r->condition[i].why);
	(void)pthread_mutex_unlock(&r->lock);
	if (b->n)
		*status = MHD_HTTP_SERVICE_UNAVAILABLE;
	else
		buf_cstr(b, "ready\n");
}

static enum MHD_Result
handle(void *arg, struct MHD_Connection *c, const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_n, void **state)
{
	struct runner *r = arg;
	unsigned status = MHD_HTTP_OK;
	struct MHD_Response *resp;
	enum MHD_Result rc;
	struct arena a;
	struct buf b;

	(void)version, (void)upload, (void)upload_n, (void)state;
	arena_init(&a, 0);
	buf_init(&b, &a);
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		status = MHD_HTTP_METHOD_NOT_ALLOWED;
		buf_cstr(&b, "only GET\n");
	} else if (strcmp(url, "/healthz") == 0) {
		healthz(r, &b, &status);
	} else if (strcmp(url, "/readyz") == 0) {
		readyz(r, &b, &status);
	} else if (strcmp(url, "/metrics") == 0) {
		buf_str(&b, metrics_text(&a, &r->metrics, r->stage->name, CL_VERSION));
	} else {
		status = MHD_HTTP_NOT_FOUND;
		buf_cstr(&b, "there are /healthz, /readyz and /metrics\n");
	}
	resp = MHD_create_response_from_buffer(b.n, b.p, MHD_RESPMEM_MUST_COPY);
	(void)MHD_add_response_header(resp, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	rc = MHD_queue_response(c, status, resp);
	MHD_destroy_response(resp);
	arena_free(&a);
	return rc;
}

static bool
address_of(const char *address, int port, struct sockaddr_in *out)
{
	memset(out, 0, sizeof *out);
	out->sin_family = AF_INET;
	out->sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, address, &out->sin_addr) == 1;
}

int
http_open(struct runner *r, const char *address, int port)
{
	struct sockaddr_in at;

	if (port == 0)
		return 0;
	if (!address_of(address, port, &at))
		return E_CONF;
	r->http = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)port, NULL, NULL, handle, r,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_CONNECTION_LIMIT, 64u,
	    MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
	return r->http ? 0 : E_IO;
}

void
http_close(struct runner *r)
{
	if (r->http)
		MHD_stop_daemon(r->http);
	r->http = NULL;
}

int
http_health(const char *address, int port)
{
	static const char ask[] = "GET /readyz HTTP/1.0\r\n\r\n";
	struct sockaddr_in at;
	struct timeval limit = { .tv_sec = 3 };
	char answer[32] = "";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = E_IO;

	if (fd < 0)
		return E_IO;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (address_of(address, port, &at) && connect(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
	    send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) == (ssize_t)sizeof ask - 1 &&
	    recv(fd, answer, sizeof answer - 1, MSG_WAITALL) > 0)
		rc = strstr(answer, " 200 ") ? 0 : E_BUSY;
	(void)close(fd);
	return rc;
}
