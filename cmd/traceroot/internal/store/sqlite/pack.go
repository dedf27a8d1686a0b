package sqlite

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Texts that are written together are packed together, which takes less room and time than each alone. The first piece
// of a pack has it, the others say where in it they are:
//
//	flagPack  uvarint place, uvarint size, the pack packed
//	flagPart  uvarint how far the id of the first is below, uvarint place, uvarint size
//
// All pieces of a pack are written for one trace. Those that outlive it get bodies of their own.
const (
	flagPack = 2
	flagPart = 3
)

const (
	maxPack   = 6 << 10  // one text is not to cost unpacking much more than that
	maxShared = 12 << 10 // larger texts are packed alone
)

// pack is some pieces of a pieceSet.
type pack struct {
	pieces []int
	body   []byte // of the first, but for its flag, place and size
}

// packAll packs the pieces that are worth writing, those of each trace together.
func (p *prepared) packAll(worth func(piece *draftPiece) bool) {
	taken := make([]bool, len(p.pieces.list))
	for i := range p.traces {
		var open pack
		size := 0
		for _, at := range p.traces[i].uses {
			piece := &p.pieces.list[at]
			if taken[at] {
				continue
			}
			if taken[at] = true; !worth(piece) {
				continue
			}
			if len(piece.text) > maxShared {
				p.packs = append(p.packs, p.newPack([]int{at}))
				continue
			}
			if size > 0 && size+len(piece.text) > maxPack {
				p.packs = append(p.packs, p.newPack(open.pieces))
				open, size = pack{}, 0
			}
			open.pieces = append(open.pieces, at)
			size += len(piece.text)
		}
		if size > 0 {
			p.packs = append(p.packs, p.newPack(open.pieces))
		}
	}
}

func (p *prepared) newPack(pieces []int) pack {
	text := p.scratch[:0]
	for _, at := range pieces {
		text = append(text, p.pieces.list[at].text...)
	}
	p.scratch = text
	return pack{pieces: pieces, body: packBody(text)}
}

// bodies are the bodies of the pieces of a pack, whose ids follow each other.
func (p *pack) bodies(set *pieceSet) [][]byte {
	if len(p.pieces) == 1 {
		return [][]byte{p.body}
	}
	bodies := make([][]byte, len(p.pieces))
	place := 0
	for i, at := range p.pieces {
		var body []byte
		if i == 0 {
			body = append(make([]byte, 0, 2*binary.MaxVarintLen32+len(p.body)), flagPack)
		} else {
			body = appendNumber(append(body, flagPart), i)
		}
		size := len(set.list[at].text)
		body = appendNumber(appendNumber(body, place), size)
		if i == 0 {
			body = append(body, p.body...)
		}
		bodies[i] = body
		place += size
	}
	return bodies
}

// packSpot is where a text is.
type packSpot struct {
	first    int64 // the piece with the pack; zero: the body is the text's alone
	at, size int
	packed   []byte // of the first
}

func spotOf(piece int64, body []byte) (packSpot, error) {
	if len(body) == 0 {
		return packSpot{}, errBlob
	}
	flag := body[0]
	if flag != flagPack && flag != flagPart {
		return packSpot{}, nil
	}
	r := numberReader{rest: body[1:]}
	p := packSpot{first: piece}
	if flag == flagPart {
		p.first -= int64(r.next())
	}
	p.at, p.size = r.next(), r.next()
	if r.bad {
		return packSpot{}, errBlob
	}
	if flag == flagPack {
		p.packed = r.rest
	}
	return p, nil
}

// unpackBodies gives the texts of pieces, given what pieces.body has for them. More reads that of others.
func unpackBodies(bodies map[int64][]byte, more func(pieces []int64) (map[int64][]byte, error)) (map[int64]string, error) {
	found := make(map[int64]string, len(bodies))
	parts := make(map[int64]packSpot)
	packs := make(map[int64][]byte)
	wanted := make(map[int64]struct{})
	for id, body := range bodies {
		p, err := spotOf(id, body)
		switch {
		case err != nil:
			return nil, err
		case p.first == 0:
			if found[id], err = unpackBody(body); err != nil {
				return nil, err
			}
			continue
		case p.packed != nil:
			packs[id] = p.packed
		default:
			wanted[p.first] = struct{}{}
		}
		parts[id] = p
	}
	for id := range packs {
		delete(wanted, id)
	}
	if len(wanted) > 0 {
		others, err := more(slices.Collect(maps.Keys(wanted)))
		if err != nil {
			return nil, err
		}
		for id, body := range others {
			p, err := spotOf(id, body)
			if err != nil {
				return nil, err
			}
			packs[id] = p.packed
		}
	}
	texts := make(map[int64]string, len(packs))
	for id, packed := range packs {
		text, err := unpackBody(packed)
		if err != nil {
			return nil, err
		}
		texts[id] = text
	}
	for id, p := range parts {
		text := texts[p.first]
		if p.at+p.size > len(text) {
			return nil, errBlob
		}
		found[id] = text[p.at : p.at+p.size]
	}
	return found, nil
}
