#include "go_asm.h"
#include "textflag.h"

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

// A PRINT of the text at (SI)(CX*1): of four bytes, or of those in R9.
#define PRINT4 \
	MOVL (SI)(CX*1), DX; \
	ORL  $0x20202020, DX

#define PRINTN \
	MOVQ (SI)(CX*1), DX; \
	ORQ  R11, DX; \
	ANDQ R9, DX

// LOOK writes the anchor at place k of the list again, and moves on behind it
// if the table may know the text there.
#define LOOK(k, PRINT) \
	MOVWLZX (k*2)(R14), CX; \
	PRINT; \
	MULXQ   R12, DX, AX; \
	SHRQ    $54, DX; \
	MOVQ    (R8)(DX*8), DX; \
	MOVW    CX, (R10)(BX*2); \
	BTQ     AX, DX; \
	ADCQ    $0, BX

// The anchors of all groups go into a list, so that the loop over them is one
// whose end the processor foresees, and stay in it if the bits of the table let
// them. Of those few it is asked whether they begin with the head of a word.
#define FILTER(PRINT) \
	MOVQ b+0(FP), DI; \
	MOVQ n+24(FP), R14; \
	LEAQ list-8256(SP), R10; \
	XORL R9, R9; \
group: \
	ADDQ    $8, DI; \
	MOVQ    (DI), AX; \
	TESTQ   AX, AX; \
	JZ      empty; \
	MOVQ    $0, (DI); \
	POPCNTQ AX, DX; \
	LEAQ    (R10)(DX*2), BX; \
	FOUR; \
more: \
	FOUR; \
	CMPQ R10, BX; \
	JB   more; \
	MOVQ BX, R10; \
empty: \
	ADDL $64, R9; \
	DECQ R14; \
	JNZ  group; \
	LEAQ list-8256(SP), R14; \
	MOVQ R10, DI; \
	SUBQ R14, DI; \
	SHRQ $1, DI; \
	JZ   done; \
	MOVWLZX -2(R10), AX; \
	MOVW AX, (R10); \
	MOVQ src+16(FP), SI; \
	MOVQ t+32(FP), R8; \
	MOVQ $0x2020202020202020, R11; \
	MOVQ $0x9e3779b97f4a7c15, R12; \
	MOVQ table_mask(R8), R9; \
	MOVQ R14, R10; \
	XORL BX, BX; \
look: \
	LOOK(0, PRINT); \
	LOOK(1, PRINT); \
	ADDQ $4, R14; \
	SUBQ $2, DI; \
	JG   look; \
	TESTQ BX, BX; \
	JZ   done; \
	MOVQ b+0(FP), DI; \
	MOVQ keyed+8(FP), R15; \
note: \
	MOVWLZX -2(R10)(BX*2), CX; \
	PRINT; \
	IMULQ R12, DX; \
	SHRQ  $53, DX; \
	MOVL  table_chain(R8)(DX*4), AX; \
	MOVL  (table_chain+4)(R8)(DX*4), R13; \
	LEAQ  (AX)(AX*4), AX; \
	LEAQ  (R13)(R13*4), R13; \
	MOVQ  table_links(R8), R14; \
	LEAQ  (R14)(AX*8), AX; \
	LEAQ  (R14)(R13*8), R13; \
	MOVQ  (SI)(CX*1), DX; \
	ORQ   R11, DX; \
link: \
	CMPQ  AX, R13; \
	JAE   none; \
	MOVQ  link_mask(AX), R14; \
	ANDQ  DX, R14; \
	ADDQ  $40, AX; \
	CMPQ  R14, (link_head-40)(AX); \
	JNE   link; \
	MOVL  (link_off-40)(AX), R14; \
	ADDQ  CX, R14; \
	MOVQ  (SI)(R14*1), R14; \
	ORQ   R11, R14; \
	ANDQ  (link_tmask-40)(AX), R14; \
	CMPQ  R14, (link_tail-40)(AX); \
	JNE   link; \
	MOVL  CX, DX; \
	SHRL  $6, DX; \
	MOVQ  8(DI)(DX*8), AX; \
	BTSQ  CX, AX; \
	MOVQ  AX, 8(DI)(DX*8); \
	ORQ   AX, 8(R15)(DX*8); \
none: \
	DECQ BX; \
	JNZ  note; \
done: \
	RET

// func filter4(b, keyed *bitmap, src *byte, n int, t *table)
TEXT ·filter4(SB), 0, $8256-40
	FILTER(PRINT4)

// func filterN(b, keyed *bitmap, src *byte, n int, t *table)
TEXT ·filterN(SB), 0, $8256-40
	FILTER(PRINTN)
