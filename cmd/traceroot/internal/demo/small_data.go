package demo

// tickets are the mail that is sorted.
var tickets = []string{
	"Subject: wrong colour\n\nHi, the frame in my parcel is sand, I had ordered slate. Order 60377.",
	"Subject: invoice\n\nPlease send the invoice for order 60371 to our accounts department.",
	"Subject: brakes\n\nMy brakes howl since yesterday's service. Can I come by today? I ride to work on it.",
	"Subject: sending back\n\nThe helmet does not fit, how do I return it?",
	"Subject: delivery?\n\nStill nothing here, and the tracking has stood still for a week. Order 60388.",
	"Subject: paid twice\n\nMy card was charged two times for 60391.",
	"Subject: thanks\n\nThe new wheels are great. That is all, no need to answer.",
	"Subject: inspection\n\nWhen is the next free day for a yearly inspection?",
}

func smallScenes() []scene {
	answers := []string{
		`{"queue":"returns","priority":"normal"}`,
		`{"queue":"billing","priority":"low"}`,
		`{"queue":"workshop","priority":"high"}`,
		`{"queue":"returns","priority":"normal"}`,
		`{"queue":"orders","priority":"high"}`,
		`{"queue":"billing","priority":"high"}`,
		`{"queue":"orders","priority":"low"}`,
		`{"queue":"workshop","priority":"normal"}`,
	}
	var scenes []scene
	for i, answer := range answers {
		scenes = append(scenes, scene{cue: tickets[i], context: 1080, replies: []reply{{says: answer}}})
	}
	return append(scenes, scene{cue: "prices checked. Changes:", context: 2300, replies: []reply{
		{says: "A handful of prices moved overnight, most of them down and none by more than a tenth. Shop 14 answered slowly all night and had to be asked several times. Nothing needs a decision before Monday."},
	}})
}
