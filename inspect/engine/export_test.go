package engine

import "github.com/datacustoms/customs/inspect"

// LayOut is the shape of a text that comes in pieces of n bytes and has a
// finding at each byte whose offset every divides.
func LayOut(text []byte, n, every int, html bool) inspect.Shape {
	x := newShaper(&shapeKeys{1<<63 + 1, 3<<61 + 5, 5<<60 + 7, 11<<59 + 9}, html)
	defer x.giveBack()
	for at := 0; at < len(text); {
		if at%every == 0 && at > 0 {
			x.hit("class")
		}
		to := min(at+n, len(text), at/every*every+every)
		x.write(text[at:to])
		at = to
	}
	return x.shape()
}
