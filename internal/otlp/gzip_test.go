package otlp_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// A server in another language decompresses: the standard library stands for it.
func TestGzipIsReadByAnyDecompressor(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 8 { // at once, because writers are pooled
		wg.Go(func() {
			data := []byte(strings.Repeat("some text ", i*10_000))
			r, err := gzip.NewReader(bytes.NewReader(otlp.Gzip(data)))
			if err != nil {
				t.Error(err)
				return
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes came back as %d: %v", len(data), len(got), err)
			}
		})
	}
	wg.Wait()
}

// Where a blob begins and ends, the way of compressing changes.
func TestGzipOfBlobsAmongText(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{2})
	text := strings.Repeat("He asked for the price of it. ", 100)
	for _, size := range []int{0, 100, 1535, 1536, 1600, 2047, 2048, 5000, 32 << 10, 40_000, 65_535, 200_000} {
		first, second := base64Text(random, size), base64Text(random, size)
		for _, data := range []string{
			first, first + second, text + first, first + text, first + "." + second,
			text + first + text + second + text + first + text,
		} {
			r, err := gzip.NewReader(strings.NewReader(string(otlp.Gzip([]byte(data)))))
			if err != nil {
				t.Fatal(err)
			}
			r.Multistream(false) // zlib's decoders stop after the first member
			if got, err := io.ReadAll(r); err != nil || string(got) != data {
				t.Errorf("%d bytes with blobs of %d came back as %d: %v", len(data), size, len(got), err)
			}
		}
	}
}

func TestGzipOfBlobsIsAboutAsSmallAsTheStandardLibrarys(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{3})
	text := strings.Repeat("He asked for the price of it. ", 100)
	words := make([]string, 10_000)
	for i := range words {
		words[i] = strconv.FormatUint(random.Uint64()%1000, 36)
	}
	image, large := base64Text(random, 10_000), base64Text(random, 300_000)
	for name, data := range map[string]string{
		"an image":                     text + image + text,
		"a large image":                text + large + text,
		"images and text in turn":      strings.Repeat("x", 5) + text + base64Text(random, 9_000) + text + base64Text(random, 9_000) + text,
		"the same image in each turn":  strings.Repeat(text+image, 20),
		"a large document, in base64":  base64.StdEncoding.EncodeToString([]byte(strings.Join(words, " "))),
		"a large empty page in base64": base64.StdEncoding.EncodeToString(make([]byte, 200_000)),
	} {
		var standard bytes.Buffer
		w := gzip.NewWriter(&standard)
		_, _ = io.WriteString(w, data)
		_ = w.Close()
		if got, limit := len(otlp.Gzip([]byte(data))), standard.Len()*120/100+200; got > limit {
			t.Errorf("%s: %d bytes become %d, the standard library makes %d of them", name, len(data), got, standard.Len())
		}
	}
}

func base64Text(random io.Reader, size int) string {
	data := make([]byte, base64.StdEncoding.DecodedLen(size))
	_, _ = random.Read(data)
	return base64.StdEncoding.EncodeToString(data)
}

func TestGzipKeepsNoSpareCapacity(t *testing.T) {
	t.Parallel()
	out := otlp.Gzip(bytes.Repeat([]byte("x"), 1<<20))
	if cap(out) > len(out)+1024 {
		t.Errorf("%d bytes hold %d", len(out), cap(out))
	}
}

func TestGunzip(t *testing.T) {
	t.Parallel()
	data := []byte("some text")
	got, err := otlp.Gunzip(otlp.Gzip(data))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("Gunzip = %q, %v, want %q", got, err, data)
	}
	if _, err := otlp.Gunzip([]byte("not compressed")); err == nil {
		t.Error("what is not compressed was decompressed")
	}
	whole := otlp.Gzip(data)
	if _, err := otlp.Gunzip(whole[:len(whole)-4]); err == nil {
		t.Error("a torn body was decompressed")
	}
}
