// The page of a trained network: the network out of the page itself, what it is shown, and its design.

import { readNetwork } from "../engine/network.js";
import flow from "../flow/flow.js";
import { bytesOf } from "../kit/bytes.js";
import "./design.js";
import { put } from "./mount.js";
import photo from "./photo.js";

const network = readNetwork(bytesOf(document.querySelector("#network")?.textContent?.trim() ?? "").buffer);
put("flow", flow, undefined, { network });
put("photo", photo, undefined, { network });
