package registry

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/datacustoms/customs/policy"
)

// Compiles says whether a filing can be made ready for matching.
func Compiles(f policy.Filing) error {
	_, err := newPermit(&f)
	return err
}

// Survives says whether a document comes back from the store as it was and can
// be made ready for flows.
func Survives(doc any) error {
	d, err := asDocument(doc)
	if err != nil {
		return err
	}
	sum, err := digest(d)
	if err != nil {
		return err
	}
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	back, err := unmarshal(d.key().kind, b)
	if err != nil {
		return err
	}
	if again, err := digest(back); err != nil || again != sum || back.key() != d.key() || !reflect.DeepEqual(status(back), status(d)) {
		return fmt.Errorf("comes back otherwise: %v", err)
	}
	switch d := d.(type) {
	case filing:
		return Compiles(policy.Filing(d))
	case ExceptionDoc:
		_, err = newLift(d)
	}
	return err
}
