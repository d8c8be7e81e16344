// On a narrow screen the filters of a list are folded away behind a button, so that the list comes first.
const NARROW = "(max-width: 54.99em)";

export function foldFilters() {
  document.querySelectorAll("[data-app-filter]").forEach((form, number) => {
    const place = form.parentElement.querySelector(".app-filter-toggle");
    if (!place) return;
    const narrow = window.matchMedia(NARROW);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    if (!form.id) form.id = `filters-${number + 1}`;
    button.setAttribute("aria-controls", form.id);

    const set = (open) => {
      form.classList.toggle("app-filter--folded", !open);
      button.setAttribute("aria-expanded", String(open));
      button.textContent = open ? "Hide filters" : "Show filters";
    };
    const fit = () => {
      place.replaceChildren(...(narrow.matches ? [button] : []));
      set(!narrow.matches);
    };
    button.addEventListener("click", () => set(form.classList.contains("app-filter--folded")));
    narrow.addEventListener("change", fit);
    fit();
  });
}
