package demo

// sources are the pages that there are, each on the topic under which it is found.
var sources = []struct {
	topic string
	URL   string
	page  page
}{
	{"hub dynamo", "https://radlabor.example/2026/dynamos", page{
		"Eleven hub dynamos on the bench", "We ran eleven dynamos at 15, 20 and 30 km/h. In a 20-inch wheel the hub turns 40 % faster than in a 28-inch one, so light models give full power early. The Nabe L1 weighs 186 g and costs the rider 4.9 W with the light on at 20 km/h. The Spinlicht Mini weighs 198 g and costs 5.6 W.",
	}},
	{"hub dynamo", "https://smallwheels.example/dynamo-notes", page{
		"Notes on dynamos for folding bikes", "Three winters with a Spinlicht Mini in a 20-inch wheel: no play in the bearings after 14,000 km, and 3.0 V from walking speed on. Hubs below 200 g come with 28 holes at most.",
	}},
	{"hub dynamo", "https://tourenforum.example/t/99120", page{
		"Nabe L1: first 5,000 km", "The seal let water in after a ford; the maker replaced the hub within a week. Weighed on a kitchen scale: 191 g with nuts.",
	}},
	{"e-bike motor", "https://rechtundrad.example/motoren", page{
		"Who may open a motor?", "Of eight makers, Brandt, Solen and Kvik sell spare parts for their motors to every workshop. Brandt asks for a one-day course. The other five exchange the whole motor and keep the warranty only if their own network does it.",
	}},
	{"e-bike motor", "https://solen.example/service/independent", page{
		"Solen for independent workshops", "Bearings, seals and belts can be ordered by anyone. The controller is paired with the battery and must be registered with us after an exchange. Warranty: two years, repairs by independent workshops included.",
	}},
	{"e-bike motor", "https://kvik.example/parts", page{
		"Kvik spare parts", "All mechanical parts of the M2 and M3 are in the catalogue, with drawings and torques. Electronics only in exchange. Opening the motor does not end the warranty when the seal kit is used.",
	}},
	{"e-bike motor", "https://werkstatt.example/brandt-kurs", page{
		"A day at Brandt's course", "Eight hours, 240 euros, a test at the end. Afterwards the parts shop opens, and so does the diagnosis software, for two years.",
	}},
	{"recall", "https://recalls.example/seatposts", page{
		"Recalls of seatposts", "See the list by year.",
	}},
}

const (
	dynamoQuestion = "Which hub dynamos under 200 g are good for a 20-inch wheel? Cite the tests."
	motorQuestion  = "Which e-bike motors may an independent workshop repair?"
	recallQuestion = "Summarise the recalls of carbon seatposts since 2022"
)

func readSource(url, question string) use {
	return use{name: "read_source", input: jsonText(sourceQuestion{URL: url, Question: question})}
}

func researchScenes() []scene {
	return []scene{
		// The readers' scenes come first: their messages quote the question.
		{cue: "Source: https://radlabor.example", context: 9200, replies: []reply{{says: "Nabe L1: 186 g, 4.9 W of drag with light at 20 km/h. Spinlicht Mini: 198 g, 5.6 W. A 20-inch wheel turns the hub 40 % faster, so both reach full power early."}}},
		{cue: "Source: https://smallwheels.example", context: 6100, replies: []reply{{says: "Spinlicht Mini in a 20-inch wheel: no play after 14,000 km, and 3.0 V from walking speed. Hubs under 200 g have 28 holes at most."}}},
		{cue: "Source: https://tourenforum.example", context: 11800, replies: []reply{{says: "Nabe L1: one leak after a ford, replaced within a week. It was weighed at 191 g with nuts."}}},
		{cue: "Source: https://rechtundrad.example", context: 14100, replies: []reply{{says: "Three of eight makers sell motor parts to every workshop: Brandt (after a course), Solen and Kvik. The other five exchange the motor within their own network."}}},
		{cue: "Source: https://solen.example", context: 7300, replies: []reply{{says: "Anyone can order bearings, seals and belts. An exchanged controller must be registered. The two years of warranty cover repairs by independent workshops.", refusals: 1}}},
		{cue: "Source: https://kvik.example", context: 8800, replies: []reply{{says: "All mechanical parts of M2 and M3 are sold, with drawings and torques; electronics only in exchange. Warranty stays if the seal kit is used."}}},
		{cue: "Source: https://werkstatt.example", context: 5200, replies: []reply{{says: "Brandt's course takes eight hours and costs 240 euros. It opens the parts shop and the diagnosis software for two years."}}},
		{cue: dynamoQuestion, context: 2600, replies: []reply{
			{uses: []use{{name: "web_search", input: `{"query":"hub dynamo test weight 20 inch"}`}, {name: "web_search", input: `{"query":"lightest hub dynamo folding bike long term"}`}}},
			{says: "Three sources look solid. I will have them read.", uses: []use{
				readSource("https://radlabor.example/2026/dynamos", "weight and drag under 200 g"),
				readSource("https://smallwheels.example/dynamo-notes", "experience in 20-inch wheels"),
				readSource("https://tourenforum.example/t/99120", "weight as measured, faults"),
			}},
			{held: true, says: "Two hubs under 200 g suit a 20-inch wheel. The Nabe L1 weighs 186 g by the maker's figure and 191 g with nuts on a reader's scale; on the bench it takes 4.9 W at 20 km/h with the light on (radlabor.example). " +
				"The Spinlicht Mini weighs 198 g and takes 5.6 W, but has run 14,000 km in a 20-inch wheel without play (smallwheels.example). " +
				"Because a small wheel turns the hub 40 % faster, both give full light from walking speed. Two cautions: hubs this light come with 28 holes at most, and one Nabe L1 let water in after a ford and was replaced (tourenforum.example). " +
				"I found no test of either in rain over a whole winter."},
		}},
		{cue: motorQuestion, context: 3100, replies: []reply{
			{uses: []use{{name: "web_search", input: `{"query":"e-bike motor independent workshop repair"}`}, {name: "web_search", input: `{"query":"e-bike motor spare parts warranty"}`}}},
			{says: "Four sources cover the makers and the conditions. I will have each of them read.", uses: []use{
				readSource("https://rechtundrad.example/motoren", "which makers allow it"),
				readSource("https://solen.example/service/independent", "parts and warranty"),
				readSource("https://kvik.example/parts", "parts and warranty"),
				readSource("https://werkstatt.example/brandt-kurs", "what the course costs and gives"),
			}},
			{says: "Three of eight makers allow it. Solen and Kvik sell mechanical parts to anyone and keep the warranty, Kvik on condition that its seal kit is used (solen.example, kvik.example). " +
				"Brandt sells parts after a one-day course for 240 euros (werkstatt.example). The other five exchange the motor within their own network (rechtundrad.example). Electronics stay with the makers everywhere."},
		}},
		{cue: recallQuestion, context: 2400, replies: []reply{
			{uses: []use{{name: "web_search", input: `{"query":"recall carbon seatpost"}`}}},
			{says: "I will go through the list year by year.", refusals: geminiAttempts},
		}},
	}
}
