// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's init under scripts/orthros-vm.
 *
 * It mounts the usual file systems, loads the other kernel, runs the command
 * it was given and hands the verdict and all logs to the host. In between the
 * whole process tree, this program included, may have moved to the other
 * kernel, so what it holds meanwhile is as little as a PID 1 can hold: the
 * console, and a wait4() to sleep in. Where the root is a disk, systemd may be PID 1
 * instead, and starts this program as a service.
 *
 * The way out must work under either kernel, and the second one has neither
 * PCI nor ACPI. Two ISA ports serve: isa-debugcon takes a tar archive byte by
 * byte, isa-debug-exit ends QEMU. Under KVM a byte is dear, so the archive is
 * compressed. The ports are those of /dev/port: an I/O bitmap is not part of what
 * a hop carries, and KVM under TCG does not heed it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Shared with scripts/orthros-vm. */
#define PORT_EXPORT	0xe9
#define PORT_SIGNAL	0xea
#define PORT_EXIT	0xf4
#define EXIT_DONE	0x2a
#define EXIT_NO_LOAD	0x2b

#define DIR_VM		"/.vm"
#define DIR_OUT		"/out"
#define DIR_ROOT	"/.vm-root"
#define DIR_UNITS	"/run/systemd/system"
#define SYSTEMD		"/lib/systemd/systemd"
#define CONSOLE		"/dev/ttyS0"
#define EXPORT		"/run/export.tar"

#define __noreturn __attribute__((__noreturn__))

