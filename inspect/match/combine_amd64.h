// The steps of combine, for vectors of LANES groups. The file that includes it
// says what the registers V0 to V15 and the instructions are.

// Bytes of one bitmap in maps.
#define SIZE 544

// AT, BEFORE and BEHIND are bitmap f at some places, and one place off.
#define AT(f) (f*SIZE)(DI)
#define BEFORE(f) (f*SIZE-8)(DI)
#define BEHIND(f) (f*SIZE+8)(DI)

// MORE keeps in x, before it p, what also stands k bits before; uses t, u.
#define MORE(x, p, k, t, u) \
	LEFT(x, p, k, t, u); \
	AND  t, x, x; \
	VPSLLQ $k, p, t; \
	AND  t, p, p

// DOTS sets ox, op to x, p moved up by 2, 3 and, if it is in d, 4 bits;
// uses t, u. D is dx with dp before it.
#define DOTS(x, p, dx, dp, ox, op, t, u) \
	LEFT(x, p, 2, ox, u); \
	LEFT(x, p, 3, t, u); \
	OR   t, ox, ox; \
	LEFT(x, p, 4, t, u); \
	AND  dx, t, t; \
	OR   t, ox, ox; \
	VPSLLQ $2, p, op; \
	VPSLLQ $3, p, t; \
	OR   t, op, op; \
	VPSLLQ $4, p, t; \
	AND  dp, t, t; \
	OR   t, op, op

// COLONS sets ox, op to x, p moved up by 2 to 5 bits; uses t, u.
#define COLONS(x, p, ox, op, t, u) \
	LEFT(x, p, 2, ox, u); \
	LEFT(x, p, 3, t, u); \
	OR   t, ox, ox; \
	LEFT(x, p, 4, t, u); \
	OR   t, ox, ox; \
	LEFT(x, p, 5, t, u); \
	OR   t, ox, ox; \
	VPSLLQ $2, p, op; \
	VPSLLQ $3, p, t; \
	OR   t, op, op; \
	VPSLLQ $4, p, t; \
	OR   t, op, op; \
	VPSLLQ $5, p, t; \
	OR   t, op, op

// OUT stores x as bitmap f and notes it in any, V15.
#define OUT(x, f) \
	MOVE x, AT(f); \
	OR    x, V15, V15

	MOVQ m+0(FP), DI
	ADDQ $8, DI
	MOVQ n+8(FP), CX

groups:
	// Addresses: V0, V1 what may stand in a domain.
	MOVE  AT(8), V15
	NONE(V15)
	JZ    digits
	MOVE  AT(7), V0
	MOVE  BEHIND(7), V1
	OR    AT(6), V0, V0
	OR    BEHIND(6), V1, V1
	AND   AT(5), V0, V0
	AND   BEHIND(5), V1, V1
	OR    AT(0), V0, V0
	OR    BEHIND(0), V1, V1
	OR    AT(1), V0, V0
	OR    BEHIND(1), V1, V1
	RIGHT(V0, V1, 1, V2, V3)
	AND   V2, V15, V15
	RIGHT(V0, V1, 2, V2, V3)
	AND   V2, V15, V15
	RIGHT(V0, V1, 3, V2, V3)
	AND   V2, V15, V15
	MOVE  V15, AT(8)

digits:
	XOR   V14, V14, V14

	// Digits: V0, V1 digit; V3 ends; V4, V5 between two digits.
	MOVE AT(0), V0
	MOVE BEFORE(0), V1
	MOVE BEHIND(0), V13
	RIGHT(V0, V13, 1, V2, V12)
	ANDN  V0, V2, V3
	LEFT(V0, V1, 1, V4, V12)
	AND   V2, V4, V4
	RIGHT(V1, V0, 1, V5, V12)
	VPSLLQ  $1, V1, V6
	AND   V6, V5, V5
	AND   AT(5), V4, V10
	OR    V0, V10, V6
	AND   BEFORE(5), V5, V11
	OR    V1, V11, V7
	MORE(V6, V7, 1, V8, V9)
	MORE(V6, V7, 2, V8, V9)
	MORE(V6, V7, 4, V8, V9)
	LEFT(V6, V7, 3, V8, V9)
	AND   V8, V6, V6
	AND   V3, V6, V6
	OUT(V6, 14)

	// Four numbers.
	AND   AT(7), V10, V6
	AND   BEFORE(7), V11, V7
	MOVE V14, AT(18)
	OR    V6, V7, V8
	NONE(V8)
	JZ      words
	LEFT(V0, V1, 2, V4, V12)
	VPSLLQ  $2, V1, V5
	DOTS(V6, V7, V4, V5, V8, V9, V12, V13)
	AND   V6, V8, V8
	AND   V7, V9, V9
	DOTS(V8, V9, V4, V5, V10, V11, V12, V13)
	AND   V6, V10, V10
	AND   V7, V11, V11
	LEFT(V10, V11, 1, V8, V12)
	LEFT(V10, V11, 2, V9, V12)
	OR    V9, V8, V8
	LEFT(V10, V11, 3, V9, V12)
	OR    V9, V8, V8
	AND   V3, V8, V8
	OUT(V8, 18)

