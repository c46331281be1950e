// SPDX-License-Identifier: GPL-2.0
/*
 * The CPUs that interrupts go to: of each that can be told, and of those to come, as
 * they were written. Interrupts are known by their handlers, since another kernel may
 * give them other numbers.
 */
#include <dirent.h>

#include "hop_test.h"
#include "orthros_ctl.h"

#define IRQS		"/proc/irq/"
#define STANDARD	IRQS "default_smp_affinity"
#define MAX		64

static struct irq {
	char handler[256];
	unsigned int nr;
	unsigned long mask;
} irqs[MAX];
static unsigned int nr_irqs;

static unsigned int nr_verified;

/* Of 64 CPUs at most, in groups of 32. */
static unsigned long read_mask(const char *path)
{
	char *text = slurp(path), *from, *to = text;
	unsigned long mask;

	for (from = text; *from; from++)
		if (*from != ',')
			*to++ = *from;
	*to = '\0';
	mask = strtoul(text, NULL, 16);
	free(text);
	return mask;
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

static void mask_path(char *path, size_t size, unsigned int nr, const char *list)
{
	snprintf(path, size, IRQS "%u/smp_affinity%s", nr, list);
}

/* The one directory in that of an interrupt has the name of its handler. */
static bool get_handler(unsigned int nr, char *name, size_t size)
{
	char path[64];
	struct dirent *e;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), IRQS "%u", nr);
	dir = opendir(path);
	while (dir && !found && (e = readdir(dir))) {
		found = e->d_type == DT_DIR && e->d_name[0] != '.';
		if (found)
			snprintf(name, size, "%s", e->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void each_irq(void (*fn)(unsigned int nr, const char *handler))
{
	DIR *dir = opendir(IRQS);
	char handler[256];
	struct dirent *e;
	unsigned int nr;
	char *end;

	while (dir && (e = readdir(dir))) {
		nr = strtoul(e->d_name, &end, 10);
		if (end != e->d_name && !*end && get_handler(nr, handler, sizeof(handler)))
			fn(nr, handler);
	}
	if (dir)
		closedir(dir);
}

static struct irq *find(const char *handler)
{
	unsigned int i;

	for (i = 0; i < nr_irqs; i++)
		if (!strcmp(irqs[i].handler, handler))
			return &irqs[i];
	return NULL;
}

/* In turn to CPU 0 and 1, by mask and by list. */
static void set(unsigned int nr, const char *handler)
{
	struct irq *irq = &irqs[nr_irqs];
	bool odd = nr_irqs % 2;
	char path[64];

	if (nr_irqs == MAX || find(handler))
		return;
	mask_path(path, sizeof(path), nr, odd ? "_list" : "");
	/* Some cannot be moved. */
	if (!write_text(path, "1"))
		return;
	snprintf(irq->handler, sizeof(irq->handler), "%s", handler);
	irq->nr = nr;
	irq->mask = odd ? 2 : 1;
	nr_irqs++;
}

static void verify(unsigned int nr, const char *handler)
{
	struct irq *irq = find(handler);
	char path[64];

	if (!irq)
		return;
	mask_path(path, sizeof(path), nr, "");
	if (!CHECK_EQ(read_mask(path), irq->mask))
		printf("# %s, %u that was %u\n", handler, nr, irq->nr);
	irq->mask = 0;
	nr_verified++;
}

/* Those of old have their number also where nobody handles them. */
static void verify_old(struct irq *irq)
{
	char path[64];

	mask_path(path, sizeof(path), irq->nr, "");
	if (irq->nr >= 16 || access(path, W_OK)) {
		printf("# %s is not there\n", irq->handler);
		return;
	}
	if (!CHECK_EQ(read_mask(path), irq->mask))
		printf("# %s, %u without a handler\n", irq->handler, irq->nr);
	nr_verified++;
}

static bool is_warned_of(const char *what)
{
	static char text[65536];

	CHECK_EQ(ctl_read("warnings", text, sizeof(text)), 0);
	return strstr(text, what);
}

int main(void)
{
	unsigned long standard;
	char path[64];
	unsigned int i;

	if (access(ORTHROS_SYSFS "check", R_OK))
		hop_skip("no Orthros here");
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		hop_skip("one CPU");
	each_irq(set);
	CHECK(nr_irqs >= 2);
	for (i = 0; i < nr_irqs; i++) {
		mask_path(path, sizeof(path), irqs[i].nr, "");
		CHECK_EQ(read_mask(path), irqs[i].mask);
	}
	standard = read_mask(STANDARD);
	CHECK(write_text(STANDARD, "2"));
	CHECK(!is_warned_of("/proc/irq"));

	hop();

	CHECK_EQ(read_mask(STANDARD), 2);
	each_irq(verify);
	for (i = 0; i < nr_irqs; i++)
		if (irqs[i].mask)
			verify_old(&irqs[i]);
	printf("# %u of %u interrupts\n", nr_verified, nr_irqs);
	CHECK(nr_verified > 0);
	snprintf(path, sizeof(path), "%lx", standard);
	CHECK(write_text(STANDARD, path));
	return hop_status();
}