static void say(const char *fmt, ...)
{
	va_list ap;

	fputs("vm-agent: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static void do_mount(const char *type, const char *dir, unsigned long flags,
		     const char *opts)
{
	mkdir(dir, 0755);
	if (mount(type, dir, type, flags, opts) && errno != EBUSY)
		say("mount %s: %m", dir);
}

/* Returns the file's contents with a NUL added, or NULL; the caller frees. */
static char *read_file(const char *path, size_t *len)
{
	size_t have = 0, room = 4096;
	char *buf, *more;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	buf = malloc(room + 1);
	while (buf) {
		n = read(fd, buf + have, room - have);
		if (n <= 0)
			break;
		have += n;
		if (have == room) {
			more = realloc(buf, 2 * room + 1);
			if (!more)
				break;
			buf = more;
			room *= 2;
		}
	}
	close(fd);
	if (!buf)
		return NULL;
	buf[have] = '\0';
	if (len)
		*len = have;
	return buf;
}

static bool write_file(const char *path, const char *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool ok = fd >= 0 && write(fd, data, len) == (ssize_t)len;

	if (!ok)
		say("%s: %m", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* A file of NUL-terminated strings becomes an argv; NULL when there is none. */
static char **read_argv(const char *path)
{
	size_t len, i, n = 0;
	char *buf = read_file(path, &len);
	char **argv;

	if (!buf || !len)
		return NULL;
	argv = calloc(len + 1, sizeof(*argv));
	for (i = 0; argv && i < len; i += strlen(buf + i) + 1)
		argv[n++] = buf + i;
	return argv;
}

static void use_console(void)
{
	int fd, i;

	fd = open(CONSOLE, O_RDWR | O_NOCTTY);
	if (fd < 0)
		return;
	for (i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (!ioctl(fd, SIOCGIFFLAGS, &ifr)) {
		ifr.ifr_flags |= IFF_UP | IFF_RUNNING;
		ioctl(fd, SIOCSIFFLAGS, &ifr);
	}
	close(fd);
}

/* QEMU's user network, as its DHCP server would configure it. */
static void card_up(void)
{
	struct ifreq ifr = { .ifr_name = "eth0" };
	struct sockaddr_in *sin = (struct sockaddr_in *)&ifr.ifr_addr;
	struct rtentry rt = { .rt_flags = RTF_UP | RTF_GATEWAY };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (ioctl(fd, SIOCGIFFLAGS, &ifr))
		goto out;
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = inet_addr("10.0.2.15");
	if (ioctl(fd, SIOCSIFADDR, &ifr))
		say("eth0: address: %m");
	sin->sin_addr.s_addr = inet_addr("255.255.255.0");
	if (ioctl(fd, SIOCSIFNETMASK, &ifr))
		say("eth0: mask: %m");
	memset(sin, 0, sizeof(*sin));
	ifr.ifr_flags = IFF_UP | IFF_BROADCAST | IFF_MULTICAST;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		say("eth0: up: %m");
	rt.rt_dst.sa_family = AF_INET;
	rt.rt_genmask.sa_family = AF_INET;
	sin = (struct sockaddr_in *)&rt.rt_gateway;
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = inet_addr("10.0.2.2");
	if (ioctl(fd, SIOCADDRT, &rt) && errno != EEXIST)
		say("eth0: route: %m");
out:
	close(fd);
}

/*
 * Each command gets a session of its own; the main one gets the terminal.
 * @out: file for its output, or NULL for the console
 */
static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * The end of a session hangs its terminal up and drops what was not sent, so
 * the leader stays until the console has drained.
 */
static void lead_session(void)
{
	int status;
	pid_t pid;

	ioctl(0, TIOCSCTTY, 1);
	pid = fork();
	if (pid <= 0)
		return;
	while (waitpid(pid, &status, 0) != pid)
		;
	tcdrain(STDOUT_FILENO);
	_exit(status_of(status));
}

static pid_t start(char **argv, bool tty, const char *out)
{
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;

	setsid();
	if (tty)
		lead_session();
	if (out) {
		fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd >= 0) {
			dup2(fd, 1);
			dup2(fd, 2);
		}
	}
	execvp(argv[0], argv);
	say("%s: %m", argv[0]);
	_exit(127);
}

/* Returns the exit status as a shell would give it; reaps everybody else. */
static int wait_for(pid_t pid)
{
	int status;
	pid_t got;

	if (pid < 0)
		return 126;
	do {
		got = waitpid(-1, &status, 0);
		if (got < 0 && errno != EINTR)
			return 126;
	} while (got != pid);
	return status_of(status);
}

static int run(const char *out, ...)
{
	char *argv[20];
	va_list ap;
	int i = 0;

	va_start(ap, out);
	do {
		argv[i] = va_arg(ap, char *);
	} while (argv[i] && ++i < 19);
	va_end(ap);
	argv[i] = NULL;
	return wait_for(start(argv, false, out));
}

/* Where the ports are, or -1: they are locked down. */
static int open_ports(void)
{
	int fd = open("/dev/port", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		say("no access to the ports: %m");
	return fd;
}

/* Of several bytes each would go to a port of its own. */
static void put_to_port(int ports, uint16_t port, const char *data, size_t len)
{
	while (len--)
		pwrite(ports, data++, 1, port);
}

static struct {
	char *data;
	size_t len, room;
} archive;

static void put_bytes(const void *data, size_t len)
{
	size_t room = archive.room;
	char *more;

	while (archive.len + len > room)
		room = room ? 2 * room : 65536;
	if (room > archive.room) {
		more = realloc(archive.data, room);
		if (!more)
			return;
		archive.data = more;
		archive.room = room;
	}
	memcpy(archive.data + archive.len, data, len);
	archive.len += len;
}

/* One member of a ustar archive. */
static void put_member(const char *name, const char *data, size_t len)
{
	static const char zero[512];
	unsigned int sum = 0, i;
	char head[512] = "";

	snprintf(head, 100, "%s", name);
	snprintf(head + 100, 8, "%07o", 0644);
	snprintf(head + 108, 8, "%07o", 0);
	snprintf(head + 116, 8, "%07o", 0);
	snprintf(head + 124, 12, "%011zo", len);
	snprintf(head + 136, 12, "%011o", 0);
	memset(head + 148, ' ', 8);
	head[156] = '0';
	memcpy(head + 257, "ustar\00000", 8);
	for (i = 0; i < sizeof(head); i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);

	put_bytes(head, sizeof(head));
	put_bytes(data, len);
	put_bytes(zero, -len & 511);
}

/* Everything below @dir, named below @prefix. */
static void put_tree(const char *dir, const char *prefix)
{
	char path[4096], name[4096];
	struct dirent *de;
	struct stat st;
	size_t len;
	char *data;
	DIR *d;

	d = opendir(dir);
	while (d && (de = readdir(d))) {
		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, de->d_name);
		snprintf(name, sizeof(name), "%s%s", prefix, de->d_name);
		if (lstat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode)) {
			strcat(name, "/");
			put_tree(path, name);
		} else if (S_ISREG(st.st_mode)) {
			data = read_file(path, &len);
			if (data)
				put_member(name, data, len);
			free(data);
		}
	}
	if (d)
		closedir(d);
}

static void save_kernel_log(const char *path)
{
	int len = klogctl(10, NULL, 0);	/* SYSLOG_ACTION_SIZE_BUFFER */
	char *buf = malloc(len > 0 ? len : 1);

	if (buf)
		len = klogctl(3, buf, len);	/* SYSLOG_ACTION_READ_ALL */
	if (buf && len > 0)
		write_file(path, buf, len);
	free(buf);
}

static void __noreturn leave(int code, int status)
{
	static const char zero[1024];
	int ports = open_ports();
	char exit_code = code;
	char text[16], *data = NULL;
	size_t len;

	if (ports < 0) {
		/* No verdict, which the host takes for failure. */
		reboot(RB_POWER_OFF);
		for (;;)
			pause();
	}
	put_tree(DIR_OUT, "");
	put_tree("/sys/kernel/orthros", "sysfs/");
	snprintf(text, sizeof(text), "%d\n", status);
	put_member("status", text, strlen(text));
	put_bytes(zero, sizeof(zero));
	if (write_file(EXPORT, archive.data, archive.len) &&
	    !run(EXPORT ".gz", "gzip", "-9", "-c", EXPORT, NULL))
		data = read_file(EXPORT ".gz", &len);
	if (data)
		put_to_port(ports, PORT_EXPORT, data, len);
	else
		put_to_port(ports, PORT_EXPORT, archive.data, archive.len);
	put_to_port(ports, PORT_EXIT, &exit_code, 1);
	for (;;)
		pause();
}

/* vm-signal WORD...: a line to the host. */
static int signal_host(int argc, char **argv)
{
	int ports = open_ports(), i;
	char line[512] = "";

	for (i = 1; i < argc; i++) {
		strncat(line, argv[i], sizeof(line) - strlen(line) - 2);
		strncat(line, i + 1 < argc ? " " : "\n", sizeof(line) - strlen(line) - 1);
	}
	if (ports < 0)
		return 1;
	put_to_port(ports, PORT_SIGNAL, line, strlen(line));
	return 0;
}

/*
 * The disk becomes the root, with what the host had for it, this program
 * among it; that one goes on there. As with any initramfs the root that was
 * before stays below.
 */
static void enter_disk(char **argv)
{
	static const char * const moved[] = { "/dev", "/proc", "/sys" };
	char to[32];
	size_t i;

	mkdir("/sysroot", 0755);
	if (mount("/dev/vda", "/sysroot", "ext4", 0, NULL)) {
		say("mount /dev/vda: %m");
		leave(EXIT_NO_LOAD, 126);
	}
	if (run(NULL, "cp", "-a", DIR_ROOT "/.", "/sysroot/", NULL) ||
	    run(NULL, "cp", "-a", DIR_VM, "/sysroot/", NULL) ||
	    run(NULL, "cp", "-a", "/usr/sbin/orthros", "/sysroot/usr/sbin/", NULL) ||
	    run(NULL, "cp", "/init", "/sysroot" DIR_VM "/agent", NULL) ||
	    run(NULL, "ln", "-sf", DIR_VM "/agent", "/sysroot/usr/bin/vm-signal", NULL))
		leave(EXIT_NO_LOAD, 126);
	run(NULL, "rm", "-rf", "/bin", "/sbin", "/usr", "/etc", "/boot", "/lib", "/lib64", "/var",
	    "/root", DIR_ROOT, DIR_VM, "/init", NULL);
	for (i = 0; i < sizeof(moved) / sizeof(*moved); i++) {
		snprintf(to, sizeof(to), "/sysroot%s", moved[i]);
		mkdir(to, 0755);
		if (mount(moved[i], to, NULL, MS_MOVE, NULL))
			say("move %s: %m", moved[i]);
	}
	if (chdir("/sysroot") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		say("switch root: %m");
	execv(DIR_VM "/agent", argv);
	say(DIR_VM "/agent: %m");
	leave(EXIT_NO_LOAD, 126);
}

/* What it was started for: the command, and the way out. */
static void __noreturn serve(void)
{
	struct utsname before, after;
	char **argv;
	int status;

	mkdir(DIR_OUT, 0755);
	use_console();
	putenv("PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin");
	putenv("HOME=/root");
	putenv("TERM=vt102");
	chdir("/root");
	uname(&before);

	argv = read_argv(DIR_VM "/load");
	if (argv) {
		status = wait_for(start(argv, false, NULL));
		if (status) {
			say("%s %s: exit status %d", argv[0], argv[1], status);
			run(DIR_OUT "/dst-ring.log", "orthros", "log", NULL);
			save_kernel_log(DIR_OUT "/dmesg.log");
			leave(EXIT_NO_LOAD, status);
		}
	}

	argv = read_argv(DIR_VM "/argv");
	if (!argv)
		leave(EXIT_DONE, 126);
	status = wait_for(start(argv, true, NULL));

	uname(&after);
	save_kernel_log(DIR_OUT "/dmesg.log");
	if (access("/sys/kernel/orthros", F_OK) == 0 &&
	    !strcmp(before.release, after.release))
		run(DIR_OUT "/dst-ring.log", "orthros", "log", NULL);
	write_file(DIR_OUT "/release", after.release, strlen(after.release));
	sync();
	leave(EXIT_DONE, status);
}

/* systemd is PID 1 from now on, and this program a service of its own. */
static void __noreturn become_systemd(void)
{
	static const char unit[] =
		"[Service]\n"
		"ExecStart=" DIR_VM "/agent --service\n"
		"StandardOutput=tty\n"
		"StandardError=tty\n"
		"TTYPath=" CONSOLE "\n";

	mkdir("/run/systemd", 0755);
	mkdir(DIR_UNITS, 0755);
	mkdir(DIR_UNITS "/multi-user.target.wants", 0755);
	write_file(DIR_UNITS "/orthros-vm.service", unit, strlen(unit));
	symlink("../orthros-vm.service",
		DIR_UNITS "/multi-user.target.wants/orthros-vm.service");
	execl(SYSTEMD, SYSTEMD, NULL);
	say(SYSTEMD ": %m");
	leave(EXIT_NO_LOAD, 126);
}

int main(int argc, char **args)
{
	if (getpid() != 1) {
		if (argc == 2 && !strcmp(args[1], "--service"))
			serve();
		return signal_host(argc, args);
	}
	if (access(DIR_ROOT, F_OK) == 0) {
		do_mount("devtmpfs", "/dev", MS_NOSUID, NULL);
		do_mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
		do_mount("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
		use_console();
		enter_disk(args);
	}

	do_mount("devtmpfs", "/dev", MS_NOSUID, NULL);
	do_mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	do_mount("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	do_mount("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755");
	if (access(DIR_VM "/systemd", F_OK) == 0)
		become_systemd();
	do_mount("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
		 "gid=5,mode=620,ptmxmode=666");
	do_mount("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
	chmod("/", 0755);
	use_console();
	loopback_up();
	card_up();
	serve();
}
