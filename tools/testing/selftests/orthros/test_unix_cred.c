// SPDX-License-Identifier: GPL-2.0
/*
 * UNIX sockets tell who is at the other end, and who has sent what waits, also when
 * that process has ended and its socket is closed: PID, ids, groups, name, time.
 */
#include <grp.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "hop_test.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

static const gid_t groups[] = { 7, 4005, 70009 };
static char sender[64];
static int inbox, pair[2], stream[2];
static long long sent_after, sent_before;

static void set_on(int fd, int name)
{
	int on = 1;

	MUST(setsockopt(fd, SOL_SOCKET, name, &on, sizeof(on)));
}

static socklen_t abstract(struct sockaddr_un *un, const char *name)
{
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	strcpy(un->sun_path + 1, name);
	return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}

static void pass(int by, const int *fds, size_t nr)
{
	char control[CMSG_SPACE(4 * sizeof(int))] = { };
	struct iovec iov = { "", 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = CMSG_SPACE(nr * sizeof(int)) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(nr * sizeof(int));
	memcpy(CMSG_DATA(c), fds, nr * sizeof(int));
	MUST(sendmsg(by, &msg, 0));
}

static void take(int by, int *fds, size_t nr)
{
	char control[CMSG_SPACE(4 * sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;

	MUST(recvmsg(by, &msg, 0));
	c = CMSG_FIRSTHDR(&msg);
	MUST(c && c->cmsg_type == SCM_RIGHTS ? 0 : -1);
	memcpy(fds, CMSG_DATA(c), nr * sizeof(int));
}

/* Will not live to see the hop. */
static void leave_messages(int by, const struct sockaddr_un *to, socklen_t to_len)
{
	struct sockaddr_un un;
	int fd, fds[2];

	MUST(setgroups(ARRAY_SIZE(groups), groups));
	MUST(setresgid(4005, 4005, 0));
	MUST(setresuid(4004, 4004, 0));
	fd = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	MUST(bind(fd, (void *)&un, abstract(&un, sender)));
	MUST(sendto(fd, "one", 3, 0, (void *)to, to_len));
	MUST(sendto(fd, "three", 5, 0, (void *)to, to_len));
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds));
	pass(by, fds, 2);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
	set_on(fds[0], SO_PASSCRED);
	MUST(send(fds[1], "bytes", 5, 0));
	pass(by, fds, 2);
	_exit(0);
}

/* The next message, and all that is told of it. */
static void expect(int fd, size_t len, pid_t pid, bool named)
{
	char buf[64], control[256];
	struct sockaddr_un un, want;
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_name = &un, .msg_namelen = sizeof(un), .msg_iov = &iov,
			      .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	long long at = 0;
	bool found = false;
	struct cmsghdr *c;
	socklen_t want_len;

	if (!CHECK_EQ(recvmsg(fd, &msg, MSG_DONTWAIT), len))
		return;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred *u = (void *)CMSG_DATA(c);

			found = true;
			CHECK_EQ(u->pid, pid);
			CHECK_EQ(u->uid, 4004);
			CHECK_EQ(u->gid, 4005);
		}
		if (c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec *ts = (void *)CMSG_DATA(c);

			at = ts->tv_sec * NSEC + ts->tv_nsec;
		}
	}
	CHECK(found);
	if (!named)
		return;
	CHECK(at >= sent_after && at <= sent_before);
	want_len = abstract(&want, sender);
	CHECK_EQ(msg.msg_namelen, want_len);
	CHECK(!memcmp(&un, &want, want_len));
}

static void check_peer(int fd, pid_t pid)
{
	struct ucred u = { };
	socklen_t len = sizeof(u);
	gid_t list[8];

	CHECK_EQ(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &len), 0);
	CHECK_EQ(u.pid, pid);
	CHECK_EQ(u.uid, 4004);
	CHECK_EQ(u.gid, 4005);
	len = sizeof(list);
	if (CHECK_EQ(getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, list, &len), 0)) {
		CHECK_EQ(len, sizeof(groups));
		CHECK(!memcmp(list, groups, sizeof(groups)));
	}
}

int main(void)
{
	struct sockaddr_un un;
	socklen_t len;
	int by[2], status;
	char name[64];
	pid_t pid;

	snprintf(name, sizeof(name), "orthros-inbox-%d", getpid());
	snprintf(sender, sizeof(sender), "orthros-sender-%d", getpid());
	len = abstract(&un, name);
	inbox = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	set_on(inbox, SO_PASSCRED);
	set_on(inbox, SO_TIMESTAMPNS);
	MUST(bind(inbox, (void *)&un, len));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, by));
	sent_after = now_ns(CLOCK_REALTIME);
	pid = MUST(fork());
	if (!pid)
		leave_messages(by[1], &un, len);
	take(by[0], pair, 2);
	take(by[0], stream, 2);
	MUST(waitpid(pid, &status, 0));
	MUST(status ? -1 : 0);
	sent_before = now_ns(CLOCK_REALTIME);

	hop();

	expect(inbox, 3, pid, true);
	expect(inbox, 5, pid, true);
	expect(stream[0], 5, pid, false);
	check_peer(pair[0], pid);
	check_peer(pair[1], pid);
	check_peer(stream[0], pid);
	/* It is a number, not a process. */
	CHECK_ERR(kill(pid, 0), ESRCH);
	return hop_status();
}
