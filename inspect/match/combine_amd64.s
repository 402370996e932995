#include "textflag.h"

// Bytes of one bitmap in maps.
#define SIZE 544

// AT, BEFORE and BEHIND are bitmap f at four places, and one place off.
#define AT(f) (f*SIZE)(DI)
#define BEFORE(f) (f*SIZE-8)(DI)
#define BEHIND(f) (f*SIZE+8)(DI)

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

// MORE keeps in x, before it p, what also stands k bits before; uses t, u.
#define MORE(x, p, k, t, u) \
	LEFT(x, p, k, t, u); \
	VPAND  t, x, x; \
	VPSLLQ $k, p, t; \
	VPAND  t, p, p

// DOTS sets ox, op to x, p moved up by 2, 3 and, if it is in d, 4 bits;
// uses t, u. D is dx with dp before it.
#define DOTS(x, p, dx, dp, ox, op, t, u) \
	LEFT(x, p, 2, ox, u); \
	LEFT(x, p, 3, t, u); \
	VPOR   t, ox, ox; \
	LEFT(x, p, 4, t, u); \
	VPAND  dx, t, t; \
	VPOR   t, ox, ox; \
	VPSLLQ $2, p, op; \
	VPSLLQ $3, p, t; \
	VPOR   t, op, op; \
	VPSLLQ $4, p, t; \
	VPAND  dp, t, t; \
	VPOR   t, op, op

// COLONS sets ox, op to x, p moved up by 2 to 5 bits; uses t, u.
#define COLONS(x, p, ox, op, t, u) \
	LEFT(x, p, 2, ox, u); \
	LEFT(x, p, 3, t, u); \
	VPOR   t, ox, ox; \
	LEFT(x, p, 4, t, u); \
	VPOR   t, ox, ox; \
	LEFT(x, p, 5, t, u); \
	VPOR   t, ox, ox; \
	VPSLLQ $2, p, op; \
	VPSLLQ $3, p, t; \
	VPOR   t, op, op; \
	VPSLLQ $4, p, t; \
	VPOR   t, op, op; \
	VPSLLQ $5, p, t; \
	VPOR   t, op, op

// OUT stores x as bitmap f and notes it in any, Y15.
#define OUT(x, f) \
	VMOVDQU x, AT(f); \
	VPOR    x, Y15, Y15

// func combineAVX2(m *maps, n int)
TEXT ·combineAVX2(SB), NOSPLIT, $0-16
	MOVQ m+0(FP), DI
	ADDQ $8, DI
	MOVQ n+8(FP), CX

groups:
	VMOVDQU AT(8), Y15 // @
	VPXOR   Y14, Y14, Y14

	// Digits: Y0, Y1 digit; Y3 ends; Y4, Y5 between two digits.
	VMOVDQU AT(0), Y0
	VMOVDQU BEFORE(0), Y1
	VMOVDQU BEHIND(0), Y13
	RIGHT(Y0, Y13, 1, Y2, Y12)
	VPANDN  Y0, Y2, Y3
	LEFT(Y0, Y1, 1, Y4, Y12)
	VPAND   Y2, Y4, Y4
	RIGHT(Y1, Y0, 1, Y5, Y12)
	VPSLLQ  $1, Y1, Y6
	VPAND   Y6, Y5, Y5
	VPAND   AT(5), Y4, Y6
	VPOR    Y0, Y6, Y6
	VPAND   BEFORE(5), Y5, Y7
	VPOR    Y1, Y7, Y7
	MORE(Y6, Y7, 1, Y8, Y9)
	MORE(Y6, Y7, 2, Y8, Y9)
	MORE(Y6, Y7, 4, Y8, Y9)
	LEFT(Y6, Y7, 3, Y8, Y9)
	VPAND   Y8, Y6, Y6
	VPAND   Y3, Y6, Y6
	OUT(Y6, 14)

	// Four numbers.
	VPAND   AT(7), Y4, Y6
	VPAND   BEFORE(7), Y5, Y7
	VMOVDQU Y14, AT(18)
	VPOR    Y6, Y7, Y8
	VPTEST  Y8, Y8
	JZ      words
	LEFT(Y0, Y1, 2, Y4, Y12)
	VPSLLQ  $2, Y1, Y5
	DOTS(Y6, Y7, Y4, Y5, Y8, Y9, Y12, Y13)
	VPAND   Y6, Y8, Y8
	VPAND   Y7, Y9, Y9
	DOTS(Y8, Y9, Y4, Y5, Y10, Y11, Y12, Y13)
	VPAND   Y6, Y10, Y10
	VPAND   Y7, Y11, Y11
	LEFT(Y10, Y11, 1, Y8, Y12)
	LEFT(Y10, Y11, 2, Y9, Y12)
	VPOR    Y9, Y8, Y8
	LEFT(Y10, Y11, 3, Y9, Y12)
	VPOR    Y9, Y8, Y8
	VPAND   Y3, Y8, Y8
	OUT(Y8, 18)

