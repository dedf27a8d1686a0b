package batch_test

import (
	"math"
	"runtime/debug"
	"testing"
	"testing/fstest"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

func TestDefaultQueueBytesFollowsTheMemoryLimit(t *testing.T) {
	before := debug.SetMemoryLimit(80 << 20)
	defer debug.SetMemoryLimit(before)
	if got, want := batch.DefaultQueueBytes(), 10<<20; got != want {
		t.Errorf("with a memory limit of 80 MiB: %d bytes, want %d", got, want)
	}
	debug.SetMemoryLimit(math.MaxInt64)
	if got := batch.DefaultQueueBytes(); got <= 0 || got > 256<<20 {
		t.Errorf("without a memory limit: %d bytes, want at most 256 MiB", got)
	}
}

func TestCgroupLimit(t *testing.T) {
	t.Parallel()
	const none = math.MaxInt64
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no control groups": {nil, none},
		"version 2": {map[string]string{
			"proc/self/cgroup": "0::/app.slice/agent.service\n",
			"sys/fs/cgroup/app.slice/agent.service/memory.max": "1048576\n",
		}, 1 << 20},
		"version 2, limit of the parent": {map[string]string{
			"proc/self/cgroup": "0::/app.slice/agent.service\n",
			"sys/fs/cgroup/app.slice/agent.service/memory.max": "max\n",
			"sys/fs/cgroup/app.slice/memory.max":               "2097152\n",
		}, 2 << 20},
		"version 2, in a container": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "4194304\n",
		}, 4 << 20},
		"version 2, in a container that sees the host's path": {map[string]string{
			"proc/self/cgroup":         "0::/docker/4bf92f\n",
			"sys/fs/cgroup/memory.max": "4194304\n",
		}, 4 << 20},
		"version 2, in a sibling's path": {map[string]string{
			"proc/self/cgroup":         "0::/../other\n",
			"sys/fs/cgroup/memory.max": "4194304\n",
		}, 4 << 20},
		"version 2, no limit": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "max\n",
		}, none},
		"version 1": {map[string]string{
			"proc/self/cgroup": "12:cpu,cpuacct:/x\n9:memory:/docker/4bf92f\n0::/x\n",
			"sys/fs/cgroup/memory/docker/4bf92f/memory.limit_in_bytes": "8388608\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":               "9223372036854771712\n",
		}, 8 << 20},
		"nonsense": {map[string]string{
			"proc/self/cgroup":         "what\n0::/\n",
			"sys/fs/cgroup/memory.max": "-1\n",
		}, none},
	} {
		root := fstest.MapFS{}
		for path, text := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := batch.CgroupLimit(root); got != c.want {
			t.Errorf("%s: limit = %d, want %d", name, got, c.want)
		}
	}
}
