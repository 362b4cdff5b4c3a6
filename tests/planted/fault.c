/* SPDX-License-Identifier: MIT */
#include "fault.h"

#include "damage.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void leave_mark(const struct config *cfg)
{
	char text[24];

	if (cfg->mark == NULL)
		return;
	int fd = open(cfg->mark, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (write(fd, text, (size_t)len) < 0)
		_exit(99);
	close(fd);
}

/* How often a process has left its mark. */
static unsigned int marks(const struct config *cfg)
{
	FILE *in = cfg->mark != NULL ? fopen(cfg->mark, "re") : NULL;
	unsigned int lines = 0;

	if (in == NULL)
		return 0;
	for (int c = getc(in); c != EOF; c = getc(in))
		lines += c == '\n';
	fclose(in);
	return lines;
}

static void hang_for_ever(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (;;)
		pause();
}

/* Uses up the stack; volatile, so that no call of itself becomes a loop. */
static int overflow(const volatile int *deep)
{
	volatile int room[1024];

	room[0] = *deep + 1;
	return room[0] < 0 ? 0 : overflow(room) + room[0];
}

static void damage(const struct config *cfg)
{
	if (cfg->fault == FAULT_SCRIBBLE)
		damage_field(cfg->field, (enum value)cfg->value);
	else
		damage_around(
			(enum block)cfg->block, (enum side)cfg->side, cfg->before, cfg->bytes);
	if (cfg->then != 0)
		hang_for_ever();
}

static void *come_and_go(void *arg)
{
	pthread_exit(arg);
}

static void *end_later(void *crash)
{
	usleep(100000);
	if (crash != NULL)
		raise(SIGSEGV);
	exit(0);
}

/* Leaves behind what the callback that has returned cannot be blamed for. */
static void leave_behind(enum fault fault)
{
	/* the others come to an end that has begun */
	int threads = fault == FAULT_DEAF ? 0 : fault == FAULT_LATER ? 8 : 1;
	pthread_t thread;

	for (int sig = 1; sig < NSIG && fault == FAULT_DEAF; sig++)
		signal(sig, SIG_IGN);
	for (int i = 0; i < threads; i++)
		if (pthread_create(&thread, NULL, fault == FAULT_HELPER ? come_and_go : end_later,
			    fault == FAULT_LATER_CRASH ? &thread : NULL) != 0)
			abort();
	if (fault == FAULT_HELPER)
		pthread_join(thread, NULL);
}

int plant(const struct config *cfg, bool in_driver)
{
	if (marks(cfg) >= cfg->times)
		return 0;
	leave_mark(cfg);
	switch ((enum fault)cfg->fault) {
	case FAULT_ERROR:
	case FAULT_GARBLE:
		return -EIO;
	case FAULT_SCRIBBLE:
	case FAULT_OVERRUN:
		damage(cfg);
		break;
	case FAULT_CRASH:
		/* a sanitiser's handler would turn the crash of a worker into an exit */
		if (!in_driver)
			signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		break;
	case FAULT_HANG:
		hang_for_ever();
		break;
	case FAULT_EXIT:
		_exit(3);
	case FAULT_QUIT:
		_exit(0);
	case FAULT_STOP:
		raise(SIGSTOP);
		break;
	case FAULT_LEAVE:
		exit(0);
	case FAULT_LEAVE_C:
		_Exit(0);
	case FAULT_LEAVE_QUICK:
		quick_exit(0);
	case FAULT_LEAVE_THREAD:
		pthread_exit(NULL);
	case FAULT_ABORT:
		abort();
	case FAULT_FORK:
		fork();
		break;
	case FAULT_OVERFLOW:
		return overflow(&(volatile int){0});
	case FAULT_POSITIVE:
		return EIO;
	case FAULT_NOISE:
		return -EPROTO;
	case FAULT_DEAF:
	case FAULT_HELPER:
	case FAULT_LATER:
	case FAULT_LATER_CRASH:
		leave_behind((enum fault)cfg->fault);
		break;
	default:
		break;
	}
	return 0;
}

int plant_at(const struct config *cfg, enum where where, bool in_driver, struct reason *why)
{
	if (cfg->where != where || cfg->fault == FAULT_NONE)
		return 0;
	int r = plant(cfg, in_driver);

	if (r == -EPROTO)
		memset(why->text, '\033', sizeof(why->text));
	return r != -EIO ? r
			 : reason_set(why, EIO, "planted error in a cold callback%s",
				   cfg->fault == FAULT_GARBLE ? "\033[2J\n\r\xff" : "");
}

int plant_cold(struct channel *ch, enum where where, bool in_driver)
{
	const struct config *cfg = ch->config;

	return in_driver || cfg->side == ch->side ? plant_at(cfg, where, in_driver, &ch->why) : 0;
}

/* The place of a word in "a|b|c". */
static unsigned int place_of(const char *word, size_t len, const char *words)
{
	unsigned int place = 0;

	while (strcspn(words, "|") != len || strncmp(words, word, len) != 0) {
		words += strcspn(words, "|") + 1;
		place++;
	}
	return place;
}

int plant_early(enum where where, struct reason *why)
{
	const char *early = getenv("PLANTED_EARLY");

	if (early == NULL)
		return 0;
	const char *fault = strchr(early, ':') + 1;
	const struct config cfg = {
		.where = place_of(early, (size_t)(fault - early) - 1, PLACES),
		.fault = place_of(fault, strlen(fault), FAULTS),
		.times = UINT32_MAX,
	};

	return plant_at(&cfg, where, true, why);
}
