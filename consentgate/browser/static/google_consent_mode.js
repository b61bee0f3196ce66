// Google Consent Mode v2: all is denied before any tag runs, and what the visitor allows follows.
window.dataLayer ||= [];
const gtag = function () { window.dataLayer.push(arguments); };
const signals = () => {
  const word = (name) => (states[name] === "granted" ? "granted" : "denied");
  const advertising = word("marketing");
  return {
    ad_storage: advertising,
    ad_user_data: advertising,
    ad_personalization: advertising,
    analytics_storage: word("statistics"),
  };
};
gtag("consent", "default", {
  ad_storage: "denied",
  ad_user_data: "denied",
  ad_personalization: "denied",
  analytics_storage: "denied",
});
const sayToGoogle = () => gtag("consent", "update", signals());
if (Object.values(signals()).includes("granted")) sayToGoogle();
listeners.add(sayToGoogle);
