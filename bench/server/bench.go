package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// bench is all that is measured in one run of this program.
type bench struct {
	spans int
	runs  int
	kills int
	loads []shape
	peer  bool

	traceroot, jaeger string // binaries; empty: to be built

	keep bool // what is written stays

	folder string // for everything that is written
	log    func(format string, values ...any)
	report *report
}

// where says on what the figures were measured.
func where() string {
	return fmt.Sprintf("%s %s/%s, %d cores, %s, %s", time.Now().UTC().Format(time.DateOnly),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), machine())
}

// candidate is a server to be measured.
type candidate struct {
	server

	name      string
	questions bool // it is also asked
}

func (b *bench) all(ctx context.Context) error {
	binary, err := b.buildOurs(ctx)
	if err != nil {
		return err
	}
	peer := b.buildPeer(ctx)
	for _, size := range b.loads {
		candidates := []candidate{
			{server: traceroot{binary: binary}, name: "traceroot", questions: true},
			{server: traceroot{binary, []string{"--no-search"}}, name: "traceroot --no-search"},
		}
		if peer != "" && size.name == small.name {
			candidates = append(candidates, candidate{server: jaeger{peer}, name: "Jaeger, Badger"})
		}
		if err := b.underLoad(ctx, size, candidates); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) buildOurs(ctx context.Context) (string, error) {
	if b.traceroot != "" {
		return b.traceroot, nil
	}
	b.log("building traceroot")
	return buildTraceroot(ctx, b.folder)
}

// buildPeer is the peer's binary, or empty. A machine without network, or too slow to build it, measures ours alone.
func (b *bench) buildPeer(ctx context.Context) string {
	if !b.peer || b.jaeger != "" {
		return b.jaeger
	}
	b.log("building %s, which takes minutes", jaegerModule)
	binary, err := buildJaeger(ctx, b.folder)
	if err != nil {
		b.log("Jaeger is left out: %v", err)
		return ""
	}
	return binary
}

func (b *bench) underLoad(ctx context.Context, size shape, candidates []candidate) (err error) {
	b.log("making %d spans, %s a span", b.spans, size.name)
	c, err := makeCorpus(filepath.Join(b.folder, "load"), size, b.spans)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	for _, candidate := range candidates {
		column := candidate.name + ", " + size.name
		b.report.set("raw bytes a span", column, "", "%d", c.raw/int64(c.spans))
		if err := b.takeIn(ctx, column, candidate, c); err != nil {
			return fmt.Errorf("%s: %w", column, err)
		}
	}
	if size.name != small.name {
		return nil
	}
	return b.durability(ctx, candidates)
}

// takeIn measures a server several times, the best of which counts. The last run is asked questions.
func (b *bench) takeIn(ctx context.Context, column string, of candidate, c *corpus) error {
	var (
		best    ingested
		answers []asked
	)
	for range b.runs {
		b.log("%s: taking in %d spans", column, c.spans)
		var (
			result ingested
			err    error
		)
		if result, answers, err = b.takeInOnce(ctx, of, c); err != nil {
			return err
		}
		if best.spans == 0 || result.cpu < best.cpu {
			best = result
		}
	}
	b.report.ingested(column, best)
	b.report.asked(column, answers)
	return nil
}

func (b *bench) takeInOnce(ctx context.Context, of candidate, c *corpus) (result ingested, answers []asked, err error) {
	data, err := b.dataFolder()
	if err != nil {
		return ingested{}, nil, err
	}
	defer func() { err = errors.Join(err, b.discard(data)) }()
	at, err := of.start(ctx, data)
	if err != nil {
		return ingested{}, nil, err
	}
	defer at.kill()
	if result, err = ingest(ctx, at, c); err != nil {
		return ingested{}, nil, err
	}
	if result.decode, err = c.decoding(); err != nil {
		return ingested{}, nil, err
	}
	if ours, ok := at.(*runningTraceroot); ok && of.questions {
		if answers, err = b.ask(ctx, ours); err != nil {
			return ingested{}, nil, err
		}
	}
	if err := at.stop(ctx); err != nil {
		return ingested{}, nil, err
	}
	disk, err := diskBytes(filepath.Join(data, "data"))
	result.disk = float64(disk) / float64(c.raw)
	return result, answers, err
}

func (b *bench) dataFolder() (string, error) {
	data, err := os.MkdirTemp(b.folder, "data-")
	if err != nil {
		return "", err
	}
	return data, os.Mkdir(filepath.Join(data, "data"), 0o750)
}

// discard removes what a server wrote, unless it is to be looked at.
func (b *bench) discard(data string) error {
	if b.keep {
		b.log("kept in %s", data)
		return nil
	}
	return os.RemoveAll(data)
}

func (b *bench) ask(ctx context.Context, at *runningTraceroot) ([]asked, error) {
	var answers []asked
	for _, q := range queries() {
		answer, err := measure(ctx, at, q)
		if errors.Is(err, errUnknown) {
			b.log("%s: this server has no %s", q.name, q.path)
			continue
		}
		if err != nil {
			return nil, err
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

// killLoad is how many spans a server may get before it is killed: each is asked for afterwards.
const killLoad = 30_000

func (b *bench) durability(ctx context.Context, candidates []candidate) (err error) {
	c, err := makeCorpus(filepath.Join(b.folder, "load-to-kill"), small, min(b.spans, killLoad))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	for _, of := range candidates {
		total := killed{}
		for range b.kills {
			b.log("%s: killing it under load", of.name)
			result, err := b.killOnce(ctx, of, c)
			if err != nil {
				return fmt.Errorf("%s: %w", of.name, err)
			}
			total.add(result)
		}
		b.report.killed(of.name+", "+small.name, total)
	}
	return nil
}

func (b *bench) killOnce(ctx context.Context, of candidate, c *corpus) (result killed, err error) {
	data, err := b.dataFolder()
	if err != nil {
		return killed{}, err
	}
	defer func() { err = errors.Join(err, b.discard(data)) }()
	return kill(ctx, of.server, data, c)
}
