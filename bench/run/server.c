/* SPDX-License-Identifier: MIT */
/* The server of several clients: it waits for the descriptors of all, or has a thread for each. */
#include "run/worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a thread has to itself. */
struct attendant {
	struct worker w;
	pthread_t id;
	int result;
	bool started;
};

/* Of this process, which has one server at most. */
static struct server server;
static struct attendant *attendants; /* by client; NULL = no threads */
static loop_fn *pong;		     /* of each of them */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* under the lock */
static unsigned int running;
static const struct attendant *failed; /* the first that did; NULL = none */

bool serves(const struct job *job, enum side side)
{
	return side == SIDE_RX && sides_kind(job->item->key.sides) == TOPOLOGY_SERVER;
}

int server_make(const struct job *jobs, struct worker *w, struct reason *why)
{
	server.count = sides_lanes(jobs->item->key.sides);
	server.client = calloc(server.count, sizeof(*server.client));
	server.epoll_fd = -1;
	w->server = &server;
	return server.client != NULL
		       ? 0
		       : reason_set(why, ENOMEM, "out of memory for %u clients", server.count);
}

void server_meets(const struct job *jobs, const struct worker *w, unsigned int i)
{
	server.client[i] = (struct client){w->in, w->out, &jobs[i].lane->end, 0};
}

/* ---- epoll ----------------------------------------------------------------------------------- */

static int watch_client(unsigned int i, const struct transport *t, struct reason *why)
{
	struct client *c = &server.client[i];
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
	int fd = t->descriptor(c->in);

	if (epoll_ctl(server.epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		return reason_set(why, errno, "epoll_ctl: descriptor %d of client %u: %s", fd,
			i + 1, strerror(errno));
	/* see `descriptor` in transport.h */
	c->in->wait = c->out->wait = WAIT_HYBRID;
	c->in->spin_ticks = c->out->spin_ticks = 0;
	return 0;
}

static int watch_all(const struct transport *t, struct reason *why)
{
	int r = 0;

	server.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (server.epoll_fd < 0)
		return reason_set(why, errno, "epoll_create1: %s", strerror(errno));
	for (unsigned int i = 0; i < server.count && r == 0; i++)
		r = watch_client(i, t, why);
	return r;
}

/* ---- threads --------------------------------------------------------------------------------- */

static int make_attendants(const struct job *jobs, const struct worker *w, struct reason *why)
{
	int r = 0;

	attendants = calloc(server.count, sizeof(*attendants));
	if (attendants == NULL)
		return reason_set(why, ENOMEM, "out of memory for %u threads", server.count);
	for (unsigned int i = 0; i < server.count && r == 0; i++) {
		struct worker *own = &attendants[i].w;

		*own = *w;
		own->in = server.client[i].in;
		own->out = server.client[i].out;
		own->end = server.client[i].end;
		/* the first has those of the server itself */
		if (i > 0)
			r = buffers_make(&jobs[i], SIDE_RX, own, why);
	}
	return r;
}

static void *attend(void *arg)
{
	struct attendant *a = arg;

	a->result = pong(&a->w);
	pthread_mutex_lock(&lock);
	running--;
	if (a->result < 0 && failed == NULL)
		failed = a;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

void server_begin(void)
{
	running = attendants == NULL ? 0 : server.count;
	for (unsigned int i = 0; attendants != NULL && i < server.count; i++) {
		struct attendant *a = &attendants[i];

		a->w.messages = 0;
		a->result = -pthread_create(&a->id, NULL, attend, a);
		a->started = a->result == 0;
		if (!a->started)
			return;
	}
}

/* Waits until all threads have ended, or one has failed: the others may wait for ever then. */
static int serve_by_threads(struct worker *w)
{
	for (unsigned int i = 0; i < server.count; i++)
		if (!attendants[i].started)
			return reason_set(&w->fault, -attendants[i].result,
				"pthread_create: thread %u of %u: %s; use fewer clients, or --wait epoll, or raise ulimit -u and the pids limit of the cgroup",
				i + 1, server.count, strerror(-attendants[i].result));
	pthread_mutex_lock(&lock);
	while (running > 0 && failed == NULL)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	if (failed != NULL) {
		w->fault = failed->w.fault;
		return ipcbench_client_fault(
			w, (unsigned int)(failed - attendants), failed->result);
	}
	for (unsigned int i = 0; i < server.count; i++) {
		pthread_join(attendants[i].id, NULL);
		w->messages += attendants[i].w.messages;
	}
	return 0;
}

/* ---- the server ------------------------------------------------------------------------------ */

loop_fn *server_loop(const struct job *jobs, const struct loops *l)
{
	pong = jobs->item->key.copy == COPY_INPLACE ? l->pong_inplace : l->pong;
	return jobs->item->key.wait == WAIT_EPOLL ? l->serve : serve_by_threads;
}

int server_open(const struct job *jobs, const struct worker *w, struct reason *why)
{
	return jobs->item->key.wait == WAIT_EPOLL ? watch_all(jobs->item->transport, why)
						  : make_attendants(jobs, w, why);
}

int server_check(const struct job *jobs, struct reason *why)
{
	int r = 0;

	for (unsigned int i = 1; attendants != NULL && i < server.count && r == 0; i++)
		r = buffers_check(&jobs[i], SIDE_RX, &attendants[i].w, why);
	return r;
}
