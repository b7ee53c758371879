// An image that is brought to the pad: chosen, dropped or pasted. Python reads it and sends it back.

const LARGEST_FILE = 10_000_000;

export function takeFiles(pad, button, field) {
  button.onclick = () => field.click();
  field.onchange = () => {
    readFile(pad, field.files[0]);
    field.value = ""; // so that the same file can be chosen again
  };
  pad.root.ondragover = (event) => event.preventDefault();
  pad.root.ondrop = (event) => {
    event.preventDefault();
    readFile(pad, event.dataTransfer.files[0]);
  };
  pad.paste = (event) => {
    const target = event.composedPath()[0];
    if (target.closest?.("input, textarea, [contenteditable]")) return;
    const file = [...event.clipboardData.files].find((each) => each.type.startsWith("image/"));
    if (file) readFile(pad, file);
    else pad.say("There is no image in the clipboard. Copy one, then paste it here.");
  };
  document.addEventListener("paste", pad.paste);
}

async function readFile(pad, file) {
  if (!file) return;
  if (file.size > LARGEST_FILE) return pad.say(`${file.name || "The image"} is larger than 10 MB. Bring a smaller one.`);
  pad.say("Reading the image …");
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  }).catch(() => null);
  if (address === null) return pad.say("The file could not be read. Choose it again.");
  const content = address.slice(address.indexOf(",") + 1);
  pad.awaits = true;
  pad.setTriggerValue("file", { name: inAscii(file.name || "pasted image"), content });
}

// One emoji beside the picture would make each of its letters four bytes long where it is read.
export const inAscii = (name) => encodeURIComponent(name.replace(/\p{Cs}/gu, "?"));
