package llmhttp

import (
	"encoding/binary"
	"hash/crc32"
)

// eventStream is the framing of application/vnd.amazon.eventstream: binary frames of headers and a payload, with lengths
// before and checksums behind them. A payload goes straight into a decoder. A frame whose lengths or checksums are wrong,
// and one that is cut, ends the reading, for nothing says where the next one begins.
type eventStream struct {
	deliver func(event)
	data    *decoder
	offset  int64 // bytes taken

	part    framePart
	missing int64  // bytes of the part that have yet to come
	held    []byte // of the part, but for a payload
	sum     uint32 // of the frame so far
	headers frameHeaders
	payload int64 // its length
}

type framePart uint8

const (
	inPrelude framePart = iota // the lengths of the frame and of its headers, and their checksum
	inHeaders
	inPayload
	inChecksum
	afterFrames // nothing that follows can be read
)

// AWS sends no larger frames, and its own clients take none.
const (
	preludeLength  = 12
	checksumLength = 4
	maxHeaders     = 128 << 10
	maxPayload     = 24 << 20
)

func newEventStream(offset int64, b bounds, deliver func(event)) framing {
	return &eventStream{deliver: deliver, data: newDecoder(b), offset: offset, missing: preludeLength}
}

func (s *eventStream) write(p []byte) {
	for len(p) > 0 && s.part != afterFrames {
		n := min(s.missing, int64(len(p)))
		s.read(p[:n])
		p = p[n:]
		for s.missing == 0 && s.part != afterFrames {
			s.endPart()
		}
	}
}

func (s *eventStream) end() {
	if isBetweenFrames := s.part == inPrelude && len(s.held) == 0; !isBetweenFrames {
		s.giveUp()
	}
}

func (s *eventStream) read(p []byte) {
	s.offset += int64(len(p))
	s.missing -= int64(len(p))
	if s.part == inPayload {
		s.data.write(p)
	} else {
		s.held = append(s.held, p...)
	}
	if s.part != inChecksum {
		s.sum = crc32.Update(s.sum, crc32.IEEETable, p)
	}
}

func (s *eventStream) endPart() {
	held := s.held
	s.held = held[:0]
	switch s.part {
	case inPrelude:
		s.endPrelude(held)
	case inHeaders:
		s.headers = frameHeaders{}
		if !s.headers.read(held) {
			s.giveUp()
			return
		}
		s.begin(inPayload, s.payload)
	case inPayload:
		s.begin(inChecksum, checksumLength)
	default:
		s.endFrame(binary.BigEndian.Uint32(held))
	}
}

func (s *eventStream) begin(part framePart, length int64) { s.part, s.missing = part, length }

func (s *eventStream) endPrelude(p []byte) {
	frame, headers := int64(binary.BigEndian.Uint32(p)), int64(binary.BigEndian.Uint32(p[4:]))
	s.payload = frame - preludeLength - headers - checksumLength
	isWhole := crc32.ChecksumIEEE(p[:8]) == binary.BigEndian.Uint32(p[8:])
	if !isWhole || headers > maxHeaders || s.payload < 0 || s.payload > maxPayload {
		s.giveUp()
		return
	}
	s.begin(inHeaders, headers)
}

func (s *eventStream) endFrame(checksum uint32) {
	if checksum != s.sum {
		s.giveUp()
		return
	}
	e := event{name: s.headers.name(), data: s.data.end(), end: s.offset}
	e.failure = s.headers.failure(e.data)
	s.data.reset()
	s.sum = 0
	s.begin(inPrelude, preludeLength)
	s.deliver(e)
}

// giveUp tells once that the stream is not whole.
func (s *eventStream) giveUp() {
	if s.part != afterFrames {
		s.part = afterFrames
		s.deliver(event{broken: true, end: s.offset})
	}
}