words:
	// Words: V2, V3 word; V4 ends; V5 the byte before is one.
	MOVE AT(3), V2
	MOVE BEFORE(3), V3
	MOVE BEHIND(3), V13
	RIGHT(V2, V13, 1, V5, V12)
	ANDN  V2, V5, V4

	// Dumps: V6 four words that end three bytes apart, or four, or five, V7
	// the third of what begins like 0x.
	VPSLLQ $3, V4, V6
	AND   V4, V6, V6
	VPSLLQ $6, V6, V7
	AND   V7, V6, V6
	VPSLLQ $4, V4, V7
	AND   V4, V7, V7
	VPSLLQ $8, V7, V8
	AND   V8, V7, V7
	OR    V7, V6, V6
	VPSLLQ $5, V4, V7
	AND   V4, V7, V7
	VPSLLQ $10, V7, V8
	AND   V8, V7, V7
	OR    V7, V6, V6
	MOVE AT(1), V7
	VPSRLQ $1, V7, V7
	AND   V0, V7, V7
	VPSLLQ $1, V2, V8
	ANDN  V7, V8, V7
	ONES(V13)
	VPADDQ V13, V7, V8
	AND   V8, V7, V7
	VPADDQ V13, V7, V8
	AND   V8, V7, V7
	OR    V7, V6, V6
	MOVE V6, AT(32)
	MOVE V6, AT(33)

	// Runs: V6, V7 what may stand in one.
	SELECT(AT(5), AT(6), AT(7), V6, V8)
	SELECT(BEFORE(5), BEFORE(6), BEFORE(7), V7, V9)
	OR    V2, V6, V6
	OR    V3, V7, V7
	VPSRLQ $1, V6, V10
	MORE(V6, V7, 1, V8, V9)
	MORE(V6, V7, 2, V8, V9)
	MORE(V6, V7, 4, V8, V9)
	MORE(V6, V7, 8, V8, V9)
	MOVE V14, AT(15)
	MOVE V14, AT(22)
	MOVE V14, AT(31)
	NONE(V6)
	JZ      marks
	LEFT(V6, V7, 6, V8, V9)
	AND   V6, V8, V8
	ANDN  V8, V10, V8
	MOVE V8, AT(31)
	OR    AT(33), V8, V8
	MOVE V8, AT(33)

	// Words of 17 to 19 bytes, perhaps.
	LEFT(V6, V7, 1, V8, V9)
	AND   V6, V8, V8
	AND   V4, V8, V8
	LEFT(V2, V3, 17, V10, V9)
	LEFT(V2, V3, 18, V11, V9)
	AND   V11, V10, V10
	LEFT(V2, V3, 19, V11, V9)
	AND   V11, V10, V10
	ANDN  V8, V10, V8
	OUT(V8, 15)

	// Long runs of letters.
	LEFT(V6, V7, 16, V8, V9)
	LEFT(V6, V7, 32, V10, V9)
	AND   V6, V8, V8
	AND   V10, V8, V8
	NONE(V8)
	JZ      marks
	MOVE AT(1), V8
	MOVE BEFORE(1), V9
	MORE(V8, V9, 1, V10, V11)
	MORE(V8, V9, 2, V10, V11)
	MORE(V8, V9, 4, V10, V11)
	MORE(V8, V9, 8, V10, V11)
	LEFT(V8, V9, 16, V10, V11)
	LEFT(V8, V9, 32, V12, V11)
	AND   V10, V8, V8
	AND   V12, V8, V8
	MOVE AT(1), V9
	MOVE BEHIND(1), V13
	RIGHT(V9, V13, 1, V10, V12)
	ANDN  V8, V10, V8
	OUT(V8, 22)

