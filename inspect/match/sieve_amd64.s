#include "textflag.h"

// LOOK looks up the bytes at (SI), low in the table lo and high in hi.
#define LOOK2(at, lo, hi, out) \
	VMOVDQU (at)(SI), Y0; \
	VPAND   Y9, Y0, Y1; \
	VPSRLW  $4, Y0, Y0; \
	VPAND   Y9, Y0, Y0; \
	VPSHUFB Y1, lo, Y1; \
	VPSHUFB Y0, hi, Y0; \
	VPAND   Y0, Y1, out

// HALF makes R the bits of those of 32 bytes that are not let through.
#define HALF(at, R) \
	LOOK2(at, Y10, Y12, Y2); \
	LOOK2(at+1, Y11, Y13, Y3); \
	VPAND     Y3, Y2, Y2; \
	LOOK2(at+2, Y14, Y4, Y3); \
	VPAND     Y3, Y2, Y2; \
	LOOK2(at+3, Y15, Y5, Y3); \
	VPAND     Y3, Y2, Y2; \
	VPCMPEQB  Y8, Y2, Y2; \
	VPMOVMSKB Y2, R

// func keepAVX2(b *bitmap, src *byte, n int, s *sieve)
TEXT ·keepAVX2(SB), NOSPLIT, $0-32
	MOVQ    b+0(FP), DI
	MOVQ    src+8(FP), SI
	MOVQ    n+16(FP), CX
	MOVQ    s+24(FP), R8
	VBROADCASTI128 0(R8), Y10
	VBROADCASTI128 16(R8), Y11
	VBROADCASTI128 32(R8), Y14
	VBROADCASTI128 48(R8), Y15
	VBROADCASTI128 64(R8), Y12
	VBROADCASTI128 80(R8), Y13
	VBROADCASTI128 96(R8), Y4
	VBROADCASTI128 112(R8), Y5
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

// LOOK4 is LOOK2 for 64 bytes.
#define LOOK4(at, lo, hi, out) \
	VMOVDQU64 (at)(SI), Z0; \
	VPSRLW  $4, Z0, Z1; \
	VPANDQ  Z9, Z0, Z0; \
	VPANDQ  Z9, Z1, Z1; \
	VPSHUFB Z0, lo, Z0; \
	VPSHUFB Z1, hi, out; \
	VPANDQ  Z0, out, out

// func keepAVX512(b *bitmap, src *byte, n int, s *sieve)
TEXT ·keepAVX512(SB), NOSPLIT, $0-32
	MOVQ    b+0(FP), DI
	MOVQ    src+8(FP), SI
	MOVQ    n+16(FP), CX
	MOVQ    s+24(FP), R8
	VBROADCASTI32X4 0(R8), Z10
	VBROADCASTI32X4 16(R8), Z11
	VBROADCASTI32X4 32(R8), Z14
	VBROADCASTI32X4 48(R8), Z15
	VBROADCASTI32X4 64(R8), Z12
	VBROADCASTI32X4 80(R8), Z13
	VBROADCASTI32X4 96(R8), Z4
	VBROADCASTI32X4 112(R8), Z5
	MOVQ    $0x0f0f0f0f0f0f0f0f, AX
	VPBROADCASTQ AX, Z9

group:
	ADDQ  $8, DI
	CMPQ  (DI), $0
	JEQ   next
	LOOK4(0, Z10, Z12, Z2)
	LOOK4(1, Z11, Z13, Z3)
	LOOK4(2, Z14, Z4, Z6)
	LOOK4(3, Z15, Z5, Z7)
	VPANDQ   Z3, Z2, Z2
	VPTERNLOGQ $0x80, Z6, Z7, Z2
	VPTESTMB Z2, Z2, K1
	KMOVQ  K1, AX
	ANDQ  AX, (DI)

next:
	ADDQ $64, SI
	DECQ CX
	JNZ  group
	VZEROUPPER
	RET
