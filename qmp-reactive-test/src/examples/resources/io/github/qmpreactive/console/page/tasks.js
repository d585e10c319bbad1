import {post} from "./api.js";
import {$, h, text} from "./dom.js";

/** What was begun at the machine: a bar for each, with its end and its error. */
export class Tasks {
  #machine;
  #rows = new Map();

  constructor(machine) {
    this.#machine = machine;
  }

  show(state) {
    const tasks = [...state.tasks].reverse();
    const known = new Set(tasks.map(task => `${state.name} ${task.id}`));
    this.#rows.forEach((row, key) => {
      if (!known.has(key)) {
        row.item.remove();
        this.#rows.delete(key);
      }
    });
    tasks.forEach(task => this.#draw(`${state.name} ${task.id}`, task));
    $("no-tasks").hidden = tasks.length > 0;
  }

  #draw(key, task) {
    let row = this.#rows.get(key);
    if (!row) {
      const id = `task-${key.replace(/\W/g, "-")}`;
      row = {
        title: h("span", {className: "what", id}),
        status: h("span", {className: "quiet", role: "status"}),
        bar: h("progress", {max: 100, "aria-labelledby": id}),
        error: h("p", {className: "error", role: "alert"}),
        cancel: h("button", {type: "button", onclick: () => this.#cancel(task.id, row)}, "Cancel"),
      };
      row.cancel.setAttribute("aria-label", `Cancel ${task.title}`);
      row.item = h("li", {}, row.title, row.status, row.cancel, row.bar, row.error);
      this.#rows.set(key, row);
      $("tasks").prepend(row.item);
    }
    text(row.title, task.title);
    text(row.status, task.status);
    row.item.dataset.state = task.error ? "failed" : task.ended ? "done" : "running";
    if (task.fraction !== null) row.bar.value = 100 * task.fraction;
    else if (task.ended) row.bar.value = 0;
    else row.bar.removeAttribute("value");
    text(row.error, task.error ?? "");
    row.cancel.hidden = task.ended || task.kind === "unplug" || this.#machine.isReadOnly;
  }

  async #cancel(id, row) {
    try {
      await post(this.#machine.path(`tasks/${encodeURIComponent(id)}/cancel`));
    } catch (error) {
      text(row.error, error.message);
    }
  }
}