marks:
	// Marks between word bytes: V6, V7; colons: V8, V9.
	LEFT(V2, V3, 1, V6, V12)
	AND   V5, V6, V6
	RIGHT(V3, V2, 1, V7, V12)
	VPSLLQ  $1, V3, V8
	AND   V8, V7, V7
	MOVE AT(6), V10
	MOVE BEFORE(6), V11
	AND   V10, V6, V6
	AND   V11, V7, V7
	MOVE AT(5), V8
	MOVE BEFORE(5), V9
	ANDN  V10, V8, V8
	ANDN  V11, V9, V9
	LEFT(V8, V9, 1, V10, V12)
	AND   V8, V10, V10 // two colons
	MOVE V14, AT(17)
	OR    V6, V7, V11
	NONE(V11)
	JZ      colons
	AND   V6, V8, V8
	AND   V7, V9, V9
	MOVE V6, V0
	MOVE V7, V1
	MORE(V0, V1, 3, V11, V12)
	MORE(V0, V1, 6, V11, V12)
	LEFT(V6, V7, 12, V11, V12)
	AND   V11, V0, V0
	VPSLLQ  $12, V7, V11
	AND   V11, V1, V1
	LEFT(V0, V1, 2, V11, V12)
	OUT(V11, 17)
	COLONS(V8, V9, V0, V1, V11, V12)
	AND   V8, V0, V0
	AND   V9, V1, V1
	COLONS(V0, V1, V6, V7, V11, V12)
	AND   V8, V6, V6
	OR    V6, V10, V10

colons:
	OUT(V10, 19)

	// Letters: V0, V1 letter, V13 behind; V5 the byte before is one; V6, V7 capital.
	MOVE AT(1), V0
	MOVE BEFORE(1), V1
	MOVE BEHIND(1), V13

	// Where words may begin: V8. Where they may begin or end: V9, and V10 one
	// place on.
	LEFT(V0, V1, 1, V5, V12)
	MOVE AT(2), V6
	MOVE BEFORE(2), V7
	LEFT(V6, V7, 1, V8, V12)
	ANDN  V6, V8, V8
	ONES(V11)
	XOR   V5, V11, V12
	OR    V12, V8, V8
	XOR   V0, V11, V9
	OR    V8, V9, V9
	AND   V0, V8, V8
	LEFT(V13, V0, 1, V10, V12)
	AND   V13, V10, V10
	MOVE BEHIND(2), V13
	LEFT(V13, V6, 1, V12, V14)
	ANDN  V13, V12, V12
	XOR   V11, V10, V10
	OR    V12, V10, V10
	RIGHT(V9, V10, 2, V12, V14)
	RIGHT(V9, V10, 3, V13, V14)
	OR    V13, V12, V12
	AND   V8, V12, V12
	MOVE V12, AT(26)
	MOVE BEHIND(1), V13
	RIGHT(V0, V13, 1, V9, V12)
	AND   V9, V8, V8
	RIGHT(V0, V13, 2, V9, V12)
	AND   V9, V8, V8
	RIGHT(V0, V13, 3, V9, V12)
	AND   V9, V8, V8
	MOVE V8, AT(25)
	XOR   V14, V14, V14

	// Account numbers. V1 becomes the digits before, V0 the digits, V13 those behind.
	LEFT(V2, V3, 1, V8, V12)
	ANDN  V6, V8, V8
	MOVE BEHIND(2), V13
	RIGHT(V6, V13, 1, V9, V12)
	AND   V9, V8, V8
	VPSLLQ  $1, V1, V7 // behind a letter, the place before
	MOVE AT(0), V0
	MOVE BEFORE(0), V1
	MOVE BEHIND(0), V13
	RIGHT(V0, V13, 2, V9, V12)
	AND   V9, V8, V8
	RIGHT(V0, V13, 3, V9, V12)
	AND   V9, V8, V8
	OUT(V8, 20)

	// Serial numbers.
	AND   V0, V5, V5 // a digit behind a letter
	AND   V1, V7, V7
	MORE(V0, V1, 1, V8, V9)
	MOVE V0, V10
	MOVE V1, V11
	MORE(V0, V1, 2, V8, V9)
	LEFT(V10, V11, 4, V8, V9)
	AND   V8, V0, V0
	LEFT(V5, V7, 1, V8, V9)
	OR    V8, V5, V5
	VPSLLQ  $1, V7, V8
	OR    V8, V7, V7
	LEFT(V5, V7, 2, V8, V9)
	OR    V8, V5, V5
	VPSLLQ  $2, V7, V8
	OR    V8, V7, V7
	LEFT(V5, V7, 5, V8, V9)
	AND   V8, V0, V0
	AND   V4, V0, V0
	OUT(V0, 16)

	// What has to do with bytes above 0x7f. V0, V1 high, V13 behind.
	MOVE AT(4), V0
	MOVE BEFORE(4), V1
	MOVE BEHIND(4), V13
	MOVE AT(9), V10
	OR    V0, V1, V8
	OR    V13, V8, V8
	NONE(V8)
	JNZ     high
	MOVE V14, AT(21)
	MOVE V14, AT(27)
	MOVE V14, AT(28)

