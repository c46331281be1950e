// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of open files: descriptor tables, pipes, eventfd, epoll, terminals.
 */
#include "tables.h"

#define FDT(f, k, ...) ORTHROS_ROW(struct orthros_fdtable_view, f, k, 0, __VA_ARGS__)

static struct orthros_row fdtable_rows[] = {
	FDT(fd, VALUE, "files_struct.fdt->fd"),
	FDT(open_fds, VALUE, "files_struct.fdt->open_fds"),
	FDT(close_on_exec, VALUE, "files_struct.fdt->close_on_exec"),
	FDT(max_fds, VALUE, "files_struct.fdt->max_fds"),
};

ORTHROS_TABLE(fdtable, struct orthros_fdtable_view);

#define FILE(f, k, flg, ...) ORTHROS_ROW(struct orthros_file_view, f, k, flg, __VA_ARGS__)

/*
 * f_pipe took over from f_version in v6.12, f_ref from f_count in v6.13.
 */
static struct orthros_row file_rows[] = {
	FILE(f_op, VALUE, 0, "file.f_op"),
	FILE(private_data, VALUE, 0, "file.private_data"),
	FILE(inode, VALUE, 0, "file.f_inode"),
	FILE(mnt, VALUE, 0, "file.f_path.mnt"),
	FILE(mnt_root, VALUE, ORTHROS_ROW_NULLABLE, "file.f_path.mnt->mnt_root"),
	FILE(dentry, VALUE, 0, "file.f_path.dentry"),
	FILE(cred, VALUE, 0, "file.f_cred"),
	FILE(pos, VALUE, 0, "file.f_pos"),
	FILE(count, VALUE, 0, "file.f_ref.refcnt.counter", "file.f_count.counter"),
	FILE(pipe_seen, VALUE, 0, "file.f_pipe", "file.f_version"),
	FILE(wb_err, VALUE, 0, "file.f_wb_err"),
	FILE(sb_err, VALUE, 0, "file.f_sb_err"),
	FILE(inode_wb_err, VALUE, ORTHROS_ROW_NULLABLE, "file.f_mapping->wb_err"),
	FILE(super_wb_err, VALUE, ORTHROS_ROW_NULLABLE, "file.f_inode->i_sb->s_wb_err"),
	FILE(write_hint, VALUE, ORTHROS_ROW_NULLABLE, "file.f_inode->i_write_hint"),
	FILE(flags, VALUE, 0, "file.f_flags"),
	FILE(mode, VALUE, 0, "file.f_mode"),
	FILE(security, VALUE, ORTHROS_ROW_OPTIONAL, "file.f_security"),
	FILE(writer, CONST, 0, "FMODE_WRITER"),
	FILE(backing, CONST, ORTHROS_ROW_OPTIONAL, "FMODE_BACKING"),
	FILE(user_mnt, VALUE, ORTHROS_ROW_OPTIONAL, "backing_file.user_path.mnt"),
	FILE(user_dentry, VALUE, ORTHROS_ROW_OPTIONAL, "backing_file.user_path.dentry"),
};

ORTHROS_TABLE(file, struct orthros_file_view);

static struct orthros_row blkdev_rows[] = {
	ORTHROS_ROW(struct orthros_blkdev_view, holder, VALUE, 0, "block_device.bd_holder"),
};

ORTHROS_TABLE(blkdev, struct orthros_blkdev_view);

#define INODE(f, k, ...) ORTHROS_ROW(struct orthros_finode_view, f, k, 0, __VA_ARGS__)

static struct orthros_row finode_rows[] = {
	INODE(flctx, VALUE, "inode.i_flctx"),
	INODE(pipe, VALUE, "inode.i_pipe"),
	INODE(magic, VALUE, "inode.i_sb->s_magic"),
	INODE(mode, VALUE, "inode.i_mode"),
	INODE(rdev, VALUE, "inode.i_rdev"),
	INODE(uid, VALUE, "inode.i_uid.val"),
	INODE(gid, VALUE, "inode.i_gid.val"),
	INODE(fstype, STRING, "inode.i_sb->s_type->name"),
};

ORTHROS_TABLE(finode, struct orthros_finode_view);

#define OWNER(f, ...) \
	ORTHROS_ROW(struct orthros_owner_view, f, VALUE, ORTHROS_ROW_NULLABLE, __VA_ARGS__)
#define OWNER_TYPE(f, name) \
	ORTHROS_ROW(struct orthros_owner_view, f, ENUM, 0, name)

