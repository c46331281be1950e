// SPDX-License-Identifier: GPL-2.0-only
/*
 * orthros: control a machine of two kernels, see
 * Documentation/orthros/architecture.rst.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/orthros.h>
#include <linux/orthros/abi/rearm.h>
#include "image.h"
#include "rearm.h"
#include "trace.h"
#include "vmcore.h"

#define DEVICE	"/dev/orthros"
#define SYSFS	"/sys/kernel/orthros/"

const char *argp_program_version = "orthros 0.1";

static const char doc[] =
	"Load a second kernel and hand the running processes over to it.\v"
	"Commands:\n"
	"  load IMAGE   load a kernel (vmlinux or bzImage) into the free slot;\n"
	"               --keep-armed [IMAGE...]: whenever it takes over, it loads the\n"
	"               next of these kernels and is protected by it\n"
	"  unload       stop it\n"
	"  log          print its log\n"
	"  status       print the state of both kernels\n"
	"  check        ask what it could not carry; exit status 1 if anything\n"
	"  update       hand over; returns in the new kernel\n"
	"  protect      let it take over when this kernel fails; --off: no more\n"
	"  trace [FILE] what both kernels did in the last update, as JSON for\n"
	"               ui.perfetto.dev; FILE is a copy of the file in sysfs\n"
	"  save-vmcore FILE\n"
	"               save the kernel that has failed to FILE, its messages to\n"
	"               FILE.dmesg, and release it; --auto DIR: to a new one in DIR\n"
	"  vmcore-dmesg [FILE]\n"
	"               print the messages of the kernel that has failed, or is in FILE\n"
	"\n"
	"A kernel that has just taken over is still claiming memory from the old\n"
	"one; load and update wait for it, unless told --nowait. What check names may\n"
	"pass: an error that waits to be read, a process that is being debugged; update\n"
	"--wait tries until it has.";

/* How long "update --wait" tries, and how often. */
#define WAIT_SECONDS	60
#define WAIT_NS		(200 * 1000 * 1000)

/* Of a machine that is kept armed. */
#define MAX_IMAGES	16
#define LOOP_MAX	3
#define LOOP_MINUTES	10
#define MAX_MINUTES	(60 * 24 * 365)

enum {
	KEY_INITRD = 'i', KEY_CMDLINE = 'c', KEY_NOWAIT = 'n', KEY_OUTPUT = 'o', KEY_RUN = 'r',
	KEY_WAIT = 'w',
	KEY_JSON = 256, KEY_DAT, KEY_TEXT, KEY_OFF,
	KEY_KEEP_ARMED, KEY_PROTECT, KEY_LIMIT, KEY_SAVE_VMCORE,
	KEY_KEEP, KEY_AUTO, KEY_KEEP_LAST, KEY_FAILED,
};

static const struct argp_option options[] = {
	{ "initrd", KEY_INITRD, "FILE", 0, "initrd of the loaded kernel", 0 },
	{ "cmdline", KEY_CMDLINE, "STRING", 0, "command line of the loaded kernel", 0 },
	{ "nowait", KEY_NOWAIT, NULL, 0, "load, update: fail if the last update is not over", 0 },
	{ "wait", KEY_WAIT, "SECONDS", OPTION_ARG_OPTIONAL,
	  "update: try again while something cannot be carried, for so long (60)", 0 },
	{ "off", KEY_OFF, NULL, 0, "protect: no more", 0 },
	{ "keep-armed", KEY_KEEP_ARMED, NULL, 0,
	  "load: after a takeover or update load the next backup, and protect", 0 },
	{ "protect", KEY_PROTECT, NULL, 0, "load: let it take over when this kernel fails", 0 },
	{ "limit", KEY_LIMIT, "N/MINUTES", 0,
	  "load --keep-armed: not after so many takeovers in so many minutes (3/10)", 0 },
	{ "save-vmcore", KEY_SAVE_VMCORE, "DIR", 0,
	  "load: save the kernel that has failed first, as save-vmcore --auto", 0 },
	{ "keep", KEY_KEEP, NULL, 0, "save-vmcore: do not release it", 2 },
	{ "auto", KEY_AUTO, "DIR", 0, "save-vmcore: to DIR/DATE/dump.DATE and dmesg.DATE; by "
	  "makedumpfile -c -d 31 if it is installed", 2 },
	{ "keep-last", KEY_KEEP_LAST, "N", 0, "save-vmcore --auto, load --save-vmcore: remove "
	  "all but so many", 2 },
	{ "failed", KEY_FAILED, "COMMAND", 0, "save-vmcore: run it if nothing is saved", 2 },
	{ "json", KEY_JSON, NULL, 0, "trace: for Perfetto (default)", 1 },
	{ "dat", KEY_DAT, NULL, 0, "trace: a trace.dat for trace-cmd", 1 },
	{ "text", KEY_TEXT, NULL, 0, "trace: a line a record", 1 },
	{ "run", KEY_RUN, "NAME", 0, "trace: of the last load, check or update, or all; "
	  "default: of the last update, if there was one", 1 },
	{ "output", KEY_OUTPUT, "FILE", 0, "trace: write to FILE", 1 },
	{ 0 }
};