words:
	// Words: Y2, Y3 word; Y4 ends; Y5 the byte before is one.
	VMOVDQU AT(3), Y2
	VMOVDQU BEFORE(3), Y3
	VMOVDQU BEHIND(3), Y13
	RIGHT(Y2, Y13, 1, Y5, Y12)
	VPANDN  Y2, Y5, Y4
	VMOVDQA Y2, Y6
	VMOVDQA Y3, Y7
	MORE(Y6, Y7, 1, Y8, Y9)
	MORE(Y6, Y7, 2, Y8, Y9)
	MORE(Y6, Y7, 4, Y8, Y9)
	MORE(Y6, Y7, 8, Y8, Y9)
	VMOVDQU Y14, AT(15)
	VMOVDQU Y14, AT(22)
	VPTEST  Y6, Y6
	JZ      marks
	LEFT(Y6, Y7, 1, Y8, Y9)
	LEFT(Y6, Y7, 4, Y10, Y9)
	VPAND   Y6, Y10, Y10
	VPAND   Y6, Y8, Y8
	VPAND   Y4, Y8, Y8
	VPANDN  Y8, Y10, Y8
	OUT(Y8, 15)

	// Long runs of letters.
	VMOVDQU AT(1), Y8
	VMOVDQU BEFORE(1), Y9
	MORE(Y8, Y9, 1, Y10, Y11)
	MORE(Y8, Y9, 2, Y10, Y11)
	MORE(Y8, Y9, 4, Y10, Y11)
	MORE(Y8, Y9, 8, Y10, Y11)
	LEFT(Y8, Y9, 16, Y10, Y11)
	LEFT(Y8, Y9, 32, Y12, Y11)
	VPAND   Y10, Y8, Y8
	VPAND   Y12, Y8, Y8
	VMOVDQU AT(1), Y9
	VMOVDQU BEHIND(1), Y13
	RIGHT(Y9, Y13, 1, Y10, Y12)
	VPANDN  Y8, Y10, Y8
	OUT(Y8, 22)

marks:
	// Marks between word bytes: Y6, Y7; colons: Y8, Y9.
	LEFT(Y2, Y3, 1, Y6, Y12)
	VPAND   Y5, Y6, Y6
	RIGHT(Y3, Y2, 1, Y7, Y12)
	VPSLLQ  $1, Y3, Y8
	VPAND   Y8, Y7, Y7
	VMOVDQU AT(6), Y10
	VMOVDQU BEFORE(6), Y11
	VPAND   Y10, Y6, Y6
	VPAND   Y11, Y7, Y7
	VMOVDQU AT(5), Y8
	VMOVDQU BEFORE(5), Y9
	VPANDN  Y10, Y8, Y8
	VPANDN  Y11, Y9, Y9
	LEFT(Y8, Y9, 1, Y10, Y12)
	VPAND   Y8, Y10, Y10 // two colons
	VMOVDQU Y14, AT(17)
	VPOR    Y6, Y7, Y11
	VPTEST  Y11, Y11
	JZ      colons
	VPAND   Y6, Y8, Y8
	VPAND   Y7, Y9, Y9
	VMOVDQA Y6, Y0
	VMOVDQA Y7, Y1
	MORE(Y0, Y1, 3, Y11, Y12)
	MORE(Y0, Y1, 6, Y11, Y12)
	LEFT(Y6, Y7, 12, Y11, Y12)
	VPAND   Y11, Y0, Y0
	VPSLLQ  $12, Y7, Y11
	VPAND   Y11, Y1, Y1
	LEFT(Y0, Y1, 2, Y11, Y12)
	OUT(Y11, 17)
	COLONS(Y8, Y9, Y0, Y1, Y11, Y12)
	VPAND   Y8, Y0, Y0
	VPAND   Y9, Y1, Y1
	COLONS(Y0, Y1, Y6, Y7, Y11, Y12)
	VPAND   Y8, Y6, Y6
	VPOR    Y6, Y10, Y10

