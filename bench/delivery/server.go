package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// server takes in OTLP over HTTP, with a fault. It speaks HTTP by itself, since a server of net/http always keeps its word.
//
// It owns a goroutine for the listener and one for each connection; close ends them.
type server struct {
	fault   fault
	store   store
	address string

	requests, bytes atomic.Int64  // whole requests, and their bodies
	began           atomic.Int64  // when the load did, in nanoseconds
	down            chan struct{} // closed by close

	mu       sync.Mutex
	closed   bool
	listener net.Listener // nil while the port is closed
	talking  map[net.Conn]bool
	timers   []*time.Timer
	running  sync.WaitGroup
}

func startServer(f fault) (*server, error) {
	s := &server{fault: f, talking: make(map[net.Conn]bool), down: make(chan struct{})}
	s.began.Store(time.Now().UnixNano())
	// The ports from which a system connects by itself lie above these: while ours is closed, nobody takes it by chance.
	const lowest, ports = 20_000, 10_000
	var err error
	for range 100 {
		s.address = fmt.Sprintf("127.0.0.1:%d", lowest+rand.N(ports))
		if err = s.listen(); !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return s, err
}

func (s *server) url() string { return "http://" + s.address }

// begin starts the clock of the fault.
func (s *server) begin() {
	s.began.Store(time.Now().UnixNano())
	if !s.fault.closed {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timers = append(s.timers, time.AfterFunc(s.fault.from, s.closePort))
	if s.fault.to > 0 {
		s.timers = append(s.timers, time.AfterFunc(s.fault.to, func() { _ = s.listen() })) // if it fails, the outage goes on
	}
}

// open ends an outage early.
func (s *server) open() error {
	s.mu.Lock()
	isOpen := s.listener != nil
	s.mu.Unlock()
	if isOpen {
		return nil
	}
	return s.listen()
}

func (s *server) listen() error {
	listener, err := net.Listen("tcp", s.address) //nolint:noctx // it does not block
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return listener.Close()
	}
	s.listener = listener
	s.running.Go(func() { s.accept(listener) })
	return nil
}

func (s *server) accept(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		if !s.keep(listener, connection) {
			_ = connection.Close()
			continue
		}
		s.running.Go(func() {
			s.serve(connection)
			s.forget(connection)
		})
	}
}

// keep notes an open connection. It reports false if the port was closed meanwhile.
func (s *server) keep(listener net.Listener, connection net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != listener {
		return false
	}
	s.talking[connection] = true
	return true
}

func (s *server) forget(connection net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.talking, connection)
}

// closePort refuses connections, and breaks those that are open.
func (s *server) closePort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		_ = s.listener.Close()
		s.listener = nil
	}
	for connection := range s.talking {
		_ = connection.Close()
	}
}

func (s *server) close() {
	s.mu.Lock()
	s.closed = true
	close(s.down)
	for _, timer := range s.timers {
		timer.Stop()
	}
	s.mu.Unlock()
	s.closePort()
	s.running.Wait()
}

// serve answers the requests of one connection until one of them ends it.
func (s *server) serve(connection net.Conn) {
	defer connection.Close()
	in := bufio.NewReader(connection)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		f := fault{}
		if s.fault.now(time.Duration(time.Now().UnixNano()-s.began.Load()), s.requests.Add(1)) {
			f = s.fault
		}
		if f.ending == reset {
			if tcp, ok := connection.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // closing it is a reset then
			}
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		s.bytes.Add(int64(len(body)))
		if !s.answer(connection, f, body) {
			return
		}
	}
}

// answer deals with one request, and tells whether the connection may carry another one.
func (s *server) answer(connection net.Conn, f fault, body []byte) bool {
	if f.ending == hanging {
		_, _ = connection.Read(make([]byte, 1)) // until the client gives up
		return false
	}
	status := f.status
	if status == 0 {
		status = s.take(f, body)
	}
	if f.delay > 0 {
		select {
		case <-time.After(f.delay):
		case <-s.down:
		}
	}
	const reply = `{"status":"ok","file_key":"events/otel/bench/2026/01/01/00/0.json"}`
	header := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", status, http.StatusText(status), len(reply))
	if f.retryAfter != "" {
		header += "Retry-After: " + f.retryAfter + "\r\n"
	}
	whole := header + "\r\n" + reply
	switch f.ending {
	case lost:
		return false
	case truncated:
		_, _ = io.WriteString(connection, whole[:len(whole)-len(reply)/2])
		return false
	default:
		_, err := io.WriteString(connection, whole)
		return err == nil
	}
}

// take stores what a request brings, and returns the status of its answer.
func (s *server) take(f fault, body []byte) int {
	unpacked, err := unpack(body)
	if err != nil {
		return http.StatusBadRequest
	}
	measured := body
	if f.unpacked {
		measured = unpacked
	}
	if f.most > 0 && len(measured) > f.most {
		return http.StatusRequestEntityTooLarge
	}
	if err := s.store.add(unpacked); err != nil {
		return http.StatusBadRequest
	}
	return http.StatusOK
}