struct args {
	const char *command;
	const char *file;
	const char *initrd;
	const char *cmdline;
	bool nowait;
	bool off;
	char *more[MAX_IMAGES];
	unsigned int nr_more;
	bool keep_armed;
	bool protect;
	unsigned int max;
	unsigned int minutes;
	struct save save;
	unsigned int wait;
	enum trace_form form;
	const char *output;
	const char *run;
};

static bool takes_file(const char *command)
{
	static const char *const names[] = { "load", "trace", "save-vmcore", "vmcore-dmesg" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(command, names[i]))
			return true;
	return false;
}

static void check_new(const struct args *args, struct argp_state *state)
{
	bool load = !strcmp(args->command, "load"), save = !strcmp(args->command, "save-vmcore");

	if ((args->keep_armed || args->protect || args->nr_more) && !load)
		argp_error(state, "--keep-armed, --protect and several images belong to load");
	if ((args->nr_more || args->max) && !args->keep_armed)
		argp_error(state, "several images and --limit belong to --keep-armed");
	/* The kernel starts us anywhere. */
	if (args->keep_armed && args->save.dir && *args->save.dir != '/')
		argp_error(state, "%s: --keep-armed wants an absolute path", args->save.dir);
	if (args->save.dir && !load && !save)
		argp_error(state, "--auto and --save-vmcore belong to save-vmcore and load");
	if ((args->save.keep || args->save.command) && !save)
		argp_error(state, "--keep and --failed belong to save-vmcore");
	if (args->save.last && !args->save.dir)
		argp_error(state, "--keep-last belongs to --auto and --save-vmcore");
	if (save && !args->file == !args->save.dir)
		argp_error(state, "save-vmcore wants a file, or --auto");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;
	char rest;

	switch (key) {
	case KEY_INITRD:
		args->initrd = arg;
		break;
	case KEY_CMDLINE:
		args->cmdline = arg;
		break;
	case KEY_NOWAIT:
		args->nowait = true;
		break;
	case KEY_WAIT:
		args->wait = WAIT_SECONDS;
		if (arg && (sscanf(arg, "%u%c", &args->wait, &rest) != 1 || !args->wait))
			argp_error(state, "%s: not a number of seconds", arg);
		break;
	case KEY_OFF:
		args->off = true;
		break;
	case KEY_KEEP_ARMED:
		args->keep_armed = true;
		break;
	case KEY_PROTECT:
		args->protect = true;
		break;
	case KEY_LIMIT:
		if (sscanf(arg, "%u/%u%c", &args->max, &args->minutes, &rest) != 2 ||
		    !args->max || !args->minutes || args->max > ORTHROS_REARM_TIMES ||
		    args->minutes > MAX_MINUTES)
			argp_error(state, "%s: not a number of takeovers and of minutes", arg);
		break;
	case KEY_SAVE_VMCORE:
	case KEY_AUTO:
		args->save.dir = arg;
		break;
	case KEY_KEEP:
		args->save.keep = true;
		break;
	case KEY_KEEP_LAST:
		if (sscanf(arg, "%u%c", &args->save.last, &rest) != 1)
			argp_error(state, "%s: not a number", arg);
		break;
	case KEY_FAILED:
		args->save.command = arg;
		break;
	case KEY_OUTPUT:
		args->output = arg;
		break;
	case KEY_RUN:
		args->run = arg;
		break;
	case KEY_JSON:
		args->form = TRACE_JSON;
		break;
	case KEY_DAT:
		args->form = TRACE_DAT;
		break;
	case KEY_TEXT:
		args->form = TRACE_PLAIN;
		break;
	case ARGP_KEY_ARG:
		if (!args->command)
			args->command = arg;
		else if (!args->file && takes_file(args->command))
			args->file = arg;
		else if (!strcmp(args->command, "load") && args->nr_more < MAX_IMAGES - 1)
			args->more[++args->nr_more] = arg;
		else
			argp_usage(state);
		break;
	case ARGP_KEY_END:
		if (!args->command ||
		    (!strcmp(args->command, "load") && !args->file))
			argp_usage(state);
		check_new(args, state);
		if (strcmp(args->command, "load") && (args->initrd || args->cmdline))
			argp_error(state, "--initrd and --cmdline belong to load");
		if (args->nowait && strcmp(args->command, "load") &&
		    strcmp(args->command, "update"))
			argp_error(state, "--nowait belongs to load and update");
		if (args->wait && strcmp(args->command, "update"))
			argp_error(state, "--wait belongs to update");
		if ((args->form || args->output || args->run) &&
		    strcmp(args->command, "trace"))
			argp_error(state, "--json, --dat, --text, --run, --output belong to trace");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* First line of a file of sysfs, "" if it cannot be read. */
static const char *line(const char *name)
{
	static char buf[4096];
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), SYSFS "%s", name);
	buf[0] = 0;
	f = fopen(path, "re");
	if (f) {
		if (!fgets(buf, sizeof(buf), f))
			buf[0] = 0;
		fclose(f);
	}
	buf[strcspn(buf, "\n")] = 0;
	return buf;
}

