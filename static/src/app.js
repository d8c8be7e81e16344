// Every page works without this file; it only makes the design system's components come alive.
import { initAll as initGovuk } from "./govuk-frontend.min.js";
import { initAll as initMoj } from "./moj-frontend.min.js";
import { keepDrafts } from "./drafts.js";
import { foldFilters } from "./filters.js";
import { usePasskeys } from "./passkeys.js";
import { revealFields } from "./reveals.js";

if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
}
initGovuk();
initMoj();
foldFilters();
keepDrafts();
revealFields();
usePasskeys();

// A page kept by the browser from before a sign-out, or before somebody's change, is never shown again as it was.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
