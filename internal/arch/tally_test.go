package arch_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// CI is believed by its last line, so what counts the tests is tested too.
func TestTallyOfTests(t *testing.T) {
	t.Parallel()
	awk, err := exec.LookPath("awk")
	if err != nil {
		t.Skip("there is no awk here; .ci/run needs it only on systems that have it")
	}
	for _, test := range []struct {
		name, events, want string
		failed             bool
	}{
		{
			name: "what passes is only counted",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:4: \"Action\":\"fail\",\"Test\":\"TestB\"\n"}
				{"Action":"pass","Package":"p","Test":"TestA/one","Elapsed":0}
				{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0}
				{"Action":"skip","Package":"p","Test":"TestC","Elapsed":0}
				{"Action":"pass","Package":"p","Elapsed":0.1}`,
			want: "2 passed, 0 failed, 1 skipped\n",
		},
		{
			name: "what fails is told",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:4: got \"<\\n>\" & more\n"}
				{"Action":"output","Package":"p","Test":"TestB","Output":"    a_test.go:9: fine\n"}
				{"Action":"fail","Package":"p","Test":"TestA","Elapsed":0}
				{"Action":"pass","Package":"p","Test":"TestB","Elapsed":0}
				{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
				{"Action":"fail","Package":"p","Elapsed":0.1}`,
			want: "    a_test.go:4: got \"<\\n>\" & more\nFAIL\tp\t0.1s\n1 passed, 1 failed, 0 skipped\n",
		},
		{
			name: "a package that does not build is told",
			events: `{"ImportPath":"p [p.test]","Action":"build-output","Output":"a_test.go:3: undefined: x\n"}
				{"ImportPath":"p [p.test]","Action":"build-fail"}
				{"Action":"fail","Package":"p","Elapsed":0,"FailedBuild":"p [p.test]"}`,
			want: "a_test.go:3: undefined: x\n0 passed, 0 failed, 0 skipped\n", failed: true,
		},
		{
			name: "a race is told, whichever test its report came in",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"==================\n"}
				{"Action":"output","Package":"p","Test":"TestA","Output":"WARNING: DATA RACE\n"}
				{"Action":"output","Package":"p","Test":"TestA","Output":"Read at 0x00c0 by goroutine 7:\n"}
				{"Action":"output","Package":"p","Test":"TestA","Output":"==================\n"}
				{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:9: fine\n"}
				{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0}
				{"Action":"fail","Package":"p","Elapsed":0.1}`,
			want: "WARNING: DATA RACE\nRead at 0x00c0 by goroutine 7:\n==================\n1 passed, 0 failed, 0 skipped\n",
		},
		{name: "no test at all is a failure", events: `{"Action":"skip","Package":"p","Elapsed":0}`, want: "0 passed, 0 failed, 0 skipped\n", failed: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), awk, "-f", filepath.Join(repository(t), ".ci", "tally.awk"))
			cmd.Stdin = strings.NewReader(test.events)
			got, err := cmd.Output()
			if _, exited := errors.AsType[*exec.ExitError](err); exited != test.failed || err != nil && !exited {
				t.Errorf("awk ended with %v, want a failure: %t", err, test.failed)
			}
			if string(got) != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
