package app

import (
	"context"
	"encoding/json"
	"net/http"
	"os/exec"
	"runtime"
	"time"
)

// answering reports whether a traceroot server answers at an address, and where.
func answering(ctx context.Context, address string) (url string, ok bool) {
	const patience = time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	url = "http://" + address
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/ui/status", nil)
	if err != nil {
		return url, false
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return url, false
	}
	defer response.Body.Close()
	var status struct {
		Server string `json:"server"`
	}
	const short = 64 << 10
	err = json.NewDecoder(http.MaxBytesReader(nil, response.Body, short)).Decode(&status)
	return url, err == nil && status.Server == "traceroot"
}

// openedIf opens the browser if the user wants it. That there is none is no failure: the address is printed.
func openedIf(ctx context.Context, wanted bool, url string) error {
	if !wanted {
		return nil
	}
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	command := exec.CommandContext(context.WithoutCancel(ctx), name, args...) //nolint:gosec // our own address
	if err := command.Start(); err == nil {
		go func() { _ = command.Wait() }() // so that no zombie stays; the browser ends when it likes
	}
	return nil
}
