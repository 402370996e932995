package registry

import "github.com/datacustoms/customs/policy"

// Compiles says whether a filing can be made ready for matching.
func Compiles(f policy.Filing) error {
	_, err := newPermit(&f)
	return err
}
