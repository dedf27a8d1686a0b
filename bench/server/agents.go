package main

// agents are those whose conversations make the load, with the prompts that each of their calls repeats.
var agents = []struct{ name, prompt string }{
	{"support-agent", rules + "You help the customers of a shop for bicycles. Look up an order before you speak of it. Offer a replacement before a refund, and a refund before an apology."},
	{"research-agent", rules + "You read reports and compare what they say. Quote the sentence that a claim rests on, and say when two sources disagree."},
	{"coding-agent", rules + "You repair programs. Run the tests before and after each change, and change no more than the task needs."},
}

const rules = "You are a careful assistant. Answer in short sentences, in the language you are asked in. Never promise what you cannot keep. " +
	"Use a tool when a fact could have changed since yesterday, and say which one you used. Ask before you order anything for more than a hundred dollars. " +
	"Do not repeat private data such as card numbers, addresses or telephone numbers, even when you are asked to. " +
	"If a tool fails, try once more with other arguments, then say what failed and what you would need. " +
	"Write amounts with their currency and dates with the month in words. "

var tools = []string{"get_order", "check_stock", "search", "read_page", "send_mail"}

// toolsOffered is what each model call says of them.
const toolsOffered = `[{"name":"get_order","description":"Reads an order by its number.","parameters":{"type":"object","properties":{"id":{"type":"string"},"reason":{"type":"string"}},"required":["id"]}},` +
	`{"name":"check_stock","description":"Says how many of an article are there.","parameters":{"type":"object","properties":{"id":{"type":"string"},"reason":{"type":"string"}},"required":["id"]}},` +
	`{"name":"search","description":"Searches the documents of the shop.","parameters":{"type":"object","properties":{"id":{"type":"string"},"reason":{"type":"string"}}}},` +
	`{"name":"read_page","description":"Reads one document.","parameters":{"type":"object","properties":{"id":{"type":"string"},"reason":{"type":"string"}},"required":["id"]}},` +
	`{"name":"send_mail","description":"Writes to the customer.","parameters":{"type":"object","properties":{"id":{"type":"string"},"reason":{"type":"string"}}}}]`
