package webui_test

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webui"
)

// Budgets of scripts on the wire: of all together, and of what the list needs before its rows are painted.
const (
	scriptBudget     = 120 << 10
	listScriptBudget = 48 << 10
)

var scriptAddress = regexp.MustCompile(`/assets/[\w.-]+\.js`)

func TestScriptsAreSmall(t *testing.T) {
	t.Parallel()
	pages := newPages(t, webui.Options{})
	all := map[string]int{}
	for _, address := range []string{"/traces", "/t/7f3a", "/connect"} {
		response := get(t, pages, address, nil)
		if response.Code != http.StatusOK {
			t.Fatalf("errors and warnings of the bundler: %s", response.Body)
		}
		for _, script := range scriptAddress.FindAllString(response.Body.String(), -1) {
			all[script] = get(t, pages, script, http.Header{"Accept-Encoding": {"gzip"}}).Body.Len()
		}
		if address != "/traces" {
			continue
		}
		if total := sum(maps.Values(all)); total > listScriptBudget {
			t.Errorf("the scripts of the list weigh %d bytes, more than %d", total, listScriptBudget)
		}
	}
	t.Logf("%v", all)
	if total := sum(maps.Values(all)); total > scriptBudget {
		t.Errorf("scripts weigh %d bytes, more than %d", total, scriptBudget)
	}
}

func sum(sizes iter.Seq[int]) int {
	total := 0
	for size := range sizes {
		total += size
	}
	return total
}

// A script that another imports is asked for when the page is, not when the other has come.
func TestPagesTellAllScriptsAtOnce(t *testing.T) {
	t.Parallel()
	pages := newPages(t, webui.Options{})
	imported := regexp.MustCompile(`(?:from|import)"\./([\w.-]+\.js)"`)
	for _, address := range []string{"/", "/t/7f3a", "/dashboard"} {
		told := scriptAddress.FindAllString(get(t, pages, address, nil).Body.String(), -1)
		for _, script := range told {
			for _, found := range imported.FindAllStringSubmatch(get(t, pages, script, nil).Body.String(), -1) {
				if !slices.Contains(told, "/assets/"+found[1]) {
					t.Errorf("%s: %s imports %s, of which the page does not tell", address, script, found[1])
				}
			}
		}
	}
}

// What the policy of the server forbids must not get into the sources: it would fail in the browser alone.
func TestSourcesKeepToThePolicy(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|new Function|style="|https?://[a-z]`)
	// Placeholders of addresses, and the namespace of SVG, are fetched by nobody.
	allowed := regexp.MustCompile(`http://www\.w3\.org/`)
	err := filepath.WalkDir("src", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".txt") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for number, line := range strings.Split(string(content), "\n") {
			if found := forbidden.FindString(allowed.ReplaceAllString(line, "")); found != "" {
				t.Errorf("%s:%d: %s", path, number+1, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// thirdParty are the files that others wrote, as their packages have them: preact 11.2.0, @preact/signals 2.11.4 and
// @preact/signals-core 1.14.5.
var thirdParty = map[string]string{
	"preact/LICENSE":                "1fe6958409c8c257a70c587a18b6f7f412b179b456630790d30b2ec9a8e4b7d4",
	"preact/hooks.mjs":              "e862ab2973aa6455eaa0f77c5d832d2157d6be59a17c8ba546550a575b58c6b4",
	"preact/jsxRuntime.mjs":         "4761ad0e33728d1488ad98a194fe8c6a93cf940fec80e49995c82dc013d081cd",
	"preact/preact.mjs":             "bdcbd9abdf2c77c5c45326eab42191e949222d479d0d5f69467387a77040cb55",
	"signals-core/LICENSE":          "a11fc89e4c6b118854c7a667734a0b2e6bf2af5e45c6686de31adbccc8f3ae8d",
	"signals-core/signals-core.mjs": "0c80bc127d72ecb1496ef116ffddae75079829a3af01e7f417c8e5a6474c68b6",
	"signals/LICENSE":               "a11fc89e4c6b118854c7a667734a0b2e6bf2af5e45c6686de31adbccc8f3ae8d",
	"signals/signals.mjs":           "ba8177597f45acaca4d05dcf3966b527d0a8264cfa2b0a87ace92dff324217f8",
}

func TestThirdPartyFiles(t *testing.T) {
	t.Parallel()
	found := map[string]string{}
	files, err := filepath.Glob("third_party/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		found[filepath.ToSlash(strings.TrimPrefix(file, "third_party"+string(filepath.Separator)))] = hex.EncodeToString(sum[:])
	}
	for _, name := range slices.Sorted(maps.Keys(thirdParty)) {
		if found[name] != thirdParty[name] {
			t.Errorf("%s has the SHA-256 %q, want %s", name, found[name], thirdParty[name])
		}
	}
	for name := range found {
		if thirdParty[name] == "" {
			t.Errorf("%s is known to nobody", name)
		}
	}
}
