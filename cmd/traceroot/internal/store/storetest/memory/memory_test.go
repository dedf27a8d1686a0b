package memory_test

import (
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Test(t, func(*testing.T) store.Store { return memory.New() })
}
