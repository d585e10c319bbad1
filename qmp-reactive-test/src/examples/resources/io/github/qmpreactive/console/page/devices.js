import {act, get, post} from "./api.js";
import {$, fill, h, text} from "./dom.js";
import {question} from "./machine.js";

/** After these there are others. */
const CHANGES = /^(DEVICE_|BLOCK_JOB_COMPLETED|JOB_STATUS_CHANGE|RESET|link)/;
const CHANGING = /^(blockdev-|device_|object-|netdev_|x-blockdev)/;

/** Disks and devices of the machine. */
export class Devices {
  #machine;
  #timer = null;
  #shown = "";

  constructor(machine) {
    this.#machine = machine;
    $("copy").addEventListener("submit", event => {
      event.preventDefault();
      this.#copy();
    });
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

  async read() {
    const name = this.#machine.name;
    if (this.#shown !== name) this.#draw({disks: [], devices: []});
    this.#shown = name;
    try {
      const found = await get(this.#machine.path("devices"));
      if (this.#machine.name === name) this.#draw(found);
    } catch {
      if (this.#machine.name === name) this.#draw({disks: [], devices: []});
    }
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
      h("button", {type: "button", disabled: this.#machine.isReadOnly, "aria-label": `Unplug ${device.id}`, onclick: () => this.#unplug(device.id)}, "Unplug…")));
    $("no-disks").hidden = disks.length > 0;
    $("no-devices").hidden = devices.length > 0;
    $("copy").hidden = disks.length < 2 || this.#machine.isReadOnly;
  }

  #unplug(id) {
    return this.#begin("devices-error", () =>
      act(this.#machine.path("unplug"), {id}, {...question(this.#machine.name, "device_del"), title: `Unplug ${id}?`, text: "Its guest is asked to release it.", yes: "Unplug"}));
  }

  #copy() {
    const speed = Number($("copy-speed").value) * 2 ** 20;
    const copy = {device: $("copy-from").value, target: $("copy-to").value, sync: "full", ...speed > 0 && {speed}};
    return this.#begin("disks-error", () => post(this.#machine.path("jobs"), {command: "blockdev-backup", arguments: copy}));
  }

  #move() {
    const id = $("move-to").value;
    return this.#begin("move-error", () =>
      act(this.#machine.path("migration"), {id}, {title: `Move the guest of ${this.#machine.name} to ${id}?`, text: "It runs on there, and is stopped here.", yes: "Move"}));
  }

  async #begin(where, work) {
    text($(where), "");
    try {
      await work();
    } catch (error) {
      text($(where), error.message);
    }
  }

  /** The machines that wait for a guest. */
  targets(names) {
    options($("move-to"), names, 0);
    $("move-button").disabled = names.length === 0 || this.#machine.isReadOnly;
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
