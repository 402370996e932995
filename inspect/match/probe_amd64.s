#include "go_asm.h"
#include "textflag.h"

// The multiplier of prints, as a signed number.
#define MULTIPLIER -1640531535

// ONE notes the lowest bit of AX as place k of the list, and clears it.
#define ONE(k) \
	TZCNTQ AX, CX; \
	ADDL   R9, CX; \
	MOVW   CX, (k*2)(R10); \
	BLSRQ  AX, AX

#define FOUR \
	ONE(0); \
	ONE(1); \
	ONE(2); \
	ONE(3); \
	ADDQ $8, R10

// PRINT sets DX to the print of the text at (SI)(CX*1); R13 is SI and skip.
#define PRINT \
	MOVL   (R13)(CX*1), DX; \
	ORL    R11, DX; \
	ANDL   R9, DX; \
	IMUL3L $MULTIPLIER, DX, DX

// LOOK writes the anchor at place k of the list again, and moves on behind it
// if the table may know the text there.
#define LOOK(k) \
	MOVWLZX (k*2)(R14), CX; \
	PRINT; \
	MOVL    DX, AX; \
	SHRL    $21, DX; \
	SHRL    $16, AX; \
	MOVL    (R8)(DX*4), DX; \
	MOVW    CX, (R10)(BX*2); \
	BTL     AX, DX; \
	ADCQ    $0, BX

// REGISTERS sets those that PRINT needs, and R8.
#define REGISTERS \
	MOVQ src+16(FP), SI; \
	MOVQ t+32(FP), R8; \
	MOVL table_mask(R8), R9; \
	MOVL table_fold(R8), R11; \
	MOVQ table_skip(R8), R13; \
	ADDQ SI, R13

// NEXT keeps of the BX anchors in the list at R10 those behind whose print
// stands what may belong to a word.
#define NEXT \
	MOVQ R10, R14; \
	XORL DI, DI; \
next: \
	MOVWLZX (R14), CX; \
	PRINT; \
	SHRL    $21, DX; \
	LEAQ    table_next(R8)(DX*8), R15; \
	MOVL    4(R13)(CX*1), AX; \
	ORL     $0x20202020, AX; \
	ANDL    next_mask(R15), AX; \
	IMUL3L  $MULTIPLIER, AX, AX; \
	SHRL    $27, AX; \
	MOVL    next_bits(R15), DX; \
	MOVW    CX, (R10)(DI*2); \
	BTL     AX, DX; \
	ADCQ    $0, DI; \
	ADDQ    $2, R14; \
	DECQ    BX; \
	JNZ     next; \
	MOVQ    DI, BX

// NOTE sets the bits of those of the BX anchors in the list at R10 where the
// first and the last bytes of a word stand, in b and keyed.
#define NOTE \
	MOVQ b+0(FP), DI; \
	MOVQ keyed+8(FP), R15; \
note: \
	MOVWLZX -2(R10)(BX*2), CX; \
	PRINT; \
	SHRL  $21, DX; \
	MOVL  table_chain(R8)(DX*4), AX; \
	MOVL  (table_chain+4)(R8)(DX*4), R12; \
	LEAQ  (AX)(AX*4), AX; \
	LEAQ  (R12)(R12*4), R12; \
	MOVQ  table_links(R8), R14; \
	LEAQ  (R14)(AX*8), AX; \
	LEAQ  (R14)(R12*8), R12; \
	MOVQ  (SI)(CX*1), DX; \
link: \
	CMPQ  AX, R12; \
	JAE   none; \
	MOVQ  link_head(AX), R14; \
	ADDQ  $40, AX; \
	XORQ  DX, R14; \
	TESTQ (link_mask-40)(AX), R14; \
	JNZ   link; \
	MOVL  (link_off-40)(AX), R14; \
	ADDQ  CX, R14; \
	MOVQ  (SI)(R14*1), R14; \
	XORQ  (link_tail-40)(AX), R14; \
	TESTQ (link_tmask-40)(AX), R14; \
	JNZ   link; \
	MOVL  CX, DX; \
	SHRL  $6, DX; \
	MOVQ  8(DI)(DX*8), AX; \
	BTSQ  CX, AX; \
	MOVQ  AX, 8(DI)(DX*8); \
	ORQ   AX, 8(R15)(DX*8); \
none: \
	DECQ BX; \
	JNZ  note

// func filterAVX2(b, keyed *bitmap, src *byte, n int, t *table)
//
// The anchors of all groups go into a list, so that the loop over them is one
// whose end the processor foresees, and stay in it if the bits of the table let
// them. Of those few it is asked whether they begin with the head of a word.
TEXT ·filterAVX2(SB), 0, $8256-40
	MOVQ b+0(FP), DI
	MOVQ n+24(FP), R14
	LEAQ list-8256(SP), R10
	XORL R9, R9

group:
	ADDQ    $8, DI
	MOVQ    (DI), AX
	TESTQ   AX, AX
	JZ      empty
	MOVQ    $0, (DI)
	POPCNTQ AX, DX
	LEAQ    (R10)(DX*2), BX
	FOUR

more:
	FOUR
	CMPQ R10, BX
	JB   more
	MOVQ BX, R10

empty:
	ADDL $64, R9
	DECQ R14
	JNZ  group
	LEAQ list-8256(SP), R14
	MOVQ R10, DI
	SUBQ R14, DI
	SHRQ $1, DI
	JZ   done
	MOVWLZX -2(R10), AX
	MOVW AX, (R10)
	REGISTERS
	MOVQ R14, R10
	XORL BX, BX

look:
	LOOK(0)
	LOOK(1)
	ADDQ  $4, R14
	SUBQ  $2, DI
	JG    look
	TESTQ BX, BX
	JZ    done
	NEXT
	TESTQ BX, BX
	JZ    done
	NOTE

