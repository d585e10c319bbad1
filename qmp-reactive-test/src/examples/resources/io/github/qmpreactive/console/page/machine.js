import {act, post} from "./api.js";
import {$, pathOf, text} from "./dom.js";
import {linkWords, statusWord} from "./machines.js";

/** In which run states a button makes sense. */
const SENSIBLE = {
  stop: status => status === "running",
  cont: status => ["paused", "prelaunch", "io-error", "watchdog", "debug"].includes(status),
  system_wakeup: status => status === "suspended",
  system_reset: status => !["inmigrate", "postmigrate", "finish-migrate"].includes(status),
  system_powerdown: status => status === "running" || status === "suspended",
  quit: () => true,
};

const QUESTIONS = {
  cont: ["Resume", "Its guest may have moved, and run elsewhere: then it would run twice."],
  system_reset: ["Reset", "Its guest loses what it has not written."],
  system_powerdown: ["Power down", "Its guest is asked to shut down, as by the power button."],
  quit: ["Quit", "Its guest ends at once, and QEMU with it."],
};

/** The question before a command that ends or destroys something. */
export function question(machine, command) {
  const [yes, more] = QUESTIONS[command] ?? ["Run it", "It may end or destroy something."];
  return {title: `${QUESTIONS[command] ? yes : command} ${machine}?`, text: more, yes};
}

/** The head of a machine's page: how it is, and the buttons that change that. */
export class Machine {
  isReadOnly = false;
  #state = null;
  #buttons = [...document.querySelectorAll("[data-command]")];

  constructor() {
    this.#buttons.forEach(button => button.addEventListener("click", () => this.#run(button)));
    $("connect").addEventListener("click", () => this.#attempt(() => post(this.path("connect"))));
    setInterval(() => this.#state?.link === "down" && this.show(this.#state), 500);
  }

  get name() {
    return this.#state?.name;
  }

  path(rest) {
    return pathOf(this.#state.name, rest);
  }

  /** Shows none. */
  clear() {
    this.#state = null;
    document.title = "Machines";
  }

  show(state) {
    if (this.#state?.name !== state.name) text($("action-error"), "");
    this.#state = state;
    document.title = `${state.name} – Machines`;
    text($("name"), state.name);
    text($("status"), statusWord(state));
    $("status").dataset.status = statusWord(state);
    text($("version"), state.version ? `QEMU ${state.version.split(" ")[0]}` : "");
    text($("link"), linkWords(state));
    $("connect").hidden = state.link !== "gave_up" || this.isReadOnly;
    for (const button of this.#buttons) {
      button.disabled = this.isReadOnly || state.link !== "up" || state.status === null
        || !SENSIBLE[button.dataset.command](state.status);
    }
  }

  #run(button) {
    const command = button.dataset.command;
    return this.#attempt(() => act(this.path("commands"), {command}, question(this.#state.name, command)), button);
  }

  async #attempt(work, button) {
    text($("action-error"), "");
    const machine = this.#state.name;
    try {
      await work();
    } catch (error) {
      if (this.name === machine) {
        text($("action-error"), `${button ? `${button.textContent.replace("…", "")}: ` : ""}${error.message}`);
      }
    }
  }
}
