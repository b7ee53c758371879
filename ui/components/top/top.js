let last = null;

export default function ({ data }) {
  if (last !== null && last !== data.now) {
    const up = () => document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    up();
    requestAnimationFrame(() => requestAnimationFrame(up)); // what is still being laid out moves it
  }
  last = data.now;
}
