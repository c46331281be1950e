// SPDX-License-Identifier: GPL-2.0
/*
 * inotify: watches of directories, files, deleted files, devices and of proc,
 * their descriptors and masks, events that were not read, lost ones, one who
 * waits for them. No event comes of the hop itself.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/inotify.h>

#include "hop_test.h"

#define QUEUE	"/proc/sys/fs/inotify/max_queued_events"

struct event {
	int wd;
	uint32_t mask;
	uint32_t cookie;
};

/* One event; wd 0 if there is none. */
static struct event next(int fd, char *name, size_t size)
{
	union {
		struct inotify_event e;
		char bytes[sizeof(struct inotify_event) + 256];
	} buf = { };
	struct pollfd p = { .fd = fd, .events = POLLIN };

	*name = '\0';
	if (poll(&p, 1, 0) != 1)
		return (struct event){ };
	/* One at a time: first without room for a name, then for a short one. */
	if (read(fd, &buf, sizeof(struct inotify_event)) < 0)
		MUST(read(fd, &buf, sizeof(struct inotify_event) + 16));
	if (buf.e.len)
		snprintf(name, size, "%s", buf.e.name);
	return (struct event){ buf.e.wd, buf.e.mask, buf.e.cookie };
}

static bool is_next(int fd, int wd, uint32_t mask, const char *name)
{
	char got[256];
	struct event e = next(fd, got, sizeof(got));

	return CHECK_EQ(e.wd, wd) & CHECK_EQ(e.mask, mask) & CHECK_STR(got, name);
}

static void touch(const char *path)
{
	close(MUST(open(path, O_CREAT | O_WRONLY, 0600)));
}

#define WATCHES	16

