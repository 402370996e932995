package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/stream"
)

// streamsBehind is streamsNeed for a command. A configuration that names no
// streams may be one that was not given: then every position that there is
// counts.
func streamsBehind(cfg *config.Config) (uint64, string, error) {
	names, err := streamNames(cfg)
	if err != nil {
		return 0, "", err
	}
	return lowestNeed(cfg.Data, names)
}

// streamsNeed is the lowest number of an entry that a stream of the
// configuration still has to read, by what stands on the disk, and which stream
// that is: retention must keep it. Without streams it is the highest number
// there is: a stream that was taken out of the configuration holds nothing back.
func streamsNeed(cfg *config.Config) (uint64, string, error) {
	var names []string
	for _, s := range cfg.Streams {
		names = append(names, s.Name)
	}
	return lowestNeed(cfg.Data, names)
}

func lowestNeed(data string, names []string) (lowest uint64, which string, err error) {
	lowest = math.MaxUint64
	need := func(seq uint64, name string) {
		if seq < lowest {
			lowest, which = seq, name
		}
	}
	for _, name := range names {
		p, lerr := stream.Load(disk.Files{}, data, name)
		switch {
		case errors.Is(lerr, fs.ErrNotExist):
			need(1, name) // it has not begun
		case lerr != nil:
			return 0, "", fmt.Errorf("stream %s: %w", name, lerr)
		default:
			need(p.Needs(), name)
		}
		back, lerr := stream.Ordered(disk.Files{}, data, name)
		if lerr == nil {
			need(back.Needs(), name)
		} else if !errors.Is(lerr, fs.ErrNotExist) {
			return 0, "", fmt.Errorf("stream %s: %w", name, lerr)
		}
	}
	return lowest, which, nil
}

func streamNames(cfg *config.Config) (names []string, err error) {
	for _, s := range cfg.Streams {
		names = append(names, s.Name)
	}
	if len(names) > 0 {
		return names, nil
	}
	files, err := disk.Files{}.List(streamsDir(cfg.Data))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, f := range files {
		if !strings.Contains(f, ".") {
			names = append(names, f)
		}
	}
	return names, err
}
