#include "textflag.h"

// Bytes of one bitmap in maps.
#define SIZE 544

// PUT stores a mask as bitmap f.
#define PUT(k, f) KMOVQ k, (f*SIZE)(DI)

// CLASS stores as bitmap f which bytes of x have the bit of v.
#define CLASS(x, v, f) \
	VPTESTMB v, x, K2; \
	PUT(K2, f)

// func classifyAVX512(m *maps, at int, src *byte, n int, t *tables)
TEXT ·classifyAVX512(SB), NOSPLIT, $0-40
	MOVQ m+0(FP), DI
	MOVQ at+8(FP), AX
	LEAQ (DI)(AX*8), DI
	MOVQ src+16(FP), SI
	MOVQ n+24(FP), CX
	MOVQ t+32(FP), R8
	VMOVDQU64 0(R8), Z16    // what ASCII bytes are
	VMOVDQU64 64(R8), Z17
	VMOVDQU64 128(R8), Z18  // what others are
	VMOVDQU64 192(R8), Z19
	VMOVDQU64 256(R8), Z20  // what others are one byte on
	VMOVDQU64 320(R8), Z21
	VMOVDQU64 384(R8), Z22  // and two
	VMOVDQU64 448(R8), Z23
	VPBROADCASTB 512(R8), Z8 // the bits
	VPBROADCASTB 513(R8), Z9
	VPBROADCASTB 514(R8), Z10
	VPBROADCASTB 515(R8), Z11
	VPBROADCASTB 516(R8), Z12
	VPBROADCASTB 517(R8), Z13
	VPBROADCASTB 518(R8), Z14
	VPBROADCASTB 520(R8), Z15 // the at sign
	XORL AX, AX

group:
	VMOVDQU64 (SI), Z0
	VPMOVB2M  Z0, K1
	VMOVDQA64 Z0, Z1
	VPERMI2B  Z17, Z16, Z1
	VPANDNQ   Z1, Z0, Z2
	VPMOVB2M  Z2, K3 // signs
	KNOTQ     K1, K4
	VMOVDQU8.Z Z1, K4, Z1
	CLASS(Z1, Z8, 0)
	CLASS(Z1, Z9, 1)
	CLASS(Z1, Z10, 2)
	CLASS(Z1, Z11, 3)
	PUT(K1, 4)
	CLASS(Z1, Z13, 5)
	CLASS(Z1, Z14, 6)
	PUT(K3, 7)
	VPCMPEQB Z15, Z0, K2
	PUT(K2, 8)
	VPTESTMB Z12, Z1, K3 // odd
	KORTESTQ K1, K1
	JNZ     high
	MOVQ    AX, (10*SIZE)(DI)
	MOVQ    AX, (11*SIZE)(DI)
	MOVQ    AX, (12*SIZE)(DI)
	MOVQ    AX, (13*SIZE)(DI)

next:
	PUT(K3, 9)
	ADDQ $8, DI
	ADDQ $64, SI
	DECQ CX
	JNZ  group
	VZEROUPPER
	RET

high:
	VMOVDQU64 1(SI), Z2
	VMOVDQU64 2(SI), Z3
	VPMOVB2M  Z2, K4
	VPMOVB2M  Z3, K5
	VPERMI2B.Z Z19, Z18, K1, Z0
	VPERMI2B.Z Z21, Z20, K4, Z2
	VPERMI2B.Z Z23, Z22, K5, Z3
	CLASS(Z0, Z10, 10)
	CLASS(Z0, Z11, 11)
	CLASS(Z0, Z12, 12)
	VPANDQ   Z0, Z2, Z4
	VPMOVB2M Z4, K2
	PUT(K2, 13)
	VPANDQ   Z0, Z3, Z4
	VPTESTMB Z14, Z4, K2 // digits of GB18030
	KORQ     K2, K3, K3
	VPANDQ   Z2, Z3, Z2
	VPANDNQ  Z0, Z2, Z0
	VPTESTMB Z13, Z0, K2 // full-width
	KORQ     K2, K3, K3
	JMP      next
