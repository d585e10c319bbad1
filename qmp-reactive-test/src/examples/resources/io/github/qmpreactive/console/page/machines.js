import {$, h, text} from "./dom.js";

/** Words for how a machine is connected; what is left of a countdown was told when this page heard of it. */
export function linkWords(state) {
  switch (state.link) {
    case "up": return state.cause ? `connected: ${state.cause}` : "connected";
    case "connecting": return state.attempt > 1 ? `connecting, attempt ${state.attempt}` : "connecting";
    case "down": {
      const left = Math.ceil((state.retryMillis - (performance.now() - state.heard)) / 1000);
      return `${why(state)}next attempt in ${Math.max(0, left)} s`;
    }
    case "gave_up": return state.cause ? `given up: ${state.cause}` : "given up";
    default: return "not connected";
  }
}

const why = state => state.cause ? `${state.cause}, ` : "";

export const statusWord = state => state.link === "up" ? state.status ?? "…" : "unknown";

/** The list of machines. */
export class Machines {
  #rows = new Map();
  #states = new Map();

  constructor() {
    setInterval(() => this.#states.forEach(state => state.link === "down" && this.#draw(state)), 500);
  }

  get(name) {
    return this.#states.get(name);
  }

  all() {
    return [...this.#states.values()];
  }

  show(state) {
    this.#states.set(state.name, state);
    if (!this.#rows.has(state.name)) {
      const row = {
        anchor: h("a", {href: `#/${encodeURIComponent(state.name)}`}),
        status: h("span", {className: "pill"}),
        version: h("span", {className: "quiet version"}),
        link: h("span", {className: "quiet"}),
      };
      row.anchor.append(h("span", {className: "name"}, state.name), row.status, row.version, row.link);
      this.#rows.set(state.name, row);
      $("machines").append(h("li", {}, row.anchor));
    }
    this.#draw(state);
  }

  #draw(state) {
    const row = this.#rows.get(state.name);
    text(row.status, statusWord(state));
    row.status.dataset.status = statusWord(state);
    text(row.version, state.version ? `QEMU ${state.version.split(" ")[0]}` : "");
    text(row.link, linkWords(state));
  }

  mark(name) {
    this.#rows.forEach((row, of) =>
      of === name ? row.anchor.setAttribute("aria-current", "page") : row.anchor.removeAttribute("aria-current"));
  }
}
