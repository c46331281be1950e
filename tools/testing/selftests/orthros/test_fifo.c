// SPDX-License-Identifier: GPL-2.0
/* Named pipes: contents, both open modes, and new partners after the hop. */
#include "hop_test.h"

static void late_writer(void *arg)
{
	int fd = MUST(open("fifo", O_WRONLY));

	CHECK_EQ(write(fd, " and late", 9), 9);
}

int main(void)
{
	int rd, wr, both, lonely;
	struct stat st[2];
	char buf[100];

	MUST(mkfifo("fifo", 0640));
	rd = MUST(open("fifo", O_RDONLY | O_NONBLOCK));
	wr = MUST(open("fifo", O_WRONLY));
	MUST(write(wr, "early", 5));
	MUST(mkfifo("both", 0600));
	both = MUST(open("both", O_RDWR | O_NONBLOCK));
	MUST(write(both, "kept", 4));
	MUST(mkfifo("lonely", 0600));
	lonely = MUST(open("lonely", O_RDONLY | O_NONBLOCK));
	MUST(unlink("lonely"));

	hop();

	MUST(fstat(rd, &st[0]));
	MUST(stat("fifo", &st[1]));
	CHECK_EQ(st[0].st_ino, st[1].st_ino);
	CHECK_EQ(st[0].st_mode, S_IFIFO | 0640);
	hop_reap(hop_child(late_writer, NULL));
	CHECK_EQ(read(rd, buf, sizeof(buf)), 14);
	CHECK(!memcmp(buf, "early and late", 14));
	CHECK_ERR(read(rd, buf, sizeof(buf)), EAGAIN);
	close(wr);
	CHECK_EQ(read(rd, buf, sizeof(buf)), 0);
	close(rd);
	/* Nobody reads: a writer that does not wait is told so. */
	CHECK_ERR(open("fifo", O_WRONLY | O_NONBLOCK), ENXIO);
	CHECK_EQ(read(both, buf, sizeof(buf)), 4);
	CHECK_ERR(read(both, buf, 1), EAGAIN);
	CHECK_EQ(read(lonely, buf, 1), 0);
	return hop_status();
}
