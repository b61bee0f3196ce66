// Matomo: nothing is measured before a level is known. Granted: with cookies. Exempt (statistics
// that are declared anonymous, not refused): without. Refused: not at all.
const paq = (window._paq ||= []);
paq.push(["requireConsent"], ["requireCookieConsent"]);
const sayToMatomo = () => {
  const state = states.statistics;
  const isExempt = POLICY.anonymous && state === "undecided";
  paq.push([state === "granted" || isExempt ? "setConsentGiven" : "forgetConsentGiven"]);
  paq.push([state === "granted" ? "setCookieConsentGiven" : "forgetCookieConsentGiven"]);
};
sayToMatomo();
listeners.add(sayToMatomo);
