package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

// Options says how a [Show] is played. The zero value is good.
type Options struct {
	Client *traceroot.Client // records the runs; nil: the context's client, or else the default one
	CI     *traceroot.Client // records the few runs of a test machine, for a client with the environment "ci"; nil: Client

	// Pace stretches time: at 1 models and services are as slow as real ones and Fill takes half a minute, at 0.1 it takes
	// a tenth of that. 0 is 0.1. [Show.Live] always plays at 1.
	Pace float64

	// Live leaves the two newest runs to [Show.Live]; without it, Fill plays them as well, to their end.
	Live bool

	// Progress, if it is not nil, is told after each run of Fill how many of them have ended. Calls do not overlap.
	Progress func(done, total int)
}

const defaultPace = 0.1

// Show is a bicycle shop's agents at work: some answer customers, others do research, write code, sort tickets and watch
// prices. The agents and their tracing are real. The models, on loopback, follow a script, and so do the shop's services.
//
// A Show owns one goroutine, which [Show.Close] ends.
type Show struct {
	options   Options
	server    *http.Server
	served    chan error // the result of Serve; closed when its goroutine has ended
	transport *http.Transport
	quick     *company // plays at the pace of the options
	live      *company // plays at the pace of life
	curtain   func()   // lets the live runs come to their end
}

// Open sets up a show on a free port of the loopback interface. ctx bounds the start only.
func Open(ctx context.Context, o Options) (*Show, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the demo's models: %w", err)
	}
	return openOn(listener, new(net.Dialer).DialContext, o), nil
}

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

func openOn(listener net.Listener, dial dialer, o Options) *Show {
	if o.Pace <= 0 {
		o.Pace = defaultPace
	}
	curtain := make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/", newStage(o.Pace, nil).handler())
	mux.Handle("/live/", http.StripPrefix("/live", newStage(1, curtain).handler()))

	url := "http://" + listener.Addr().String()
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 16}
	s := &Show{
		options:   o,
		server:    &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second},
		served:    make(chan error, 1),
		transport: transport,
		quick:     newCompany(&http.Client{Transport: transport}, url, o.Pace),
		live:      newCompany(&http.Client{Transport: transport}, url+"/live", 1),
		curtain:   sync.OnceFunc(func() { close(curtain) }),
	}
	s.live.support.sessions = s.quick.support.sessions // The live turn continues a conversation.
	go func() {
		defer close(s.served)
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.served <- fmt.Errorf("serve the demo's models: %w", err)
		}
	}()
	return s
}

// Fill plays two dozen runs, most of them side by side, and returns when they have ended. failed is the id of the trace
// in which an agent comes to grief over a postal code; "" when nothing records it. That some runs fail is part of the
// show: an error says that one ended otherwise than it should, or that ctx is done. A show is filled once.
func (s *Show) Fill(ctx context.Context) (failed string, err error) {
	acts := programme(!s.options.Live)
	total := 0
	for _, a := range acts {
		total += len(a.runs)
	}
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		done int     // guarded by mu
		errs []error // guarded by mu
	)
	for _, a := range acts {
		wg.Go(func() {
			if pause(ctx, s.quick.scaled(a.at)) != nil {
				return
			}
			for _, r := range a.runs {
				err := s.play(ctx, s.quick, r)
				mu.Lock()
				if step, ok := errors.AsType[*StepError](err); ok {
					failed = step.TraceID
				}
				errs = append(errs, r.judge(err))
				done++
				if s.options.Progress != nil {
					s.options.Progress(done, total)
				}
				mu.Unlock()
				if pause(ctx, s.quick.scaled(a.between)) != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return failed, fmt.Errorf("play the demo: %w", context.Cause(ctx))
	}
	return failed, errors.Join(errs...)
}

// Live plays the two runs that [Options].Live has kept from Fill: the fourth turn of the session, and some research. Both
// go on speaking, slowly, until ctx is done, and then end in good order within a moment. Live returns when they have.
func (s *Show) Live(ctx context.Context) error {
	playing, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	defer context.AfterFunc(ctx, func() {
		s.curtain()
		if pause(playing, farewell) == nil {
			stop(fmt.Errorf("the live runs of the demo went on for %v after their end", farewell))
		}
	})()

	var wg sync.WaitGroup
	errs := make([]error, len(encores()))
	for i, r := range encores() {
		wg.Go(func() { errs[i] = r.judge(s.play(playing, s.live, r)) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// farewell is how long the live runs may take to come to their end.
const farewell = 5 * time.Second

// Close frees the port. It is called when Fill and Live have returned; what still goes on then is broken off when ctx is
// done. A second call does nothing.
func (s *Show) Close(ctx context.Context) error {
	s.curtain()
	s.transport.CloseIdleConnections()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("shut down the demo's models: %w", errors.Join(err, s.server.Close()))
	}
	return errors.Join(err, <-s.served)
}

func (s *Show) play(ctx context.Context, c *company, r run) error {
	client := s.options.Client
	if r.ci && s.options.CI != nil {
		client = s.options.CI
	}
	if client != nil {
		ctx = client.Context(ctx)
	}
	return r.play(ctx, c)
}

// company are the agents, all at one pace.
type company struct {
	pace       float64
	support    *supportAgent
	researcher *researchAgent
	coder      *codingAgent
	classifier *classifier
	prices     *priceWatch
}

func newCompany(client *http.Client, url string, pace float64) *company {
	c := &company{pace: pace}
	c.support = newSupportAgent(client, url, c.scaled(150*time.Millisecond))
	c.researcher = newResearchAgent(client, url, c.scaled(1800*time.Millisecond))
	c.coder = newCodingAgent(client, url)
	c.classifier = newClassifier(client, url)
	c.prices = newPriceWatch(client, url, c.scaled(250*time.Millisecond))
	return c
}

func (c *company) scaled(d time.Duration) time.Duration { return time.Duration(float64(d) * c.pace) }
