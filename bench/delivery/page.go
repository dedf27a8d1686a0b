package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// What is measured stands between these lines of the page.
const (
	pageName  = "docs/reliability.md"
	pageBegin = "<!-- go run ./bench/delivery -update -->\n"
	pageEnd   = "<!-- end of what it wrote -->\n"
)

// updatePage writes the tables into the page, below the folder of the workspace.
func updatePage(tables string) error {
	folder, err := workspace()
	if err != nil {
		return err
	}
	page := filepath.Join(folder, filepath.FromSlash(pageName))
	text, err := os.ReadFile(page) //nolint:gosec // a page of this repository
	if err != nil {
		return err
	}
	changed, err := replaceTables(string(text), tables)
	if err != nil {
		return fmt.Errorf("update %s: %w", pageName, err)
	}
	return os.WriteFile(page, []byte(changed), 0o644) //nolint:gosec // as git has it
}

func replaceTables(page, tables string) (string, error) {
	before, rest, begun := strings.Cut(page, pageBegin)
	_, after, ended := strings.Cut(rest, pageEnd)
	if !begun || !ended {
		return "", errors.New("it has no place for the tables")
	}
	return before + pageBegin + "\n" + tables + "\n" + pageEnd + after, nil
}

// workspace is the nearest folder above that has a go.work.
func workspace() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.work")); err == nil {
			return folder, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", errors.New("run it in a checkout: no folder above has a go.work")
		}
		folder = above
	}
}
