import {act} from "./api.js";
import {$, h, text} from "./dom.js";

/** What was begun at the machine: a bar for each, with its end and its error. */
export class Tasks {
  #machine;
  #rows = new Map();

  constructor(machine) {
    this.#machine = machine;
  }

  show(state) {
    const tasks = state.tasks;
    const known = new Set(tasks.map(task => `${state.name} ${task.id}`));
    this.#rows.forEach((row, key) => {
      if (!known.has(key)) {
        row.item.remove();
        this.#rows.delete(key);
      }
    });
    tasks.forEach((task, index) => {
      const {item} = this.#draw(`${state.name} ${task.id}`, task);
      if ($("tasks").children[index] !== item) $("tasks").insertBefore(item, $("tasks").children[index] ?? null);
    });
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
        notCancelled: "",
        cancel: h("button", {type: "button", onclick: () => this.#cancel(row)}, "Cancel…"),
      };
      row.item = h("li", {}, row.title, row.status, row.cancel, row.bar, row.error);
      this.#rows.set(key, row);
    }
    text(row.title, task.title);
    row.cancel.setAttribute("aria-label", `Cancel ${task.title}`);
    text(row.status, task.status);
    row.item.dataset.state = task.error ? "failed" : task.ended ? "done" : "running";
    if (task.fraction !== null) row.bar.value = 100 * task.fraction;
    else if (task.ended) row.bar.value = 0;
    else row.bar.removeAttribute("value");
    row.task = task;
    text(row.error, errorOf(row));
    row.cancel.hidden = task.ended || task.kind === "unplug" || this.#machine.isReadOnly;
    return row;
  }

  async #cancel(row) {
    const {id, title} = row.task;
    row.notCancelled = "";
    try {
      await act(this.#machine.path(`tasks/${encodeURIComponent(id)}/cancel`), {},
        {title: `Cancel ${title} at ${this.#machine.name}?`, text: "What it has done so far is lost.", yes: "Cancel it", no: "Let it go on"});
    } catch (error) {
      row.notCancelled = `Not cancelled: ${error.message}`;
      text(row.error, errorOf(row));
    }
  }
}

/** Why a task has failed, or, while it goes on, why it was not cancelled. */
const errorOf = ({task, notCancelled}) => task.error ?? (task.ended ? "" : notCancelled);
