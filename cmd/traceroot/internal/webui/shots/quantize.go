package main

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
)

const colors = 40 // of a picture: shades of text on few grounds

// quantized is a PNG with a palette of its most frequent colours, which is a third as large. Nothing is dithered: areas
// of one colour stay so.
func quantized(picture []byte) ([]byte, error) {
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	bounds := decoded.Bounds()
	count := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[rgba(decoded, x, y)]++
		}
	}
	palette := paletteOf(count)
	nearest := map[color.RGBA]uint8{}
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := rgba(decoded, x, y)
			index, known := nearest[c]
			if !known {
				index = uint8(palette.Index(c)) //nolint:gosec // a palette has at most 256
				nearest[c] = index
			}
			small.SetColorIndex(x, y, index)
		}
	}
	var packed bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&packed, small); err != nil {
		return nil, fmt.Errorf("write the picture: %w", err)
	}
	return packed.Bytes(), nil
}

func rgba(of image.Image, x, y int) color.RGBA {
	return color.RGBAModel.Convert(of.At(x, y)).(color.RGBA) //nolint:forcetypeassert,errcheck // the model's own type
}

// paletteOf has the grounds first, of which one may be a shade of another; then it prefers frequent colours, but none that
// is all but one it has already: rare colours are the signs.
func paletteOf(count map[color.RGBA]int) color.Palette {
	byFrequency := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(packed(a), packed(b)))
	})
	pixels := 0
	for _, n := range count {
		pixels += n
	}
	const ground = 250 // the part of a picture that its smallest ground has
	var palette color.Palette
	for _, apart := range []int{20, 900, 300, 60, 0} {
		for _, c := range byFrequency {
			if len(palette) == colors || apart == 20 && count[c] < pixels/ground {
				break
			}
			if !slices.ContainsFunc(palette, func(other color.Color) bool { return distance(c, other.(color.RGBA)) <= apart }) { //nolint:forcetypeassert,errcheck // no others are put in
				palette = append(palette, c)
			}
		}
		if apart == 900 && len(palette) > colors/2 {
			palette = palette[:colors/2]
		}
	}
	return palette
}

func packed(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }

func distance(a, b color.RGBA) int {
	r, g, bl := int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B)
	return r*r + g*g + bl*bl
}
