// What is typed into a section of a referral is kept while it is typed: every twenty seconds when it has changed, and
// when the page is left. Saving works the same without this; it only shortens what can be lost.
const EVERY = 20000;

export function keepDrafts() {
  document.querySelectorAll("[data-app-keeps]").forEach((part) => {
    const form = part.closest("form");
    const said = part.querySelector("[data-app-kept]");
    const typed = () => {
      const values = new FormData(form);
      // These belong to the button that saves: a draft is sent again and again.
      values.delete("_key");
      values.delete("_version");
      return new URLSearchParams(values);
    };
    let kept = typed().toString();
    let leaving = false;

    const keep = () => {
      const values = typed();
      if (leaving || values.toString() === kept) return;
      const sent = values.toString();
      fetch(part.dataset.appKeeps, { method: "POST", body: values, redirect: "manual", keepalive: true })
        .then((answer) => {
          // The answer leads back to the page, which need not be fetched.
          if (answer.type !== "opaqueredirect") return;
          kept = sent;
          said.textContent = "What you typed is kept, not yet saved.";
        })
        .catch(() => {
          said.textContent = "What you typed could not be kept: save it.";
        });
    };
    form.addEventListener("submit", () => {
      leaving = true;
    });
    window.setInterval(keep, EVERY);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") keep();
    });
  });
}
