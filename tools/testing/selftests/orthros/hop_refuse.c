// SPDX-License-Identifier: GPL-2.0
/*
 * What cannot be carried is refused: while a process holds such an object,
 * check names it (pid, command, kind) and update fails with nothing frozen
 * and nothing lost.  When the last holder has gone the update works. The
 * objects are in refuse_*.c, by area.
 *
 *   hop_refuse [--no-hop] [--expect RELEASE]
 *
 * With --no-hop only the holders are tried: that each can take its object.
 */
#include <getopt.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "hop_test.h"
#include "orthros_ctl.h"
#include "refuse.h"

#define HOP_NONE 5

static bool no_hop;

struct gate refuse_child;

static const struct refuse_kind *const areas[] = {
	refuse_files,
	refuse_fs,
	refuse_sock,
	refuse_net,
	refuse_task,
	refuse_machine,
};

/* Return: 0 or %OP_SKIP. */
int refuse_mount(const char *type, const char *options)
{
	mkdir(MNT, 0755);
	return mount("none", MNT, type, 0, options) ? OP_SKIP : 0;
}

static bool has_kind(const struct refuse_kind *kind, const char *release)
{
	return !kind->only || !strncmp(release, kind->only, strlen(kind->only));
}

static bool says(const char *line, size_t len, const char *words)
{
	char part[1024], all[128], *word, *save;

	snprintf(part, sizeof(part), "%.*s", (int)len, line);
	snprintf(all, sizeof(all), "%s", words);
	for (word = strtok_r(all, "|", &save); word; word = strtok_r(NULL, "|", &save))
		if (strcasestr(part, word))
			return true;
	return false;
}

/* A line "PID COMM: ...KIND..." for a process of the group of @pid, or of nobody. */
static bool named(const char *report, pid_t pid, const char *comm,
		  const struct refuse_kind *kind)
{
	const char *words = kind->says;
	const char *line;

	for (line = report; *line; line += strcspn(line, "\n"), line += !!*line) {
		size_t len = strcspn(line, "\n");
		char start[64];
		pid_t who = atoi(line);

		if (kind->global && !strncmp(line, "0 ", 2) && says(line, len, words))
			return true;
		if (who <= 0 || getpgid(who) != pid)
			continue;
		snprintf(start, sizeof(start), "%d %s", who, comm);
		if (!strncmp(line, start, strlen(start)) && says(line, len, words))
			return true;
	}
	return false;
}

static struct gate ready, go;

static void holder(const struct refuse_kind *kind)
{
	char comm[16];
	int ret;

	snprintf(comm, sizeof(comm), "%s", kind->name);
	setpgid(0, 0);
	prctl(PR_SET_NAME, comm);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ret = kind->hold();
	if (ret == OP_SKIP)
		_exit(HOP_SKIP);
	if (ret == OP_NONE)
		_exit(HOP_NONE);
	if (ret < 0)
		hop_die(__FILE__, __LINE__, kind->name, errno);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	_exit(HOP_PASS);
}

/* The refusal itself, while @pid holds its object. */
static bool refused(const struct refuse_kind *kind, pid_t pid)
{
	static char text[65536], error[512], state[64];
	struct utsname before, after;
	int err;

	uname(&before);
	ctl_read("check", text, sizeof(text));
	if (!named(text, pid, kind->name, kind)) {
		printf("# %s is not named: %s\n", kind->name,
		       text[0] ? text : "(empty)");
		return false;
	}
	err = ctl_write("update", "1");
	uname(&after);
	ctl_read("last_error", error, sizeof(error));
	ctl_read("state", state, sizeof(state));
	printf("# %s: %s, %.*s\n", kind->name, strerror(-err),
	       (int)strcspn(error, "\n"), error);
	/* "ready" at once: a hop that began would have to be prepared again. */
	return err && error[0] && !strcmp(before.release, after.release) &&
		!strcmp(state, "ready");
}

static void test_kind(const struct refuse_kind *kind)
{
	pid_t pid = MUST(fork());
	int status;
	char byte;
	bool ok;

	if (!pid)
		holder(kind);
	/* It is ready, or it has ended. */
	fcntl(ready.rd, F_SETFL, O_NONBLOCK);
	while (read(ready.rd, &byte, 1) != 1) {
		if (waitpid(pid, &status, WNOHANG) != pid) {
			sched_yield();
			continue;
		}
		ok = no_hop && WIFEXITED(status) && WEXITSTATUS(status) == HOP_SKIP;
		if (WIFEXITED(status) && WEXITSTATUS(status) == HOP_NONE) {
			printf("# %s: came with a later kernel\n", kind->name);
			ktap_result(true, kind->name, "");
			return;
		}
		ktap_result(ok, kind->name, ok ? " # SKIP" : "");
		return;
	}
	ok = no_hop || refused(kind, pid);
	/* It goes on as if nothing had been. */
	gate_post(&go, 1);
	ok = waitpid(pid, &status, 0) == pid && status == 0 && ok;
	kill(-pid, SIGKILL);
	if (kind->undo)
		kind->undo();
	umount2(MNT, MNT_DETACH);
	ktap_result(ok, kind->name, "");
}

