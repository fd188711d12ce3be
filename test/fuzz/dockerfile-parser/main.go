// Command dockerfile-parser reads Dockerfiles as JSON strings, one a line, and answers each with what BuildKit takes it for, as JSON, one a line.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type instruction struct {
	Kind  string            `json:"kind"`
	Line  int               `json:"line"`
	Words []string          `json:"words,omitempty"`
	Pairs map[string]string `json:"pairs,omitempty"`
	// Of a here-document.
	Text  *string `json:"text,omitempty"`
	Shell bool    `json:"shell,omitempty"`
}

type answer struct {
	Error        string        `json:"error,omitempty"`
	Warnings     []string      `json:"warnings,omitempty"`
	Instructions []instruction `json:"instructions"`
}

// Variables stand for themselves, so that a value that was not to be one shows.
type itself struct{}

func (itself) Get(name string) (string, bool) { return "${" + name + "}", true }
func (itself) Keys() []string                 { return nil }

func pairs(list instructions.KeyValuePairs) map[string]string {
	found := map[string]string{}
	for _, pair := range list {
		found[pair.Key] = pair.Value
	}
	return found
}

func describe(command instructions.Command) instruction {
	one := instruction{Kind: strings.ToLower(command.Name()), Line: command.Location()[0].Start.Line}
	switch c := command.(type) {
	case *instructions.EnvCommand:
		one.Pairs = pairs(c.Env)
	case *instructions.LabelCommand:
		one.Pairs = pairs(c.Labels)
	case *instructions.ArgCommand:
		for _, arg := range c.Args {
			one.Words = append(one.Words, arg.Key)
			if arg.Value != nil {
				one.Words = append(one.Words, *arg.Value)
			}
		}
	case *instructions.CopyCommand:
		for _, content := range c.SourceContents {
			text := content.Data
			one.Text = &text
		}
		one.Words = append(c.SourcePaths, c.DestPath)
	case *instructions.RunCommand:
		one.Words, one.Shell = c.CmdLine, c.PrependShell
	case *instructions.CmdCommand:
		one.Words, one.Shell = c.CmdLine, c.PrependShell
	case *instructions.EntrypointCommand:
		one.Words, one.Shell = c.CmdLine, c.PrependShell
	case *instructions.HealthCheckCommand:
		one.Words = c.Health.Test
	case *instructions.ExposeCommand:
		one.Words = c.Ports
	case *instructions.UserCommand:
		one.Words = []string{c.User}
	case *instructions.VolumeCommand:
		one.Words = c.Volumes
	case *instructions.StopSignalCommand:
		one.Words = []string{c.Signal}
	case *instructions.WorkdirCommand:
		one.Words = []string{c.Path}
	}
	return one
}

func read(text string) (answer, error) {
	found := answer{}
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return found, err
	}
	for _, warning := range result.Warnings {
		found.Warnings = append(found.Warnings, warning.Short)
	}
	stages, arguments, err := instructions.Parse(result.AST, nil)
	if err != nil {
		return found, err
	}
	for _, argument := range arguments {
		found.Instructions = append(found.Instructions, describe(&argument))
	}
	lex := shell.NewLex(result.EscapeToken)
	expand := func(word string) (string, error) {
		expanded, _, err := lex.ProcessWord(word, itself{})
		return expanded, err
	}
	for _, stage := range stages {
		found.Instructions = append(found.Instructions, instruction{
			Kind: "from", Line: stage.Location[0].Start.Line, Words: []string{stage.BaseName, stage.Name},
		})
		for _, command := range stage.Commands {
			if expandable, ok := command.(instructions.SupportsSingleWordExpansion); ok {
				if err := expandable.Expand(expand); err != nil {
					return found, err
				}
			}
			found.Instructions = append(found.Instructions, describe(command))
		}
	}
	return found, nil
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var text string
		if err := json.Unmarshal(line, &text); err != nil {
			panic(err)
		}
		found, err := read(text)
		if err != nil {
			found.Error = err.Error()
		}
		if err := answers.Encode(found); err != nil {
			return
		}
	}
}
