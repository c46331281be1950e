// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of binfmt_misc: what they say, who comes first, and what they run, also by an
 * interpreter that is open and has another name, or none, by now.
 */
#include <sys/auxv.h>
#include <sys/mount.h>

#include "hop_test.h"

#define MISC	"misc"
/* What an interpreter tells by its exit status. */
#define RAN	0x40
#define ARGV0	0x20
#define EXECFD	0x10
#define WHICH	0x0f

static const struct {
	const char *name;
	const char *line;	/* %s: where we are */
	const char *file;	/* that it is for */
	const char *text;	/* in there */
	size_t size;
	int status;		/* of who runs it; -1: nobody */
} all[] = {
	{ "orth-ext", ":orth-ext:E::orth::%s/interp1:", "x.orth", "text", 4, RAN + 1 },
	{ "orth-argv0", ":orth-argv0:E::argv0::%s/interp1:P", "x.argv0", "text", 4,
	  RAN + ARGV0 + 1 },
	{ "orth-open", ":orth-open:E::open::%s/interp2:O", "x.open", "text", 4,
	  RAN + EXECFD + 2 },
	{ "orth-creds", ":orth-creds:E::creds::%s/interp2:C", "x.creds", "text", 4,
	  RAN + EXECFD + 2 },
	/* The younger one is asked first. */
	{ "orth-old", ":orth-old:M:2:\\x00\\x5c\\xff\\x3a::%s/interp1:", "old", "ab\0\\\xff:", 6,
	  RAN + 2 },
	{ "orth-young", ":orth-young:M:2:\\x00\\x5c\\xff:\\xff\\xff\\x0f:%s/interp2:", "young",
	  "ab\0\\\x1f:", 6, RAN + 2 },
	{ "orth off", ",orth off,M,,:off\\n,,%s/interp1,", "off", ":off\\n", 6, -1 },
	/* What is at these names is something else now, or nothing. */
	{ "orth-held", "+orth-held+M++held++%s/held+F", "f.held", "held", 4, RAN + 3 },
	{ "orth-gone", "+orth-gone+M++gone++%s/gone+PF", "f.gone", "gone", 4,
	  RAN + ARGV0 + 4 },
};

static char said[ARRAY_SIZE(all)][1024];

/* We are an interpreter if our name ends like one. */
static void interpreter(int argc, char **argv, int which)
{
	int status = RAN + which;

	/* The file's path, then its own name if that is kept, then the argument. */
	if (argc == 4 && !strcmp(argv[2], "zero") && !strcmp(argv[3], "arg"))
		status |= ARGV0;
	else if (argc != 3 || strcmp(argv[2], "arg"))
		exit(99);
	if (getauxval(AT_EXECFD))
		status |= EXECFD;
	exit(status);
}

static void copy(const char *from, const char *to, char which)
{
	char buf[65536];
	int in = MUST(open(from, O_RDONLY)), out;
	ssize_t n;

	out = MUST(open(to, O_CREAT | O_TRUNC | O_WRONLY, 0755));
	while ((n = MUST(read(in, buf, sizeof(buf)))) > 0)
		MUST(write(out, buf, n));
	/* Which copy it is, behind the program. */
	MUST(write(out, &which, 1));
	close(in);
	close(out);
}

static int which_copy(void)
{
	int fd = MUST(open("/proc/self/exe", O_RDONLY));
	char which;

	MUST(lseek(fd, -1, SEEK_END));
	MUST(read(fd, &which, 1));
	close(fd);
	return which >= 1 && which <= 4 ? which : 0;
}

static int run(const char *file)
{
	pid_t pid = MUST(fork());
	int status;

	if (!pid) {
		execl(file, "zero", "arg", NULL);
		_exit(errno == ENOEXEC ? 98 : 97);
	}
	MUST(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
}

static void put(const char *path, const char *text)
{
	int fd = MUST(open(path, O_WRONLY));

	MUST(write(fd, text, strlen(text)));
	close(fd);
}

static char *entry(int i)
{
	static char path[128];

	snprintf(path, sizeof(path), MISC "/%s", all[i].name);
	return path;
}

static void run_all(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		CHECK_EQ(run(all[i].file), all[i].status < 0 ? 98 : all[i].status);
}

int main(int argc, char **argv)
{
	char line[1024], cwd[512], text[1024];
	int which = which_copy(), fd, status;
	ssize_t n;
	size_t i;

	if (which)
		interpreter(argc, argv, which);
	MUST(mkdir(MISC, 0755));
	if (mount("none", MISC, "binfmt_misc", 0, NULL))
		hop_skip("no binfmt_misc");
	MUST(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	copy("/proc/self/exe", "interp1", 1);
	copy("/proc/self/exe", "interp2", 2);
	copy("/proc/self/exe", "held", 3);
	copy("/proc/self/exe", "gone", 4);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		write_file(all[i].file, all[i].text, all[i].size);
		MUST(chmod(all[i].file, 0755));
		snprintf(line, sizeof(line), all[i].line, cwd);
		put(MISC "/register", line);
		if (all[i].status < 0)
			put(entry(i), "0");
	}
	MUST(rename("held", "held.by-another-name"));
	copy("/proc/self/exe", "held", 1);
	MUST(unlink("gone"));
	run_all();
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		fd = MUST(open(entry(i), O_RDONLY));
		MUST(read(fd, said[i], sizeof(said[i]) - 1));
		close(fd);
	}
	fd = MUST(open(MISC "/orth-young", O_RDWR));
	MUST(read(fd, text, 3));
	put(MISC "/status", "0");
	status = MUST(open(MISC "/status", O_RDONLY));

	hop();

	memset(text, 0, sizeof(text));
	CHECK(read(status, text, sizeof(text) - 1) > 0);
	CHECK_STR(text, "disabled\n");
	CHECK_EQ(run("x.orth"), 98);
	put(MISC "/status", "1");
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		int e = open(entry(i), O_RDONLY);

		memset(text, 0, sizeof(text));
		CHECK(read(e, text, sizeof(text) - 1) > 0);
		CHECK_STR(text, said[i]);
		close(e);
	}
	run_all();
	/* An open interpreter cannot be written to. */
	CHECK_ERR(open("held.by-another-name", O_WRONLY), ETXTBSY);
	/* The descriptor is of the same entry, and where it was. */
	n = read(fd, text, sizeof(text) - 1);
	CHECK(n > 0);
	text[n < 0 ? 0 : n] = '\0';
	CHECK_STR(text, said[5] + 3);
	CHECK_EQ(write(fd, "0", 1), 1);
	CHECK_EQ(run("old"), RAN + 1);
	CHECK_EQ(run("young"), 98);
	/* They can be taken away, and come back. */
	CHECK_EQ(write(fd, "-1", 2), 2);
	CHECK_ERR(access(MISC "/orth-young", F_OK), ENOENT);
	put(MISC "/register", ":orth-young:E::orth::/nowhere:");
	CHECK_EQ(run("x.orth"), 97);
	put(MISC "/status", "-1");
	CHECK_EQ(run("x.orth"), 98);
	CHECK_EQ(access("held.by-another-name", W_OK), 0);
	close(fd);
	close(status);
	CHECK_EQ(umount(MISC), 0);
	return hop_status();
}
