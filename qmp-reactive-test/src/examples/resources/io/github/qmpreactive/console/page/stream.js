const PAUSE = 1000;

/**
 * The stream of this page. It connects again whenever it was lost, with the last entry that it has seen, and not while the page
 * is hidden: browsers open six connections to one server.
 */
export class Stream {
  #handlers;
  #onState;
  #machine = null;
  #last = null;
  #source = null;
  #timer = null;

  constructor(handlers, onState) {
    this.#handlers = handlers;
    this.#onState = onState;
    document.addEventListener("visibilitychange", () => document.hidden ? this.#close() : this.#open());
  }

  /** Follows another machine, from the beginning of its log. */
  follow(machine) {
    this.#machine = machine;
    this.#last = null;
    this.#open();
  }

  #open() {
    this.#close();
    const query = new URLSearchParams();
    if (this.#machine !== null) query.set("machine", this.#machine);
    if (this.#last !== null) query.set("after", this.#last);
    const source = new EventSource(`api/stream?${query}`);
    this.#source = source;
    source.onopen = () => this.#onState("live");
    source.onerror = () => this.#again("lost");
    source.addEventListener("overflow", () => this.#again("slow"));
    for (const [name, handle] of Object.entries(this.#handlers)) {
      source.addEventListener(name, event => {
        if (event.lastEventId) this.#last = event.lastEventId;
        handle(JSON.parse(event.data));
      });
    }
  }

  #again(why) {
    this.#close();
    this.#onState(why);
    this.#timer = setTimeout(() => this.#open(), PAUSE);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }
}
