// SPDX-License-Identifier: GPL-2.0
/*
 * The serial console: its settings, window size, session and foreground
 * group, and descriptors on it.
 */
#include <sys/ioctl.h>
#include <termios.h>

#include "hop_test.h"

#define TTY	"/dev/ttyS0"

int main(void)
{
	struct winsize size = { .ws_row = 33, .ws_col = 101 }, old_size, now;
	struct termios old, set, after;
	int tty, console, dup_fd, fd;
	pid_t session = 0, now_session = 0, group;
	bool has_ctty;

	/* The tests are background jobs of the console's session. */
	signal(SIGTTOU, SIG_IGN);
	tty = open(TTY, O_RDWR | O_NONBLOCK | O_NOCTTY);
	if (tty < 0 || tcgetattr(tty, &old))
		hop_skip(TTY " is not a terminal");
	fd = open("/dev/tty", O_RDWR | O_NOCTTY);
	has_ctty = fd >= 0;
	close(fd);
	console = MUST(open("/dev/console", O_WRONLY | O_NOCTTY));
	dup_fd = MUST(dup(tty));
	ioctl(tty, TIOCGSID, &session);
	group = tcgetpgrp(tty);
	set = old;
	set.c_cc[VQUIT] = 'q' & 31;
	set.c_cc[VMIN] = 3;
	set.c_cc[VTIME] = 7;
	set.c_lflag ^= ECHOK;
	set.c_iflag ^= IXANY;
	MUST(tcsetattr(tty, TCSANOW, &set));
	MUST(tcgetattr(tty, &set));
	MUST(ioctl(tty, TIOCGWINSZ, &old_size));
	MUST(ioctl(tty, TIOCSWINSZ, &size));

	hop();

	CHECK_EQ(tcgetattr(tty, &after), 0);
	CHECK_EQ(after.c_iflag, set.c_iflag);
	CHECK_EQ(after.c_oflag, set.c_oflag);
	CHECK_EQ(after.c_cflag, set.c_cflag);
	CHECK_EQ(after.c_lflag, set.c_lflag);
	CHECK_EQ(cfgetospeed(&after), cfgetospeed(&set));
	CHECK(!memcmp(after.c_cc, set.c_cc, sizeof(set.c_cc)));
	CHECK_EQ(ioctl(dup_fd, TIOCGWINSZ, &now), 0);
	CHECK_EQ(now.ws_row, 33);
	CHECK_EQ(now.ws_col, 101);
	ioctl(tty, TIOCGSID, &now_session);
	CHECK_EQ(now_session, session);
	CHECK_EQ(tcgetpgrp(tty), group);
	CHECK_STR(ttyname(tty), TTY);
	fd = open("/dev/tty", O_RDWR | O_NOCTTY);
	CHECK_EQ(fd >= 0, has_ctty);
	if (fd >= 0)
		CHECK_EQ(tcgetpgrp(fd), group);
	CHECK_EQ(fcntl(tty, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDWR | O_NONBLOCK);
	CHECK_EQ(write(console, "# test_tty: on the console\n", 27), 27);
	CHECK_EQ(tcdrain(tty), 0);
	CHECK_EQ(ioctl(tty, TIOCSWINSZ, &old_size), 0);
	CHECK_EQ(tcsetattr(tty, TCSANOW, &old), 0);
	return hop_status();
}
