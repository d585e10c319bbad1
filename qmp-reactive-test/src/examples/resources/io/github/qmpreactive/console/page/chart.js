import {$, text} from "./dom.js";

const SECONDS = 60;
const WIDTH = 600;
const HEIGHT = 96;

/** Commands per second as bars, their latency as a line, of the last minute. */
export class Chart {
  #rates = [];

  clear() {
    this.#rates = [];
    this.#draw();
  }

  add(rate) {
    this.#rates.push(rate);
    if (this.#rates.length > SECONDS) this.#rates.shift();
    this.#draw();
  }

  #draw() {
    const most = Math.max(10, ...this.#rates.map(rate => rate.commands));
    const slowest = Math.max(10, ...this.#rates.map(rate => rate.millis));
    const step = WIDTH / SECONDS;
    const x = index => (SECONDS - this.#rates.length + index) * step;
    const bars = this.#rates.map(({commands}, index) => {
      const height = commands / most * (HEIGHT - 4);
      return svg("rect", {class: "bar", x: x(index) + 1, y: HEIGHT - height, width: step - 2, height});
    });
    const points = this.#rates.map(({millis}, index) => `${x(index) + step / 2},${HEIGHT - 2 - millis / slowest * (HEIGHT - 6)}`);
    $("chart").replaceChildren(...bars, svg("polyline", {class: "latency", points: points.join(" ")}));
    const last = this.#rates.at(-1);
    text($("chart-words"), last
      ? `${last.commands} per second, ${last.millis.toFixed(1)} ms each; top of the chart: ${most} per second, ${slowest.toFixed(0)} ms`
      : "Waiting for figures.");
  }
}

function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}