done:
	RET

// TEST keeps in K1 the bytes for which the bits low and high allow those that
// stand at behind together with the shared ones: Z3 is their part of the place
// of the bits, Z2 the bit.
#define TEST(at, low, high) \
	VMOVDQU64 (SI)(at*1), Z1; \
	VGF2P8AFFINEQB $0, Z20, Z1, Z1; \
	VPXORQ   Z3, Z1, Z1; \
	VPERMI2B high, low, Z1; \
	VPTESTMB Z1, Z2, K1, K1

// func filterAVX512(b, keyed *bitmap, src *byte, n int, t *table)
//
// It is filterAVX2 with 16 anchors at a time.
TEXT ·filterAVX512(SB), 0, $8384-40
	MOVQ    b+0(FP), DI
	MOVQ    n+24(FP), R14
	LEAQ    list-8384(SP), R10
	VMOVDQU64 iota<>(SB), Z10
	MOVL    $64, AX
	VPBROADCASTW AX, Z11
	VPXORQ  Z12, Z12, Z12 // the place of the group

	MOVQ    src+16(FP), SI
	MOVQ    t+32(FP), R8
	MOVQ    table_grid(R8), R8
	VPBROADCASTQ grid_first(R8), Z20
	VPBROADCASTQ grid_second(R8), Z21
	VPBROADCASTQ powers<>(SB), Z22
	VMOVDQU64 (grid_bits+0)(R8), Z23
	VMOVDQU64 (grid_bits+64)(R8), Z24
	VMOVDQU64 (grid_bits+128)(R8), Z25
	VMOVDQU64 (grid_bits+192)(R8), Z26
	VMOVDQU64 (grid_bits+256)(R8), Z27
	VMOVDQU64 (grid_bits+320)(R8), Z28
	MOVQ    grid_shared(R8), BX
	MOVQ    (grid_at+0)(R8), CX
	MOVQ    (grid_at+8)(R8), R9
	MOVQ    (grid_at+16)(R8), R12

group:
	ADDQ    $8, DI
	MOVQ    (DI), AX
	TESTQ   AX, AX
	JZ      empty
	KMOVQ   AX, K1
	VMOVDQU64 (SI)(BX*1), Z2
	VGF2P8AFFINEQB $0, Z21, Z2, Z3
	VPERMB  Z22, Z2, Z2
	TEST(CX, Z23, Z24)
	TEST(R9, Z25, Z26)
	CMPQ    R12, BX
	JEQ     tested
	TEST(R12, Z27, Z28)

tested:
	KMOVQ   K1, AX
	MOVQ    $0, (DI)
	POPCNTQ AX, DX
	VPCOMPRESSB.Z Z10, K1, Z1
	VPMOVZXBW X1, Y2
	VPADDW  Y12, Y2, Y2
	VMOVDQU Y2, (R10)
	CMPQ    DX, $16
	JA      full

listed:
	LEAQ    (R10)(DX*2), R10

empty:
	ADDQ   $64, SI
	VPADDW Z11, Z12, Z12
	DECQ R14
	JNZ  group
	LEAQ list-8384(SP), R14
	MOVQ R10, DI
	SUBQ R14, DI
	SHRQ $1, DI
	JZ   done
	REGISTERS
	MOVQ R14, R10
	XORL BX, BX
	VPBROADCASTD R9, Z10
	VPBROADCASTD R11, Z11
	MOVL $MULTIPLIER, AX
	VPBROADCASTD AX, Z12
	MOVL $1, AX
	VPBROADCASTD AX, Z13
	MOVQ $-1, R12

look:
	CMPQ DI, $16
	JB   few

sixteen:
	KMOVW R12, K1
	KMOVW R12, K2
	VPMOVZXWD (R14), Z1
	VPGATHERDD (R13)(Z1*1), K2, Z2
	VPORD   Z11, Z2, Z2
	VPANDD  Z10, Z2, Z2
	VPMULLD Z12, Z2, Z2
	VPSRLD  $21, Z2, Z3
	VPSRLD  $16, Z2, Z2
	KMOVW   R12, K2
	VPGATHERDD (R8)(Z3*4), K2, Z4
	VPRORVD Z2, Z4, Z4
	VPTESTMD Z13, Z4, K1, K1
	VPCOMPRESSD.Z Z1, K1, Z5
	VPMOVDW Z5, (R10)(BX*2)
	KMOVW   K1, AX
	POPCNTL AX, AX
	ADDQ    AX, BX
	ADDQ    $32, R14
	SUBQ    $16, DI
	JG      look
	VZEROUPPER
	TESTQ BX, BX
	JZ    done
	NEXT
	TESTQ BX, BX
	JZ    done
	NOTE

done:
	VZEROUPPER
	RET

few:
	BZHIQ DI, R12, R12
	JMP   sixteen

full:
	VPMOVZXBW Y1, Z2
	VPADDW  Z12, Z2, Z2
	VMOVDQU64 Z2, (R10)
	VEXTRACTI64X4 $1, Z1, Y1
	VPMOVZXBW Y1, Z2
	VPADDW  Z12, Z2, Z2
	VMOVDQU64 Z2, 64(R10)
	JMP     listed

DATA iota<>+0(SB)/8, $0x0706050403020100
DATA iota<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA iota<>+16(SB)/8, $0x1716151413121110
DATA iota<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA iota<>+32(SB)/8, $0x2726252423222120
DATA iota<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA iota<>+48(SB)/8, $0x3736353433323130
DATA iota<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL iota<>(SB), RODATA|NOPTR, $64

DATA powers<>+0(SB)/8, $0x8040201008040201
GLOBL powers<>(SB), RODATA|NOPTR, $8
