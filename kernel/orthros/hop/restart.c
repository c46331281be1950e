// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: System calls that a hop interrupts
 *
 * The freezer takes every task to the boundary of system calls by a signal that
 * is none, so that a program must see nothing of it. Most calls undo themselves
 * (-ERESTARTSYS and its like) and begin anew. That is not enough for two sorts:
 *
 * - One that has moved a part when it is interrupted returns a short count. It
 *   goes on with the rest, and returns the sum.
 * - One whose time is relative would have all of it again. The kernel's own two
 *   sleeps with a timeout note when they would have ended, and the call, when
 *   it is restarted, sleeps no longer.
 *
 * Both return -ERESTART_RESTARTBLOCK with orthros_call_restart() in the restart
 * block, here and in the next kernel, which knows it under the same name. If a
 * signal comes before the call has gone on, the call returns what it would have.
 *
 * A count that is short for another reason (end of file, an error, a descriptor
 * that does not wait) must stay as it is: only calls whose short count can come
 * from nothing but a signal are continued, or where asking again returns at once.
 * Where one cannot tell it stays short, too: reads from UNIX sockets that also give
 * credentials or have room for control messages, and streams in sendmmsg().
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/net.h>
#include <linux/orthros.h>
#include <linux/orthros/abi/task.h>
#include <linux/orthros/platform.h>
#include <linux/pipe_fs_i.h>
#include <linux/restart_block.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/splice.h>
#include <linux/tcp.h>
#include <linux/tty.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <asm/ptrace.h>
#include <asm/syscall.h>
#include <asm/unistd.h>
#include "drivers/tty/tty.h"
#include "../core/call.h"
#include "../files/files.h"
#include "hop.h"

/* Messages of a UNIX socket say who has sent them. */
#ifdef SOCK_PASSPIDFD
#define PASSES	(BIT(SOCK_PASSCRED) | BIT(SOCK_PASSSEC) | BIT(SOCK_PASSPIDFD))
#else
#define PASSES	(BIT(SOCK_PASSCRED) | BIT(SOCK_PASSSEC))
#endif

enum call_op {
	OP_READ, OP_PREAD, OP_WRITE, OP_PWRITE, OP_RECV, OP_SEND, OP_RANDOM,
	OP_SPLICE, OP_SENDFILE, OP_COPY, OP_RECVMMSG, OP_SENDMMSG, OP_EVENTS,
	OP_ENTER,
};

enum call_form { FORM_BUF, FORM_VEC, FORM_MSG, FORM_OTHER };

/**
 * struct call_row - a call that may move a part only
 * @nr:		its number
 * @op:		what it does
 * @form:	how it names the memory
 */
struct call_row {
	u16 nr;
	u8 op;
	u8 form;
};

static const struct call_row call_rows[] = {
	{ __NR_read,		OP_READ,	FORM_BUF },
	{ __NR_readv,		OP_READ,	FORM_VEC },
	{ __NR_pread64,		OP_PREAD,	FORM_BUF },
	{ __NR_preadv,		OP_PREAD,	FORM_VEC },
	{ __NR_preadv2,		OP_PREAD,	FORM_VEC },
	{ __NR_write,		OP_WRITE,	FORM_BUF },
	{ __NR_writev,		OP_WRITE,	FORM_VEC },
	{ __NR_pwrite64,	OP_PWRITE,	FORM_BUF },
	{ __NR_pwritev,		OP_PWRITE,	FORM_VEC },
	{ __NR_pwritev2,	OP_PWRITE,	FORM_VEC },
	{ __NR_recvfrom,	OP_RECV,	FORM_BUF },
	{ __NR_recvmsg,		OP_RECV,	FORM_MSG },
	{ __NR_sendto,		OP_SEND,	FORM_BUF },
	{ __NR_sendmsg,		OP_SEND,	FORM_MSG },
	{ __NR_getrandom,	OP_RANDOM,	FORM_OTHER },
	{ __NR_splice,		OP_SPLICE,	FORM_OTHER },
	{ __NR_sendfile,	OP_SENDFILE,	FORM_OTHER },
	{ __NR_copy_file_range,	OP_COPY,	FORM_OTHER },
	{ __NR_recvmmsg,	OP_RECVMMSG,	FORM_OTHER },
	{ __NR_sendmmsg,	OP_SENDMMSG,	FORM_OTHER },
	{ __NR_io_getevents,	OP_EVENTS,	FORM_OTHER },
	{ __NR_io_pgetevents,	OP_EVENTS,	FORM_OTHER },
	{ __NR_io_uring_enter,	OP_ENTER,	FORM_OTHER },
};

