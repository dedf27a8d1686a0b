package batch

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ingestPath is where a TraceRoot server takes spans, below the host URL.
const ingestPath = "/api/v1/public/traces"

// Endpoint returns the URL to which spans for host are posted, where host is a base URL such as
// "https://app.traceroot.ai" or "http://proxy.internal/traceroot/". Trailing slashes are removed and a path is kept in front
// of the ingest path. A host without http or https scheme, or with credentials, a query or a fragment, is an error; its text
// quotes the host only if that holds no credentials.
func Endpoint(host string) (string, error) {
	u, err := parseHost(strings.TrimSpace(host))
	if err != nil {
		if strings.Contains(host, "@") {
			return "", fmt.Errorf("host URL: %w", err)
		}
		return "", fmt.Errorf("host URL %q: %w", host, err)
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/") + ingestPath, nil
}

func parseHost(host string) (*url.URL, error) {
	if host == "" {
		return nil, errors.New("is empty")
	}
	u, err := url.Parse(host)
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		return nil, urlErr.Err // without the URL, which may hold credentials
	}
	switch {
	case err != nil:
		return nil, err
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("must begin with http:// or https://")
	case u.Hostname() == "":
		return nil, errors.New("names no host")
	case u.User != nil:
		return nil, errors.New("must not hold credentials; the API key has an option of its own")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("must not have a query or a fragment")
	}
	return u, nil
}
