// Names the licenses of the texts in the files that standard input lists, one a line: a line of JSON for each file.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/google/licensecheck"
)

type result struct {
	File string `json:"file"`
	// SPDX identifiers, in the order of the text.
	Licenses []string `json:"licenses"`
	// How much of the text, in percent, belongs to them.
	Percent float64 `json:"percent"`
}

func run() error {
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		text, err := os.ReadFile(lines.Text())
		if err != nil {
			return err
		}
		coverage := licensecheck.Scan(text)
		found := result{File: lines.Text(), Licenses: []string{}, Percent: coverage.Percent}
		for _, match := range coverage.Match {
			found.Licenses = append(found.Licenses, match.ID)
		}
		if err := out.Encode(found); err != nil {
			return err
		}
	}
	return lines.Err()
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
