package capture

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unsafe"
)

// field is a struct field that becomes a member of a JSON object.
type field struct {
	name      string
	label     string // a comma, the name in quotes, and a colon
	tagged    bool   // the name comes from a json tag
	index     []int  // the way to the field through embedded structs
	plan      *plan
	omitEmpty bool
	isZero    func(reflect.Value) bool // nil without omitzero
	isOneof   bool                     // of a protobuf message: the member is named for what the field holds

	at        memoryFunc                  // nil when the field has to be looked at by reflection
	offset    uintptr                     // where it lies in the struct
	isOmitted func(p unsafe.Pointer) bool // nil when it never is
}

// embedded is a struct type whose fields count as those of the struct that embeds it.
type embedded struct {
	typ   reflect.Type
	index []int
	twice bool // more than one field at the same level embeds it, so its fields hide each other
}

// fieldsOf returns the fields of a struct type in the order of their declaration. As in encoding/json, a field hides
// those of the same name that are embedded deeper. Of those at one level the tagged one wins; if that does not decide
// it, the name has no member at all.
func fieldsOf(t reflect.Type) []field {
	var visible []field
	settled := map[string]bool{}
	seen := map[reflect.Type]bool{}
	for level := []embedded{{typ: t}}; len(level) > 0; {
		rivals, deeper := fieldsAt(level, seen)
		for name, fields := range rivals {
			if settled[name] {
				continue
			}
			settled[name] = true
			if winner, ok := dominant(fields); ok {
				visible = append(visible, winner)
			}
		}
		level = deeper
	}
	slices.SortFunc(visible, func(a, b field) int { return slices.Compare(a.index, b.index) })
	return visible
}

// fieldsAt returns the fields of the structs at one level by name, and the structs embedded in those. A type in seen
// was met at a level less deep, and what it embeds is hidden.
func fieldsAt(level []embedded, seen map[reflect.Type]bool) (rivals map[string][]field, deeper []embedded) {
	rivals = map[string][]field{}
	for _, outer := range level {
		if seen[outer.typ] {
			continue
		}
		seen[outer.typ] = true
		for i := range outer.typ.NumField() {
			sf := outer.typ.Field(i)
			tag := sf.Tag.Get("json")
			if tag == "-" || !mayHoldFields(sf) {
				continue
			}
			index := append(slices.Clone(outer.index), i)
			name, options, _ := strings.Cut(tag, ",")
			if inner := structOf(sf.Type); sf.Anonymous && inner != nil && !isName(name) {
				deeper = embed(deeper, inner, index)
				continue
			}
			f := newField(sf, name, strings.Split(options, ","))
			f.index = index
			rivals[f.name] = append(rivals[f.name], f)
			if outer.twice {
				rivals[f.name] = append(rivals[f.name], f)
			}
		}
	}
	return rivals, deeper
}

// mayHoldFields tells whether the field is exported, or embeds a struct, which may have exported fields.
func mayHoldFields(sf reflect.StructField) bool {
	if sf.IsExported() {
		return true
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return sf.Anonymous && t.Kind() == reflect.Struct
}

func embed(level []embedded, t reflect.Type, index []int) []embedded {
	for i := range level {
		if level[i].typ == t {
			level[i].twice = true
			return level
		}
	}
	return append(level, embedded{typ: t, index: index})
}

func newField(sf reflect.StructField, name string, options []string) field {
	f := field{name: name, tagged: isName(name), omitEmpty: slices.Contains(options, "omitempty"), isOneof: isOneof(sf)}
	if !f.tagged {
		f.name = sf.Name
	}
	if slices.Contains(options, "omitzero") {
		f.isZero = zeroTest(sf.Type)
	}
	if slices.Contains(options, "string") && isQuotable(sf.Type) {
		f.plan = &plan{typ: sf.Type, quoted: true}
	} else {
		f.plan = planOf(sf.Type)
	}
	f.label = `,"` + f.name + `":`
	return f
}

// placedFieldsOf returns the fields of a struct type as fieldsOf does, with where they lie.
func placedFieldsOf(t reflect.Type) []field {
	fields := fieldsOf(t)
	for i := range fields {
		fields[i].place(t)
	}
	return fields
}

// place finds out where the field lies in a struct of type t, if it always lies at the same place and nobody may see more
// of it there than reflection shows.
func (f *field) place(t reflect.Type) {
	f.offset = 0
	for depth, i := range f.index {
		sf := t.Field(i)
		if t = sf.Type; depth < len(f.index)-1 && t.Kind() == reflect.Pointer || depth == len(f.index)-1 && !sf.IsExported() {
			return
		}
		f.offset += sf.Offset
	}
	if !f.isOneof {
		f.at, f.isOmitted = f.plan.made().at, f.omission()
	}
}

func dominant(fields []field) (field, bool) {
	if len(fields) == 1 {
		return fields[0], true
	}
	var winners []field
	for _, f := range fields {
		if f.tagged {
			winners = append(winners, f)
		}
	}
	if len(winners) != 1 {
		return field{}, false
	}
	return winners[0], true
}

// structOf returns the struct type that t is or points to, nil if it is neither.
func structOf(t reflect.Type) reflect.Type {
	if t = pointed(t); t.Kind() == reflect.Struct {
		return t
	}
	return nil
}

// isQuotable tells whether the option string applies to fields of type t.
func isQuotable(t reflect.Type) bool {
	switch k := pointed(t).Kind(); k {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64:
		return true
	default:
		return reflect.Int <= k && k <= reflect.Uintptr
	}
}

func pointed(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		return t.Elem()
	}
	return t
}

// isName tells whether a json tag may rename a field so; encoding/json ignores other names.
func isName(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) {
			return false
		}
	}
	return s != ""
}
