#include "textflag.h"

// SIEVE looks up the bytes x in the tables low and high.
#define SIEVE(low, high, out) \
	VPAND   Y9, Y0, Y1; \
	VPSRLW  $4, Y0, Y0; \
	VPAND   Y9, Y0, Y0; \
	VPSHUFB Y1, low, Y1; \
	VPSHUFB Y0, high, Y0; \
	VPAND   Y0, Y1, out

// HALF makes R the bits of those of 32 bytes that are not let through.
#define HALF(at, R) \
	VMOVDQU   (at)(SI), Y0; \
	SIEVE(Y10, Y12, Y2); \
	VMOVDQU   (at+1)(SI), Y0; \
	SIEVE(Y11, Y13, Y3); \
	VPAND     Y3, Y2, Y2; \
	VPCMPEQB  Y8, Y2, Y2; \
	VPMOVMSKB Y2, R

// func keepAVX2(b *bitmap, src *byte, n int, s *sieve)
TEXT ·keepAVX2(SB), NOSPLIT, $0-32
	MOVQ    b+0(FP), DI
	MOVQ    src+8(FP), SI
	MOVQ    n+16(FP), CX
	MOVQ    s+24(FP), R8
	VMOVDQU 0(R8), Y10
	VMOVDQU 32(R8), Y11
	VMOVDQU 64(R8), Y12
	VMOVDQU 96(R8), Y13
	VPXOR   Y8, Y8, Y8
	MOVQ    $0x0f0f0f0f0f0f0f0f, AX
	VMOVQ   AX, X9
	VPBROADCASTQ X9, Y9

group:
	ADDQ  $8, DI
	CMPQ  (DI), $0
	JEQ   next
	HALF(0, AX)
	HALF(32, BX)
	SHLQ  $32, BX
	ORQ   BX, AX
	NOTQ  AX
	ANDQ  AX, (DI)

next:
	ADDQ $64, SI
	DECQ CX
	JNZ  group
	VZEROUPPER
	RET
