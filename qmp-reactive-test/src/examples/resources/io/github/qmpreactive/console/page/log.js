import {$, h} from "./dom.js";

/** More than the console keeps: before all of that it tells what was missed. */
const KEPT = 1000;
const time = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"});
const TITLES = {gap: "Gap", missed: "Missed here", link: "Connection", command: "Command"};

/** The log of the machine that is shown. */
export class Log {
  #list = $("log");

  clear() {
    this.#list.replaceChildren();
  }

  add(entry) {
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 8;
    this.#list.append(h("div", {className: entry.kind},
      h("time", {}, entry.time ? time.format(new Date(entry.time)) : ""),
      h("span", {className: "what"}, entry.kind === "event" ? entry.name : TITLES[entry.kind]),
      h("span", {className: "more"}, more(entry))));
    while (this.#list.childElementCount > KEPT) this.#list.firstElementChild.remove();
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }
}

function more(entry) {
  switch (entry.kind) {
    case "event": return entry.data;
    case "link": return [entry.name.replace("_", " "), entry.text].filter(Boolean).join(": ");
    case "command": return `${entry.name}: ${entry.text}`;
    default: return entry.text;
  }
}