next:
	MOVE V10, AT(23)
	MOVE V15, AT(24)
	ADDQ    $(8*LANES), DI
	SUBQ    $LANES, CX
	JG      groups
	VZEROUPPER
	RET

high:
	// Plates.
	MOVE BEHIND(3), V12
	RIGHT(V2, V12, 1, V8, V9)
	AND   V8, V2, V2
	VPSRLQ  $1, V12, V8
	AND   V8, V12, V12
	RIGHT(V2, V12, 2, V8, V9)
	AND   V8, V2, V2
	VPSRLQ  $2, V12, V8
	AND   V8, V12, V12 // four word bytes begin: V2, V12
	RIGHT(V2, V12, 1, V8, V9)
	RIGHT(V2, V12, 2, V7, V9)
	OR    V7, V8, V8
	RIGHT(V2, V12, 3, V7, V9)
	OR    V7, V8, V8
	RIGHT(V2, V12, 4, V7, V9)
	OR    V7, V8, V8
	AND   V6, V8, V8
	LEFT(V0, V1, 1, V7, V9)
	AND   V7, V8, V8
	OUT(V8, 21)

	// Anchors of Han characters and of GB18030.
	RIGHT(V0, V13, 1, V7, V9)
	RIGHT(V0, V13, 2, V8, V9)
	AND   V7, V8, V8
	AND   AT(10), V8, V8
	MOVE V8, AT(27)
	MOVE AT(11), V1
	MOVE BEHIND(11), V13
	RIGHT(V1, V13, 1, V7, V9)
	OR    V1, V7, V7
	RIGHT(V1, V13, 2, V8, V9)
	OR    V8, V7, V7
	RIGHT(V1, V13, 3, V8, V9)
	OR    V8, V7, V7
	AND   V0, V7, V7
	MOVE V7, AT(28)

	// Other notations beside digits.
	MOVE AT(0), V0
	MOVE BEFORE(0), V1
	MOVE BEHIND(0), V13
	LEFT(V0, V1, 1, V2, V9)
	RIGHT(V0, V13, 2, V3, V9)
	OR    V3, V2, V2
	RIGHT(V0, V13, 3, V3, V9)
	OR    V3, V2, V2
	MOVE BEFORE(9), V1
	MOVE BEHIND(9), V13
	LEFT(V10, V1, 3, V3, V9)
	OR    V3, V2, V2
	RIGHT(V10, V13, 2, V3, V9)
	OR    V3, V2, V2
	RIGHT(V10, V13, 3, V3, V9)
	OR    V3, V2, V2
	AND   AT(12), V2, V2
	OR    V2, V10, V10

	// Chinese numerals, four in a row.
	MOVE AT(13), V0
	MOVE BEFORE(13), V1
	MOVE BEHIND(13), V2
	LEFT(V2, V0, 3, V8, V9)
	AND   V8, V2, V2
	MORE(V0, V1, 3, V8, V9)
	LEFT(V2, V0, 6, V8, V9)
	AND   V8, V2, V2
	LEFT(V0, V1, 6, V8, V9)
	AND   V8, V0, V0
	OR    V0, V2, V3
	NONE(V3)
	JZ      next
	OR    V0, V10, V10
	RIGHT(V0, V2, 3, V8, V9)
	OR    V8, V10, V10
	RIGHT(V0, V2, 6, V8, V9)
	OR    V8, V10, V10
	RIGHT(V0, V2, 9, V8, V9)
	OR    V8, V10, V10
	JMP     next
