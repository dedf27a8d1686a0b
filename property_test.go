package traceroot_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// FuzzTraceEqualsCallTree runs random programs of observed calls, nested, concurrent, failing, panicking and streaming,
// and demands that the trace that arrives at the server is the call tree that ran.
func FuzzTraceEqualsCallTree(f *testing.F) {
	for seed := range uint64(150) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		server := newReceiver(t)
		client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithAPIKey("k"), traceroot.WithFlushAt(7),
			traceroot.WithLogger(quiet))
		program := &program{random: rand.New(rand.NewPCG(seed, 1))}
		program.run(client.Context(t.Context()), program.node(4), "")
		if err := client.Shutdown(t.Context()); err != nil {
			t.Fatalf("shutdown: %v", err)
		}
		got := map[string]call{}
		names := map[string]string{}
		spans := server.spans()
		for _, s := range spans {
			names[s.id] = s.name
		}
		for _, s := range spans {
			if _, twice := got[s.name]; twice {
				t.Errorf("span %s arrived twice", s.name)
			}
			complete := true
			if v, ok := s.attributes[attr.StreamComplete]; ok {
				complete = v == true
			}
			output, _ := s.attributes[attr.SpanOutput].(string)
			got[s.name] = call{parent: names[s.parent], failure: s.failure, output: output, left: !complete}
		}
		if want := program.ran; !maps.Equal(got, want) {
			t.Errorf("seed %d: the trace differs from the calls that ran\n%s", seed, difference(got, want))
		}
	})
}

// call is what the trace has to say of one call.
type call struct {
	parent  string
	failure string
	output  string
	left    bool // a stream that its consumer left before its end
}

// node is a call of the program: how it is made, what it does, and what it calls.
type node struct {
	name     string
	way      string
	end      string // "", "error" or "panic"
	parallel bool
	leave    int // for streams: the number of items after which the consumer leaves; -1: none
	children []*node
}

type program struct {
	random *rand.Rand
	nodes  int

	mu  sync.Mutex
	ran map[string]call // by span name; guarded by mu
}

var ways = []string{"do", "run", "start", "observe", "reflect", "twin", "seq", "seq2", "observedSeq", "chan", "observedChan"}

func (p *program) node(depth int) *node {
	p.nodes++
	n := &node{
		name:     fmt.Sprintf("n%d", p.nodes),
		way:      ways[p.random.IntN(len(ways))],
		end:      []string{"", "", "", "error", "panic"}[p.random.IntN(5)],
		parallel: p.random.IntN(3) == 0,
		leave:    -1,
	}
	if depth > 0 {
		for range p.random.IntN(4) {
			n.children = append(n.children, p.node(depth-1))
		}
	}
	if n.isSequence() && p.random.IntN(3) == 0 {
		n.leave = p.random.IntN(len(n.children) + 1)
	}
	if n.isChannel() {
		n.end = "" // a channel says nothing of failures
	}
	return n
}

func (n *node) isSequence() bool {
	return n.way == "seq" || n.way == "seq2" || n.way == "observedSeq"
}

func (n *node) isChannel() bool { return n.way == "chan" || n.way == "observedChan" }

func (p *program) note(name string, c call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ran == nil {
		p.ran = map[string]call{}
	}
	p.ran[name] = c
}

// run makes the call of n, and takes what it throws: each panic ends at its call, so that the program goes on.
func (p *program) run(ctx context.Context, n *node, parent string) {
	want := call{parent: parent, output: "out " + n.name}
	if n.end != "" {
		want.failure, want.output = "fail "+n.name, ""
	}
	if n.way == "run" || n.way == "start" {
		want.output = ""
	}
	if n.isSequence() || n.isChannel() {
		want = p.streamed(n, parent)
	}
	p.note(n.name, want)
	defer func() {
		if thrown := recover(); thrown != nil && thrown != "fail "+n.name {
			panic(thrown)
		}
	}()
	p.call(ctx, n)
}

// streamed is what a stream should show: each child is one item, and a consumer that leaves at an item has seen it.
func (p *program) streamed(n *node, parent string) call {
	want := call{parent: parent}
	seen := len(n.children)
	if n.leave >= 0 && n.leave < len(n.children) {
		seen, want.left = n.leave+1, true
	}
	var items []string
	for _, child := range n.children[:seen] {
		items = append(items, `"`+child.name+`"`)
	}
	if len(items) > 0 {
		want.output = "[" + strings.Join(items, ",") + "]"
	}
	if n.end != "" && !want.left && (n.end == "panic" || n.way == "seq2") {
		want.failure = "fail " + n.name
	}
	return want
}