/* Copy a file of sysfs to stdout; the number of bytes. */
static size_t show(const char *name)
{
	char path[128], buf[4096];
	size_t total = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), SYSFS "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(2, "%s", path);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		fwrite(buf, 1, n, stdout);
		total += n;
	}
	if (n < 0) {
		int e = errno;
		const char *why = line("last_error");

		errno = e;
		err(2, "%s%s%s", path, *why ? ": " : "", why);
	}
	close(fd);
	return total;
}

static int open_device(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(2, DEVICE);
	return fd;
}

static int protect(const struct args *args)
{
	int fd = open(SYSFS "protect", O_WRONLY | O_CLOEXEC);
	const char *why;
	int e;

	if (fd < 0)
		err(2, SYSFS "protect");
	if (write(fd, args->off ? "0" : "1", 1) != 1) {
		e = errno;
		why = line("last_error");
		errno = e;
		err(1, "protect%s%s", *why ? ": " : "", why);
	}
	close(fd);
	return 0;
}

static int load(const struct args *args)
{
	struct orthros_ioc_load arg = {
		.size = sizeof(arg),
		.flags = args->nowait ? ORTHROS_LOAD_NOWAIT : 0,
		.initrd_fd = -1,
	};
	size_t len;

	/* What it needs is there when it has taken over, or it is said now. */
	if (args->keep_armed) {
		const struct rearm r = {
			.images = args->more,
			.nr_images = args->nr_more + 1,
			.initrd = args->initrd,
			.cmdline = args->cmdline,
			.save = args->save.dir,
			.last = args->save.last,
			.max = args->max ? args->max : LOOP_MAX,
			.minutes = args->minutes ? args->minutes : LOOP_MINUTES,
		};

		arg.rearm = (unsigned long)rearm_args(&r, &len);
		arg.rearm_len = len;
		arg.rearm_max = r.max;
		arg.rearm_seconds = r.minutes * 60;
	}
	/* It is lost by loading. Going on without a backup would be worse. */
	if (args->save.dir && vmcore_held())
		vmcore_save(&args->save);
	arg.kernel_fd = image_open(args->file);
	if (args->initrd) {
		arg.initrd_fd = open(args->initrd, O_RDONLY | O_CLOEXEC);
		if (arg.initrd_fd < 0)
			err(1, "%s", args->initrd);
	}
	if (args->cmdline) {
		arg.cmdline = (unsigned long)args->cmdline;
		arg.cmdline_len = strlen(args->cmdline);
	}
	if (ioctl(open_device(), ORTHROS_IOC_LOAD, &arg)) {
		const char *why;
		int e = errno;

		why = line("last_error");
		if (e == ENODEV)
			why = line("state");
		errno = e;
		err(1, "%s%s%s", args->file, *why ? ": " : "", why);
	}
	return args->protect ? protect(args) : 0;
}

