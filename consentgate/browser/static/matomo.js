// Matomo: nothing is measured before a level is known. Granted: with cookies. Exempt (statistics
// that are declared anonymous, not refused): without. Refused: not at all. Matomo's own memory of
// a choice stays unused, since `forgetConsentGiven` writes a cookie for thirty years.
window._paq ||= [];
window._paq.push(["requireConsent"], ["requireCookieConsent"]);
let said;
const sayToMatomo = () => {
  const queue = window._paq;
  const waits = Array.isArray(queue);
  // Matomo obeys what waits for it in an order of its own: what no longer holds must go.
  if (waits && queue.includes(said)) queue.splice(queue.indexOf(said), 1);
  const isExempt = POLICY.anonymous && states.statistics === "undecided";
  const isGranted = states.statistics === "granted";
  // By default this call allows cookies as well.
  said = isGranted ? ["setConsentGiven"] : isExempt ? ["setConsentGiven", false] : undefined;
  if (said) queue.push(said);
  else if (!waits) queue.push(["forgetCookieConsentGiven"], ["requireConsent"]);
};
sayToMatomo();
listeners.add(sayToMatomo);
