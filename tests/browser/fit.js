// What does not fit on the page: whatever makes it scroll sideways, and words that are cut off.
() => {
  const LABELS = '[data-testid^="stBaseButton"], [data-testid="stPageLink-NavLink"]'; // say what they do
  const main = document.querySelector('[data-testid="stMain"]');
  const edge = main.getBoundingClientRect().left + main.clientWidth + 1;
  const every = [];
  const gather = (root) => {
    for (const element of root.querySelectorAll("*")) {
      every.push(element);
      if (element.shadowRoot) gather(element.shadowRoot);
    }
  };
  gather(main);
  const above = (element) => element.parentElement ?? element.getRootNode().host;
  const isHeld = (element) => {
    for (let each = above(element); each && each !== main; each = above(each)) {
      if (getComputedStyle(each).overflowX !== "visible" && each.getBoundingClientRect().right <= edge) return true;
    }
    return false;
  };
  const named = (element) => `<${element.localName} class="${element.getAttribute("class") ?? ""}"> “${(element.innerText ?? "").slice(0, 50)}”`;
  const found = [];
  if (main.scrollWidth > main.clientWidth) {
    const wide = every.filter((each) => each.getBoundingClientRect().right > edge && !isHeld(each));
    found.push(`scrolls sideways by ${main.scrollWidth - main.clientWidth} px: ${wide.slice(-2).map(named).join(", ")}`);
  }
  for (const each of every) {
    const style = getComputedStyle(each);
    const hides = style.overflowX === "hidden" || style.overflowX === "clip";
    const isText = !each.childElementCount && each.textContent.trim() && each.clientWidth > 8;
    const mayEnd = style.textOverflow === "ellipsis" && !each.closest(LABELS);
    if (hides && isText && !mayEnd && each.scrollWidth > each.clientWidth + 1) {
      found.push(`is cut off: ${named(each)}`);
    }
  }
  return found;
}
