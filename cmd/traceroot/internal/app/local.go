package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/sqlite"
)

// runningServer is the one that owns a data folder; the address is empty when none does.
func runningServer(data string) (url, token string, err error) {
	if data == "" {
		return "", "", errors.New("no data folder: name one with --data, or a server with --url")
	}
	owner, err := sqlite.OwnerOf(data)
	if err != nil || owner == nil {
		return "", "", err
	}
	return owner.Address, owner.Token, nil
}

const anyPort = "127.0.0.1:0"

// starter starts a server for as long as a command takes, at the first of some addresses that is free. It tells of
// problems on stderr.
func starter(stderr io.Writer, addresses ...string) func(context.Context, string) (string, string, func(), error) {
	return func(ctx context.Context, data string) (url, token string, stop func(), err error) {
		log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
		var s *server.Server
		for _, address := range addresses {
			if s, err = server.Start(ctx, server.Config{Addr: address, GRPCAddr: "off", Data: data, Sources: repositoryRoot(os.Getwd), Log: log}); err == nil {
				break
			}
		}
		if err != nil {
			return "", "", nil, err
		}
		stop = func() {
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
			defer cancel()
			if err := s.Close(closing); err != nil {
				log.LogAttrs(closing, slog.LevelError, "server did not end well", slog.Any("error", err))
			}
		}
		return s.URL(), s.Token(), stop, nil
	}
}
