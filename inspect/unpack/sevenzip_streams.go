package unpack

// sevenStreams is where the packed streams are and how they are unpacked.
type sevenStreams struct {
	pos     int64   // of the first, from the base
	sizes   []int64 // packed
	folders []sevenFolder
}

// sevenFolder is a chain of coders and the files in what it gives.
type sevenFolder struct {
	raw    []byte // as it stands in the header
	coders []sevenCoder
	inputs int
	packs  int     // packed streams it takes
	first  int     // the first of them
	sizes  []int64 // unpacked, a coder each
	packed int64
	at     int64 // of the first packed stream, from the base
	sum    uint32
	summed bool
	files  []sevenFile
}

// sevenCoder is a coder with its properties, which stand in raw at props.
type sevenCoder struct {
	id         string
	inputs     int
	props, end int
}

// sevenFile is the place of a file in a folder.
type sevenFile struct {
	size   int64
	sum    uint32
	summed bool
}

// unpacked is the size of what a folder gives: that of its last coder, as the
// library has it.
func (f *sevenFolder) unpacked() int64 { return f.sizes[len(f.sizes)-1] }

// copied tells whether what a folder gives stands in the archive.
func (f *sevenFolder) copied() bool { return len(f.coders) == 1 && f.coders[0].id == sevenCopy }

const (
	sevenMaxCoders = 8
	sevenMaxInputs = 16
)

// streams reads a description of streams.
func (in *sevenBytes) streams() (s sevenStreams) {
	counted := false
	for !in.bad {
		switch in.num() {
		case sevenEnd:
			in.place(&s, counted)
			return s
		case sevenPackInfo:
			in.packInfo(&s)
		case sevenUnpackInfo:
			in.unpackInfo(&s)
		case sevenSubStreams:
			in.subStreams(&s)
			counted = true
		default:
			in.bad = true
		}
	}
	return s
}

// place says of each folder where its packed streams are.
func (in *sevenBytes) place(s *sevenStreams, counted bool) {
	first, at := 0, s.pos
	for i := range s.folders {
		f := &s.folders[i]
		f.first, f.at = first, at
		if first += f.packs; first > len(s.sizes) {
			in.bad = true
			return
		}
		for _, n := range s.sizes[f.first:first] {
			if f.packed += n; f.packed >= 1<<60 {
				in.bad = true
				return
			}
		}
		if at += f.packed; at >= 1<<60 {
			in.bad = true
			return
		}
		if !counted {
			f.files = []sevenFile{{f.unpacked(), f.sum, f.summed}}
		}
	}
}

func (in *sevenBytes) packInfo(s *sevenStreams) {
	s.pos = in.size()
	n := in.count()
	for !in.bad {
		switch in.num() {
		case sevenEnd:
			in.bad = in.bad || len(s.sizes) != n
			return
		case sevenSize:
			s.sizes = nil
			for i := 0; i < n && !in.bad; i++ {
				s.sizes = append(s.sizes, in.size())
				in.holds(16)
			}
		case sevenCRC:
			in.sums(n, func(int, uint32) {})
		default:
			in.bad = true
		}
	}
}

func (in *sevenBytes) unpackInfo(s *sevenStreams) {
	if in.num() != sevenFolderID {
		in.bad = true
	}
	n := in.count()
	if in.byte() != 0 {
		in.bad = true // kept elsewhere
	}
	for i := 0; i < n && !in.bad; i++ {
		s.folders = append(s.folders, in.folder())
		in.holds(512)
	}
	if in.num() != sevenUnpackSizes {
		in.bad = true
	}
	for i := range s.folders {
		f := &s.folders[i]
		for range f.coders {
			f.sizes = append(f.sizes, in.size())
		}
	}
	for !in.bad {
		switch in.num() {
		case sevenEnd:
			return
		case sevenCRC:
			in.sums(n, func(i int, sum uint32) { s.folders[i].sum, s.folders[i].summed = sum, true })
		default:
			in.bad = true
		}
	}
}

// folder reads a folder. Each coder has one output, as all that are known.
func (in *sevenBytes) folder() (f sevenFolder) {
	from := in.b
	at := func() int { return len(from) - len(in.b) }
	n := in.count()
	if n == 0 || n > sevenMaxCoders {
		in.bad = true
		return f
	}
	for range n {
		flags := in.byte()
		c := sevenCoder{id: string(in.take(uint64(flags & 0x0f))), inputs: 1}
		if flags&0x10 != 0 {
			if c.inputs = in.count(); in.num() != 1 || c.inputs > sevenMaxInputs {
				in.bad = true
			}
		}
		if flags&0x20 != 0 {
			size := in.num()
			c.props = at()
			in.take(size)
			c.end = at()
		}
		f.inputs += c.inputs
		f.coders = append(f.coders, c)
	}
	for range 2 * (n - 1) {
		in.num()
	}
	if f.packs = f.inputs - (n - 1); f.packs < 1 {
		in.bad = true
	}
	for i := 0; f.packs > 1 && i < f.packs; i++ {
		in.num()
	}
	f.raw = from[:at()]
	return f
}

// subStreams reads which files are in the folders.
func (in *sevenBytes) subStreams(s *sevenStreams) {
	id := in.num()
	counts := make([]int, len(s.folders))
	for i := range counts {
		if counts[i] = 1; id == sevenStreamCount {
			if counts[i] = in.count(); in.bad {
				return
			}
		}
	}
	if id == sevenStreamCount {
		id = in.num()
	}
	var unsummed []*sevenFile
	for i := range s.folders {
		f, n := &s.folders[i], counts[i]
		left := f.unpacked()
		for k := 0; k < n && !in.bad; k++ {
			file := sevenFile{size: left}
			if k < n-1 {
				if file.size = in.size(); id != sevenSize || file.size > left || in.bad {
					in.bad = true
					return
				}
				left -= file.size
			} else if n == 1 {
				file.sum, file.summed = f.sum, f.summed
			}
			f.files = append(f.files, file)
			in.holds(64)
		}
		for k := range f.files {
			if n > 1 || !f.summed {
				unsummed = append(unsummed, &f.files[k])
			}
		}
	}
	if id == sevenSize {
		id = in.num()
	}
	if id == sevenCRC {
		in.sums(len(unsummed), func(i int, sum uint32) { unsummed[i].sum, unsummed[i].summed = sum, true })
		id = in.num()
	}
	in.bad = in.bad || id != sevenEnd
}