static struct orthros_row owner_rows[] = {
	OWNER(pid, "file.f_owner->pid", "file.f_owner.pid"),
	OWNER(type, "file.f_owner->pid_type", "file.f_owner.pid_type"),
	OWNER(uid, "file.f_owner->uid.val", "file.f_owner.uid.val"),
	OWNER(euid, "file.f_owner->euid.val", "file.f_owner.euid.val"),
	OWNER(signum, "file.f_owner->signum", "file.f_owner.signum"),
	OWNER_TYPE(type_pid, "PIDTYPE_PID"),
	OWNER_TYPE(type_tgid, "PIDTYPE_TGID"),
	OWNER_TYPE(type_pgid, "PIDTYPE_PGID"),
};

ORTHROS_TABLE(owner, struct orthros_owner_view);

#define FLCTX(f, k, ...) ORTHROS_ROW(struct orthros_flctx_view, f, k, 0, __VA_ARGS__)

/* Locks share a core with leases since v6.9. */
static struct orthros_row flctx_rows[] = {
	FLCTX(flock, ADDR, "file_lock_context.flc_flock"),
	FLCTX(posix, ADDR, "file_lock_context.flc_posix"),
	FLCTX(lease, ADDR, "file_lock_context.flc_lease"),
	FLCTX(list_off, OFFSET, "file_lock.c.flc_list", "file_lock.fl_list"),
	FLCTX(lease_off, OFFSET, "file_lease.c.flc_list", "file_lock.fl_list"),
	FLCTX(ofd, CONST, "FL_OFDLCK"),
	FLCTX(is_lease, CONST, "FL_LEASE"),
	FLCTX(breaking, CONST, "FL_UNLOCK_PENDING | FL_DOWNGRADE_PENDING"),
};

ORTHROS_TABLE(flctx, struct orthros_flctx_view);

#define LOCK(f, ...) ORTHROS_ROW(struct orthros_lock_view, f, VALUE, 0, __VA_ARGS__)

static struct orthros_row lock_rows[] = {
	LOCK(owner, "file_lock.c.flc_owner", "file_lock.fl_owner"),
	LOCK(file, "file_lock.c.flc_file", "file_lock.fl_file"),
	LOCK(flags, "file_lock.c.flc_flags", "file_lock.fl_flags"),
	LOCK(type, "file_lock.c.flc_type", "file_lock.fl_type"),
	LOCK(start, "file_lock.fl_start"),
	LOCK(end, "file_lock.fl_end"),
};

ORTHROS_TABLE(lock, struct orthros_lock_view);

#define LEASE(f, fl, ...) ORTHROS_ROW(struct orthros_lease_view, f, VALUE, fl, __VA_ARGS__)

static struct orthros_row lease_rows[] = {
	LEASE(file, 0, "file_lease.c.flc_file", "file_lock.fl_file"),
	LEASE(flags, 0, "file_lease.c.flc_flags", "file_lock.fl_flags"),
	LEASE(pid, 0, "file_lease.c.flc_pid", "file_lock.fl_pid"),
	LEASE(fd, ORTHROS_ROW_NULLABLE, "file_lease.fl_fasync->fa_fd",
	      "file_lock.fl_fasync->fa_fd"),
	LEASE(type, 0, "file_lease.c.flc_type", "file_lock.fl_type"),
};

ORTHROS_TABLE(lease, struct orthros_lease_view);

#define DENTRY(f, k, ...) ORTHROS_ROW(struct orthros_fdentry_view, f, k, 0, __VA_ARGS__)

static struct orthros_row fdentry_rows[] = {
	DENTRY(parent, VALUE, "dentry.d_parent"),
	DENTRY(fsdata, VALUE, "dentry.d_fsdata"),
	DENTRY(name, STRING, "dentry.d_name.name"),
};

ORTHROS_TABLE(fdentry, struct orthros_fdentry_view);

/* Since v6.6; the end has a position of its own since v6.14 and in v6.12.y. */
static struct orthros_row dir_consts_rows[] = {
	ORTHROS_ROW(struct orthros_dir_consts, eod, ENUM, ORTHROS_ROW_OPTIONAL, "DIR_OFFSET_EOD"),
};

ORTHROS_TABLE(dir_consts, struct orthros_dir_consts);

static struct orthros_row file_consts_rows[] = {
	ORTHROS_ROW(struct orthros_file_consts, hz, CONST, 0, "HZ"),
};

ORTHROS_TABLE(file_consts, struct orthros_file_consts);