static int unload(void)
{
	if (ioctl(open_device(), ORTHROS_IOC_UNLOAD))
		err(1, "unload");
	return 0;
}

static int status(void)
{
	static const char * const names[] = {
		"role", "state", "release", "peer_release", "cpus", "slot",
		"reserved", "evidence", "keep_armed", "last_error",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = line(names[i]);

		if (*value)
			printf("%-13s %s\n", names[i], value);
	}
	return 0;
}

/* What is refused; and on stderr what is not, but would be lost. */
static int check(void)
{
	bool refused = show("check");
	char text[4096];
	FILE *f;

	fflush(stdout);
	f = fopen(SYSFS "warnings", "re");
	while (f && fgets(text, sizeof(text), f))
		warnx("warning: %.*s", (int)strcspn(text, "\n"), text);
	if (f)
		fclose(f);
	return refused;
}

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* What was refused, or stood in the way, may not the next time. */
static bool may_pass(int e)
{
	return e == EOPNOTSUPP || e == EBUSY || e == EAGAIN || e == EUCLEAN;
}

static int update(const struct args *args)
{
	const struct timespec nap = { .tv_nsec = WAIT_NS };
	const char *word = args->nowait ? "nowait" : "1";
	ssize_t len = strlen(word);
	int fd = open(SYSFS "update", O_WRONLY | O_CLOEXEC);
	time_t end = now() + args->wait;
	char last[512] = "";
	const char *why;
	int e;

	if (fd < 0)
		err(2, SYSFS "update");
	/* The same descriptor, and the same write, in two kernels. */
	while (write(fd, word, len) != len) {
		e = errno;
		why = line("last_error");
		if (!args->wait || !may_pass(e) || now() >= end) {
			errno = e;
			err(1, "update%s%s", *why ? ": " : "", why);
		}
		if (strncmp(last, why, sizeof(last) - 1)) {
			warnx("waiting: %s", *why ? why : strerror(e));
			snprintf(last, sizeof(last), "%s", why);
		}
		/* Nobody tells when it has passed. */
		nanosleep(&nap, NULL);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMMAND [FILE...]",
		.doc = doc,
	};
	struct args args = { 0 };

	rearm_stdio();
	argp_parse(&argp, argc, argv, 0, NULL, &args);
	args.more[0] = (char *)args.file;
	args.save.file = args.file;
	if (!strcmp(args.command, "load"))
		return load(&args);
	if (!strcmp(args.command, "unload"))
		return unload();
	if (!strcmp(args.command, "log"))
		return show("log"), 0;
	if (!strcmp(args.command, "save-vmcore"))
		return vmcore_save(&args.save);
	if (!strcmp(args.command, "vmcore-dmesg"))
		return vmcore_dmesg(args.file ? args.file : VMCORE);
	if (!strcmp(args.command, "status"))
		return status();
	if (!strcmp(args.command, "check"))
		return check();
	if (!strcmp(args.command, "update"))
		return update(&args);
	if (!strcmp(args.command, "protect"))
		return protect(&args);
	if (!strcmp(args.command, "trace"))
		return trace_main(args.file, args.output, args.form, args.run);
	errx(2, "%s: unknown command, see --help", args.command);
}
