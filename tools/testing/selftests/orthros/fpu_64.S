/* SPDX-License-Identifier: GPL-2.0 */
/* The code of test_fpu.c that must own the whole FPU. */

/* struct fpu */
#define ZMM(n)	(64 * (n))(%rdi)
#define K(n)	(2048 + 8 * (n))(%rdi)
#define ST(n)	(2112 + 16 * (n))(%rdi)
#define MXCSR	2240(%rdi)
#define CW	2244(%rdi)

	.text

	.macro	load_state width
	.irp	n, 7, 6, 5, 4, 3, 2, 1, 0
	fldt	ST(\n)
	.endr
	fldcw	CW
	ldmxcsr	MXCSR
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.if	\width == 16
	movdqu	ZMM(\n), %xmm\n
	.elseif	\width == 32
	vmovdqu	ZMM(\n), %ymm\n
	.else
	vmovdqu64 ZMM(\n), %zmm\n
	.endif
	.endr
	.if	\width == 64
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vmovdqu64 ZMM(\n), %zmm\n
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	K(\n), %k\n
	.endr
	.endif
	.endm

	.macro	store_state width
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.if	\width == 16
	movdqu	%xmm\n, ZMM(\n)
	.elseif	\width == 32
	vmovdqu	%ymm\n, ZMM(\n)
	.else
	vmovdqu64 %zmm\n, ZMM(\n)
	.endif
	.endr
	.if	\width == 64
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	vmovdqu64 %zmm\n, ZMM(\n)
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	kmovq	%k\n, K(\n)
	.endr
	.endif
	.if	\width != 16
	vzeroupper
	.endif
	stmxcsr	MXCSR
	fnstcw	CW
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	fstpt	ST(\n)
	.endr
	/* As the compiler wants them. */
	fninit
	push	$0x1f80
	ldmxcsr	(%rsp)
	pop	%rax
	.endm

/*
 * long fpu_hold_WIDTH(const struct fpu *in, struct fpu *out, int *stop,
 *		       int fd, char *byte)
 *
 * Loads @in, then spins until *stop, or without @stop does read(fd, byte, 1);
 * stores to @out.
 * Return: what read() did, 1 after spinning.
 */
	.macro	define_hold width
	.globl	fpu_hold_\width
	.type	fpu_hold_\width, @function
fpu_hold_\width:
	push	%rbx
	push	%rsi
	load_state \width
	mov	$1, %ebx
	test	%rdx, %rdx
	jz	2f
1:	pause
	cmpl	$0, (%rdx)
	je	1b
	jmp	3f
2:	mov	%ecx, %edi
	mov	%r8, %rsi
	mov	$1, %edx
	xor	%eax, %eax
	syscall
	mov	%rax, %rbx
3:	pop	%rdi
	store_state \width
	mov	%rbx, %rax
	pop	%rbx
	ret
	.size	fpu_hold_\width, . - fpu_hold_\width
	.endm

	define_hold 16
	define_hold 32
	define_hold 64

	.section .note.GNU-stack, "", @progbits
