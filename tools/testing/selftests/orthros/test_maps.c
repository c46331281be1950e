// SPDX-License-Identifier: GPL-2.0
/* /proc/self/: maps, auxv, cmdline, environ, exe and the layout in stat. */
#include <ctype.h>
#include <elf.h>

#include "hop_test.h"

/* Where the first kernel had its vvar and vdso: the text stays for who knows it. */
static unsigned long vdso_start = -1UL, vdso_end;

/* Leaves out the kernel's own mappings and what numbers a file system. */
static char *own_maps(void)
{
	char *text = slurp("/proc/self/maps"), *out = calloc(1, 65536);
	char *line, *save;
	size_t len = 0;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char range[64], prot[8], off[32], dev[16], path[256] = "";
		unsigned long ino, start, end;
		static bool after;

		if (line == text)
			after = vdso_end;
		MUST(sscanf(line, "%lx-%lx", &start, &end) == 2 ? 0 : -1);
		if (strstr(line, "[vsyscall"))
			continue;
		if (strstr(line, "[v")) {
			if (!after && start < vdso_start)
				vdso_start = start;
			if (!after && end > vdso_end)
				vdso_end = end;
			continue;
		}
		if (after && start >= vdso_start && end <= vdso_end)
			continue;
		CHECK(sscanf(line, "%63s %7s %31s %15s %lu %255[^\n]", range,
			     prot, off, dev, &ino, path) >= 5);
		len += snprintf(out + len, 65536 - len, "%s %s %s %lu %s\n",
				range, prot, off, ino, path);
	}
	free(text);
	return out;
}

/* start_code to start_brk, arg and env of /proc/self/stat. */
static void layout(char *out, size_t size)
{
	static const int fields[] = { 26, 27, 28, 45, 46, 47, 48, 49, 50, 51 };
	char *text = slurp("/proc/self/stat"), *at = strrchr(text, ')') + 1;
	char *word, *save;
	size_t len = 0, k = 0;
	int i = 3;

	for (word = strtok_r(at, " ", &save); word && k < ARRAY_SIZE(fields);
	     word = strtok_r(NULL, " ", &save), i++) {
		if (i != fields[k])
			continue;
		len += snprintf(out + len, size - len, "%s ", word);
		k++;
	}
	CHECK_EQ(k, ARRAY_SIZE(fields));
	free(text);
}

static size_t read_auxv(Elf64_auxv_t *aux, size_t size)
{
	int fd = MUST(open("/proc/self/auxv", O_RDONLY));
	ssize_t n = MUST(read(fd, aux, size));

	close(fd);
	return n / sizeof(*aux);
}

static void link_of(const char *name, char *path, size_t size)
{
	ssize_t n = readlink(name, path, size - 1);

	path[n < 0 ? 0 : n] = '\0';
}

int main(void)
{
	char exe[2][256], where[2][512];
	Elf64_auxv_t aux[2][64];
	char *maps[2], *cmdline;
	size_t i, n;

	layout(where[0], sizeof(where[0]));
	link_of("/proc/self/exe", exe[0], sizeof(exe[0]));
	n = read_auxv(aux[0], sizeof(aux[0]));
	free(slurp("/proc/self/maps"));
	maps[0] = own_maps();

	hop();

	maps[1] = own_maps();
	CHECK_STR(maps[1], maps[0]);
	layout(where[1], sizeof(where[1]));
	CHECK_STR(where[1], where[0]);
	link_of("/proc/self/exe", exe[1], sizeof(exe[1]));
	CHECK_STR(exe[1], exe[0]);
	CHECK_EQ(read_auxv(aux[1], sizeof(aux[1])), n);
	for (i = 0; i < n; i++) {
		CHECK_EQ(aux[1][i].a_type, aux[0][i].a_type);
		if (aux[0][i].a_type != AT_SYSINFO_EHDR)
			CHECK_EQ(aux[1][i].a_un.a_val, aux[0][i].a_un.a_val);
	}
	cmdline = slurp("/proc/self/cmdline");
	CHECK_STR(cmdline, "test_maps");
	CHECK_STR(slurp("/proc/self/environ"), environ[0]);
	return hop_status();
}