/* Who may not, and what is no update. */
static int write_update_as(bool (*become)(void), const char *text)
{
	pid_t pid = MUST(fork());
	int status;

	if (!pid) {
		if (become && !become())
			_exit(255);
		_exit(-ctl_write("update", text));
	}
	MUST(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static bool become_user(void)
{
	return !setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000);
}

static bool become_uncapable(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return false;
	data[0].effective &= ~(1U << CAP_SYS_BOOT);
	return !syscall(SYS_capset, &head, data);
}

static bool become_ns_root(void)
{
	return !unshare(CLONE_NEWUSER);
}

static void test_permission(void)
{
	static const struct {
		const char *who;
		bool (*become)(void);
		const char *text;
		int err, or_err;
	} cases[] = {
		{ "a user", become_user, "1", EACCES, EPERM },
		{ "root without CAP_SYS_BOOT", become_uncapable, "1", EPERM, EACCES },
		{ "root of a user namespace", become_ns_root, "1", EPERM, EACCES },
		{ "nonsense", NULL, "maybe", EINVAL, EINVAL },
		{ "nothing", NULL, "0", EINVAL, EINVAL },
	};
	bool ok = true;
	size_t i;

	for (i = 0; !no_hop && i < ARRAY_SIZE(cases); i++) {
		int err = write_update_as(cases[i].become, cases[i].text);

		printf("# update by %s: %s\n", cases[i].who, strerror(err));
		ok = ok && (err == cases[i].err || err == cases[i].or_err);
	}
	ktap_result(ok, "permission", "");
}

/* Holds what is refused until it has been refused once. */
static void until_refused(void *arg)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	int fd = MUST(socket(AF_PACKET, SOCK_PACKET, 0));
	char text[512] = "";

	gate_post(&ready, 1);
	while (!ctl_read("last_error", text, sizeof(text)) && !strstr(text, "SOCK_PACKET"))
		nanosleep(&nap, NULL);
	CHECK(strstr(text, "SOCK_PACKET"));
	close(fd);
	gate_take(&go, 1);
}

/* "orthros update --wait" goes on when nothing is refused any more. */
static int update_waits(void)
{
	pid_t pid;
	int err;

	gate_init(&ready);
	gate_init(&go);
	pid = hop_child(until_refused, NULL);
	gate_take(&ready, 1);
	err = system("orthros update --wait=60");
	gate_post(&go, 1);
	hop_reap(pid);
	return err || hop_status() != HOP_PASS ? -EIO : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "no-hop", no_argument, NULL, 'n' },
		{ "expect", required_argument, NULL, 'e' },
		{ }
	};
	const struct refuse_kind *kind;
	struct utsname before, after;
	const char *expect = "";
	char top[] = "/tmp/refuse.XXXXXX";
	int opt, err, nr = 0;
	size_t i;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'n')
			no_hop = true;
		else if (opt == 'e')
			expect = optarg;
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!mkdtemp(top) || chdir(top))
		hop_die(__FILE__, __LINE__, top, errno);
	gate_init(&ready);
	gate_init(&go);
	gate_init(&refuse_child);
	MUST(uname(&before));
	for (i = 0; i < ARRAY_SIZE(areas); i++)
		for (kind = areas[i]; kind->name; kind++)
			nr += has_kind(kind, before.release);
	ktap_plan(nr + 2);
	for (i = 0; i < ARRAY_SIZE(areas); i++)
		for (kind = areas[i]; kind->name; kind++)
			if (has_kind(kind, before.release))
				test_kind(kind);
	test_permission();

	uname(&before);
	err = no_hop ? 0 : update_waits();
	uname(&after);
	if (err) {
		printf("# update: %s\n", strerror(-err));
		ctl_diag("check");
		ctl_diag("last_error");
	}
	ktap_result(no_hop || (!err && strcmp(before.release, after.release) &&
			       !strncmp(after.release, expect, strlen(expect))),
		    "hop", "");
	return ktap_end();
}
