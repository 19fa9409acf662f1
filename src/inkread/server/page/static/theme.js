// Light, dark, or as the system is. Runs before the first paint, so that nothing flashes.
{
  const KEY = "inkread-theme";

  /** @param {string} theme auto, light or dark */
  const show = (theme) => {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };

  /** @returns {string} what was chosen before, if the browser lets us remember */
  const remembered = () => {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto";
    }
  };

  show(remembered());

  document.addEventListener("DOMContentLoaded", () => {
    const choice = /** @type {HTMLSelectElement} */ (document.getElementById("theme"));
    choice.value = document.documentElement.dataset.theme ?? "auto";
    choice.hidden = false;
    choice.addEventListener("change", () => {
      show(choice.value);
      try {
        localStorage.setItem(KEY, choice.value);
      } catch {
        // it holds until the page is left
      }
    });
  });
}
