// SPDX-License-Identifier: GPL-2.0
/*
 * An automounter as systemd is one: direct mounts, of which the daemon holds one end of
 * the pipe and a descriptor for ioctls, the kernel the other end. Who gets there is
 * waited for, what is mounted there expires, requests without an answer get one.
 */
#include <dirent.h>
#include <linux/auto_dev-ioctl.h>
#include <linux/auto_fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "hop_test.h"

#define WHO	4242	/* who asks for a mount */

static struct trap {
	const char *where;
	int pipe;
	int fd;		/* for ioctls */
	struct stat st;
	char options[256];
} idle = { "idle" }, busy = { "busy" }, late = { "late" }, mute = { "mute" };

static int dev;
static struct gate ready, go;

static void init_param(struct autofs_dev_ioctl *p, int fd)
{
	init_autofs_dev_ioctl(p);
	p->ioctlfd = fd;
}

/* In /proc/self/mountinfo, without the number of the pipe's inode. */
static void read_options(const struct trap *t, char *options, size_t size)
{
	char *text = slurp("/proc/self/mountinfo"), *line, *save, *end;
	char where[64];

	snprintf(where, sizeof(where), "/%s ", t->where);
	options[0] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!strstr(line, where) || !strstr(line, " - autofs "))
			continue;
		end = strstr(line, ",pipe_ino=");
		if (end)
			*end = '\0';
		snprintf(options, size, "%s", strstr(line, " - autofs "));
	}
	free(text);
}