#define ALLOWED(f, k, ...) \
	ORTHROS_ROW(struct orthros_allowed_view, f, k, ORTHROS_ROW_OPTIONAL, __VA_ARGS__)

static struct orthros_row allowed_rows[] = {
	ALLOWED(sizes, SYM, "landlock_blob_sizes"),
	ALLOWED(file_off, OFFSET, "lsm_blob_sizes.lbs_file"),
	ALLOWED(access_off, OFFSET, "landlock_file_security.allowed_access"),
	ALLOWED(access_size, SIZEOF, "landlock_file_security.allowed_access"),
	ALLOWED(truncate, CONST, "LANDLOCK_ACCESS_FS_TRUNCATE"),
	ALLOWED(ioctl_dev, CONST, "LANDLOCK_ACCESS_FS_IOCTL_DEV"),
};

ORTHROS_TABLE(allowed, struct orthros_allowed_view);

#define PIPE(f, k, flg, ...) ORTHROS_ROW(struct orthros_pipe_view, f, k, flg, __VA_ARGS__)

static struct orthros_row pipe_rows[] = {
	PIPE(bufs, VALUE, 0, "pipe_inode_info.bufs"),
	PIPE(watch_queue, VALUE, ORTHROS_ROW_OPTIONAL, "pipe_inode_info.watch_queue"),
	PIPE(head, VALUE, 0, "pipe_inode_info.head"),
	PIPE(tail, VALUE, 0, "pipe_inode_info.tail"),
	PIPE(ring_size, VALUE, 0, "pipe_inode_info.ring_size"),
	PIPE(w_counter, VALUE, 0, "pipe_inode_info.w_counter"),
	PIPE(buf_size, SIZEOF, 0, "pipe_buffer"),
};

ORTHROS_TABLE(pipe, struct orthros_pipe_view);

#define PIPE_BUF(f, k, ...) ORTHROS_ROW(struct orthros_pipe_buf_view, f, k, 0, __VA_ARGS__)

static struct orthros_row pipe_buf_rows[] = {
	PIPE_BUF(page, VALUE, "pipe_buffer.page"),
	PIPE_BUF(offset, VALUE, "pipe_buffer.offset"),
	PIPE_BUF(len, VALUE, "pipe_buffer.len"),
	PIPE_BUF(flags, VALUE, "pipe_buffer.flags"),
	PIPE_BUF(flag_packet, CONST, "PIPE_BUF_FLAG_PACKET"),
};

ORTHROS_TABLE(pipe_buf, struct orthros_pipe_buf_view);

static struct orthros_row eventfd_rows[] = {
	ORTHROS_ROW(struct orthros_eventfd_view, count, VALUE, 0, "eventfd_ctx.count"),
	ORTHROS_ROW(struct orthros_eventfd_view, flags, VALUE, 0, "eventfd_ctx.flags"),
};

ORTHROS_TABLE(eventfd, struct orthros_eventfd_view);

#define TIMERFD(f, k, ...) ORTHROS_ROW(struct orthros_timerfd_view, f, k, 0, __VA_ARGS__)

static struct orthros_row timerfd_rows[] = {
	TIMERFD(clockid, VALUE, "timerfd_ctx.clockid"),
	TIMERFD(expired, VALUE, "timerfd_ctx.expired"),
	TIMERFD(settime_flags, VALUE, "timerfd_ctx.settime_flags"),
	TIMERFD(interval, VALUE, "timerfd_ctx.tintv"),
	TIMERFD(ticks, VALUE, "timerfd_ctx.ticks"),
	TIMERFD(moffs, VALUE, "timerfd_ctx.moffs"),
	TIMERFD(expires, VALUE, "timerfd_ctx.t.tmr.node.expires"),
	TIMERFD(active, VALUE, "timerfd_ctx.t.tmr.state"),
};

ORTHROS_TABLE(timerfd, struct orthros_timerfd_view);

static struct orthros_row timerfd_alarm_rows[] = {
	TIMERFD(expires, VALUE, "timerfd_ctx.t.alarm.node.expires"),
	TIMERFD(active, VALUE, "timerfd_ctx.t.alarm.state"),
};

ORTHROS_TABLE(timerfd_alarm, struct orthros_timerfd_view);

static struct orthros_row signalfd_rows[] = {
	ORTHROS_ROW(struct orthros_signalfd_view, mask, VALUE, 0, "signalfd_ctx.sigmask.sig[0]"),
};

ORTHROS_TABLE(signalfd, struct orthros_signalfd_view);

