package gauge

import (
	"math/rand/v2"
	"strings"
)

// words are what people write to the agents of a shop, and what these answer.
var words = strings.Fields(`
	the a to of and in is it you that for on with as this was be are not have at from by your order parcel label refund
	bicycle derailleur wheel brake cage bent chain saddle frame battery range price list shop stock depot east week Monday
	tomorrow arrived sent twice wrong size open box return replace repair warranty receipt number address street postal code
	carrier scanned delivered late missing damaged charge card account name mail phone please thanks sorry could would should
	will can may when where why how which what there here then still already again before after between under over without
	tests pass fail build branch commit function file line error retry timeout model token cost cheap dear fast slow compare
	source report page summary claim evidence found nothing something everything one two three several most least than more`)

// prose is a text of so many words.
func prose(random *rand.Rand, count int) string {
	var text strings.Builder
	for n := range count {
		switch {
		case n > 0 && random.IntN(9) == 0:
			text.WriteString(". ")
		case n > 0:
			text.WriteByte(' ')
		}
		text.WriteString(words[random.IntN(len(words))])
	}
	return text.String()
}