static const struct call_row *row_of(u32 nr)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(call_rows); i++) {
		if (call_rows[i].nr == nr)
			return &call_rows[i];
	}
	return NULL;
}

/* ---- what the arguments say ------------------------------------------------ */

/*
 * The memory of a call: bytes in all, and the piece that begins at @skip. False
 * if it cannot be read.
 */
static bool memory_of(const struct call_row *row, const struct pt_regs *regs, u64 skip,
		      u64 *total, struct iovec *piece)
{
	const struct iovec __user *vec = (void __user *)regs->si;
	unsigned long i, nr = regs->dx;
	struct user_msghdr msg;
	struct iovec iov;

	*piece = (struct iovec){};
	if (row->form == FORM_BUF) {
		*total = min_t(u64, regs->dx, MAX_RW_COUNT);
		if (skip < *total) {
			piece->iov_base = (void __user *)(regs->si + skip);
			piece->iov_len = *total - skip;
		}
		return true;
	}
	if (row->form == FORM_MSG) {
		if (copy_from_user(&msg, (void __user *)regs->si, sizeof(msg)))
			return false;
		vec = msg.msg_iov;
		nr = msg.msg_iovlen;
	}
	*total = 0;
	for (i = 0; i < nr && i < UIO_MAXIOV; i++) {
		if (copy_from_user(&iov, vec + i, sizeof(iov)))
			return false;
		iov.iov_len = min_t(u64, iov.iov_len, MAX_RW_COUNT - *total);
		if (!piece->iov_len && skip < *total + iov.iov_len) {
			piece->iov_base = iov.iov_base + (skip - *total);
			piece->iov_len = iov.iov_len - (skip - *total);
		}
		*total += iov.iov_len;
	}
	return true;
}

static unsigned int msg_flags(const struct call_row *row, const struct pt_regs *regs)
{
	if (row->op != OP_RECV && row->op != OP_SEND)
		return 0;
	return row->form == FORM_MSG ? regs->dx : regs->r10;
}

/* ---- is a short count the freezer's doing? --------------------------------- */

/* A stream that could have waited for more, and is still able to. */
static bool stream_waits(const struct socket *sock, unsigned int flags, long timeo, bool timed)
{
	const struct sock *sk = sock->sk;

	if (!sk || sock->type != SOCK_STREAM || flags & (MSG_DONTWAIT | MSG_OOB | MSG_ERRQUEUE))
		return false;
	if (sk->sk_family != AF_UNIX &&
	    ((sk->sk_family != AF_INET && sk->sk_family != AF_INET6) ||
	     sk->sk_protocol != IPPROTO_TCP || inet_csk(sk)->icsk_ulp_ops))
		return false;
	/* Its time may have been up. */
	if (timeo != MAX_SCHEDULE_TIMEOUT && !timed)
		return false;
	return !READ_ONCE(sk->sk_err);
}

/* Up to how many bytes must a read from a stream wait? */
static u64 stream_goal(const struct socket *sock, const struct call_row *row,
		       const struct pt_regs *regs, u64 total, bool timed)
{
	unsigned int flags = msg_flags(row, regs);
	struct sock *sk = sock->sk;
	struct user_msghdr msg;

	if (!stream_waits(sock, flags, sk->sk_rcvtimeo, timed))
		return 0;
	if (sk->sk_family == AF_UNIX) {
		/* Whose next message it is, and its descriptors, also end a read. */
		if (flags & MSG_PEEK || sock->flags & PASSES)
			return 0;
		if (row->form == FORM_MSG &&
		    (copy_from_user(&msg, (void __user *)regs->si, sizeof(msg)) ||
		     msg.msg_control))
			return 0;
	} else if (READ_ONCE(tcp_sk(sk)->urg_data)) {
		return 0;
	}
	return sock_rcvlowat(sk, flags & MSG_WAITALL, min_t(u64, total, INT_MAX));
}

