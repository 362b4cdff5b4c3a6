// SPDX-License-Identifier: MIT
// What touches in the figures of a page: texts that overlap each other, leave their figure or lie on a line or a point of data.
'use strict';
(() => {
	const touches = [];

	// a box without the room above and below its letters
	const box = (text) => {
		const b = text.getBoundingClientRect();
		const flat = b.width >= b.height;
		const x = flat ? 0 : 0.22 * b.width;
		const y = flat ? 0.22 * b.height : 0;
		return { text: text.textContent, left: b.left + x, right: b.right - x, top: b.top + y, bottom: b.bottom - y };
	};
	const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 &&
		Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;

	// lines that are there to be read: no rules, grids, leaders or areas
	const drawn = (path) => {
		const style = getComputedStyle(path);
		const [r, g, b] = style.stroke.match(/\d+/g) || [255, 255, 255];
		const grey = Math.abs(r - g) < 12 && Math.abs(g - b) < 12;
		return style.stroke !== 'none' && !path.closest('defs') && !path.classList.contains('gridline') && !(grey && r > 60);
	};
	const points = (path) => {
		const to = path.getScreenCTM();
		const found = [];
		for (let at = 0, end = path.getTotalLength(); at <= end; at += 1.5)
			found.push(path.getPointAtLength(at).matrixTransform(to));
		return found;
	};
	const inside = (p, b) => p.x > b.left && p.x < b.right && p.y > b.top && p.y < b.bottom;

	for (const svg of document.querySelectorAll('svg')) {
		const name = svg.querySelector('title').id.replace(/-title$/, '');
		const page = svg.getBoundingClientRect();
		const texts = [...svg.querySelectorAll('text')].map(box).filter((b) => b.text.trim());
		const say = (...what) => touches.push([name, ...what].join(' | '));
		texts.forEach((a, i) => {
			if (a.left < page.left || a.right > page.right || a.top < page.top || a.bottom > page.bottom)
				say('leaves the page', a.text);
			texts.slice(i + 1).filter((b) => meet(a, b)).forEach((b) => say('texts touch', a.text, b.text));
		});
		const marks = [...svg.querySelectorAll('use')].filter((use) => !use.closest('defs')).map((use) => {
			const b = use.getBoundingClientRect();
			return { x: (b.left + b.right) / 2, y: (b.top + b.bottom) / 2 };
		});
		const lines = [...svg.querySelectorAll('path')].filter(drawn).map(points);
		for (const text of texts) {
			if (marks.some((p) => inside(p, text)))
				say('on a point', text.text);
			if (lines.some((line) => line.some((p) => inside(p, text))))
				say('on a line', text.text);
		}
	}
	document.body.innerHTML = '';
	document.body.append(Object.assign(document.createElement('pre'), { id: 'touches', textContent: touches.join('\n') }));
})();
