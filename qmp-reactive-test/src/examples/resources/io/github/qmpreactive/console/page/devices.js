import {act, get} from "./api.js";
import {$, fill, h, text} from "./dom.js";
import {question} from "./machine.js";

/** After these there are others. */
const CHANGES = /^(DEVICE_|BLOCK_JOB_COMPLETED|JOB_STATUS_CHANGE|RESET|link)/;
const CHANGING = /^(blockdev-|device_|object-|netdev_|x-blockdev)/;

/** A machine in these states has no guest that could move. */
const GUESTLESS = [null, "inmigrate", "postmigrate", "finish-migrate"];

/** Disks and devices of the machine, and its guest's move. */
export class Devices {
  #machine;
  #timer = null;
  #state = null;
  #targets = [];
  #reads = 0;
  #shown = 0;

  constructor(machine) {
    this.#machine = machine;
    $("copy").addEventListener("submit", event => {
      event.preventDefault();
      this.#copy();
    });
    $("copy").addEventListener("change", () => this.#enable());
    $("move").addEventListener("submit", event => {
      event.preventDefault();
      this.#move();
    });
  }

  /** Reads them again if an entry of the log says that they have changed, once for all that come together. */
  noticed(entry) {
    if (entry.kind === "event" ? CHANGES.test(entry.name) : entry.kind === "gap" || CHANGING.test(entry.name) || entry.name === "up") {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.read(), 200);
    }
  }

  /** How the machine is, and what of it makes sense then. */
  show(state) {
    const before = this.#state;
    if (before?.name !== state.name) this.clear();
    this.#state = state;
    this.#enable();
    if (before?.name !== state.name || before.link !== state.link) this.read();
  }

  /** Shows none. */
  clear() {
    this.#state = null;
    this.#shown = ++this.#reads;
    ["disks-error", "devices-error", "move-error", "reading-error"].forEach(where => text($(where), ""));
    this.#draw({disks: [], devices: []});
  }

  /** What an older read has found does not replace what a newer one shows. */
  async read() {
    const read = ++this.#reads;
    let found = null;
    let error = "";
    try {
      if (this.#state?.link === "up") found = await get(this.#machine.path("devices"));
    } catch (failure) {
      // What is shown stays: it may be so still.
      error = `Not read: ${failure.message}`;
    }
    if (read < this.#shown) return;
    this.#shown = read;
    if (found) this.#draw(found);
    text($("reading-error"), error);
  }

  #draw({disks, devices}) {
    fill($("disks"), disks, disk => h("li", {},
      h("span", {className: "what"}, disk.name),
      h("span", {className: "quiet"}, [disk.driver, size(disk.bytes), disk.readOnly ? "read-only" : "", disk.device && `in ${disk.device}`].filter(Boolean).join(" · "))));
    options($("copy-from"), disks.map(disk => disk.name), 0);
    options($("copy-to"), disks.map(disk => disk.name), 1);
    fill($("devices"), devices, device => h("li", {},
      h("span", {className: "what"}, device.id),
      h("span", {className: "quiet"}, device.type),
      h("button", {type: "button", "aria-label": `Unplug ${device.id}`, "data-device": device.id, onclick: () => this.#unplug(device.id)}, "Unplug…")));
    $("no-disks").hidden = disks.length > 0;
    $("no-devices").hidden = devices.length > 0;
    $("copy").hidden = disks.length < 2 || this.#machine.isReadOnly;
    this.#enable();
  }

  /** Disables what makes no sense. */
  #enable() {
    const state = this.#state;
    const isUp = state?.link === "up" && !this.#machine.isReadOnly;
    const asked = new Set((state?.tasks ?? []).filter(task => task.kind === "unplug" && !task.ended).map(task => task.title));
    $("devices").querySelectorAll("button").forEach(button => {
      button.disabled = !isUp || asked.has(`Unplug ${button.dataset.device}`);
    });
    $("copy-button").disabled = !isUp || $("copy-from").value === $("copy-to").value;
    $("move-button").disabled = !isUp || this.#targets.length === 0 || GUESTLESS.includes(state.status);
  }

  #unplug(id) {
    return this.#begin("devices-error", () =>
      act(this.#machine.path("unplug"), {id}, {...question(this.#machine.name, "device_del"), title: `Unplug ${id} of ${this.#machine.name}?`, text: "Its guest is asked to release it.", yes: "Unplug"}));
  }

  #copy() {
    const speed = Number($("copy-speed").value) * 2 ** 20;
    const [device, target] = [$("copy-from").value, $("copy-to").value];
    const copy = {device, target, sync: "full", ...speed > 0 && {speed}};
    return this.#begin("disks-error", () =>
      act(this.#machine.path("jobs"), {command: "blockdev-backup", arguments: copy}, {title: `Back up ${device} to ${target} at ${this.#machine.name}?`, text: `What is on ${target} is overwritten.`, yes: "Back up"}));
  }

  #move() {
    const id = $("move-to").value;
    return this.#begin("move-error", () =>
      act(this.#machine.path("migration"), {id}, {title: `Move the guest of ${this.#machine.name} to ${id}?`, text: "It runs on there, and is stopped here.", yes: "Move"}));
  }

  async #begin(where, work) {
    const name = this.#machine.name;
    text($(where), "");
    try {
      await work();
    } catch (error) {
      if (this.#machine.name === name) text($(where), error.message);
    }
  }

  /** The machines that wait for a guest. */
  targets(names) {
    this.#targets = names;
    options($("move-to"), names, 0);
    this.#enable();
  }
}

/** Changes the options of a list only if they are others, and keeps what was chosen. */
function options(list, names, first) {
  if ([...list.options].map(option => option.value).join("\n") === names.join("\n")) return;
  const chosen = list.value;
  list.replaceChildren(...names.map(name => h("option", {value: name}, name)));
  list.value = names.includes(chosen) ? chosen : names[Math.min(first, names.length - 1)] ?? "";
}

function size(bytes) {
  if (bytes === null) return "";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${Math.round(bytes * 10) / 10} ${units[unit]}`;
}