/*
 * The same of a terminal in non-canonical mode. Reads go through a buffer of 64
 * bytes, which is enough for any MIN.
 */
static u64 tty_goal(const struct file *file, u64 total)
{
	struct tty_struct *tty = ((struct tty_file_private *)file->private_data)->tty;
	u64 goal = 0;

	down_read(&tty->termios_rwsem);
	if (!L_ICANON(tty) && !TIME_CHAR(tty))
		goal = min3((u64)MIN_CHAR(tty), total, (u64)64);
	up_read(&tty->termios_rwsem);
	return goal;
}

static bool is_tty(const struct file *file)
{
	return file->f_op->unlocked_ioctl == tty_ioctl;
}

/* Does it give as much as one asks for, but for a signal? */
static bool is_endless(const struct inode *inode)
{
	if (imajor(inode) != MEM_MAJOR)
		return false;
	switch (iminor(inode)) {
	case 5:		/* zero */
	case 7:		/* full */
	case 8:		/* random */
	case 9:		/* urandom */
		return true;
	}
	return false;
}

static u64 read_goal(const struct file *file, const struct call_row *row,
		     const struct pt_regs *regs, u64 total, bool timed)
{
	const struct inode *inode = file_inode(file);
	struct socket *sock = sock_from_file((struct file *)file);

	if (S_ISCHR(inode->i_mode) && is_endless(inode))
		return total;
	if (file->f_flags & O_NONBLOCK)
		return 0;
	if (sock)
		return stream_goal(sock, row, regs, total, timed);
	return S_ISCHR(inode->i_mode) && is_tty(file) ? tty_goal(file, total) : 0;
}

static bool write_waits(const struct file *file, unsigned int flags, bool timed)
{
	const struct inode *inode = file_inode(file);
	struct socket *sock = sock_from_file((struct file *)file);

	/* One more write at the limit of sizes would be answered by a signal. */
	if (S_ISREG(inode->i_mode))
		return i_size_read(inode) < rlimit(RLIMIT_FSIZE);
	if (file->f_flags & O_NONBLOCK)
		return false;
	if (sock)
		return stream_waits(sock, flags, sock->sk->sk_sndtimeo, timed) &&
		       !(READ_ONCE(sock->sk->sk_shutdown) & SEND_SHUTDOWN) &&
		       !(flags & MSG_ZEROCOPY);
	if (S_ISFIFO(inode->i_mode))
		return READ_ONCE(((struct pipe_inode_info *)file->private_data)->readers);
	if (S_ISCHR(inode->i_mode))
		return is_tty(file) || imajor(inode) == MEM_MAJOR;
	return S_ISBLK(inode->i_mode);
}

/*
 * recvmmsg() leaves what has ended it to the next call. The freezer's signal is
 * not the next one's business.
 */
static bool recvmmsg_stopped(const struct file *file)
{
	struct socket *sock = sock_from_file((struct file *)file);
	int err;

	if (!sock)
		return false;
	err = READ_ONCE(sock->sk->sk_err);
	return (err == ERESTARTSYS || err == EINTR) &&
	       cmpxchg(&sock->sk->sk_err, err, 0) == err;
}

static bool sendmmsg_waits(const struct file *file, const struct pt_regs *regs, bool timed)
{
	struct socket *sock = sock_from_file((struct file *)file);

	/* A message of a stream may have been sent in part: its length tells. */
	return sock && sock->type != SOCK_STREAM && !(file->f_flags & O_NONBLOCK) &&
	       !(regs->r10 & MSG_DONTWAIT) && !READ_ONCE(sock->sk->sk_err) &&
	       (timed || sock->sk->sk_sndtimeo == MAX_SCHEDULE_TIMEOUT);
}

