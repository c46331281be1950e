// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers by which user space tells what it has seen already go on: of the kernel's
 * messages, as journald reads them, and of uevents.
 */
#include "hop_test.h"

#define UEVENT	"/sys/kernel/uevent_seqnum"

/* So many more than those of a boot that a kernel of its own has not had them. */
#define MESSAGES	500

/* In one piece; without an end of line it would wait for more. Each opener may say ten. */
static void tell(const char *text)
{
	int fd = MUST(open("/dev/kmsg", O_WRONLY | O_CLOEXEC));
	char buf[128];
	int n = snprintf(buf, sizeof(buf), "%s\n", text);

	CHECK_EQ(write(fd, buf, n), n);
	close(fd);
}

/* Writes a message and reads until it comes. Returns its number. */
static unsigned long long say(int fd, const char *text)
{
	char buf[8192];
	ssize_t n;

	tell(text);
	for (;;) {
		n = read(fd, buf, sizeof(buf) - 1);
		/* Others were so many that some were overwritten. */
		if (n < 0 && errno == EPIPE)
			continue;
		if (!CHECK(n > 0))
			return 0;
		buf[n] = '\0';
		if (strstr(buf, text))
			return strtoull(strchr(buf, ',') + 1, NULL, 10);
	}
}

static unsigned long long number(const char *path)
{
	char *text = slurp(path);
	unsigned long long n = strtoull(text, NULL, 10);

	free(text);
	return n;
}

/* Numbers of all messages that a new reader gets, none of them twice. */
static bool ascend(unsigned long long last)
{
	int fd = MUST(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
	unsigned long long seq, before = 0;
	char buf[8192];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf) - 1)) > 0 || errno == EPIPE) {
		if (n <= 0)
			continue;
		buf[n] = '\0';
		seq = strtoull(strchr(buf, ',') + 1, NULL, 10);
		if (!CHECK(!before || seq > before))
			break;
		before = seq;
	}
	close(fd);
	return CHECK(before >= last);
}

int main(void)
{
	unsigned long long seq, then, uevents = number(UEVENT);
	int fd = MUST(open("/dev/kmsg", O_RDONLY | O_CLOEXEC));
	char text[64];
	int i;

	for (i = 0; i < MESSAGES; i++)
		tell("test_sequence");
	MUST(lseek(fd, 0, SEEK_END));
	snprintf(text, sizeof(text), "test_sequence %d before", getpid());
	seq = say(fd, text);
	CHECK(seq > 0);

	hop();

	snprintf(text, sizeof(text), "test_sequence %d after", getpid());
	then = say(fd, text);
	CHECK(then > seq);
	/* It goes on where it was, and does not begin somewhere. */
	CHECK(then - seq < 5000);
	ascend(then);
	CHECK(number(UEVENT) >= uevents);
	return hop_status();
}
