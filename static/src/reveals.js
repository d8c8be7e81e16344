// Fields that belong to one answer are shown with it. The design system's own way puts aria-expanded on a radio, which
// no standard allows; the fields follow their question in reading order, so nothing needs to be announced.
export function revealFields() {
  const inputs = [...document.querySelectorAll("[data-app-reveals]")];
  const fit = () => {
    inputs.forEach((input) => {
      const shape = input.type === "radio" ? "radios" : "checkboxes";
      const revealed = document.getElementById(input.dataset.appReveals);
      revealed.classList.toggle(`govuk-${shape}__conditional--hidden`, !input.checked);
    });
  };
  if (inputs.length) document.addEventListener("change", fit);
  fit();
}
