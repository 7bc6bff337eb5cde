// Steps that the reader has done are ticked off, and kept in this browser alone.
(() => {
  const page = () => "guide:" + location.pathname.split("/").pop();

  function recall(key) {
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      return { done: Array.isArray(kept?.done) ? kept.done : [], all: Number(kept?.all) || 0 };
    } catch {
      return { done: [], all: 0 }; // nothing kept, not readable, or a browser that keeps nothing
    }
  }

  function keep(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // The ticks then last as long as the page.
    }
  }

  // A step under a tab that was not chosen is not the reader's.
  const mine = (step) => {
    const tab = step.closest(".tabbed-block");
    return !tab || getComputedStyle(tab).display !== "none";
  };

  function add(parent, name, attributes, text = "") {
    const element = parent.appendChild(document.createElement(name));
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  }

  function ticks(steps, anchor) {
    const key = page();
    const done = new Set(recall(key).done);
    const bar = document.createElement("div");
    bar.className = "progress";
    anchor.after(bar);
    const progress = add(bar, "progress", { "aria-label": "Steps done in this chapter" });
    const words = add(bar, "span", { role: "status" });
    const again = add(bar, "button", { type: "button" }, "Start over");

    const boxes = steps.map((step) => {
      const label = add(step.querySelector(".filename"), "label", { class: "step-done" });
      const box = add(label, "input", { type: "checkbox", "aria-label": `Step ${step.dataset.step} is done` });
      add(label, "span", { "aria-hidden": "true" }, "done");
      box.addEventListener("change", () => {
        box.checked ? done.add(step.dataset.step) : done.delete(step.dataset.step);
        show();
      });
      return box;
    });

    function show() {
      steps.forEach((step, place) => {
        boxes[place].checked = done.has(step.dataset.step);
        step.classList.toggle("done", boxes[place].checked);
      });
      const asked = steps.filter(mine);
      const count = asked.filter((step) => done.has(step.dataset.step)).length;
      progress.max = asked.length;
      progress.value = count;
      words.textContent = `${count} of ${asked.length} steps done`;
      again.hidden = done.size === 0;
      keep(key, { done: [...done], all: asked.length });
    }

    again.addEventListener("click", () => {
      done.clear();
      show();
    });
    document.querySelectorAll(".tabbed-set > input").forEach((input) => input.addEventListener("change", show));
    show();
  }

  function chapters(links) {
    for (const link of links) {
      const { done, all } = recall("guide:" + link.getAttribute("href").split("/").pop());
      if (done.length) add(link.closest("li"), "p", { class: "far" }, `${done.length} of ${all} steps done`);
    }
  }

  function start() {
    const steps = [...document.querySelectorAll(".step[data-step]")];
    const anchor = document.querySelector(".proof") ?? document.querySelector("h1");
    if (steps.length && anchor && !document.querySelector(".progress")) ticks(steps, anchor);
    chapters(document.querySelectorAll(".chapters a"));
  }

  // The theme says when another page is in place, if it loads pages without leaving the first one.
  if (window.document$) window.document$.subscribe(start);
  else addEventListener("DOMContentLoaded", start);
})();
