import {picture} from "./api.js";
import {$, text} from "./dom.js";

/** The guest's display, when it is asked for. */
export class Display {
  #machine;
  #url = null;

  constructor(machine) {
    this.#machine = machine;
    $("display-take").addEventListener("click", () => this.#take());
  }

  show(state) {
    $("display-take").disabled = state.link !== "up" || this.#machine.isReadOnly;
  }

  clear() {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = null;
    $("display").hidden = true;
    text($("display-error"), "");
  }

  async #take() {
    const name = this.#machine.name;
    text($("display-error"), "");
    try {
      const taken = await picture(this.#machine.path("screen"));
      if (this.#machine.name !== name) return;
      this.clear();
      this.#url = URL.createObjectURL(taken);
      $("display").src = this.#url;
      $("display").alt = `The display of ${name}`;
      $("display").hidden = false;
    } catch (error) {
      if (this.#machine.name === name) text($("display-error"), error.message);
    }
  }
}
