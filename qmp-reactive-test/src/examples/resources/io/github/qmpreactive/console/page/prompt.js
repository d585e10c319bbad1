import {act, post} from "./api.js";
import {$, h, pathOf, text} from "./dom.js";
import {question} from "./machine.js";

/** A prompt for any command: a combobox whose list comes from the machine's own schema. */
export class Prompt {
  #machine;
  #input = $("prompt-line");
  #list = $("prompt-list");
  #suggestions = [];
  #chosen = -1;
  #understood = null;
  #asked = 0;
  #sending = new Set();
  /** The line that was sent last, by machine. */
  #history = new Map();

  constructor(machine) {
    this.#machine = machine;
    this.#input.addEventListener("input", () => this.#understand());
    this.#input.addEventListener("keydown", event => this.#key(event));
    this.#input.addEventListener("blur", () => this.#suggest([]));
    this.#list.addEventListener("mousedown", event => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) this.#take(Number(item.dataset.index));
    });
    $("prompt").addEventListener("submit", event => {
      event.preventDefault();
      this.#run();
    });
  }

  clear() {
    this.#asked++;
    this.#input.value = "";
    this.#suggest([]);
    text($("prompt-problems"), "");
    text($("prompt-reply"), "");
  }

  /** Asks the console what the line means; of several answers only the last one counts. */
  async #understand() {
    const asked = ++this.#asked;
    const line = this.#input.value;
    if (line.trim() === "") {
      this.#suggest([]);
      text($("prompt-problems"), "");
      return null;
    }
    try {
      const understood = await post(this.#machine.path("prompt"), {line});
      if (asked !== this.#asked) return null;
      this.#understood = understood;
      this.#suggest(document.activeElement === this.#input ? understood.suggestions : []);
      text($("prompt-problems"), understood.problems.join("; "));
      return understood;
    } catch (error) {
      if (asked === this.#asked) text($("prompt-problems"), error.message);
      return null;
    }
  }

  #suggest(suggestions) {
    this.#suggestions = suggestions;
    this.#choose(-1);
    this.#list.hidden = suggestions.length === 0;
    this.#input.setAttribute("aria-expanded", String(suggestions.length > 0));
    this.#list.replaceChildren(...suggestions.map(({word, note}, index) =>
      h("li", {id: `suggestion-${index}`, role: "option", "aria-selected": "false", "data-index": index},
        h("span", {className: "mono"}, word), h("span", {className: "quiet"}, note))));
  }

  #choose(index) {
    this.#chosen = index;
    [...this.#list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    if (index < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `suggestion-${index}`);
    this.#list.children[index]?.scrollIntoView({block: "nearest"});
  }

  #take(index) {
    const {word} = this.#suggestions[index];
    const line = this.#input.value;
    const start = line.endsWith(" ") ? line.length : line.lastIndexOf(" ") + 1;
    this.#input.value = line.slice(0, start) + word + (/[=.]$/.test(word) ? "" : " ");
    this.#input.focus();
    this.#understand();
  }

  #key(event) {
    const count = this.#suggestions.length;
    if (event.key === "ArrowDown" && count) this.#choose((this.#chosen + 1) % count);
    else if (event.key === "ArrowUp" && count) this.#choose((this.#chosen - 1 + count) % count);
    else if (event.key === "ArrowUp" && this.#history.has(this.#machine.name)) this.#input.value = this.#history.get(this.#machine.name);
    else if (event.key === "Escape" && count) this.#suggest([]);
    else if (event.key === "Tab" && count && !event.shiftKey) this.#take(Math.max(this.#chosen, 0));
    else if (event.key === "Enter" && this.#chosen >= 0) this.#take(this.#chosen);
    else return;
    event.preventDefault();
  }

  /** A line that is sent is not sent again before its reply: Enter may be pressed twice. */
  async #run() {
    const machine = this.#machine.name;
    const line = this.#input.value;
    const key = `${machine} ${line}`;
    if (this.#sending.has(key)) return;
    this.#sending.add(key);
    try {
      await this.#send(machine, line);
    } finally {
      this.#sending.delete(key);
    }
  }

  /** Sends nothing that the schema has something against, and nothing if another machine is shown by then. */
  async #send(machine, line) {
    const understood = await this.#understand();
    this.#suggest([]);
    if (!understood || understood.problems.length > 0) return;
    text($("prompt-reply"), "…");
    let reply;
    try {
      reply = await act(pathOf(machine, "lines"), {line}, question(machine, understood.command)) ?? "Not sent";
      this.#history.set(machine, line);
      if (this.#machine.name === machine && this.#input.value === line) this.#input.value = "";
    } catch (error) {
      reply = `Failed: ${error.message}`;
    }
    if (this.#machine.name === machine) text($("prompt-reply"), `> ${line}\n${reply}`);
  }
}
