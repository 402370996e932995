#include "textflag.h"

DATA structQuote<>+0(SB)/8, $0x2222222222222222
GLOBL structQuote<>(SB), RODATA|NOPTR, $8
DATA structEscape<>+0(SB)/8, $0x5c5c5c5c5c5c5c5c
GLOBL structEscape<>(SB), RODATA|NOPTR, $8
DATA structLine<>+0(SB)/8, $0x0a0a0a0a0a0a0a0a
GLOBL structLine<>(SB), RODATA|NOPTR, $8
DATA structFold<>+0(SB)/8, $0x2020202020202020
GLOBL structFold<>(SB), RODATA|NOPTR, $8
DATA structOpen<>+0(SB)/8, $0x7b7b7b7b7b7b7b7b
GLOBL structOpen<>(SB), RODATA|NOPTR, $8
DATA structClose<>+0(SB)/8, $0x7d7d7d7d7d7d7d7d
GLOBL structClose<>(SB), RODATA|NOPTR, $8

// MASK writes the bits of the bytes of Y6:Y7 that equal those of c.
#define MASK(c, at) \
	VPCMPEQB  c, Y6, Y8  \
	VPCMPEQB  c, Y7, Y9  \
	VPMOVMSKB Y8, AX     \
	VPMOVMSKB Y9, BX     \
	SHLQ      $32, BX    \
	ORQ       BX, AX     \
	MOVQ      AX, at(DI)

// func structureAVX2(dst *Marks, src *byte, n int)
TEXT ·structureAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	VPBROADCASTQ structQuote<>(SB), Y0
	VPBROADCASTQ structEscape<>(SB), Y1
	VPBROADCASTQ structLine<>(SB), Y2
	VPBROADCASTQ structFold<>(SB), Y3
	VPBROADCASTQ structOpen<>(SB), Y4
	VPBROADCASTQ structClose<>(SB), Y5
	VPCMPEQB X12, X12, X12

loop:
	VMOVDQU (SI), Y6
	VMOVDQU 32(SI), Y7
	MASK(Y0, 0)
	VMOVQ      AX, X10
	VPCLMULQDQ $0, X12, X10, X10
	VMOVQ      X10, 32(DI)
	MASK(Y1, 8)
	MASK(Y2, 24)
	VPOR Y3, Y6, Y6
	VPOR Y3, Y7, Y7
	VPCMPEQB  Y4, Y6, Y8
	VPCMPEQB  Y5, Y6, Y9
	VPOR      Y8, Y9, Y8
	VPCMPEQB  Y4, Y7, Y10
	VPCMPEQB  Y5, Y7, Y11
	VPOR      Y10, Y11, Y10
	VPMOVMSKB Y8, AX
	VPMOVMSKB Y10, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	MOVQ      AX, 16(DI)
	ADDQ $64, SI
	ADDQ $40, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
