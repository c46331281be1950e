/* SPDX-License-Identifier: GPL-2.0 */
/* The code of test_regs.c that must own every register. */

/* struct regs: in[16], out[16]: rax rbx rcx rdx rsi rdi rbp r8-r15 rflags */
#define IN(n)	(8 * (n))(%rdi)
#define OUT(n)	(128 + 8 * (n))(%rdi)

	.text

	.macro	save_callee
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	.endm

	.macro	restore_callee
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	.endm

	.macro	load_preserved
	mov	IN(1), %rbx
	mov	IN(6), %rbp
	mov	IN(7), %r8
	mov	IN(8), %r9
	mov	IN(9), %r10
	mov	IN(11), %r12
	mov	IN(12), %r13
	mov	IN(13), %r14
	mov	IN(14), %r15
	.endm

	.macro	store_preserved
	mov	%rbx, OUT(1)
	mov	%rdx, OUT(3)
	mov	%rsi, OUT(4)
	mov	%rbp, OUT(6)
	mov	%r8, OUT(7)
	mov	%r9, OUT(8)
	mov	%r10, OUT(9)
	mov	%r12, OUT(11)
	mov	%r13, OUT(12)
	mov	%r14, OUT(13)
	mov	%r15, OUT(14)
	.endm

/*
 * void regs_spin(struct regs *r, int *stop): loads all registers and flags,
 * spins until *stop, stores them.  The stop word is reached through the
 * stack alone.
 */
	.globl	regs_spin
	.type	regs_spin, @function
regs_spin:
	save_callee
	push	%rdi
	push	%rsi
	push	IN(15)
	popfq
	load_preserved
	mov	IN(0), %rax
	mov	IN(2), %rcx
	mov	IN(3), %rdx
	mov	IN(4), %rsi
	mov	IN(10), %r11
	mov	IN(5), %rdi
	/* Neither the flags nor a register may change in this loop. */
1:	pushfq
	push	%rax
	mov	16(%rsp), %rax
	cmpl	$0, (%rax)
	pop	%rax
	jne	2f
	popfq
	jmp	1b
	/* The flags are still on the stack. */
2:	push	%rdi
	mov	24(%rsp), %rdi
	store_preserved
	mov	%rax, OUT(0)
	mov	%rcx, OUT(2)
	mov	%r11, OUT(10)
	pop	%rax
	mov	%rax, OUT(5)
	pop	%rax
	mov	%rax, OUT(15)
	pop	%rsi
	pop	%rdi
	restore_callee
	ret
	.size	regs_spin, . - regs_spin

/*
 * void regs_read(struct regs *r, int fd, char *buf): read(fd, buf, 1) with a
 * pattern in what a system call leaves alone.
 */
	.globl	regs_read
	.type	regs_read, @function
regs_read:
	save_callee
	push	%rdi
	load_preserved
	mov	%esi, %edi
	mov	%rdx, %rsi
	mov	$1, %edx
	xor	%eax, %eax
	syscall
	pop	%rdi
	store_preserved
	mov	%rax, OUT(0)
	restore_callee
	ret
	.size	regs_read, . - regs_read

	.section .note.GNU-stack, "", @progbits
