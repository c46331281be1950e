// SPDX-License-Identifier: GPL-2.0
/*
 * User namespaces: maps, setgroups, owner and parent, nested ones, one that only a
 * descriptor keeps; what they own, and what capabilities in them are good for; files
 * and sockets of who is in one; mounts that are locked in one.
 */
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "hop_test.h"

#define DIR	"/tmp/ns_user"

static struct gate ready, go, mapped, deep;

static ino_t number_of(pid_t pid, const char *type)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	return stat(path, &st) ? 0 : st.st_ino;
}

static void put(pid_t pid, const char *file, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	write_file(path, text, strlen(text));
}

static const char *const files[] = { "uid_map", "gid_map", "projid_map", "setgroups" };

struct seen {
	char *text[ARRAY_SIZE(files)];
	ino_t number;
};

static void look(struct seen *s, pid_t pid)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		s->text[i] = slurpf("/proc/%d/%s", pid, files[i]);
	s->number = number_of(pid, "user");
}

static void check_seen(const struct seen *want, pid_t pid)
{
	struct seen got;
	size_t i;

	look(&got, pid);
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		CHECK_STR(got.text[i], want->text[i]);
		free(got.text[i]);
	}
	CHECK_EQ(got.number, want->number);
}

/* In a namespace below, in which it is nobody but root. */
static void grandchild(void *arg)
{
	struct seen s;

	MUST(unshare(CLONE_NEWUSER));
	put(getpid(), "setgroups", "deny");
	put(getpid(), "uid_map", "0 0 1");
	put(getpid(), "gid_map", "7 0 1");
	look(&s, getpid());
	CHECK_EQ(getuid(), 0);
	CHECK_EQ(getgid(), 7);
	gate_post(&deep, 1);
	gate_take(&go, 1);
	check_seen(&s, getpid());
	CHECK_EQ(getuid(), 0);
	CHECK_EQ(getgid(), 7);
	/* Its parent's name is not its own to change. */
	CHECK_ERR(sethostname("x", 1), EPERM);
	MUST(unshare(CLONE_NEWUTS));
	MUST(sethostname("x", 1));
}

static void child(void *arg)
{
	int fd, pair[2], ns;
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct utsname uts;
	struct stat st;
	pid_t pid;

	MUST(unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWIPC));
	gate_post(&ready, 1);
	gate_take(&mapped, 1);
	MUST(setresgid(0, 0, 0));
	MUST(setresuid(0, 0, 0));
	MUST(prctl(PR_SET_DUMPABLE, 1));
	MUST(sethostname("inside", 6));
	MUST(mount(DIR "/low", DIR "/own", NULL, MS_BIND, NULL));
	MUST(mount(NULL, DIR "/own", NULL,
		   MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NODEV | MS_NOSUID, NULL));
	fd = MUST(open(DIR "/low/file", O_RDWR | O_CREAT, 0600));
	MUST(fchown(fd, 3, 4));
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		hop_die(__FILE__, __LINE__, "socketpair", errno);
	CHECK_ERR(umount(DIR), EINVAL);
	pid = hop_child(grandchild, NULL);
	gate_take(&deep, 1);
	gate_post(&ready, 1);
	gate_take(&go, 1);

	MUST(uname(&uts));
	CHECK_STR(uts.nodename, "inside");
	MUST(sethostname("after", 5));
	CHECK_EQ(getuid(), 0);
	CHECK_EQ(getgid(), 0);
	MUST(fstat(fd, &st));
	CHECK_EQ(st.st_uid, 3);
	CHECK_EQ(st.st_gid, 4);
	MUST(fchown(fd, 5, 6));
	CHECK_EQ(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &cred, &len), 0);
	CHECK_EQ(cred.uid, 0);
	/* Ids that are not in the maps. */
	CHECK_ERR(fchown(fd, 50000, 4), EINVAL);
	MUST(stat(DIR, &st));
	CHECK_EQ(st.st_uid, 65534);
	CHECK_ERR(open(DIR "/own/file", O_WRONLY), EROFS);
	CHECK_ERR(mount(NULL, DIR, NULL, MS_REMOUNT | MS_BIND, NULL), EPERM);
	CHECK_ERR(umount(DIR), EINVAL);
	MUST(umount(DIR "/own"));
	ns = MUST(open("/proc/self/ns/uts", O_RDONLY));
	fd = MUST(ioctl(ns, NS_GET_USERNS));
	MUST(fstat(fd, &st));
	CHECK_EQ(st.st_ino, number_of(getpid(), "user"));
	hop_reap(pid);
}

