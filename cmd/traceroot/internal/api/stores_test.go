package api_test

import (
	"path/filepath"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

// stores are the engines that the API is tested on.
var stores = map[string]func(*testing.T) store.Store{
	"memory": func(*testing.T) store.Store { return memory.New() },
	"sqlite": func(t *testing.T) store.Store {
		t.Helper()
		s, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "traceroot.db")})
		if err != nil {
			t.Fatal(err)
		}
		return s
	},
}

// onEach runs a test on an empty store of each engine.
func onEach(t *testing.T, test func(*service)) {
	t.Helper()
	for name, open := range stores {
		t.Run("on "+name, func(t *testing.T) {
			t.Parallel()
			test(serve(t, opened(t, open)))
		})
	}
}

// opened closes the store after the test.
func opened(t *testing.T, open func(*testing.T) store.Store) store.Store {
	t.Helper()
	engine := open(t)
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}