colons:
	OUT(Y10, 19)

	// Letters: Y0, Y1 letter, Y13 behind; Y5 the byte before is one; Y6, Y7 capital.
	VMOVDQU AT(1), Y0
	VMOVDQU BEFORE(1), Y1
	VMOVDQU BEHIND(1), Y13

	// Where words may begin: Y8. Where they may begin or end: Y9, and Y10 one
	// place on.
	LEFT(Y0, Y1, 1, Y5, Y12)
	VMOVDQU AT(2), Y6
	VMOVDQU BEFORE(2), Y7
	LEFT(Y6, Y7, 1, Y8, Y12)
	VPANDN  Y6, Y8, Y8
	VPCMPEQB Y14, Y14, Y11 // all ones
	VPXOR   Y5, Y11, Y12
	VPOR    Y12, Y8, Y8
	VPXOR   Y0, Y11, Y9
	VPOR    Y8, Y9, Y9
	VPAND   Y0, Y8, Y8
	LEFT(Y13, Y0, 1, Y10, Y12)
	VPAND   Y13, Y10, Y10
	VMOVDQU BEHIND(2), Y13
	LEFT(Y13, Y6, 1, Y12, Y14)
	VPANDN  Y13, Y12, Y12
	VPXOR   Y11, Y10, Y10
	VPOR    Y12, Y10, Y10
	RIGHT(Y9, Y10, 2, Y12, Y14)
	RIGHT(Y9, Y10, 3, Y13, Y14)
	VPOR    Y13, Y12, Y12
	VPAND   Y8, Y12, Y12
	VMOVDQU Y12, AT(26)
	VMOVDQU BEHIND(1), Y13
	RIGHT(Y0, Y13, 1, Y9, Y12)
	VPAND   Y9, Y8, Y8
	RIGHT(Y0, Y13, 2, Y9, Y12)
	VPAND   Y9, Y8, Y8
	RIGHT(Y0, Y13, 3, Y9, Y12)
	VPAND   Y9, Y8, Y8
	VMOVDQU Y8, AT(25)
	VPXOR   Y14, Y14, Y14

	// Account numbers. Y1 becomes the digits before, Y0 the digits, Y13 those behind.
	LEFT(Y2, Y3, 1, Y8, Y12)
	VPANDN  Y6, Y8, Y8
	VMOVDQU BEHIND(2), Y13
	RIGHT(Y6, Y13, 1, Y9, Y12)
	VPAND   Y9, Y8, Y8
	VPSLLQ  $1, Y1, Y7 // behind a letter, the place before
	VMOVDQU AT(0), Y0
	VMOVDQU BEFORE(0), Y1
	VMOVDQU BEHIND(0), Y13
	RIGHT(Y0, Y13, 2, Y9, Y12)
	VPAND   Y9, Y8, Y8
	RIGHT(Y0, Y13, 3, Y9, Y12)
	VPAND   Y9, Y8, Y8
	OUT(Y8, 20)

	// Serial numbers.
	VPAND   Y0, Y5, Y5 // a digit behind a letter
	VPAND   Y1, Y7, Y7
	MORE(Y0, Y1, 1, Y8, Y9)
	VMOVDQA Y0, Y10
	VMOVDQA Y1, Y11
	MORE(Y0, Y1, 2, Y8, Y9)
	LEFT(Y10, Y11, 4, Y8, Y9)
	VPAND   Y8, Y0, Y0
	LEFT(Y5, Y7, 1, Y8, Y9)
	VPOR    Y8, Y5, Y5
	VPSLLQ  $1, Y7, Y8
	VPOR    Y8, Y7, Y7
	LEFT(Y5, Y7, 2, Y8, Y9)
	VPOR    Y8, Y5, Y5
	VPSLLQ  $2, Y7, Y8
	VPOR    Y8, Y7, Y7
	LEFT(Y5, Y7, 5, Y8, Y9)
	VPAND   Y8, Y0, Y0
	VPAND   Y4, Y0, Y0
	OUT(Y0, 16)

	// What has to do with bytes above 0x7f. Y0, Y1 high, Y13 behind.
	VMOVDQU AT(4), Y0
	VMOVDQU BEFORE(4), Y1
	VMOVDQU BEHIND(4), Y13
	VMOVDQU AT(9), Y10
	VPOR    Y0, Y1, Y8
	VPOR    Y13, Y8, Y8
	VPTEST  Y8, Y8
	JNZ     high
	VMOVDQU Y14, AT(21)
	VMOVDQU Y14, AT(27)
	VMOVDQU Y14, AT(28)