func (p *program) call(ctx context.Context, n *node) {
	switch n.way {
	case "do":
		_, _ = traceroot.Do(ctx, n.name, func(ctx context.Context) (string, error) { return p.body(ctx, n) })
	case "run":
		_ = traceroot.Run(ctx, n.name, func(ctx context.Context) error { _, err := p.body(ctx, n); return err })
	case "start":
		_ = p.started(ctx, n)
	case "observe":
		_, _ = traceroot.Observe(func(ctx context.Context, _ string) (string, error) { return p.body(ctx, n) },
			traceroot.Name(n.name))(ctx, "in")
	case "reflect":
		_, _ = traceroot.Observe(func(_ int, ctx context.Context, _ ...node) (string, error) { return p.body(ctx, n) },
			traceroot.Name(n.name))(1, ctx)
	case "twin":
		_, _ = traceroot.Observe2(func(ctx context.Context, _ int, _ bool) (string, error) { return p.body(ctx, n) },
			traceroot.Name(n.name))(ctx, 1, true)
	case "seq":
		n.consume(traceroot.Seq(ctx, n.name, p.sequence(n)))
	case "observedSeq":
		n.consume(traceroot.Observe(p.sequence(n), traceroot.Name(n.name))(ctx))
	case "seq2":
		n.consume(keys(traceroot.Seq2(ctx, n.name, p.failingSequence(n))))
	case "chan":
		n.receive(traceroot.Chan(ctx, n.name, p.channel(n)))
	case "observedChan":
		n.receive(traceroot.Observe(p.channel(n), traceroot.Name(n.name))(ctx))
	}
}

// body calls the children of n, one after another or all at once, and ends as n says.
func (p *program) body(ctx context.Context, n *node) (string, error) {
	var group sync.WaitGroup
	for _, child := range n.children {
		if n.parallel {
			group.Go(func() { p.run(ctx, child, n.name) })
		} else {
			p.run(ctx, child, n.name)
		}
	}
	group.Wait()
	switch n.end {
	case "error":
		return "", errors.New("fail " + n.name)
	case "panic":
		panic("fail " + n.name)
	}
	return "out " + n.name, nil
}

func (p *program) started(ctx context.Context, n *node) (err error) {
	ctx, span := traceroot.Start(ctx, n.name)
	defer span.End(&err)
	_, err = p.body(ctx, n)
	return err
}

func (p *program) sequence(n *node) func(context.Context) iter.Seq[string] {
	return func(ctx context.Context) iter.Seq[string] {
		return func(yield func(string) bool) {
			for _, child := range n.children {
				p.run(ctx, child, n.name)
				if !yield(child.name) {
					return
				}
			}
			if n.end == "panic" {
				panic("fail " + n.name)
			}
		}
	}
}

func (p *program) failingSequence(n *node) func(context.Context) iter.Seq2[string, error] {
	return func(ctx context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for name := range p.sequence(n)(ctx) {
				if !yield(name, nil) {
					return
				}
			}
			if n.end == "error" {
				yield("", errors.New("fail "+n.name))
			}
		}
	}
}

func (p *program) channel(n *node) func(context.Context) <-chan string {
	return func(ctx context.Context) <-chan string {
		out := make(chan string)
		go func() {
			defer close(out)
			for _, child := range n.children {
				p.run(ctx, child, n.name)
				out <- child.name
			}
		}()
		return out
	}
}

func (n *node) consume(items iter.Seq[string]) {
	i := 0
	for range items {
		if i == n.leave {
			break
		}
		i++
	}
}

func (n *node) receive(items <-chan string) {
	for range items {
	}
}

// keys is seq without its errors.
func keys(seq iter.Seq2[string, error]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name, err := range seq {
			if err == nil && !yield(name) {
				return
			}
		}
	}
}

func difference(got, want map[string]call) string {
	var b strings.Builder
	all := maps.Clone(want)
	maps.Copy(all, got)
	for _, name := range slices.SortedFunc(maps.Keys(all), cmp.Compare[string]) {
		g, inTrace := got[name]
		w, ran := want[name]
		if inTrace != ran || g != w {
			fmt.Fprintf(&b, "%s: got %+v (%v), want %+v (%v)\n", name, g, inTrace, w, ran)
		}
	}
	return b.String()
}
