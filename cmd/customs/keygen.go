package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/sign"
)

func newKeygenCmd() *cobra.Command {
	var name, lang string
	cmd := &cobra.Command{
		Use:   "keygen FILE",
		Short: "Make a key that signs rule packs, policy bundles or a reviewer's answers",
		Long: `Make an Ed25519 key. The private key goes to FILE, which must not be there yet
and which only you can read; the public key is printed. The public line belongs
into the configuration, for what its owner may do:

  law.keys          sign rule packs, zone lists and catalogues (customs pack sign)
  policy.keys       sign policy bundles (customs policy sign)
  review.reviewers  answer held transfers and exceptions (customs review)

Each person and each purpose should have a key of its own. Nobody but its owner
ever needs FILE, the gateway neither.`,
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			if err := wantLang(lang); err != nil {
				return err
			}
			public, err := makeKey(name, args[0])
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("keygen: %w", err)}
			}
			if format == "json" {
				return writeJSON(cmd.OutOrStdout(), map[string]string{"name": name, "public": public, "file": args[0]})
			}
			fmt.Fprintln(cmd.OutOrStdout(), public)
			fmt.Fprintf(cmd.ErrOrStderr(), keygenHint[wantChinese(lang)], args[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name that signatures show, as law.example or wang.li")
	cmd.Flags().String("format", "text", "text or json")
	cmd.Flags().StringVar(&lang, "lang", "", "language, en or zh (default: that of the environment)")
	if err := cmd.MarkFlagRequired("name"); err != nil {
		panic(err)
	}
	return cmd
}

// keygenHint is said once a key is made, in Chinese where true.
var keygenHint = map[bool]string{
	false: `The private key is in %s: keep it to yourself and back it up.
Put the line above into the configuration: under law.keys to sign rule packs,
under policy.keys to sign policy bundles, under review.reviewers to review.
`,
	true: `私钥保存在 %s：仅限本人保管，并请备份。
将上面一行公钥写入配置文件：law.keys 用于签署规则包，policy.keys 用于签署策略包，
review.reviewers 用于审核。
`}

// makeKey writes a new private key to a file that is not there yet and returns
// the public line.
func makeKey(name, path string) (public string, err error) {
	private, public, err := sign.Generate(name)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s is there already and stays; name another file", path)
	}
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(private + "\n")
	if err = errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path))); err != nil {
		return "", errors.Join(fmt.Errorf("write private key: %w", err), os.Remove(path))
	}
	return public, nil
}

// maxKeyFile bounds the file of a private key, which is one line.
const maxKeyFile = 4 << 10

// readSigner reads the file of a private key, which nobody else may read.
func readSigner(path string) (sign.Signer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return sign.Signer{}, fmt.Errorf("private key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return sign.Signer{}, fmt.Errorf("private key %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	text, err := readRegular(path, maxKeyFile)
	if err != nil {
		return sign.Signer{}, fmt.Errorf("private key: %w", err)
	}
	s, err := sign.ParseSigner(string(text))
	if err != nil {
		return sign.Signer{}, fmt.Errorf("private key: %s %w", path, err)
	}
	return s, nil
}