static int open_mount(const struct trap *t)
{
	union {
		struct autofs_dev_ioctl p;
		char room[sizeof(struct autofs_dev_ioctl) + 256];
	} arg;
	struct autofs_dev_ioctl *p = &arg.p;
	char cwd[128];

	MUST(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	init_param(p, -1);
	p->size += snprintf(p->path, 256, "%s/%s", cwd, t->where) + 1;
	/* As the kernel encodes it. */
	p->openmount.devid = (t->st.st_dev & 0xff) | (t->st.st_dev >> 8 & 0xfff) << 8;
	if (ioctl(dev, AUTOFS_DEV_IOCTL_OPENMOUNT, p))
		return -1;
	return p->ioctlfd;
}

static long long timeout(const struct trap *t, unsigned long long seconds)
{
	struct autofs_dev_ioctl p;

	init_param(&p, t->fd);
	p.timeout.timeout = seconds;
	return ioctl(dev, AUTOFS_DEV_IOCTL_TIMEOUT, &p) ? -1 : (long long)p.timeout.timeout;
}

static void trap(struct trap *t)
{
	char options[128];
	int fd[2];

	MUST(mkdir(t->where, 0755));
	MUST(pipe2(fd, O_CLOEXEC));
	snprintf(options, sizeof(options), "fd=%d,pgrp=%d,minproto=5,maxproto=5,direct", fd[1],
		 getpgrp());
	if (mount("hop-1", t->where, "autofs", 0, options))
		hop_skip("no autofs");
	close(fd[1]);
	t->pipe = fd[0];
	MUST(stat(t->where, &t->st));
	t->fd = MUST(open_mount(t));
	MUST(timeout(t, 300));
}

/* Somebody who is not the daemon. */
static pid_t visitor(const struct trap *t)
{
	char path[64];
	pid_t pid = MUST(fork());

	if (pid)
		return pid;
	MUST(setpgid(0, 0));
	snprintf(path, sizeof(path), "%s/there", t->where);
	MUST(chmod(".", 0755));
	MUST(setresgid(WHO + 1, WHO + 1, WHO + 1));
	MUST(setresuid(WHO, WHO, WHO));
	_exit(access(path, F_OK) ? errno : 0);
}

static int reaped(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void take_packet(const struct trap *t, union autofs_v5_packet_union *pkt)
{
	CHECK_EQ(read(t->pipe, pkt, sizeof(*pkt)), sizeof(pkt->v5_packet));
}

static int answer(const struct trap *t, autofs_wqt_t token, int err)
{
	struct autofs_dev_ioctl p;

	init_param(&p, t->fd);
	if (!err) {
		p.ready.token = token;
		return ioctl(dev, AUTOFS_DEV_IOCTL_READY, &p);
	}
	p.fail.token = token;
	p.fail.status = err;
	return ioctl(dev, AUTOFS_DEV_IOCTL_FAIL, &p);
}

static void check_packet(const struct trap *t, const union autofs_v5_packet_union *pkt, int type,
			 pid_t pid)
{
	CHECK_EQ(pkt->hdr.proto_version, 5);
	CHECK_EQ(pkt->hdr.type, type);
	CHECK_EQ(pkt->v5_packet.dev, (t->st.st_dev & 0xff) | (t->st.st_dev >> 8 & 0xfff) << 8);
	CHECK_EQ(pkt->v5_packet.ino, t->st.st_ino);
	if (pid) {
		CHECK_EQ(pkt->v5_packet.pid, pid);
		CHECK_EQ(pkt->v5_packet.uid, WHO);
		CHECK_EQ(pkt->v5_packet.gid, WHO + 1);
	}
}

/* Somebody comes, and what he wants is mounted. */
static void serve(const struct trap *t)
{
	union autofs_v5_packet_union pkt;
	char path[64];
	pid_t pid = visitor(t);

	take_packet(t, &pkt);
	check_packet(t, &pkt, autofs_ptype_missing_direct, pid);
	CHECK_EQ(mount("none", t->where, "tmpfs", 0, NULL), 0);
	snprintf(path, sizeof(path), "%s/there", t->where);
	write_file(path, "", 0);
	CHECK_EQ(answer(t, pkt.v5_packet.wait_queue_token, 0), 0);
	CHECK_EQ(reaped(pid), 0);
}

/* Nobody is there any more. */
static void expire(const struct trap *t)
{
	union autofs_v5_packet_union pkt;
	struct autofs_dev_ioctl p;
	pid_t pid = MUST(fork());

	if (!pid) {
		init_param(&p, t->fd);
		p.expire.how = AUTOFS_EXP_IMMEDIATE;
		_exit(ioctl(dev, AUTOFS_DEV_IOCTL_EXPIRE, &p) ? errno : 0);
	}
	take_packet(t, &pkt);
	check_packet(t, &pkt, autofs_ptype_expire_direct, 0);
	CHECK_EQ(umount(t->where), 0);
	CHECK_EQ(answer(t, pkt.v5_packet.wait_queue_token, 0), 0);
	CHECK_EQ(reaped(pid), 0);
}

static void check_same(struct trap *t)
{
	char options[256];
	struct stat st;

	read_options(t, options, sizeof(options));
	CHECK_STR(options, t->options);
	CHECK_EQ(fstat(t->fd, &st), 0);
	CHECK_EQ(st.st_dev, t->st.st_dev);
	CHECK_EQ(st.st_ino, t->st.st_ino);
	CHECK_EQ(st.st_mode, t->st.st_mode);
}

/* It has the same ones in a mount namespace of its own. */
static void elsewhere(void *arg)
{
	struct stat st;

	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(stat(idle.where, &st), 0);
	CHECK_EQ(st.st_dev, idle.st.st_dev);
	CHECK_EQ(st.st_ino, idle.st.st_ino);
	check_same(&idle);
	CHECK_EQ(access("busy/there", F_OK), 0);
}

int main(void)
{
	struct trap *all[] = { &idle, &busy, &late, &mute };
	union autofs_v5_packet_union pkt;
	struct autofs_dev_ioctl p;
	struct pollfd pfd;
	pid_t pid, other;
	size_t i;
	int fd;

	gate_init(&ready);
	gate_init(&go);
	/* A group of our own: others are not the daemon. */
	MUST(setpgid(0, 0));
	dev = open("/dev/autofs", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		hop_skip("no autofs");
	for (i = 0; i < ARRAY_SIZE(all); i++)
		trap(all[i]);
	serve(&busy);
	/* Who asks goes away before there is an answer. */
	pid = visitor(&late);
	pfd = (struct pollfd) { .fd = late.pipe, .events = POLLIN };
	MUST(poll(&pfd, 1, -1));
	kill(pid, SIGKILL);
	CHECK_EQ(reaped(pid), -SIGKILL);
	init_param(&p, mute.fd);
	MUST(ioctl(dev, AUTOFS_DEV_IOCTL_CATATONIC, &p));
	MUST(timeout(&idle, 77));
	for (i = 0; i < ARRAY_SIZE(all); i++)
		read_options(all[i], all[i]->options, sizeof(all[i]->options));
	other = hop_child(elsewhere, NULL);
	gate_take(&ready, 1);

	hop();

	gate_post(&go, 1);
	hop_reap(other);

	for (i = 0; i < ARRAY_SIZE(all); i++)
		check_same(all[i]);
	/* A request of before: the next one who asks waits for the same answer. */
	pid = visitor(&late);
	take_packet(&late, &pkt);
	check_packet(&late, &pkt, autofs_ptype_missing_direct, 0);
	CHECK_EQ(answer(&late, pkt.v5_packet.wait_queue_token, 0), 0);
	CHECK_ERR(answer(&late, pkt.v5_packet.wait_queue_token, 0), EINVAL);
	/* He may have come after that answer, and asks again. */
	pfd = (struct pollfd) { .fd = late.pipe, .events = POLLIN };
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (poll(&pfd, 1, 10) != 1)
			continue;
		take_packet(&late, &pkt);
		CHECK_EQ(answer(&late, pkt.v5_packet.wait_queue_token, -ENOENT), 0);
	}
	/* What is mounted is there, and goes when nobody uses it. */
	CHECK_EQ(access("busy/there", F_OK), 0);
	init_param(&p, busy.fd);
	CHECK_EQ(ioctl(dev, AUTOFS_DEV_IOCTL_PROTOVER, &p), 0);
	CHECK_EQ(p.protover.version, 5);
	expire(&busy);
	serve(&busy);
	expire(&busy);
	/* What was never asked for. */
	CHECK_EQ(timeout(&idle, 78), 77);
	CHECK_EQ(timeout(&idle, 77), 78);
	pid = visitor(&idle);
	take_packet(&idle, &pkt);
	check_packet(&idle, &pkt, autofs_ptype_missing_direct, pid);
	CHECK_EQ(answer(&idle, pkt.v5_packet.wait_queue_token, -EHOSTDOWN), 0);
	CHECK_EQ(reaped(pid), EHOSTDOWN);
	serve(&idle);
	/* Whoever was there last. */
	fd = open_mount(&idle);
	CHECK(fd >= 0);
	close(fd);
	expire(&idle);
	/* Nobody is asked; a daemon that comes back is. */
	CHECK_EQ(reaped(visitor(&mute)), ENOENT);
	/* The daemon's end of the pipe is the last one: it tells when the mount has gone. */
	close(late.fd);
	CHECK_EQ(umount("late"), 0);
	pfd = (struct pollfd) { .fd = late.pipe, .events = POLLIN };
	CHECK_EQ(poll(&pfd, 1, 10000), 1);
	CHECK_EQ(pfd.revents, POLLHUP);
	close(idle.fd);
	close(busy.fd);
	close(mute.fd);
	CHECK_EQ(umount("idle"), 0);
	CHECK_EQ(umount("busy"), 0);
	CHECK_EQ(umount("mute"), 0);
	return hop_status();
}
