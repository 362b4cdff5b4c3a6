/* SPDX-License-Identifier: MIT */
#include "run/fence.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* The kernel may begin large mappings where a huge page does. */
#define HUGE_PAGE ((size_t)2 << 20)

/* What is guarded at present, for the handler. */
enum { PLACES = 16 };
static struct place {
	const char *at, *end; /* of its whole pages */
	const char *name;
} places[PLACES];
static struct reason *words;
static struct sigaction before;

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t whole_pages(size_t len)
{
	return (len + page_size() - 1) / page_size() * page_size();
}

static void note_place(const char *at, size_t room, const char *name)
{
	for (size_t i = 0; i < PLACES; i++)
		if (places[i].at == NULL) {
			places[i] = (struct place){at, at + room, name};
			return;
		}
}

/* ---- mappings -------------------------------------------------------------------------------- */

static void *reserve(size_t len, int sharing)
{
	return mmap(NULL, len, PROT_NONE, sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* Addresses for `room` bytes and a page on either side, as far into a huge page as without. */
static char *choose(size_t room, int sharing)
{
	size_t page = page_size(), span = room + 2 * page + HUGE_PAGE;
	char *plain = reserve(room, sharing);

	if (plain == MAP_FAILED)
		return NULL;
	munmap(plain, room);
	char *all = reserve(span, MAP_PRIVATE);

	if (all == MAP_FAILED)
		return NULL;
	size_t skip = ((uintptr_t)plain - (uintptr_t)all - page) % HUGE_PAGE;

	if (skip != 0)
		munmap(all, skip);
	munmap(all + skip + room + 2 * page, HUGE_PAGE - skip);
	return all + skip + page;
}

void *fence_map(size_t len, int sharing, const char *name)
{
	size_t page = page_size(), room = whole_pages(len);
	char *at = len <= SIZE_MAX / 2 ? choose(room, sharing) : NULL;

	if (at == NULL) {
		errno = ENOMEM;
		return NULL;
	}
	if (mmap(at, room, PROT_READ | PROT_WRITE,
		    sharing | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0) == MAP_FAILED) {
		int err = errno;

		munmap(at - page, room + 2 * page);
		errno = err;
		return NULL;
	}
	fence_paint(at + len, room - len);
	note_place(at, room, name);
	return at;
}

void fence_unmap(void *p, size_t len)
{
	char *at = p;

	if (at == NULL)
		return;
	for (size_t i = 0; i < PLACES; i++)
		if (places[i].at == at)
			places[i].at = NULL;
	munmap(at - page_size(), whole_pages(len) + 2 * page_size());
}

int fence_own(void *p, size_t len, struct reason *why)
{
	size_t room = whole_pages(len);
	void *own = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (own != MAP_FAILED) {
		memcpy(own, p, room);
		if (mremap(own, room, room, MREMAP_MAYMOVE | MREMAP_FIXED, p) != MAP_FAILED)
			return 0;
		munmap(own, room);
	}
	return reason_set(why, ENOMEM, "no memory for a copy of %zu bytes of shared memory", room);
}

/* ---- the pattern ----------------------------------------------------------------------------- */

/* By address, so that bytes copied from elsewhere differ. */
static unsigned char pattern(const unsigned char *at)
{
	return (unsigned char)((uintptr_t)at * 0x9d ^ 0xc3);
}

void fence_paint(void *at, size_t len)
{
	unsigned char *p = at;

	for (size_t i = 0; i < len; i++)
		p[i] = pattern(&p[i]);
}

bool fence_touched(const void *at, size_t len)
{
	const unsigned char *p = at;

	for (size_t i = 0; i < len; i++)
		if (p[i] != pattern(&p[i]))
			return true;
	return false;
}

bool fence_tail(const void *p, size_t len)
{
	return fence_touched((const char *)p + len, whole_pages(len) - len);
}

/* ---- a worker that touches a guard page ------------------------------------------------------ */

/* Allocates nothing and takes no lock, unlike snprintf(). */
static void say(const char *text)
{
	size_t at = strnlen(words->text, sizeof(words->text) - 1), len = strlen(text);

	if (len < sizeof(words->text) - at)
		memcpy(words->text + at, text, len + 1);
}

static const char *access_of(const void *context)
{
#if defined(__x86_64__)
	/* bit 1 of the page fault's error code (Intel SDM vol. 3, 4.7) */
	return ((const ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & 2 ? "wrote" : "read";
#else
	(void)context;
	return "reached";
#endif
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	const char *at = info->si_addr;

	for (size_t i = 0; i < PLACES && info->si_code > 0; i++) {
		const struct place *p = &places[i];
		bool under = at < p->at && at >= p->at - page_size();

		if (p->at == NULL || (!under && (at < p->end || at >= p->end + page_size())))
			continue;
		words->text[0] = '\0';
		say(access_of(context));
		say(under ? " before the start of " : " beyond the end of ");
		say(p->name);
	}
	/* the access repeats and meets the handler of before; a kill() does not repeat */
	sigaction(sig, &before, NULL);
	if (info->si_code <= 0)
		raise(sig);
}

void fence_watch(struct reason *says)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};

	words = says;
	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, &before);
}
