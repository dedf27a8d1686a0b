// What cannot be read: text with too little contrast against what is painted behind it, content wider than its box, and
// text that is cut off without a sign that it is.
(() => {
	const least = 4.5;
	const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
	const luminance = (color) => {
		const [r, g, b] = color.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const over = (front, back, alpha) => front.slice(0, 3).map((v, i) => v * alpha + back[i] * (1 - alpha));

	// The colours behind an element, from the nearest that lets nothing through.
	function behind(element) {
		const layers = [];
		for (let e = element; e; e = e.parentElement) {
			const [r, g, b, alpha = 1] = numbers(getComputedStyle(e).backgroundColor);
			if (alpha > 0) layers.push([[r, g, b], alpha]);
			if (alpha === 1) break;
		}
		return layers.reverse().reduce((back, [color, alpha]) => over(color, back, alpha), [255, 255, 255]);
	}

	const opacity = (element) => {
		let all = 1;
		for (let e = element; e; e = e.parentElement) all *= Number(getComputedStyle(e).opacity);
		return all;
	};
	const name = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ""}.${String(e.className.baseVal ?? e.className).trim().replace(/\s+/g, ".")}`;

	const problems = new Set();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		const element = node.parentElement;
		if (!node.data.trim() || element.closest("script, style, noscript, .sr, [disabled]")) continue;
		if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
		const range = document.createRange();
		range.selectNodeContents(node);
		const box = range.getBoundingClientRect();
		if (box.width < 1 || box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) continue;
		const style = getComputedStyle(element);
		const [r, g, b, alpha = 1] = numbers(element.closest("svg") ? style.fill : style.color);
		const back = behind(element);
		const front = over([r, g, b], back, alpha * opacity(element));
		const [light, dark] = [luminance(front), luminance(back)].sort((x, y) => y - x);
		const contrast = (light + 0.05) / (dark + 0.05);
		if (contrast < least) problems.add(`contrast ${contrast.toFixed(2)} of ${name(element)} "${node.data.trim().slice(0, 24)}"`);
	}

	const scrolls = (e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
	if (document.documentElement.scrollWidth > innerWidth + 1) problems.add(`the page is ${document.documentElement.scrollWidth} wide`);
	for (const e of document.querySelectorAll("main, .list, .fac, .panes > section, .dt, .cv, .chat, .side, .tree, .tb, .virtual")) {
		if (!e.checkVisibility() || e.scrollWidth <= e.clientWidth + 1) continue;
		if (scrolls(e) || getComputedStyle(e).overflowX === "visible") problems.add(`${name(e)} is ${e.scrollWidth} wide in ${e.clientWidth}`);
	}
	for (const e of document.querySelectorAll("button, .chip, h1, h2, h3, dd, dt, .btn, [role=tab], th, label")) {
		const style = getComputedStyle(e);
		if (!e.checkVisibility() || scrolls(e) || style.textOverflow === "ellipsis" || style.display === "inline" || e.closest(".sr")) continue;
		if (e.scrollWidth > e.clientWidth + 2 && style.overflowX !== "visible") problems.add(`${name(e)} cuts off "${e.textContent.trim().slice(0, 30)}"`);
	}
	return [...problems];
})()