next:
	OUT(Y10, 23)
	VMOVDQU Y15, AT(24)
	ADDQ    $32, DI
	SUBQ    $4, CX
	JG      groups
	VZEROUPPER
	RET

high:
	// Plates.
	VMOVDQU BEHIND(3), Y12
	RIGHT(Y2, Y12, 1, Y8, Y9)
	VPAND   Y8, Y2, Y2
	VPSRLQ  $1, Y12, Y8
	VPAND   Y8, Y12, Y12
	RIGHT(Y2, Y12, 2, Y8, Y9)
	VPAND   Y8, Y2, Y2
	VPSRLQ  $2, Y12, Y8
	VPAND   Y8, Y12, Y12 // four word bytes begin: Y2, Y12
	RIGHT(Y2, Y12, 1, Y8, Y9)
	RIGHT(Y2, Y12, 2, Y7, Y9)
	VPOR    Y7, Y8, Y8
	RIGHT(Y2, Y12, 3, Y7, Y9)
	VPOR    Y7, Y8, Y8
	RIGHT(Y2, Y12, 4, Y7, Y9)
	VPOR    Y7, Y8, Y8
	VPAND   Y6, Y8, Y8
	LEFT(Y0, Y1, 1, Y7, Y9)
	VPAND   Y7, Y8, Y8
	OUT(Y8, 21)

	// Anchors of Han characters and of GB18030.
	RIGHT(Y0, Y13, 1, Y7, Y9)
	RIGHT(Y0, Y13, 2, Y8, Y9)
	VPAND   Y7, Y8, Y8
	VPAND   AT(10), Y8, Y8
	VMOVDQU Y8, AT(27)
	VMOVDQU AT(11), Y1
	VMOVDQU BEHIND(11), Y13
	RIGHT(Y1, Y13, 1, Y7, Y9)
	VPOR    Y1, Y7, Y7
	RIGHT(Y1, Y13, 2, Y8, Y9)
	VPOR    Y8, Y7, Y7
	RIGHT(Y1, Y13, 3, Y8, Y9)
	VPOR    Y8, Y7, Y7
	VPAND   Y0, Y7, Y7
	VMOVDQU Y7, AT(28)

	// Other notations beside digits.
	VMOVDQU AT(0), Y0
	VMOVDQU BEFORE(0), Y1
	VMOVDQU BEHIND(0), Y13
	LEFT(Y0, Y1, 1, Y2, Y9)
	RIGHT(Y0, Y13, 2, Y3, Y9)
	VPOR    Y3, Y2, Y2
	RIGHT(Y0, Y13, 3, Y3, Y9)
	VPOR    Y3, Y2, Y2
	VMOVDQU BEFORE(9), Y1
	VMOVDQU BEHIND(9), Y13
	LEFT(Y10, Y1, 3, Y3, Y9)
	VPOR    Y3, Y2, Y2
	RIGHT(Y10, Y13, 2, Y3, Y9)
	VPOR    Y3, Y2, Y2
	RIGHT(Y10, Y13, 3, Y3, Y9)
	VPOR    Y3, Y2, Y2
	VPAND   AT(12), Y2, Y2
	VPOR    Y2, Y10, Y10

	// Chinese numerals, four in a row.
	VMOVDQU AT(13), Y0
	VMOVDQU BEFORE(13), Y1
	VMOVDQU BEHIND(13), Y2
	LEFT(Y2, Y0, 3, Y8, Y9)
	VPAND   Y8, Y2, Y2
	MORE(Y0, Y1, 3, Y8, Y9)
	LEFT(Y2, Y0, 6, Y8, Y9)
	VPAND   Y8, Y2, Y2
	LEFT(Y0, Y1, 6, Y8, Y9)
	VPAND   Y8, Y0, Y0
	VPOR    Y0, Y2, Y3
	VPTEST  Y3, Y3
	JZ      next
	VPOR    Y0, Y10, Y10
	RIGHT(Y0, Y2, 3, Y8, Y9)
	VPOR    Y8, Y10, Y10
	RIGHT(Y0, Y2, 6, Y8, Y9)
	VPOR    Y8, Y10, Y10
	RIGHT(Y0, Y2, 9, Y8, Y9)
	VPOR    Y8, Y10, Y10
	JMP     next
