package api

import (
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// reserved begins the keys that the SDKs put into metadata themselves.
const reserved = "traceroot" + "."

// metadataMap shows the members of a JSON object: strings as they are, all else as JSON text. What is no object, or has
// a number that the platform's database cannot hold, has none.
func metadataMap(metadata string) map[string]string {
	members := make(map[string]string)
	if !gjson.Valid(metadata) {
		return members
	}
	object := gjson.Parse(metadata)
	if !object.IsObject() || !numbersFit(object) {
		return members
	}
	for key, value := range object.ForEach {
		if strings.HasPrefix(key.Str, reserved) {
			continue
		}
		members[key.Str] = value.Raw
		if value.Type == gjson.String {
			members[key.Str] = value.Str
		}
	}
	return members
}

// numbersFit reports whether all numbers are whole ones of 64 bits or finite floating-point ones.
func numbersFit(value gjson.Result) bool {
	switch {
	case value.Type == gjson.Number:
		if strings.ContainsAny(value.Raw, ".eE") {
			return !math.IsInf(value.Num, 0)
		}
		_, signed := strconv.ParseInt(value.Raw, 10, 64)
		_, unsigned := strconv.ParseUint(value.Raw, 10, 64)
		return signed == nil || unsigned == nil
	case value.IsObject() || value.IsArray():
		fit := true
		value.ForEach(func(_, element gjson.Result) bool {
			fit = numbersFit(element)
			return fit
		})
		return fit
	}
	return true
}
