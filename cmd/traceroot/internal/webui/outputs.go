package webui

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// outputs are the files that entry points became, by the sources' names.
type outputs map[string]output

type output struct {
	script  string   // its name
	imports []string // names of the scripts that it needs before it can run, those that they need included
	style   string
}

// readOutputs reads esbuild's account of what it made.
func readOutputs(account string) (outputs, error) {
	type file struct {
		EntryPoint string `json:"entryPoint"`
		CSSBundle  string `json:"cssBundle"`
		Imports    []struct {
			Path string `json:"path"`
			Kind string `json:"kind"`
		} `json:"imports"`
	}
	var read struct {
		Outputs map[string]file `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(account), &read); err != nil {
		return nil, fmt.Errorf("bundle the pages: %w", err)
	}
	made := outputs{}
	for name, entry := range read.Outputs {
		if entry.EntryPoint == "" || path.Ext(name) != ".js" {
			continue
		}
		found := output{script: path.Base(name), style: path.Base(entry.CSSBundle)}
		for next := []file{entry}; len(next) > 0; next = next[1:] {
			for _, imported := range next[0].Imports {
				if script := path.Base(imported.Path); imported.Kind == "import-statement" && !slices.Contains(found.imports, script) {
					found.imports = append(found.imports, script)
					next = append(next, read.Outputs[imported.Path])
				}
			}
		}
		_, source, _ := strings.Cut(entry.EntryPoint, ":") // the plug-in's namespace
		made[source] = found
	}
	return made, nil
}

// scripts are what has to be loaded to run these sources, one after the other.
func (o outputs) scripts(sources ...string) scripts {
	var all scripts
	for _, source := range sources {
		all.run = append(all.run, assetPath+o[source].script)
		for _, script := range o[source].imports {
			if address := assetPath + script; !slices.Contains(all.imported, address) {
				all.imported = append(all.imported, address)
			}
		}
	}
	return all
}
