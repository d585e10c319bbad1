/** The element with an id. */
export const $ = id => document.getElementById(id);

/** A new element: h("button", {type: "button", onclick: go}, "Go"). */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** How a machine, or what is below it, is called by the console. */
export const pathOf = (machine, rest) => `api/machines/${encodeURIComponent(machine)}/${rest}`;

/** Changes a text only if it is another one: screen readers read what is changed. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/** Fills a list with an item for each value; items whose value is the same stay, and so does the focus. */
export function fill(list, values, create) {
  const keys = values.map(value => JSON.stringify(value));
  [...list.children].filter(item => !keys.includes(item.dataset.key)).forEach(item => item.remove());
  keys.forEach((key, index) => {
    if (list.children[index]?.dataset.key === key) return;
    const item = create(values[index]);
    item.dataset.key = key;
    list.insertBefore(item, list.children[index] ?? null);
  });
}
