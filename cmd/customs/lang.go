package main

import (
	"fmt"
	"os"
	"strings"
)

// wantLang refuses a language that the texts do not have. Without one they
// follow the environment.
func wantLang(lang string) error {
	switch base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(lang), "_", "-"), "-"); base {
	case "", "en", "zh":
		return nil
	}
	return exitError{Code: 2, Err: fmt.Errorf("--lang %q is not known: use en or zh", lang)}
}

// langOr returns the language asked for, or that of the environment.
func langOr(lang string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if lang == "" {
			lang = os.Getenv(name)
		}
	}
	return lang
}

func wantChinese(lang string) bool {
	return strings.HasPrefix(strings.ToLower(langOr(lang)), "zh")
}
