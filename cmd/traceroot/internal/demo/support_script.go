package demo

import "time"

// supportScenes are the conversations with customers. That of the failed turn has its times and tokens written down, so
// that its trace is the same wherever it is shown.
func supportScenes() []scene {
	const portland = `"street":"1142 SE Alder St","city":"Portland","state":"OR"`
	labelFrom := func(postalCode string) use {
		return use{name: "create_return_label", input: `{"order_id":60418,"sku":"RD-7150-12","weight_g":302,` +
			`"from":{` + portland + `,"postal_code":"` + postalCode + `"},"reason":"damaged"}`}
	}
	order := func(id string) use { return use{name: "get_order", input: `{"order_id":` + id + `}`} }
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	return []scene{
		// The handover quotes the conversation, so it comes before those.
		{cue: "Write the handover", replies: []reply{
			{first: ms(1904), total: ms(4059), tokens: tokens{fresh: 1986, out: 284}, uses: []use{{name: "create_ticket", input: `{"order_id":60418,"queue":"returns","priority":"high",` +
				`"summary":"Rear derailleur RD-7150-12 of order 60418 arrived with a bent cage. The customer wants it replaced by Saturday 21 November; four are in stock and can arrive on Friday. ` +
				`The carrier refused the return label twice with 422 address_invalid for the postal code. Check the code, buy the label, send the replacement."}`}}},
		}},
		{cue: "where is order 60418?", context: 900, replies: []reply{
			{says: "I will look it up.", uses: []use{order("60418")}},
			{says: "Order 60418 was delivered on Tuesday, 17 November, to 1142 SE Alder St. Is everything in it as it should be?"},
		}},
		{cue: "has a bent cage", replies: []reply{
			{
				says: "That should not have left us like this. Let me look at the order first.", uses: []use{order("60418")},
				first: ms(742), total: ms(2269), tokens: tokens{fresh: 118, written: 1452, out: 61},
			},
			{
				says: "Found it. I will check stock and the policy at the same time.", uses: []use{
					{name: "check_stock", input: `{"sku":"RD-7150-12","deliver_by":"2026-11-21"}`},
					{name: "get_return_policy", input: `{"reason":"damaged"}`},
				},
				first: ms(611), total: ms(2282), tokens: tokens{fresh: 14, cached: 1452, written: 249, out: 118},
			},
			{
				says: "There are four in stock and the way back is free. I will buy the label.", uses: []use{labelFrom("972O1")},
				first: ms(588), total: ms(2442), tokens: tokens{fresh: 12, cached: 1701, written: 333, out: 164},
			},
			{
				says: "The carrier did not take the label. I will try it a second time.", uses: []use{labelFrom("972O1")},
				first: ms(694), total: ms(2569), tokens: tokens{fresh: 12, cached: 2034, written: 216, out: 149},
			},
		}},
		{cue: "my zip is 97201", context: 900, replies: []reply{
			{says: "Thank you, that helps. I will compare it with the order.", uses: []use{order("60418")}},
			{says: "It is the same there. Label and replacement now.", uses: []use{
				labelFrom("97201"), {name: "ship_replacement", input: `{"order_id":60418,"sku":"RD-7150-12"}`},
			}},
			{says: "Done: the return label RL-40277 is on its way to you by mail, and a new derailleur leaves today in parcel CW-5520914. It should be with you on Friday, 20 November."},
		}},
		{cue: "add brake pads", context: 900, replies: []reply{
			{says: "I will see what fits.", uses: []use{{name: "find_article", input: `{"text":"brake pads"}`}, order("60418")}},
			{says: "Let me check that they can go into the same parcel.", uses: []use{{name: "check_stock", input: `{"sku":"BP-K04S","deliver_by":"2026-11-20"}`}}},
			{held: true, says: "Yes, that works. I found two kinds of pads for you: the resin pads BP-K04S for flat mount callipers at 21.90, and the metal pads BP-N04C for four-piston callipers at 34.50. " +
				"Your order does not tell which brakes you ride, so here is how to see it: flat mount callipers have two bolts that come up through the chainstay, and each of their pads has one spring clip and a small round pin. " +
				"If yours look like that, the resin pads are the right ones; they are quiet in the wet and kind to the discs. There are 31 of them in the warehouse that your derailleur leaves from, so both would travel in one parcel and arrive on Friday, 20 November, without any postage on top. " +
				"Shall I put one pair into the parcel, or two, for front and rear? I keep the parcel open until the courier comes at four."},
		}},
		{cue: "workshop open on Sunday", context: 1100, replies: []reply{
			{says: "The workshop is closed on Sundays. The shop is open from 11 to 16, and you can leave your bike with us then."},
		}},
		{cue: "delivery address of 60430", context: 1100, replies: []reply{
			{says: "One moment, I will see where it is.", uses: []use{order("60430")}},
			{says: "It is still being packed, so it can be changed. Where shall it go: the street on your account is 17 Juniper Ct in Bend. I will take that.", uses: []use{
				{name: "change_address", input: `{"order_id":60430,"street":"17 Juniper Ct"}`},
			}},
			{says: "Order 60430 now goes to 17 Juniper Ct, Bend, OR 97701. It had not left the warehouse."},
		}},
		{cue: "want a gravel bike", context: 1100, replies: []reply{
			{says: "Let me see what we have.", uses: []use{{name: "find_article", input: `{"text":"gravel bike"}`}}},
			{says: "Two of these are in your range. I will check both sizes.", uses: []use{
				{name: "check_stock", input: `{"sku":"GB-NORD-S"}`}, {name: "check_stock", input: `{"sku":"GB-NORD-XS"}`},
			}},
			{says: "The Nord at 1,749.00 fits your budget. At 164 cm you are between two sizes: S stands in the shop today, XS comes by 24 November. Would you like to try the S first?"},
		}},
		{cue: "tubeless tape, 29 mm", context: 1100, replies: []reply{
			{says: "I will look.", uses: []use{{name: "check_stock", input: `{"sku":"TT-29"}`}}},
			{says: "Yes, 52 rolls of TT-29, at 12.00 each. Ordered today, it is with you tomorrow."},
		}},
		{cue: "Nord in XS", context: 1100, replies: []reply{
			{says: "I will look at the stock again.", uses: []use{{name: "check_stock", input: `{"sku":"GB-NORD-XS"}`}}},
			{says: "Not in the shop yet: two are in the warehouse, and one can be here by 24 November. Shall I have it put aside for you?"},
		}},
		{cue: "tyres while I wait", context: 1100, replies: []reply{
			{says: "Yes, from Monday to Saturday between 10 and 17, as long as no more than two bikes are before you. It takes about twenty minutes."},
		}},
		{cue: "where is order 60402?", context: 1100, replies: []reply{
			{says: "I will look it up.", uses: []use{order("60402")}},
			{says: "Order 60402 is on its way to Astoria: two tyres, 29 × 2.35, handed to the courier."},
		}},
	}
}
