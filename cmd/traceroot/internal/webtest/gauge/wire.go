package gauge

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Wire is how many bytes an answer takes, packed or plain.
func Wire(ctx context.Context, address string, packed bool) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept-Encoding", map[bool]string{true: "gzip", false: "identity"}[packed])
	client := &http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	read, err := io.Copy(io.Discard, response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", address, response.Status)
	}
	return int(read), err
}
