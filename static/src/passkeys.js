// Passkeys: makes one, or signs in with one. Where scripts or passkeys are missing, the page keeps its other way in.
const supported = () =>
  typeof PublicKeyCredential !== "undefined" &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential;

async function optionsOf(form) {
  if (form.dataset.appPasskeyFrom) {
    const response = await fetch(form.dataset.appPasskeyFrom, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error("No options");
    return (await response.json()).request_options.publicKey;
  }
  const given = JSON.parse(form.querySelector('script[type="application/json"]').textContent);
  return (given.creation_options || given.request_options).publicKey;
}

async function credentialOf(form) {
  const options = await optionsOf(form);
  if (form.dataset.appPasskey === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

function start(form) {
  const failed = form.querySelector("[data-app-passkey-failed]");
  form.querySelectorAll("[data-app-passkey-without]").forEach((each) => each.remove());
  form.querySelectorAll("[data-app-passkey-with]").forEach((each) => each.removeAttribute("hidden"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const credential = await credentialOf(form);
      form.querySelector("[name=credential]").value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
      failed.focus();
    }
  });
}

export function usePasskeys() {
  if (supported()) document.querySelectorAll("form[data-app-passkey]").forEach(start);
}
