// Loaded before the page is painted, so that a chosen appearance does not flash. A classic script for that reason.
(() => {
  const wanted = window.matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* storage is switched off: follow the system */ }

  const dark = () => (chosen ? chosen === "dark" : wanted.matches);
  const show = () => {
    document.documentElement.dataset.theme = dark() ? "dark" : "light";
    document.getElementById("theme")?.setAttribute("aria-pressed", String(dark()));
  };
  const toggle = () => {
    chosen = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", chosen); } catch { /* it lasts until the window closes, then */ }
    show();
  };

  wanted.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme").addEventListener("click", toggle);
    show();
  });
  show();
})();