/*
 * Only what comes out of a pipe: into one, what there is or fits is enough. Such a
 * call never waits for more either, see go_on().
 */
static bool splice_waits(const struct file *out, int in, bool timed)
{
	struct file *from = fget(in);
	bool waits = from && get_pipe_info(from, false) && write_waits(out, 0, timed);

	if (from)
		fput(from);
	return waits;
}

static u64 file_goal(const struct file *file, const struct call_row *row,
		     const struct pt_regs *regs, bool timed)
{
	struct iovec piece;
	u64 total;

	switch (row->op) {
	case OP_SPLICE:
		return splice_waits(file, regs->di, timed) ? regs->r8 : 0;
	case OP_SENDFILE:
		return !S_ISFIFO(file_inode(file)->i_mode) && write_waits(file, 0, timed) ?
		       min_t(u64, regs->r10, MAX_RW_COUNT) : 0;
	case OP_COPY:
		return write_waits(file, 0, timed) ? min_t(u64, regs->r8, MAX_RW_COUNT) : 0;
	case OP_RECVMMSG:
		return recvmmsg_stopped(file) ? (u32)regs->dx : 0;
	case OP_SENDMMSG:
		return sendmmsg_waits(file, regs, timed) ? min_t(u32, regs->dx, UIO_MAXIOV) : 0;
	}
	/* RWF_* may say that it must not wait. */
	if ((regs->orig_ax == __NR_preadv2 || regs->orig_ax == __NR_pwritev2) && regs->r9)
		return 0;
	if (!memory_of(row, regs, 0, &total, &piece))
		return 0;
	if (row->op == OP_WRITE || row->op == OP_PWRITE || row->op == OP_SEND)
		return write_waits(file, msg_flags(row, regs), timed) ? total : 0;
	return read_goal(file, row, regs, total, timed);
}

/*
 * io_uring_enter() that has submitted says how much, also when it had to wait, too: more
 * than it has submitted stands for that it waits.
 */
static u64 enter_goal(const struct pt_regs *regs, u64 submitted, bool timed)
{
	struct io_uring_getevents_arg arg;
	u64 goal = 0;
	struct file *file;

	if (!(regs->r10 & IORING_ENTER_GETEVENTS))
		return 0;
	if (regs->r10 & IORING_ENTER_EXT_ARG && !timed &&
	    (copy_from_user(&arg, (void __user *)regs->r8, sizeof(arg)) || arg.ts))
		return 0;
	/* A number of a ring is none of a descriptor. */
	if (regs->r10 & IORING_ENTER_REGISTERED_RING)
		return 0;
	file = fget(regs->di);
	if (file && orthros_uring_lacks(file, regs->dx))
		goal = submitted + 1;
	if (file)
		fput(file);
	return goal;
}

/* What the call would have waited for, 0 if its count may be short by itself. */
static u64 goal_of(const struct call_row *row, const struct pt_regs *regs, u64 moved, bool timed)
{
	struct file *file;
	u64 goal;

	if (row->op == OP_RANDOM)
		return min_t(u64, regs->si, INT_MAX);
	/* At least so many, unless its time was up. */
	if (row->op == OP_EVENTS)
		return !regs->r8 || timed ? regs->si : 0;
	if (row->op == OP_ENTER)
		return enter_goal(regs, moved, timed);
	file = fget(row->op == OP_SPLICE || row->op == OP_COPY ? regs->dx : regs->di);
	if (!file)
		return 0;
	goal = file_goal(file, row, regs, timed);
	fput(file);
	return goal;
}

/*
 * A call has returned @ret, and the freezer's signal number @round is pending.
 * Note what is needed to go on with it.
 */
