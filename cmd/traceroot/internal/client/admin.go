package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Whoami is the project that a key belongs to.
type Whoami struct {
	ProjectID   string `json:"project_id"`
	ProjectName string `json:"project_name"`
	Workspace   string `json:"workspace_name"`
	KeyName     string `json:"key_name"`
	KeyHint     string `json:"key_hint"`
	Host        string `json:"host"`
	UI          string `json:"ui_base_url"`
}

// Whoami asks whose key it is.
func (c *Client) Whoami(ctx context.Context) (Reply[Whoami], error) {
	var who Reply[Whoami]
	if err := c.get(ctx, public+"/whoami", nil, &who); err != nil {
		return who, fmt.Errorf("ask whose key it is: %w", err)
	}
	return who, nil
}

// Key is what a server knows of a key.
type Key struct {
	ID      string     `json:"id"`
	Project string     `json:"project"`
	Name    string     `json:"name"`
	Scope   string     `json:"scope"`
	Hint    string     `json:"hint"`
	Created time.Time  `json:"created"`
	Revoked *time.Time `json:"revoked"` // nil: it is good
	Key     string     `json:"key"`     // of a new key alone
}

// CreateKey makes a key. The reply is the only one that ever holds it.
func (c *Client) CreateKey(ctx context.Context, project, name, scope string) (Reply[Key], error) {
	wanted := struct {
		Project string `json:"project"`
		Name    string `json:"name"`
		Scope   string `json:"scope"`
	}{project, name, scope}
	var key Reply[Key]
	if err := c.exchange(ctx, http.MethodPost, admin+"/keys", nil, wanted, &key); err != nil {
		return key, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

// Keys lists the keys of a project, of all projects for an empty one.
func (c *Client) Keys(ctx context.Context, project string) ([]Reply[Key], error) {
	values := url.Values{}
	if project != "" {
		values.Set("project", project)
	}
	var page struct {
		Data []Reply[Key] `json:"data"`
	}
	if err := c.get(ctx, admin+"/keys", values, &page); err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return page.Data, nil
}

// RevokeKey makes a key useless from now on.
func (c *Client) RevokeKey(ctx context.Context, id string) (Reply[Key], error) {
	var key Reply[Key]
	if err := c.exchange(ctx, http.MethodDelete, admin+"/keys/"+url.PathEscape(id), nil, nil, &key); err != nil {
		return key, fmt.Errorf("revoke key %s: %w", id, err)
	}
	return key, nil
}

// maxDelete is how many traces one request deletes, so that it ends in time.
const maxDelete = 500

// Delete deletes traces, and returns how many of them there were.
func (c *Client) Delete(ctx context.Context, ids []string) (int, error) {
	deleted := 0
	for some := range slices.Chunk(ids, maxDelete) {
		wanted := struct {
			TraceIDs []string `json:"trace_ids"`
		}{some}
		var reply struct {
			Deleted int `json:"deleted"`
		}
		if err := c.exchange(ctx, http.MethodDelete, admin+"/traces", nil, wanted, &reply); err != nil {
			return deleted, fmt.Errorf("delete traces: %w", err)
		}
		deleted += reply.Deleted
	}
	return deleted, nil
}

// Stats is what a server says of itself and what it holds.
type Stats struct {
	Version  string     `json:"version"`
	URL      string     `json:"url"`
	Data     string     `json:"data"`
	Started  time.Time  `json:"started"`
	Projects int64      `json:"projects"`
	Traces   int64      `json:"traces"`
	Spans    int64      `json:"spans"`
	Texts    int64      `json:"texts"`
	Bytes    int64      `json:"bytes"`
	Oldest   *time.Time `json:"oldest"`
}

// Stats asks for them.
func (c *Client) Stats(ctx context.Context) (Reply[Stats], error) {
	var stats Reply[Stats]
	if err := c.get(ctx, admin+"/stats", nil, &stats); err != nil {
		return stats, fmt.Errorf("ask for the statistics: %w", err)
	}
	return stats, nil
}

// Backup writes a copy of the database to w. After an error, what was written is none.
func (c *Client) Backup(ctx context.Context, w io.Writer) error {
	if err := c.download(ctx, admin+"/backup", nil, w); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return nil
}

// download writes an answer of any size to w.
func (c *Client) download(ctx context.Context, path string, query url.Values, w io.Writer) error {
	response, err := c.send(ctx, http.MethodGet, path, query, http.NoBody, http.Header{})
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(w, response.Body); err != nil {
		return fmt.Errorf("after the answer began: %w", reason(ctx, err))
	}
	return nil
}
