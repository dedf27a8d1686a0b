package capture

import (
	"iter"
	"reflect"
	"slices"
)

// inOrder yields the members of a map in their order as far as anybody will see them, which is the first most of them,
// and then the others in any order, to be counted. Of a map that is much larger it holds twice as many at a time.
func inOrder(m reflect.Value, most int, take func(*reflect.MapIter) member, compare func(a, b member) int) iter.Seq[member] {
	return func(yield func(member) bool) {
		members := firstMembers(m, most, take, compare)
		for _, next := range members {
			if !yield(next) {
				return
			}
		}
		if len(members) == m.Len() {
			return
		}
		last := members[len(members)-1]
		for entry := m.MapRange(); entry.Next(); {
			if next := take(entry); compare(next, last) > 0 && !yield(next) {
				return
			}
		}
	}
}

// firstMembers returns all members in order, or the first most of them where there are more than twice as many.
func firstMembers(m reflect.Value, most int, take func(*reflect.MapIter) member, compare func(a, b member) int) []member {
	members := make([]member, 0, min(m.Len(), 2*most))
	for entry := m.MapRange(); entry.Next(); {
		if len(members) == 2*most {
			slices.SortFunc(members, compare)
			clear(members[most:])
			members = members[:most]
		}
		members = append(members, take(entry))
	}
	slices.SortFunc(members, compare)
	if m.Len() > 2*most {
		members = members[:most]
	}
	return members
}