/* As a service with PrivateUsers=: all but itself is nobody; in the first mount tree. */
static void service(void *arg)
{
	struct seen s;

	MUST(setresgid(1234, 1234, 1234));
	MUST(setresuid(1234, 1234, 1234));
	MUST(prctl(PR_SET_DUMPABLE, 1));
	MUST(unshare(CLONE_NEWUSER));
	put(getpid(), "setgroups", "deny");
	put(getpid(), "uid_map", "1234 1234 1");
	put(getpid(), "gid_map", "1234 1234 1");
	look(&s, getpid());
	gate_post(&ready, 1);
	gate_take(&go, 1);
	check_seen(&s, getpid());
	CHECK_EQ(getuid(), 1234);
	CHECK_ERR(setuid(0), EINVAL);
	CHECK_ERR(sethostname("x", 1), EPERM);
}

/* Made by another user; nothing but a descriptor is left. */
static int lonely(void)
{
	struct gate made, end;
	char path[64];
	pid_t pid;
	int fd;

	gate_init(&made);
	gate_init(&end);
	pid = MUST(fork());
	if (!pid) {
		MUST(setresgid(321, 321, 321));
		MUST(setresuid(321, 321, 321));
		MUST(unshare(CLONE_NEWUSER));
		gate_post(&made, 1);
		gate_take(&end, 1);
		_exit(0);
	}
	gate_take(&made, 1);
	put(pid, "uid_map", "0 321 1\n1 100 50\n60 300 1");
	put(pid, "gid_map", "0 321 1");
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = MUST(open(path, O_RDONLY));
	gate_post(&end, 1);
	MUST(waitpid(pid, NULL, 0));
	return fd;
}

static void enter(void *arg)
{
	int fd = *(int *)arg;
	struct stat st;
	char *map;

	MUST(fstat(fd, &st));
	MUST(setns(fd, CLONE_NEWUSER));
	CHECK_EQ(number_of(getpid(), "user"), st.st_ino);
	map = slurp("/proc/self/uid_map");
	CHECK(strstr(map, "321") && strstr(map, "300"));
	free(map);
	MUST(setresuid(60, 60, 60));
	CHECK_EQ(getuid(), 60);
}

int main(void)
{
	struct seen s_child, s_service;
	pid_t inner, plain;
	struct stat st;
	uid_t owner;
	int fd;

	if (access("/proc/self/ns/user", F_OK))
		hop_skip("no user namespaces");
	gate_init(&ready);
	gate_init(&go);
	gate_init(&mapped);
	gate_init(&deep);
	if (mkdir(DIR, 0755) && errno != EEXIST)
		hop_die(__FILE__, __LINE__, DIR, errno);
	MUST(mount("ns_user", DIR, "tmpfs", MS_NODEV | MS_NOSUID, NULL));
	MUST(mkdir(DIR "/own", 0755));
	MUST(mkdir(DIR "/low", 0777));
	MUST(chmod(DIR "/low", 0777));
	MUST(chown(DIR "/low", 1000, 2000));

	inner = hop_child(child, NULL);
	gate_take(&ready, 1);
	put(inner, "uid_map", "0 1000 1\n1 100000 100");
	put(inner, "gid_map", "0 2000 1\n1 200000 100");
	gate_post(&mapped, 1);
	gate_take(&ready, 1);
	plain = hop_child(service, NULL);
	gate_take(&ready, 1);
	fd = lonely();
	look(&s_child, inner);
	look(&s_service, plain);

	hop();

	check_seen(&s_child, inner);
	check_seen(&s_service, plain);
	MUST(ioctl(fd, NS_GET_OWNER_UID, &owner));
	CHECK_EQ(owner, 321);
	MUST(fstat(MUST(ioctl(fd, NS_GET_PARENT)), &st));
	CHECK_EQ(st.st_ino, number_of(getpid(), "user"));
	hop_reap(hop_child(enter, &fd));
	gate_post(&go, 3);
	hop_reap(inner);
	hop_reap(plain);
	MUST(stat(DIR "/low/file", &st));
	CHECK_EQ(st.st_uid, 100004);
	CHECK_EQ(st.st_gid, 200005);
	MUST(umount(DIR));
	return hop_status();
}
