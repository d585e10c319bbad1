import {$, text} from "./dom.js";

/** The response of the server. Throws an Error with its reason, in words whatever it is. */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, {cache: "no-store", ...options});
  } catch {
    throw new Error("The console does not answer");
  }
  if (response.ok) return response;
  const body = await response.text();
  const reason = (isJson(response) ? JSON.parse(body).detail : body) || response.statusText || `Refused: ${response.status}`;
  throw Object.assign(new Error(reason), {status: response.status});
}

const isJson = response => response.headers.get("Content-Type")?.includes("json");

/** A JSON answer, or a text as it is. */
async function read(path, options) {
  const response = await ask(path, options);
  const body = await response.text();
  return body && isJson(response) ? JSON.parse(body) : body;
}

export const get = path => read(path);

export const picture = async path => (await ask(path)).blob();

export const post = (path, body = {}) =>
  read(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});

/** Sends what a person wants. The server knows what has to be confirmed: then asks, and sends it again; null if not confirmed. */
export async function act(path, body, question) {
  const from = pages;
  try {
    return await post(path, body);
  } catch (error) {
    if (error.status !== 428) throw error;
    return await confirmed(question, from) ? post(path, {...body, confirmed: true}) : null;
  }
}

let asked = Promise.resolve();
let pages = 0;

/** Another page is shown: what the one before asks, or would ask yet, is answered with no. */
export function leave() {
  pages++;
  $("confirm").close();
}

/** Asks a person, one question after the other; the answer is a promise of true or false. */
function confirmed(question, from) {
  asked = asked.catch(() => {}).then(() => from === pages && answer(question));
  return asked;
}

function answer({title, text: more, yes, no = "Cancel"}) {
  const dialog = $("confirm");
  text($("confirm-title"), title);
  text($("confirm-text"), more);
  text($("confirm-yes"), yes);
  text($("confirm-no"), no);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise(given => {
    dialog.addEventListener("close", () => given(dialog.returnValue === "yes"), {once: true});
  });
}
