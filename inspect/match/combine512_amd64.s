#include "textflag.h"

#define LANES 8

#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define V10 Z10
#define V11 Z11
#define V12 Z12
#define V13 Z13
#define V14 Z14
#define V15 Z15

#define AND VPANDQ
#define ANDN VPANDNQ
#define OR VPORQ
#define XOR VPXORQ
#define MOVE VMOVDQU64
#define NONE(x) \
	VPTESTMQ x, x, K1; \
	KORTESTB K1, K1
#define ONES(x) VPTERNLOGQ $0xff, x, x, x

// LEFT sets out to x moved up by k bits, with those of p below.
#define LEFT(x, p, k, out, t) VPSHLDQ $k, p, x, out

// RIGHT sets out to x moved down by k bits, with those of n above.
#define RIGHT(x, n, k, out, t) VPSHRDQ $k, n, x, out

// SELECT sets out to m where j is set and to s elsewhere; uses t.
#define SELECT(j, m, s, out, t) \
	MOVE j, out; \
	MOVE m, t; \
	VPTERNLOGQ $0xca, s, t, out

// func combineAVX512(m *maps, n int)
TEXT ·combineAVX512(SB), NOSPLIT, $0-16
#include "combine_amd64.h"
