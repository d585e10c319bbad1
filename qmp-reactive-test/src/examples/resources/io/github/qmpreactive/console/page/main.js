import {get, leave} from "./api.js";
import {Chart} from "./chart.js";
import {Devices} from "./devices.js";
import {Display} from "./display.js";
import {$, text} from "./dom.js";
import {Log} from "./log.js";
import {Machine} from "./machine.js";
import {Machines} from "./machines.js";
import {Prompt} from "./prompt.js";
import {Stream} from "./stream.js";
import {Tasks} from "./tasks.js";

const STATES = {live: "Live", lost: "The console does not answer; connecting again", slow: "This page was too slow; connecting again"};

const machines = new Machines();
const machine = new Machine();
const log = new Log();
const tasks = new Tasks(machine);
const devices = new Devices(machine);
const prompt = new Prompt(machine);
const display = new Display(machine);
const chart = new Chart();
let shown = null;

const stream = new Stream({
  machine: state => {
    state.heard = performance.now();
    machines.show(state);
    if (state.name === shown) show(state);
    machines.mark(shown);
    devices.targets(machines.all().filter(other => other.status === "inmigrate" && other.name !== shown).map(other => other.name));
    open();
  },
  entry: entry => {
    log.add(entry);
    devices.noticed(entry);
  },
  rate: rate => chart.add(rate),
}, state => {
  text($("page-link"), STATES[state]);
  $("page-link").dataset.state = state;
});

function show(state) {
  machine.show(state);
  tasks.show(state);
  display.show(state);
  devices.show(state);
}

/** Shows the machine, or none, that the address tells; it may be known a moment later. */
function open() {
  const state = shown === null ? null : machines.get(shown);
  document.body.classList.toggle("one", shown !== null);
  $("machine").hidden = !state;
  $("none-chosen").hidden = Boolean(state);
  text($("choose"), shown === null || state ? "Choose a machine." : `There is no machine ${shown}.`);
}

/** The machine in the address; people can write anything there. */
function chosen() {
  const name = location.hash.replace(/^#\/?/, "");
  try {
    return decodeURIComponent(name) || null;
  } catch {
    return name;
  }
}

function navigate(isFirst) {
  shown = chosen();
  leave();
  log.clear();
  prompt.clear();
  display.clear();
  devices.clear();
  chart.clear();
  const state = machines.get(shown);
  if (state) show(state);
  else machine.clear();
  machines.mark(shown);
  open();
  stream.follow(shown);
  if (!isFirst) (shown === null ? $("machines").querySelector("a") : $("name"))?.focus();
}

addEventListener("hashchange", () => navigate(false));
// Its address would be that of a machine.
document.querySelector(".skip").addEventListener("click", event => {
  event.preventDefault();
  $("content").focus();
});
get("api/console").then(console => {
  $("read-only").hidden = !console.readOnly;
  $("none").hidden = console.machines > 0;
  machine.isReadOnly = console.readOnly;
}).catch(() => {}).finally(() => navigate(true));
