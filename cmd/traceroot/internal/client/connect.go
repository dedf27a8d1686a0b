package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Config says which server to speak to: the one at URL, else the one that runs on the folder Data, else one that Start
// starts on it.
type Config struct {
	URL     string // as http://host:port, a path prefix is kept
	Key     string // sent to the server; empty: the token of a server that was found by its folder, none otherwise
	Project string // whose traces are meant where the token is sent; a key has its own project, and this is ignored
	Data    string

	// Running tells where the server of a folder listens, and the token that lets in whoever can read the folder. The
	// address is empty when none runs.
	Running func(data string) (url, token string, err error)

	// Start runs a server on a folder until it is stopped. Nil: there is no use in one that nobody else knows of.
	Start func(ctx context.Context, data string) (url, token string, stop func(), err error)
}

// Client speaks to one server. It is safe for concurrent use. Close it.
type Client struct {
	base      string // without a slash at its end
	key       string
	project   string
	http      *http.Client
	stop      func()
	token     bool // the key is the token of a data folder
	temporary bool // the server ends with the client
}

// ErrNoServer is returned where none runs and none is to be started.
var ErrNoServer = errors.New("no server runs here")

// Connect finds the server and, where there is none, starts it. It sends no request.
func Connect(ctx context.Context, config Config) (*Client, error) {
	if config.URL != "" {
		return newClient(config.URL, config.Key, config.Project)
	}
	address, token, err := config.Running(config.Data)
	if err != nil {
		return nil, err
	}
	if address != "" {
		return newLocalClient(address, token, config)
	}
	if config.Start == nil {
		return nil, fmt.Errorf("%w, on the data folder %s", ErrNoServer, config.Data)
	}
	address, token, stop, err := config.Start(ctx, config.Data)
	if err != nil {
		return nil, err
	}
	c, err := newLocalClient(address, token, config)
	if err != nil {
		stop()
		return nil, err
	}
	c.stop, c.temporary = stop, true
	return c, nil
}

func newLocalClient(address, token string, config Config) (*Client, error) {
	c, err := newClient(address, cmp.Or(config.Key, token), config.Project)
	if err != nil {
		return nil, err
	}
	c.token = config.Key == ""
	return c, nil
}

func newClient(address, key, project string) (*Client, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return nil, fmt.Errorf("server address %q: write it as http://host:port", address)
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the key holds characters that no key has: copy it again")
	}
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		transport = new(http.Transport)
	}
	return &Client{
		base:    strings.TrimRight(address, "/"),
		key:     key,
		project: project,
		http:    &http.Client{Transport: transport.Clone()},
		stop:    func() {},
	}, nil
}

// URL is the address of the server, without a slash at its end.
func (c *Client) URL() string { return c.base }

// Key is what the client shows at the door; empty for none.
func (c *Client) Key() string { return c.key }

// HasToken reports whether that is the token of a data folder, which nobody else should get.
func (c *Client) HasToken() bool { return c.token }

// Temporary reports whether the server was started for this client, and ends with it.
func (c *Client) Temporary() bool { return c.temporary }

// Close ends the connections, and the server when it was started for this client.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
	c.stop()
}
