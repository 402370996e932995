package main

import (
	"path/filepath"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/spf13/cobra"
)

// addPlaceFlags gives a command the two ways to name an installation.
func addPlaceFlags(cmd *cobra.Command) {
	cmd.PersistentFlags().String("config", "", "configuration file; its data directory is used")
	cmd.PersistentFlags().String("data", "", "data directory (default ./customs-data)")
}

// loadPlace returns the configuration that the flags name; --data wins over
// the file's own data directory.
func loadPlace(cmd *cobra.Command) (*config.Config, error) {
	file, _ := cmd.Flags().GetString("config")
	data, _ := cmd.Flags().GetString("data")
	c := config.Default()
	if file != "" {
		var err error
		if c, err = config.Load(file); err != nil {
			return nil, exitError{Code: 2, Err: err}
		}
	}
	if data != "" {
		c.Data = data
	}
	abs, err := filepath.Abs(c.Data)
	if err != nil {
		return nil, exitError{Code: 2, Err: err}
	}
	c.Data = abs
	return c, nil
}

// dataDir returns the data directory that the flags name, as an absolute path.
func dataDir(cmd *cobra.Command) (string, error) {
	c, err := loadPlace(cmd)
	if err != nil {
		return "", err
	}
	return c.Data, nil
}
