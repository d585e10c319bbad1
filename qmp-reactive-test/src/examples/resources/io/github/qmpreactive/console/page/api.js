import {$, text} from "./dom.js";

/** What the server answers, as JSON. Throws an Error with its reason. */
async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, {cache: "no-store", ...options});
  } catch {
    throw new Error("The console does not answer");
  }
  const body = await response.text();
  const json = body && response.headers.get("Content-Type")?.includes("json") ? JSON.parse(body) : null;
  if (!response.ok) {
    throw Object.assign(new Error(json?.detail ?? body ?? response.statusText), {status: response.status});
  }
  return json;
}

export const get = path => ask(path);

export const post = (path, body = {}) =>
  ask(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});

/** Sends what a person wants. The server knows what has to be confirmed: then asks, and sends it again; null if not confirmed. */
export async function act(path, body, question) {
  try {
    return await post(path, body);
  } catch (error) {
    if (error.status !== 428) throw error;
    return await confirmed(question) ? post(path, {...body, confirmed: true}) : null;
  }
}

/** Asks a person; the answer is a promise of true or false. */
function confirmed({title, text: more, yes}) {
  const dialog = $("confirm");
  text($("confirm-title"), title);
  text($("confirm-text"), more);
  text($("confirm-yes"), yes);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise(answer => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), {once: true});
  });
}
