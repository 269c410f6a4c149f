// The photo page without it: choose, then send. With it, choosing is sending.
const form = document.querySelector("[data-photos]");
if (form) {
  const input = form.querySelector("input[type=file]");
  const label = form.querySelector("label");
  const words = label.textContent;
  form.classList.add("quick");
  input.addEventListener("change", () => {
    if (!input.files.length) return;
    const count = input.files.length;
    form.classList.add("sending");
    label.textContent = `Sending ${count === 1 ? "1 picture" : `${count} pictures`}…`;
    label.setAttribute("role", "status");
    form.submit();
  });
  // Back to this page by the browser's arrow: ready for the next.
  addEventListener("pageshow", () => {
    form.classList.remove("sending");
    label.textContent = words;
    form.reset();
  });
}