static struct orthros_row eventpoll_rows[] = {
	ORTHROS_ROW(struct orthros_eventpoll_view, root, VALUE, 0,
		    "eventpoll.rbr.rb_root.rb_node"),
	ORTHROS_ROW(struct orthros_eventpoll_view, rbn_off, OFFSET, 0, "epitem.rbn"),
};

ORTHROS_TABLE(eventpoll, struct orthros_eventpoll_view);

#define EPITEM(f, k, ...) ORTHROS_ROW(struct orthros_epitem_view, f, k, 0, __VA_ARGS__)

static struct orthros_row epitem_rows[] = {
	EPITEM(file, VALUE, "epitem.ffd.file"),
	EPITEM(ep, VALUE, "epitem.ep"),
	EPITEM(data, VALUE, "epitem.event.data"),
	ORTHROS_ROW(struct orthros_epitem_view, waits_on, VALUE, ORTHROS_ROW_NULLABLE,
		    "epitem.pwqlist->whead"),
	EPITEM(ready, ADDR, "epitem.rdllink"),
	EPITEM(ready_next, VALUE, "epitem.rdllink.next"),
	EPITEM(events, VALUE, "epitem.event.events"),
	EPITEM(fd, VALUE, "epitem.ffd.fd"),
};

ORTHROS_TABLE(epitem, struct orthros_epitem_view);

static struct orthros_row tty_file_rows[] = {
	ORTHROS_ROW(struct orthros_tty_file_view, tty, VALUE, 0, "tty_file_private.tty"),
};

ORTHROS_TABLE(tty_file, struct orthros_tty_file_view);

#define TTY(f, k, ...) ORTHROS_ROW(struct orthros_tty_view, f, k, 0, __VA_ARGS__)

static struct orthros_row tty_rows[] = {
	TTY(pgrp, VALUE, "tty_struct.ctrl.pgrp"),
	TTY(session, VALUE, "tty_struct.ctrl.session"),
	TTY(disc_data, VALUE, "tty_struct.disc_data"),
	TTY(ldisc_ops, VALUE, "tty_struct.ldisc->ops"),
	TTY(n_tty_ops, SYM, "n_tty_ops"),
	TTY(flags, VALUE, "tty_struct.flags"),
	TTY(flag_hupped, CONST, "TTY_HUPPED"),
	TTY(flag_exclusive, CONST, "TTY_EXCLUSIVE"),
	TTY(count, VALUE, "tty_struct.count"),
	TTY(index, VALUE, "tty_struct.index"),
	TTY(major, VALUE, "tty_struct.driver->major"),
	TTY(minor_start, VALUE, "tty_struct.driver->minor_start"),
	TTY(driver_type, VALUE, "tty_struct.driver->type"),
	TTY(type_pty, CONST, "TTY_DRIVER_TYPE_PTY"),
	TTY(type_serial, CONST, "TTY_DRIVER_TYPE_SERIAL"),
	TTY(stopped, VALUE, "tty_struct.flow.stopped"),
	TTY(subtype, VALUE, "tty_struct.driver->subtype"),
	TTY(subtype_master, CONST, "PTY_TYPE_MASTER"),
	TTY(flag_pty_lock, CONST, "TTY_PTY_LOCK"),
	TTY(flag_other_closed, CONST, "TTY_OTHER_CLOSED"),
	TTY(packet, VALUE, "tty_struct.ctrl.packet"),
	TTY(pktstatus, VALUE, "tty_struct.ctrl.pktstatus"),
	TTY(tco_stopped, VALUE, "tty_struct.flow.tco_stopped"),
	TTY(hw_stopped, VALUE, "tty_struct.hw_stopped"),
	TTY(ops, VALUE, "tty_struct.ops"),
	ORTHROS_ROW(struct orthros_tty_view, uart_ops, SYM, ORTHROS_ROW_OPTIONAL, "uart_ops"),
	TTY(link, VALUE, "tty_struct.link"),
	TTY(driver_data, VALUE, "tty_struct.driver_data"),
	TTY(raw, VALUE, "tty_struct.port->buf.head"),
	TTY(iflag, VALUE, "tty_struct.termios.c_iflag"),
	TTY(oflag, VALUE, "tty_struct.termios.c_oflag"),
	TTY(cflag, VALUE, "tty_struct.termios.c_cflag"),
	TTY(lflag, VALUE, "tty_struct.termios.c_lflag"),
	TTY(ispeed, VALUE, "tty_struct.termios.c_ispeed"),
	TTY(ospeed, VALUE, "tty_struct.termios.c_ospeed"),
	TTY(line, VALUE, "tty_struct.termios.c_line"),
	TTY(cc, BYTES, "tty_struct.termios.c_cc"),
	TTY(lock_iflag, VALUE, "tty_struct.termios_locked.c_iflag"),
	TTY(lock_oflag, VALUE, "tty_struct.termios_locked.c_oflag"),
	TTY(lock_cflag, VALUE, "tty_struct.termios_locked.c_cflag"),
	TTY(lock_lflag, VALUE, "tty_struct.termios_locked.c_lflag"),
	TTY(lock_line, VALUE, "tty_struct.termios_locked.c_line"),
	TTY(lock_cc, BYTES, "tty_struct.termios_locked.c_cc"),
	TTY(ws_row, VALUE, "tty_struct.winsize.ws_row"),
	TTY(ws_col, VALUE, "tty_struct.winsize.ws_col"),
	TTY(ws_xpixel, VALUE, "tty_struct.winsize.ws_xpixel"),
	TTY(ws_ypixel, VALUE, "tty_struct.winsize.ws_ypixel"),
	TTY(name, STRING, "tty_struct.name"),
};

