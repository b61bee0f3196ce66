// The visitor's choice in this page, and `window.consentgate`.
const pages = new URL("../", document.currentScript.src).href;
const native = (name) => find(Document.prototype, name).get.bind(document);
const readCookies = native("cookie");
const runningScript = native("currentScript");
const listeners = new Set();

// The choices in the cookies; the formats of the value differ in nothing but the order of keys. Only the server can verify them, so all must agree.
const stored = () => readCookies().split("; ").flatMap((pair) => {
  const [name, value] = pair.split("=");
  try {
    const text = name === POLICY.cookie && value.split(".")[0];
    const choice = JSON.parse(atob(text.replace(/-/g, "+").replace(/_/g, "/")));
    const days = (Date.now() - Date.parse(choice.d)) / 864e5;
    if (days >= -1 && days < POLICY.days[+!Object.keys(choice.g)[0]]) return choice;
  } catch { /* it is none */ }
  return [];
});

const update = (given) => {
  const choices = stored();
  let isNew;
  for (const [name, terms] of Object.entries(POLICY.terms)) {
    const holds = (part) => (one) => terms[part].includes(one[part][name]);
    // What the server calls exempt is allowed under an opt-out, and undecided elsewhere.
    let state = terms.exempt;
    if (given) state = terms[given[name]] || given[name];
    else if (choices.some(holds("r"))) state = "refused";
    else if (choices.length && choices.every(holds("g"))) state = "granted";
    else if (navigator.globalPrivacyControl && terms.gpc) state = "refused";
    isNew ||= states[name] !== state;
    states[name] = state;
  }
  if (!isNew) return;
  for (const listener of listeners) listener(api);
  document.dispatchEvent(new Event("consentgate:change"));
};

const allows = (names) => names.split(/\s+/).every(
  (name) => name === "necessary" || states[name] === "granted",
);
const api = {
  allows,
  onChange: (listener) => {
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  },
};
define(window, "consentgate", { value: api });

// Where scripts cannot read the cookie, the server's own script says what it holds.
document.addEventListener("consentgate:state", ({ detail }) => {
  if (!POLICY.hidden) update();
  else if (runningScript()?.src === `${pages}state.js`) update(detail.categories);
});
if (!POLICY.hidden) {
  const again = () => update();
  window.cookieStore?.addEventListener("change", again);
  document.addEventListener("visibilitychange", again);
}
update(POLICY.hidden && {});
