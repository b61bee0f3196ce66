// The visitor's choice in this page, and `window.consentgate`.
const pages = new URL("../", document.currentScript.src).href;
const listeners = new Set();

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
