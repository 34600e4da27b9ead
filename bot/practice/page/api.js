// The only file that talks to the practice server: state, acts, clock, texts and the live line.

const catalogues = new Map();
let words = {};

/** The page's own words; a key that is missing shows itself. Holes are {name}. */
export function t(key, holes = {}) {
  const full = `practice.${key}`;
  const text = words[full] ?? words[key] ?? full;
  return text.replace(/\{(\w+)\}/g, (hole, name) => (name in holes ? String(holes[name]) : hole));
}

export const hasText = (key) => `practice.${key}` in words;

/** Like t, but from a second key where n is 1: English needs it, Japanese holds the same words twice. */
export const tn = (key, n) => t(n === 1 ? `${key}.one` : `${key}.many`, { n });

async function read(path, options) {
  const answer = await fetch(path, options);
  const kind = answer.headers.get("content-type") ?? "";
  const body = kind.includes("json") ? await answer.json() : {};
  return { status: answer.status, body };
}

const post = (path, body) =>
  read(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Fetches a language's words, once; `speak` uses them. */
export async function loadTexts(language) {
  if (catalogues.has(language)) return;
  const { status, body } = await read(`/practice/texts?lang=${language}`);
  catalogues.set(language, status === 200 ? body : {});
}

/** Uses the words of a language that was loaded before. */
export function speak(language) {
  words = catalogues.get(language) ?? {};
}

/** A reading that got stuck on the way must not keep the next one waiting for ever; milliseconds. */
const PATIENCE = 20000;
const patiently = () => ({ signal: AbortSignal.timeout(PATIENCE) });

/** State as one person sees it, or null where the server does not know the person. */
export async function readState(person) {
  const asker = person ? `?as=${encodeURIComponent(person)}` : "";
  const { status, body } = await read(`/practice/state${asker}`, patiently());
  return status === 200 && body.me ? body : null;
}

/** Does something as a person; a server that can't be reached is an answer too: {ok: false, error: "unreachable"}. */
export async function act(person, body) {
  try {
    const { status, body: answer } = await post("/practice/act", { as: person, ...body });
    return { ok: status < 300, ...answer };
  } catch {
    return { ok: false, error: "unreachable" };
  }
}

export async function readClock(person) {
  const { status, body } = await read(`/practice/clock?as=${encodeURIComponent(person)}`, patiently());
  return status === 200 ? body : null;
}

/** Moves the practice clock: {plus} | {next} | {to}; {ok, now, did} or {ok: false, error}. */
export async function moveClock(person, step) {
  try {
    const { status, body } = await post("/practice/clock", { as: person, ...step });
    return { ...body, ok: status < 300 && body.ok !== false };
  } catch {
    return { ok: false, error: "unreachable" };
  }
}

export const reset = () => post("/practice/reset", {});

export async function readGallery(language) {
  const { status, body } = await read(`/practice/gallery?lang=${language}`);
  return status === 200 ? (Array.isArray(body) ? body : (body.examples ?? [])) : [];
}

/** Keeps one live line open for a person; `heard` runs at each change and after each reconnect, `line` with true or false. */
export function live(person, { heard, line }) {
  let socket = null;
  let wait = 300;
  let timer = 0;
  let over = false;
  const open = () => {
    socket = new WebSocket(
      `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/practice/live?as=${encodeURIComponent(person)}`,
    );
    socket.onopen = () => {
      wait = 300;
      line(true);
      heard();
    };
    socket.onmessage = () => heard();
    socket.onclose = () => {
      if (over) return;
      line(false);
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 1.7, 5000);
    };
  };
  open();
  return () => {
    over = true;
    clearTimeout(timer);
    socket.close();
  };
}
