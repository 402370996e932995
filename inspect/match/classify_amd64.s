#include "textflag.h"

// Bytes of one bitmap in maps.
#define SIZE 544

// V is a constant of the table vectors.
#define V(k) (k*32)(R8)

// PUT stores the upper bits of 64 bytes as bitmap f.
#define PUT(a, b, f) \
	VPMOVMSKB a, AX; \
	VPMOVMSKB b, BX; \
	SHLQ      $32, BX; \
	ORQ       BX, AX; \
	MOVQ      AX, (f*SIZE)(DI)

// RANGE marks the bytes of x whose sum with V(add) is above V(above).
#define RANGE(x, add, above, out) \
	VPADDB   V(add), x, out; \
	VPCMPGTB V(above), out, out

// SET marks the bytes of x that are in the set t.
#define SET(x, t, out) \
	VPSHUFB  x, t, out; \
	VPCMPEQB x, out, out

// HIGHSET is SET for bytes above 0x7f.
#define HIGHSET(x, t, out) \
	VPAND    V(12), x, out; \
	VPSHUFB  out, t, out; \
	VPCMPEQB x, out, out

// NOTATION marks in o what begins full-width characters and digits of
// GB18030, and in n what may begin Chinese numerals. Ef marks EF in x.
#define NOTATION(x, ef, o, n, at) \
	VMOVDQU  (at+1)(SI), Y6; \
	VMOVDQU  (at+2)(SI), Y7; \
	HIGHSET(Y7, Y10, Y8); \
	VPCMPEQB V(20), Y6, Y9; \
	VPAND    Y9, Y8, Y8; \
	VPANDN   ef, Y8, Y8; \
	VPOR     Y8, o, o; \
	VPCMPEQB V(21), x, Y8; \
	VPCMPEQB V(21), Y7, Y9; \
	VPAND    Y9, Y8, Y8; \
	VPOR     Y8, o, o; \
	HIGHSET(x, Y11, n); \
	VMOVDQU  V(24), Y9; \
	HIGHSET(Y6, Y9, Y8); \
	VPAND    Y8, n, n

// TELL marks what does not occur in Chinese UTF-8; h is x + V(13).
#define TELL(x, h, ef, out) \
	VPCMPGTB V(15), h, Y8; \
	VPOR     ef, Y8, Y8; \
	RANGE(x, 16, 17, out); \
	VPANDN   out, Y8, out

// NEAR marks C2, E2, E3 and EF (and C3 and CF).
#define NEAR(x, out) \
	VPOR     V(2), x, Y8; \
	VMOVDQU  V(19), Y9; \
	HIGHSET(Y8, Y9, out)

// func classifyAVX2(m *maps, at int, src *byte, n int, v *[vectorCount][32]byte)
TEXT ·classifyAVX2(SB), NOSPLIT, $0-40
	MOVQ    m+0(FP), DI
	MOVQ    at+8(FP), AX
	LEAQ    (DI)(AX*8), DI
	MOVQ    src+16(FP), SI
	MOVQ    n+24(FP), CX
	MOVQ    v+32(FP), R8
	VMOVDQU V(22), Y10
	VMOVDQU V(23), Y11
	VMOVDQU V(9), Y13
	VMOVDQU V(10), Y14
	VMOVDQU V(11), Y15

group:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1
	RANGE(Y0, 0, 1, Y2)
	RANGE(Y1, 0, 1, Y3)
	PUT(Y2, Y3, 0)
	VPOR    V(2), Y0, Y4
	VPOR    V(2), Y1, Y5
	RANGE(Y4, 3, 4, Y4)
	RANGE(Y5, 3, 4, Y5)
	PUT(Y4, Y5, 1)
	VPOR    Y2, Y4, Y4
	VPOR    Y3, Y5, Y5
	VPCMPEQB V(6), Y0, Y6
	VPCMPEQB V(6), Y1, Y7
	VPOR    Y6, Y4, Y4
	VPOR    Y7, Y5, Y5
	PUT(Y4, Y5, 3)
	RANGE(Y0, 5, 4, Y2)
	RANGE(Y1, 5, 4, Y3)
	PUT(Y2, Y3, 2)
	SET(Y0, Y13, Y2)
	SET(Y1, Y13, Y3)
	PUT(Y2, Y3, 5)
	SET(Y0, Y14, Y2)
	SET(Y1, Y14, Y3)
	PUT(Y2, Y3, 6)
	VMOVDQU V(7), Y9
	SET(Y0, Y9, Y2)
	SET(Y1, Y9, Y3)
	PUT(Y2, Y3, 7)
	VPCMPEQB V(8), Y0, Y2
	VPCMPEQB V(8), Y1, Y3
	PUT(Y2, Y3, 8)
	SET(Y0, Y15, Y4)
	SET(Y1, Y15, Y5)
	PUT(Y0, Y1, 4)
	TESTQ   AX, AX
	JNZ     high
	MOVQ    AX, (10*SIZE)(DI)
	MOVQ    AX, (11*SIZE)(DI)
	MOVQ    AX, (12*SIZE)(DI)
	MOVQ    AX, (13*SIZE)(DI)

next:
	PUT(Y4, Y5, 9)
	ADDQ    $8, DI
	ADDQ    $64, SI
	DECQ    CX
	JNZ     group
	VZEROUPPER
	RET

high:
	VPCMPEQB V(18), Y0, Y2
	VPCMPEQB V(18), Y1, Y3
	NOTATION(Y0, Y2, Y4, Y12, 0)
	VPMOVMSKB Y12, R9
	NOTATION(Y1, Y3, Y5, Y12, 32)
	VPMOVMSKB Y12, R10
	SHLQ    $32, R10
	ORQ     R10, R9
	MOVQ    R9, (13*SIZE)(DI)
	NEAR(Y0, Y6)
	NEAR(Y1, Y7)
	PUT(Y6, Y7, 12)
	VPADDB  V(13), Y0, Y6
	VPADDB  V(13), Y1, Y7
	TELL(Y0, Y6, Y2, Y9)
	VPMOVMSKB Y9, AX
	TELL(Y1, Y7, Y3, Y9)
	VPMOVMSKB Y9, BX
	SHLQ    $32, BX
	ORQ     BX, AX
	MOVQ    AX, (11*SIZE)(DI)
	VPCMPGTB V(14), Y6, Y6
	VPCMPGTB V(14), Y7, Y7
	PUT(Y6, Y7, 10)
	JMP     next
