package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"log" //nolint:depguard // what log.Fatal does to a program is what is tried here
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

// programVariable names the program that a process is.
const programVariable = "TEST_PROGRAM"

func TestMain(m *testing.M) {
	if program := programs[os.Getenv(programVariable)]; program != nil {
		program()
		return
	}
	os.Exit(m.Run()) //nolint:forbidigo // this is the test binary's main
}

// programs are main functions, by what is special about their end. Their settings come from the environment.
var programs = map[string]func(){
	"return":                    returns,
	"log.Fatal":                 fatal,
	"log.Fatal outside of run":  fatalOutside,
	"log.Fatal after Flush":     fatalAfterFlush,
	"os.Exit":                   exit,
	"panic in main":             panics,
	"panic in a goroutine":      panicsElsewhere,
	"signal, handled":           handlesSignal,
	"signal, not handled":       waits,
	"signal, after a batch":     waitsAfterBatch,
	"Shutdown without a server": shutsDownInTime,
	"fills the spool":           fillsSpool,
	"empties the spool":         emptiesSpool,
}

func returns() {
	traceroot.Initialize()
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	work()
}

func fatal() {
	traceroot.Initialize()
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	work()
	log.Fatal("bad luck") //nolint:gocritic // that it skips the deferred call is what is tried here
}

// fatalOutside is fatal as it should be.
func fatalOutside() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	traceroot.Initialize()
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	work()
	return errors.New("bad luck")
}

func fatalAfterFlush() {
	traceroot.Initialize()

	work()
	_ = traceroot.Flush(context.Background())
	log.Fatal("bad luck")
}

func exit() {
	traceroot.Initialize()
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	work()
	os.Exit(3) //nolint:forbidigo,gocritic // what it does to a program is what is tried here
}

func panics() {
	traceroot.Initialize()
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	work()
	_ = traceroot.Run(context.Background(), "last", func(context.Context) error { panic("bad luck") })
}

func panicsElsewhere() {
	traceroot.Initialize()
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	work()
	go func() { panic("bad luck") }()
	select {}
}

func handlesSignal() {
	traceroot.Initialize()
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	work()
	ready()
	<-ctx.Done()
}

func waits() {
	traceroot.Initialize()
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	work()
	ready()
	select {}
}

func waitsAfterBatch() {
	traceroot.Initialize(traceroot.WithFlushAt(10), traceroot.WithFlushInterval(time.Hour))
	defer func() { _ = traceroot.Shutdown(context.Background()) }()

	for range 10 {
		_ = traceroot.Run(context.Background(), "batch", nothing)
	}
	for traceroot.Default().Stats().Exported < 10 {
		<-time.After(time.Millisecond)
	}
	work()
	ready()
	select {}
}

func shutsDownInTime() {
	traceroot.Initialize()
	work()

	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if unsent, ok := errors.AsType[*traceroot.UnsentError](traceroot.Shutdown(ctx)); ok {
		fmt.Fprintln(os.Stdout, unsent.Spans, "spans lost")
		return
	}
	fmt.Fprintln(os.Stdout, "no span lost")
}

// fillsSpool ends spans until some are on disk, and prints how many when those in memory may stay there.
func fillsSpool() {
	client := traceroot.Initialize(traceroot.WithFlushAt(1))
	for client.Stats().Spooled < 10 {
		_ = traceroot.Run(context.Background(), "large", nothing, traceroot.Metadata(map[string]any{"text": strings.Repeat("text ", 100_000)}))
		<-time.After(time.Millisecond)
	}
	for client.Stats().QueuedBytes > 16<<20 {
		<-time.After(time.Millisecond)
	}
	fmt.Fprintln(os.Stdout, client.Stats().Spooled)
	ready()
	select {}
}

// emptiesSpool runs until what an earlier process has left is sent.
func emptiesSpool() {
	client := traceroot.Initialize()
	for client.Stats().Recoverable > 0 {
		<-time.After(time.Millisecond)
	}
	_ = traceroot.Shutdown(context.Background())
}

// work ends two spans.
func work() {
	_ = traceroot.Run(context.Background(), "first", nothing)
	_ = traceroot.Run(context.Background(), "second", nothing)
}

func nothing(context.Context) error { return nil }

// ready tells the test that it may go on.
func ready() { fmt.Fprintln(os.Stdout, "ready") }
