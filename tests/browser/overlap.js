// Words and controls that lie on each other, and are no part of each other.
() => {
  const CONTROLS = "button, input, select, textarea";
  const SILENT = "style, script, noscript, title, desc, option, textarea";
  const LEAST_PX = 2; // that two share in width and height; less is no trouble to a reader
  const LEADING = 0.2; // of a line's height, above and below the letters
  const main = document.querySelector('[data-testid="stMain"]');
  const above = (node) => node.parentElement ?? node.getRootNode().host;
  const upwards = (node) => {
    const found = [];
    for (let each = node; each && each !== main; each = above(each)) found.push(each);
    return found;
  };

  // What floats over the page lies on it by intention; a formula's parts overlap; of what is turned
  // only the box around it is known.
  const isApart = (element) =>
    upwards(element).some((each) => {
      const { position, clipPath } = getComputedStyle(each);
      const isTurned = /rotate\((?!0[,)])/.test(each.getAttribute("transform") ?? "");
      const isScroller = each.matches('[aria-label^="Scroll tabs"]');
      const isOver = position === "sticky" || position === "fixed";
      return isOver || clipPath !== "none" || isTurned || isScroller || each.matches(".katex");
    });
  const seenPart = (rect, element) => {
    const part = { left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom };
    for (const each of upwards(element)) {
      if (getComputedStyle(each).overflowX === "visible") continue;
      const box = each.getBoundingClientRect();
      part.left = Math.max(part.left, box.left);
      part.right = Math.min(part.right, box.right);
      part.top = Math.max(part.top, box.top);
      part.bottom = Math.min(part.bottom, box.bottom);
    }
    return part;
  };

  const things = [];
  const add = (rect, element, what, leading) => {
    const slack = rect.height * leading;
    const inner = { left: rect.left, right: rect.right, top: rect.top + slack, bottom: rect.bottom - slack };
    const part = seenPart(inner, element);
    if (part.right - part.left > LEAST_PX && part.bottom - part.top > LEAST_PX) things.push({ ...part, element, what });
  };
  const gather = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.shadowRoot) gather(node.shadowRoot);
      const isText = node.nodeType === Node.TEXT_NODE;
      const element = isText ? above(node) : node;
      const isSilent = isText && (!node.data.trim() || element.matches(SILENT) || element.closest(CONTROLS));
      if (isSilent || (!isText && !node.matches(CONTROLS))) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || isApart(element)) continue;
      if (isText) {
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects()) add(rect, element, `“${node.data.trim().slice(0, 40)}”`, LEADING);
      } else {
        const name = node.getAttribute("aria-label") ?? node.textContent.trim().slice(0, 40);
        add(node.getBoundingClientRect(), node, `<${node.localName} ${name}>`, 0);
      }
    }
  };
  gather(main);

  things.sort((one, other) => one.top - other.top);
  const found = [];
  things.forEach((one, place) => {
    for (const other of things.slice(place + 1)) {
      if (other.top >= one.bottom) break;
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - other.top;
      if (width <= LEAST_PX || height <= LEAST_PX) continue;
      if (upwards(one.element).includes(other.element) || upwards(other.element).includes(one.element)) continue;
      found.push(`${one.what} and ${other.what} lie on each other, ${Math.round(width)}×${Math.round(height)} px`);
    }
  });
  return found;
}
