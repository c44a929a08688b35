// Files that go with the next message: chosen, or pasted as a picture.

import { make } from "./posts.js";

const MOST = 10;

/** A paperclip and the names of what is attached. `changed` is called when there is more or less of it. */
export function attachments(changed) {
  let files = [];
  const names = make("ul", { className: "attached", hidden: true, ariaLabel: "Attached files" });
  const chosen = make("input", { type: "file", multiple: true, hidden: true, onchange: () => add([...chosen.files]) });
  const clip = make("button", { type: "button", className: "clip", ariaLabel: "Attach a file", title: "Attach a file", onclick: () => chosen.click() }, "📎");

  function add(more) {
    files = [...files, ...more].slice(0, MOST);
    chosen.value = "";
    show();
  }

  function show() {
    names.hidden = files.length === 0;
    names.replaceChildren(...files.map((file) =>
      make("li", {}, file.name, make("button", {
        type: "button", className: "plain", ariaLabel: `Leave out ${file.name}`,
        onclick: () => { files = files.filter((one) => one !== file); show(); },
      }, "✕"))));
    changed();
  }

  return {
    parts: [names, chosen, clip],
    get any() {
      return files.length > 0;
    },
    paste(event) {
      if (event.clipboardData.files.length > 0) add([...event.clipboardData.files]);
    },
    /** Hands the files over: they go with one message. */
    take() {
      const taken = files;
      files = [];
      show();
      return taken;
    },
  };
}
