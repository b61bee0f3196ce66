// Matomo: nothing is measured before a level is known. Allowed: with cookies. Exempt on terms
// (statistics that are declared anonymous, not refused): without. Refused: not at all.
const paq = (window._paq ||= []);
paq.push(["requireConsent"], ["requireCookieConsent"]);
const sayToMatomo = () => {
  const isAllowed = allows("statistics");
  const isExempt = POLICY.anonymous && states.statistics === "undecided";
  paq.push([isAllowed || isExempt ? "setConsentGiven" : "forgetConsentGiven"]);
  paq.push([isAllowed ? "setCookieConsentGiven" : "forgetCookieConsentGiven"]);
};
sayToMatomo();
listeners.add(sayToMatomo);
