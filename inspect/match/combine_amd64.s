#include "textflag.h"

#define LANES 4

#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V5 Y5
#define V6 Y6
#define V7 Y7
#define V8 Y8
#define V9 Y9
#define V10 Y10
#define V11 Y11
#define V12 Y12
#define V13 Y13
#define V14 Y14
#define V15 Y15

#define AND VPAND
#define ANDN VPANDN
#define OR VPOR
#define XOR VPXOR
#define MOVE VMOVDQU
#define NONE(x) VPTEST x, x
#define ONES(x) VPCMPEQB x, x, x

// LEFT sets out to x moved up by k bits, with those of p below; uses t.
#define LEFT(x, p, k, out, t) \
	VPSRLQ $(64-k), p, t; \
	VPSLLQ $k, x, out; \
	VPOR   t, out, out

// RIGHT sets out to x moved down by k bits, with those of n above; uses t.
#define RIGHT(x, n, k, out, t) \
	VPSLLQ $(64-k), n, t; \
	VPSRLQ $k, x, out; \
	VPOR   t, out, out

// SELECT sets out to m where j is set and to s elsewhere; uses t.
#define SELECT(j, m, s, out, t) \
	MOVE j, t; \
	ANDN s, t, out; \
	AND  m, t, t; \
	OR   t, out, out

// func combineAVX2(m *maps, n int)
TEXT ·combineAVX2(SB), NOSPLIT, $0-16
#include "combine_amd64.h"