static bool goes_on(const struct pt_regs *regs, u32 round, u32 nr, long ret)
{
	struct restart_block *b = &current->restart_block;
	const struct call_row *row = row_of(nr);
	bool running = b->orthros.running;
	bool timed = b->orthros.noted_in == round;
	u64 moved = running ? b->orthros.moved : 0;
	u64 goal = running ? b->orthros.goal : 0;

	b->orthros.noted_in = 0;
	switch (ret) {
	case -EINTR:
	case -ERESTARTSYS:
	case -ERESTARTNOHAND:
	case -ERESTARTNOINTR:
		if (!timed && !running)
			return false;
		break;
	default:
		if (ret <= 0 || !row)
			return false;
		moved += ret;
		goal = goal_of(row, regs, moved, timed || (running &&
							   b->orthros.deadline != KTIME_MAX));
		if (moved >= goal)
			return false;
		/* What was looked at is still there. */
		if (msg_flags(row, regs) & MSG_PEEK) {
			moved = 0;
			goal = 0;
		}
	}
	if (timed)
		b->orthros.deadline = b->orthros.noted;
	else if (!running)
		b->orthros.deadline = KTIME_MAX;
	b->orthros.moved = moved;
	b->orthros.goal = goal;
	b->orthros.nr = nr;
	b->orthros.err = ret < 0 ? ret : -EINTR;
	set_restart_fn(b, orthros_call_restart);
	return true;
}

/**
 * orthros_refrigerator() - a task is about to be frozen
 *
 * Some syscalls (epoll_wait, semtimedop, sigtimedwait, ...) return -EINTR for
 * any wakeup by signal. When that was only the freezer's fake one the program
 * must not see it: let the call be restarted, unless a handler runs first.
 */
void orthros_refrigerator(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	u32 round = orthros_only_freezing();
	int nr = syscall_get_nr(current, regs);

	if (orthros_is_freezing())
		orthros_uring_settle();
	if (!round || nr == -1)
		return;
	if (!in_ia32_syscall() && goes_on(regs, round, nr, regs->ax))
		syscall_set_return_value(current, regs, -ERESTART_RESTARTBLOCK, 0);
	else if (syscall_get_error(current, regs) == -EINTR)
		syscall_set_return_value(current, regs, -ERESTARTNOHAND, 0);
	if (syscall_get_error(current, regs) == -ERESTART_RESTARTBLOCK)
		current->restart_block.orthros.nr |= ORTHROS_CALL_BY_HOP;
}

/**
 * orthros_filtered_call() - what call does a filter see?
 * @nr:		number of the call that is made
 *
 * That of a call which a hop has interrupted: the program has never made another one, and
 * may not be allowed to. The arguments are still in the registers.
 *
 * Return: that number.
 */
int orthros_filtered_call(int nr)
{
	struct restart_block *b = &current->restart_block;

	if (likely(nr != __NR_restart_syscall) || !(b->orthros.nr & ORTHROS_CALL_BY_HOP))
		return nr;
	b->orthros.nr &= ~ORTHROS_CALL_BY_HOP;
	return b->orthros.nr;
}

/* ---- the rest of a call ----------------------------------------------------- */

static long move_piece(const struct call_row *row, const struct pt_regs *regs, u64 moved,
		       const struct iovec *piece)
{
	unsigned long addr = (unsigned long)piece->iov_base, len = piece->iov_len;
	bool named = row->form == FORM_BUF;
	u8 op = row->op;

	/* preadv2() and pwritev2() at -1 use the file's own position. */
	if (op == OP_PREAD && (s64)regs->r10 == -1)
		op = OP_READ;
	if (op == OP_PWRITE && (s64)regs->r10 == -1)
		op = OP_WRITE;
	switch (op) {
	case OP_READ:
		return orthros_syscall(__NR_read, regs->di, addr, len, 0, 0, 0);
	case OP_WRITE:
		return orthros_syscall(__NR_write, regs->di, addr, len, 0, 0, 0);
	case OP_PREAD:
		return orthros_syscall(__NR_pread64, regs->di, addr, len, regs->r10 + moved, 0, 0);
	case OP_PWRITE:
		return orthros_syscall(__NR_pwrite64, regs->di, addr, len, regs->r10 + moved, 0, 0);
	case OP_RECV:
		return orthros_syscall(__NR_recvfrom, regs->di, addr, len, msg_flags(row, regs),
				       named ? regs->r8 : 0, named ? regs->r9 : 0);
	case OP_SEND:
		/* Connected it is by now. */
		return orthros_syscall(__NR_sendto, regs->di, addr, len,
				       msg_flags(row, regs) & ~MSG_FASTOPEN, 0, 0);
	}
	return -EINVAL;
}

