package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// namesFaults makes a tree of commands say what is wrong with a command line:
// the word that is no command with the nearest one, the argument or the flag
// that is missing. A group by itself prints its help.
func namesFaults(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		namesFaults(sub)
	}
	if !cmd.HasSubCommands() {
		cmd.Args = leafArgs(cmd.Args)
		if cmd.PreRunE == nil {
			cmd.PreRunE = requiredFlags
		}
		return
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return nil
	}
	if !cmd.Runnable() {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
}

func unknownCommand(cmd *cobra.Command, word string) error {
	err := fmt.Sprintf("unknown command %q for %q", word, cmd.CommandPath())
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		slices.Sort(near)
		return exitError{Code: 2, Err: fmt.Errorf("%s; did you mean %s?", err, strings.Join(slices.Compact(near), " or "))}
	}
	var known []string
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			known = append(known, sub.Name())
		}
	}
	if len(known) > 0 {
		err += "; it has " + strings.Join(known, ", ")
	}
	return exitError{Code: 2, Err: errors.New(err)}
}

// flagFault is called for a flag that a command does not have. Before a
// subcommand that does not exist, the subcommand is the fault.
func flagFault(cmd *cobra.Command, err error) error {
	if word := cmd.Flags().Arg(0); cmd.HasSubCommands() && word != "" {
		return unknownCommand(cmd, word)
	}
	return exitError{Code: 2, Err: fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
}

// leafArgs words the fault of arguments that are too many or too few: without
// subcommands, a word too many is not an unknown command.
func leafArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		return nil
	}
	return func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		if err != nil && strings.HasPrefix(err.Error(), "unknown command ") {
			return exitError{Code: 2, Err: fmt.Errorf("%s takes no argument; %q is one too many", commandName(cmd), args[0])}
		}
		if err != nil && strings.HasPrefix(err.Error(), "accepts ") {
			return exitError{Code: 2, Err: fmt.Errorf("%d arguments were given: write %s", len(args), cmd.UseLine())}
		}
		return err
	}
}

// oneArg is the check of a command with one argument of that name.
func oneArg(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return exitError{Code: 2, Err: fmt.Errorf("%s is missing: write %s", name, cmd.UseLine())}
		case 1:
			return nil
		}
		return exitError{Code: 2, Err: fmt.Errorf("%s takes one %s; %q is one too many", commandName(cmd), name, args[1])}
	}
}

// requiredFlags names the flags that must be given and are not.
func requiredFlags(cmd *cobra.Command, _ []string) error {
	err := cmd.ValidateRequiredFlags()
	if err == nil {
		return nil
	}
	var missing []string
	for i, name := range strings.Split(err.Error(), `"`) {
		if f := cmd.Flags().Lookup(name); i%2 == 1 && f != nil {
			missing = append(missing, fmt.Sprintf("--%s (%s)", name, f.Usage))
		}
	}
	return exitError{Code: 2, Err: fmt.Errorf("%s needs %s", commandName(cmd), strings.Join(missing, " and "))}
}

// newHelpCmd is help for a command, which must exist.
func newHelpCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			switch {
			case err != nil:
				return exitError{Code: 2, Err: err}
			case len(rest) > 0:
				return unknownCommand(found, rest[0])
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// again repeats how the user named the installation, in a command to be typed
// next.
func again(cmd *cobra.Command, command string) string {
	for _, name := range []string{"config", "data"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			command += " --" + name + " " + shellWord(f.Value.String())
		}
	}
	return command
}

// shellWord quotes a word for a POSIX shell if it needs it.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
