// What does not fit on the page: whatever makes it scroll sideways, and words that are cut off.
() => {
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
    if (hides && isText && style.textOverflow !== "ellipsis" && each.scrollWidth > each.clientWidth + 1) {
      found.push(`is cut off: ${named(each)}`);
    }
  }
  return found;
}