static long move_memory(const struct call_row *row, const struct pt_regs *regs, u64 moved,
			u64 goal)
{
	struct iovec piece;
	u64 total, done = 0;
	long ret;

	while (moved + done < goal) {
		if (!memory_of(row, regs, moved + done, &total, &piece))
			return done ?: -EFAULT;
		piece.iov_len = min_t(u64, piece.iov_len, goal - moved - done);
		if (!piece.iov_len)
			break;
		ret = move_piece(row, regs, moved + done, &piece);
		if (ret <= 0)
			return done ?: ret;
		done += ret;
		if (ret < piece.iov_len)
			break;
	}
	return done;
}

/* The call again, without what it has moved already. */
static long go_on(const struct pt_regs *regs, u32 nr, u64 moved, u64 goal)
{
	const struct call_row *row = row_of(nr);
	u64 left = goal - moved;

	if (nr == __NR_restart_syscall)
		return -EINTR;
	if (!goal || !row)
		return orthros_syscall(nr, regs->di, regs->si, regs->dx, regs->r10, regs->r8,
				       regs->r9);
	if (moved >= goal)
		return 0;
	switch (row->op) {
	case OP_RANDOM:
		return orthros_syscall(nr, regs->di + moved, left, regs->dx, 0, 0, 0);
	case OP_SPLICE:
		/* That the pipe is empty by now is an end, too. */
		return orthros_syscall(nr, regs->di, regs->si, regs->dx, regs->r10, left,
				       regs->r9 | SPLICE_F_NONBLOCK);
	case OP_SENDFILE:
		return orthros_syscall(nr, regs->di, regs->si, regs->dx, left, 0, 0);
	case OP_COPY:
		return orthros_syscall(nr, regs->di, regs->si, regs->dx, regs->r10, left, regs->r9);
	case OP_RECVMMSG:
	case OP_SENDMMSG:
		return orthros_syscall(nr, regs->di, regs->si + moved * sizeof(struct mmsghdr),
				       left, regs->r10, regs->r8, 0);
	case OP_ENTER:
		return orthros_syscall(nr, regs->di, 0, regs->dx, regs->r10, regs->r8, regs->r9);
	case OP_EVENTS:
		return orthros_syscall(nr, regs->di, left, regs->dx - moved,
				       regs->r10 + moved * sizeof(struct io_event), regs->r8,
				       regs->r9);
	}
	return move_memory(row, regs, moved, goal);
}

/* Those that tell what they have moved, see <linux/orthros/fence.h>. */
static bool tells(const struct file *file, u32 nr)
{
	const struct call_row *row = row_of(nr);
	struct socket *sock = sock_from_file((struct file *)file);

	if (!row || row->form == FORM_OTHER)
		return false;
	if (sock)
		return sock->ops->family == PF_UNIX ||
		       (sock->type == SOCK_STREAM && sock->sk->sk_protocol == IPPROTO_TCP);
	return S_ISFIFO(file_inode(file)->i_mode);
}

/* What may come twice, or not at all, in any network; or what nobody counts. */
static bool is_uncounted(const struct file *file)
{
	struct socket *sock = sock_from_file((struct file *)file);
	const struct inode *inode = file_inode(file);

	if (S_ISCHR(inode->i_mode))
		return is_endless(inode) || inode->i_rdev == MKDEV(MEM_MAJOR, 3);
	return sock && sock->type == SOCK_DGRAM && sock->ops->family != PF_UNIX;
}

