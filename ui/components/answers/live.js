// A network that answers to the pad in the browser, in the words and figures of the server's answers.

import { fetchNetwork } from "../engine/network.js";
import { percent } from "../kit/numbers.js";
import { howSure, inWords, ranked, SURE } from "./words.js";

const SHOWN = 0.5; // what is less likely is not written large
const fetched = new Map(); // what one card has fetched, another has too

export class LiveNetwork {
  address = "";
  network = null;
  hasAnswered = false;

  /** What the server says of a card: which network it is of, the classes, whether the drawing is like them. */
  take({ network, bars, unlike }) {
    this.names = bars.map(([name]) => name);
    this.isBeyond = Boolean(unlike?.beyond);
    if (this.address === network) return;
    Object.assign(this, { address: network, network: null, hasAnswered: false });
    if (!network) return;
    if (!fetched.has(network)) fetched.set(network, fetchNetwork(network));
    fetched.get(network).then((found) => {
      if (this.address === network) this.network = found;
    });
  }

  /** The answer to what is on the pad; null where the server has to say it. */
  answer(bytes) {
    const { network } = this;
    this.hasAnswered = Boolean(network) && bytes.some((value) => value > 0);
    if (!this.hasAnswered) return null;
    for (let i = 0; i < bytes.length; i++) network.input[i] = bytes[i] / 255;
    network.run();
    return answerOf(network.output, this.names, this.isBeyond);
  }
}

/** As `answer_card` of `ui/parts/drawing/answers.py`. */
export function answerOf(shares, names, isBeyond) {
  const [best] = ranked(shares);
  const isSure = shares[best] >= SURE;
  return {
    tone: isSure && !isBeyond ? "sure" : "unsure",
    digit: shares[best] >= SHOWN ? names[best] : "?",
    says: isSure && isBeyond ? `It has to choose: ${names[best]}.` : inWords(shares, names),
    then: howSure(shares, names),
    best,
    bars: names.map((name, place) => [name, shares[place].toFixed(4), percent(shares[place])]),
  };
}