/* The masks of the watches by their descriptors, as fdinfo gives them. */
static void describe(int fd, unsigned int *masks)
{
	char *all = slurpf("/proc/self/fdinfo/%d", fd), *line, *save;

	memset(masks, 0, WATCHES * sizeof(*masks));
	for (line = strtok_r(all, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *at = strstr(line, " mask:");
		unsigned int wd, mask;

		if (sscanf(line, "inotify wd:%x", &wd) == 1 && wd < WATCHES && at &&
		    sscanf(at, " mask:%x", &mask) == 1)
			masks[wd] = mask;
	}
	free(all);
}

static long wait_event(struct blocked *b)
{
	char buf[512];
	long n = read(b->fd, buf, sizeof(buf));

	return n > 0 ? ((struct inotify_event *)buf)->wd : n;
}

int main(void)
{
	int fd, dir, file, once, gone, dev, sys, dead, lost, lost_wd, ep, waiting, wait_wd, i, wd;
	struct blocked reader = { .name = "read", .nr = SYS_read, .call = wait_event };
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = 9 }, got;
	unsigned int before[WATCHES], after[WATCHES];
	char limit[32], *old, name[256];
	struct event from, to;

	MUST(mkdir("watched", 0700));
	touch("file");
	touch("once");
	touch("dead");
	fd = MUST(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
	gone = MUST(inotify_add_watch(fd, "once", IN_ATTRIB));
	dir = MUST(inotify_add_watch(fd, "watched", IN_ALL_EVENTS | IN_EXCL_UNLINK));
	file = MUST(inotify_add_watch(fd, "file", IN_MODIFY));
	MUST(inotify_rm_watch(fd, gone));
	once = MUST(inotify_add_watch(fd, "once", IN_MODIFY | IN_ONESHOT));
	dev = MUST(inotify_add_watch(fd, "/dev", IN_DELETE));
	sys = MUST(inotify_add_watch(fd, "/proc/sys/kernel/hostname", IN_CLOSE_WRITE));
	dead = MUST(open("dead", O_RDWR));
	wd = MUST(inotify_add_watch(fd, "dead", IN_DELETE_SELF | IN_MODIFY));
	MUST(unlink("dead"));
	touch("watched/made");
	MUST(rename("watched/made", "watched/moved"));
	ep = MUST(epoll_create1(0));
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event));
	describe(fd, before);

	/* A short queue that has run over. */
	old = slurp(QUEUE);
	snprintf(limit, sizeof(limit), "3");
	write_file(QUEUE, limit, strlen(limit));
	lost = MUST(inotify_init());
	write_file(QUEUE, old, strlen(old));
	MUST(mkdir("lost", 0700));
	lost_wd = MUST(inotify_add_watch(lost, "lost", IN_CREATE));
	for (i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "lost/%d", i);
		touch(name);
	}

	waiting = MUST(inotify_init());
	wait_wd = MUST(inotify_add_watch(waiting, ".", IN_CREATE));
	MUST(inotify_rm_watch(waiting, wait_wd));
	MUST(inotify_add_watch(waiting, ".", IN_CREATE));
	/* The first watch has said that it is gone. */
	is_next(waiting, wait_wd, IN_IGNORED, "");
	reader.fd = waiting;
	blocked_start(&reader);

	hop();

	describe(fd, after);
	for (i = 0; i < WATCHES; i++)
		CHECK_EQ(after[i], before[i]);
	CHECK_EQ(MUST(epoll_wait(ep, &got, 1, 0)), 1);
	CHECK_EQ(got.data.u32, 9);
	is_next(fd, gone, IN_IGNORED, "");
	is_next(fd, dir, IN_CREATE, "made");
	is_next(fd, dir, IN_OPEN, "made");
	is_next(fd, dir, IN_CLOSE_WRITE, "made");
	from = next(fd, name, sizeof(name));
	CHECK_EQ(from.wd, dir);
	CHECK_EQ(from.mask, IN_MOVED_FROM);
	CHECK_STR(name, "made");
	to = next(fd, name, sizeof(name));
	CHECK_EQ(to.mask, IN_MOVED_TO);
	CHECK_STR(name, "moved");
	CHECK(from.cookie && from.cookie == to.cookie);
	/* And nothing else: nobody has opened, changed or closed a file. */
	is_next(fd, 0, 0, "");
	CHECK_EQ(MUST(epoll_wait(ep, &got, 1, 0)), 0);

	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%d", i);
		is_next(lost, lost_wd, IN_CREATE, name);
	}
	is_next(lost, -1, IN_Q_OVERFLOW, "");
	is_next(lost, 0, 0, "");

	/* Truncated and written to: the same event, once. */
	write_file("file", "x", 1);
	is_next(fd, file, IN_MODIFY, "");
	touch("watched/later");
	is_next(fd, dir, IN_CREATE, "later");
	is_next(fd, dir, IN_OPEN, "later");
	is_next(fd, dir, IN_CLOSE_WRITE, "later");
	write_file("once", "x", 1);
	is_next(fd, once, IN_MODIFY, "");
	is_next(fd, once, IN_IGNORED, "");
	write_file("once", "x", 1);
	is_next(fd, 0, 0, "");
	touch("/dev/orthros-test");
	MUST(unlink("/dev/orthros-test"));
	is_next(fd, dev, IN_DELETE, "orthros-test");
	close(MUST(open("/proc/sys/kernel/hostname", O_WRONLY)));
	is_next(fd, sys, IN_CLOSE_WRITE, "");
	MUST(pwrite(dead, "x", 1, 0));
	is_next(fd, wd, IN_MODIFY, "");
	MUST(close(dead));
	is_next(fd, wd, IN_DELETE_SELF, "");
	is_next(fd, wd, IN_IGNORED, "");
	/* The next one gets the next number. */
	CHECK_EQ(MUST(inotify_add_watch(fd, "lost", IN_ATTRIB)), wd + 1);
	MUST(inotify_rm_watch(fd, wd + 1));
	is_next(fd, wd + 1, IN_IGNORED, "");

	blocked_still(&reader);
	touch("awaited");
	blocked_finish(&reader, wait_wd + 1, 0);
	return hop_status();
}