/* From one pipe into another, which is told, too; @file: where a splice() goes to. */
static bool takes_from_pipe(const struct file *file, const struct pt_regs *regs, u32 nr)
{
	struct file *in;
	bool takes;

	if (nr != __NR_splice || !S_ISFIFO(file_inode(file)->i_mode))
		return nr == __NR_tee;
	in = fget(regs->di);
	takes = in && S_ISFIFO(file_inode(in)->i_mode);
	if (in)
		fput(in);
	return takes;
}

/*
 * A failure has stopped a call that moves data somewhere in the middle. Who tells what he
 * has moved, or where in a file he begins, has moved nothing yet if he has not told. What
 * went through anything else may be lost, or come twice.
 */
static bool can_be_repeated(const struct pt_regs *regs, u32 nr, bool told)
{
	struct file *file = fget(nr == __NR_splice ? regs->dx : regs->di);
	bool can = !file || is_uncounted(file) ||
		   (!told && (S_ISREG(file_inode(file)->i_mode) || tells(file, nr) ||
			      takes_from_pipe(file, regs, nr)));

	if (file)
		fput(file);
	return can;
}

static bool is_unknown(const struct restart_block *b)
{
	return b->orthros.goal == ORTHROS_CALL_UNKNOWN || b->orthros.goal == ORTHROS_CALL_UNTOLD;
}

/* What sendfile() has read is what it has sent. */
static int skip_in_file(const struct pt_regs *regs, u64 sent)
{
	loff_t __user *at = (void __user *)regs->dx;
	loff_t pos;

	if (!at)
		return orthros_syscall(__NR_lseek, regs->si, sent, SEEK_CUR, 0, 0, 0) < 0 ?
		       -ESPIPE : 0;
	if (get_user(pos, at) || put_user(pos + (loff_t)sent, at))
		return -EFAULT;
	return 0;
}

/*
 * A failure has stopped sendfile() to a TCP socket, whose sequence number says how much
 * it has sent. True if it was all.
 */
static bool note_sent(struct restart_block *b, const struct pt_regs *regs)
{
	u32 from = b->orthros.deadline;
	struct socket *sock;
	struct file *file = fget(regs->di);
	u64 sent = 0;

	sock = file ? sock_from_file(file) : NULL;
	if (sock && sock->sk && sk_is_tcp(sock->sk))
		sent = READ_ONCE(tcp_sk(sock->sk)->write_seq) - from;
	if (file)
		fput(file);
	/* What cannot be: the connection is another one, or none. */
	if (sent > regs->r10 || (sent && skip_in_file(regs, sent)))
		sent = 0;
	b->orthros.goal = 0;
	b->orthros.moved = sent;
	b->orthros.deadline = KTIME_MAX;
	if (!sent || sent < regs->r10)
		return false;
	b->fn = do_no_restart_syscall;
	return true;
}

static void give_up(u32 nr)
{
	pr_err("process %d (%s) is given up: thread %d: in the middle of system call %u\n",
	       task_tgid_nr(current), current->comm, task_pid_nr(current), nr);
	send_sig(SIGKILL, current, 1);
}

/*
 * A call that changes names was stopped by a failure. If it had been done it says so now
 * by an error, which is none.
 */
static long make_once(const struct pt_regs *regs, u32 nr)
{
	unsigned long si = regs->si, dx = regs->dx;
	long ret = orthros_syscall(nr, regs->di, si, dx, regs->r10, regs->r8, regs->r9);

	switch (nr) {
	case __NR_rename:
	case __NR_renameat:
	case __NR_renameat2:
	case __NR_unlink:
	case __NR_unlinkat:
	case __NR_rmdir:
		return ret == -ENOENT ? 0 : ret;
	case __NR_open:
		si &= ~O_EXCL;
		break;
	case __NR_openat:
		dx &= ~O_EXCL;
		break;
	default:
		return ret == -EEXIST ? 0 : ret;
	}
	return ret == -EEXIST ? orthros_syscall(nr, regs->di, si, dx, regs->r10, 0, 0) : ret;
}

