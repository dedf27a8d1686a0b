package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"github.com/klauspost/compress/gzip"
	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// GRPC answers calls of [GRPCPath] over gRPC, on a server that speaks HTTP/2. Limits, budget and the treatment of bad
// spans are those of the other routes.
func (s *Server) GRPC() http.Handler {
	service := connect.NewUnaryHandler(GRPCPath, s.export,
		connect.WithCodec(frameCodec{}),
		connect.WithReadMaxBytes(int(s.limits.BodyBytes)),
		connect.WithCompression("gzip", leavePacked, newGzipWriter),
		connect.WithCompression("zstd", leavePacked, newGzipWriter),
		connect.WithCompressMinBytes(1<<20)) // no reply is worth it
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The other protocols of connect are none of OTLP's.
		if got := contentType(r); got != "application/grpc" && got != "application/grpc+proto" {
			refused := s.refused(r, unsupportedType(got, "application/grpc"))
			http.Error(w, refused.detail, refused.status)
			return
		}
		held := s.budget.share()
		defer held.release()
		call := &call{request: r, held: held}
		counted := r.WithContext(context.WithValue(r.Context(), callKey{}, call))
		counted.Body = &countedBody{ReadCloser: r.Body, call: call, server: s}
		service.ServeHTTP(w, counted)
	})
}

// call is what the handler needs to know of the request beside its message.
type call struct {
	request *http.Request
	held    *share
	flags   byte // of the message
}

type callKey struct{}

// flagPacked is the flag of a message that is compressed.
const flagPacked = 1

func (s *Server) export(
	ctx context.Context, request *connect.Request[frame],
) (*connect.Response[coltracepb.ExportTraceServiceResponse], error) {
	call, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		return nil, connect.NewError(connect.CodeInternal, errors.New("call without a request"))
	}
	sent := body{bytes: request.Msg.bytes}
	if call.flags&flagPacked != 0 && len(sent.bytes) > 0 {
		sent.encoding = strings.ToLower(request.Header().Get("Grpc-Encoding"))
	}
	accepted, err := s.take(call.request, sent, (*decoder).protobuf, call.held)
	if err != nil {
		return nil, grpcError(s.refused(call.request, err))
	}
	return connect.NewResponse(exportReply(accepted)), nil
}

// grpcError tells a sender with RetryInfo that, and when, the same batch may come again.
func grpcError(refused *refusal) *connect.Error {
	_, code := otlpStatus(refused)
	err := connect.NewError(connect.Code(code), refused)
	if refused.retryAfter > 0 {
		detail, detailErr := connect.NewErrorDetail(&anypb.Any{TypeUrl: retryInfoURL, Value: retryInfo(refused.retryAfter)})
		if detailErr == nil {
			err.AddDetail(detail)
		}
	}
	return err
}

// countedBody takes each byte from the budget before anybody keeps it, and refuses a message by its announced length.
type countedBody struct {
	io.ReadCloser

	call   *call
	server *Server
	prefix []byte // of the message: flags, and four bytes of length
}

const prefixBytes = 5

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n == 0 {
		return n, err
	}
	if refused := b.count(p[:n]); refused != nil {
		return 0, grpcError(b.server.refused(b.call.request, refused))
	}
	return n, err
}

func (b *countedBody) count(read []byte) error {
	if missing := prefixBytes - len(b.prefix); missing > 0 {
		b.prefix = append(b.prefix, read[:min(missing, len(read))]...)
		b.call.flags = b.prefix[0]
		if limit := b.server.limits.BodyBytes; len(b.prefix) == prefixBytes && int64(binary.BigEndian.Uint32(b.prefix[1:])) > limit {
			return bodyTooLarge(limit)
		}
	}
	return b.call.held.grow(b.call.request.Context(), int64(len(read)))
}

// frame is a message as sent: it is decoded after its project and its budget are known, and bad spans do not make it bad.
type frame struct{ bytes []byte }

// frameCodec leaves requests as they are. It has the name of the codec that gRPC means when it names none.
type frameCodec struct{}

func (frameCodec) Name() string { return "proto" }

func (frameCodec) Unmarshal(data []byte, message any) error {
	f, ok := message.(*frame)
	if !ok {
		return fmt.Errorf("decode into %T: not a frame", message)
	}
	f.bytes = slices.Clone(data) // the data is used again after the call
	return nil
}

func (frameCodec) Marshal(message any) ([]byte, error) {
	m, ok := message.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("encode %T: not a protobuf message", message)
	}
	encoded, err := proto.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode reply: %w", err)
	}
	return encoded, nil
}

// packed passes compressed messages on to our own unpacker, which is bounded by the budget.
type packed struct{ io.Reader }

func leavePacked() connect.Decompressor { return &packed{} }

func (p *packed) Reset(from io.Reader) error {
	p.Reader = from
	return nil
}

func (p *packed) Close() error {
	p.Reader = nil
	return nil
}

func newGzipWriter() connect.Compressor { return gzip.NewWriter(io.Discard) }