ORTHROS_TABLE(tty, struct orthros_tty_view);

/* Of one that has hung up, which has no line discipline. */
static struct orthros_row hung_tty_rows[] = {
	TTY(driver_type, VALUE, "tty_struct.driver->type"),
	TTY(type_pty, CONST, "TTY_DRIVER_TYPE_PTY"),
	TTY(subtype, VALUE, "tty_struct.driver->subtype"),
	TTY(subtype_master, CONST, "PTY_TYPE_MASTER"),
	TTY(name, STRING, "tty_struct.name"),
};

ORTHROS_TABLE(hung_tty, struct orthros_tty_view);

/* The ring became one of the port in v6.10, which has it in each version. */
static struct orthros_row uart_rows[] = {
	ORTHROS_ROW(struct orthros_uart_view, head, VALUE, 0,
		    "uart_state.xmit.head", "uart_state.port.xmit_fifo.kfifo.in"),
	ORTHROS_ROW(struct orthros_uart_view, tail, VALUE, 0,
		    "uart_state.xmit.tail", "uart_state.port.xmit_fifo.kfifo.out"),
	ORTHROS_ROW(struct orthros_uart_view, buf, VALUE, 0,
		    "uart_state.xmit.buf", "uart_state.port.xmit_buf"),
};

ORTHROS_TABLE(uart, struct orthros_uart_view);

#define TTY_BUF(f, k, ...) ORTHROS_ROW(struct orthros_tty_buf_view, f, k, 0, __VA_ARGS__)

static struct orthros_row tty_buf_rows[] = {
	TTY_BUF(next, VALUE, "tty_buffer.next"),
	TTY_BUF(data, ADDR, "tty_buffer.data"),
	TTY_BUF(read, VALUE, "tty_buffer.read"),
	TTY_BUF(used, VALUE, "tty_buffer.used"),
	TTY_BUF(size, VALUE, "tty_buffer.size"),
};

ORTHROS_TABLE(tty_buf, struct orthros_tty_buf_view);

static struct orthros_row pts_node_rows[] = {
	ORTHROS_ROW(struct orthros_pts_node_view, mode, VALUE, 0, "dentry.d_inode->i_mode"),
	ORTHROS_ROW(struct orthros_pts_node_view, uid, VALUE, 0, "dentry.d_inode->i_uid.val"),
	ORTHROS_ROW(struct orthros_pts_node_view, gid, VALUE, 0, "dentry.d_inode->i_gid.val"),
};

ORTHROS_TABLE(pts_node, struct orthros_pts_node_view);

#define N_TTY(f, k, ...) ORTHROS_ROW(struct orthros_n_tty_view, f, k, 0, __VA_ARGS__)

static struct orthros_row n_tty_rows[] = {
	N_TTY(read_buf, ADDR, "n_tty_data.read_buf"),
	N_TTY(read_head, VALUE, "n_tty_data.read_head"),
	N_TTY(read_tail, VALUE, "n_tty_data.read_tail"),
	N_TTY(buf_size, SIZEOF, "n_tty_data.read_buf"),
	N_TTY(read_flags, ADDR, "n_tty_data.read_flags"),
	N_TTY(flags_size, SIZEOF, "n_tty_data.read_flags"),
};

ORTHROS_TABLE(n_tty, struct orthros_n_tty_view);