/**
 * orthros_call_restart() - go on with a call that a hop has interrupted
 * @b:	current's, see goes_on()
 *
 * The registers of its arguments are as the call had them.
 *
 * Return: what the call returns.
 */
long orthros_call_restart(struct restart_block *b)
{
	struct pt_regs *regs = task_pt_regs(current);
	u32 round, nr = b->orthros.nr & ~ORTHROS_CALL_BY_HOP;
	u64 moved;
	long ret;

	/* To whoever looks, and restarts it once more, it is that call again. */
	regs->orig_ax = nr;
	if (b->orthros.goal == ORTHROS_CALL_ONCE) {
		b->orthros.goal = 0;
		ret = make_once(regs, nr);
		b->fn = do_no_restart_syscall;
		return ret;
	}
	if (b->orthros.goal == ORTHROS_CALL_SENDS_FROM && note_sent(b, regs))
		return b->orthros.moved;
	if (is_unknown(b)) {
		bool told = b->orthros.goal == ORTHROS_CALL_UNKNOWN;

		b->orthros.goal = 0;
		if (!can_be_repeated(regs, nr, told)) {
			give_up(nr);
			return -EINTR;
		}
	}
	if (b->orthros.moved && !b->orthros.goal && row_of(nr)) {
		/* Stopped by a failure, see note_for_takeover(): here it can be told. */
		b->orthros.goal = goal_of(row_of(nr), regs, b->orthros.moved,
					  b->orthros.deadline != KTIME_MAX);
		b->fn = do_no_restart_syscall;
		if (b->orthros.goal <= b->orthros.moved)
			return b->orthros.moved;
	}
	b->orthros.running = true;
	ret = go_on(regs, nr, b->orthros.moved, b->orthros.goal);
	round = signal_pending(current) ? orthros_only_freezing() : 0;
	if (round && goes_on(regs, round, nr, ret)) {
		b->orthros.running = false;
		return -ERESTART_RESTARTBLOCK;
	}
	b->orthros.running = false;
	moved = b->orthros.moved;
	if (moved || ret != -ERESTART_RESTARTBLOCK)
		b->fn = do_no_restart_syscall;
	if (moved)
		return moved + max(ret, 0L);
	return ret;
}

/**
 * orthros_call_signal() - a signal is about to be handled
 * @regs:	of current
 *
 * A call that was to go on ends here.
 */
void orthros_call_signal(struct pt_regs *regs)
{
	struct restart_block *b = &current->restart_block;

	b->orthros.nr &= ~ORTHROS_CALL_BY_HOP;
	if (syscall_get_error(current, regs) != -ERESTART_RESTARTBLOCK ||
	    b->fn != orthros_call_restart)
		return;
	if (b->orthros.goal == ORTHROS_CALL_SENDS_FROM)
		note_sent(b, regs);
	/* After the handler it is made again. */
	if (b->orthros.goal == ORTHROS_CALL_ONCE)
		b->orthros.err = -ERESTARTNOINTR;
	if (is_unknown(b) && !can_be_repeated(regs, b->orthros.nr,
					      b->orthros.goal == ORTHROS_CALL_UNKNOWN))
		give_up(b->orthros.nr);
	if (b->orthros.moved)
		syscall_set_return_value(current, regs, 0, b->orthros.moved);
	else
		syscall_set_return_value(current, regs, b->orthros.err, 0);
	b->fn = do_no_restart_syscall;
}

/**
 * orthros_call_undone() - a call will be made again
 * @regs:	of current
 *
 * Its number is now where its result was: a second freeze, before the program
 * runs, must not take it for one.
 */
void orthros_call_undone(struct pt_regs *regs)
{
	u32 *nr = &current->restart_block.orthros.nr;

	/* One that restart_syscall() goes on with. */
	if (regs->ax == __NR_restart_syscall && regs->orig_ax != __NR_restart_syscall)
		*nr = regs->orig_ax | (*nr & ORTHROS_CALL_BY_HOP);
	regs->orig_ax = -1;
}
