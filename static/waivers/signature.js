// The waiver's form where there is script: a signature drawn by finger, pen or mouse, kept as strokes with their times
// (docs/operations.md: {"strokes": [[{x, y, t}, …], …]}, t in ms since the first touch), and fields that fit the person's age.
"use strict";

(() => {
  const INK = "#0b2545";
  const WIDTH = 2.6;
  const MOST_POINTS = 8000;

  const hundredth = (number) => Math.round(number * 100) / 100;

  // One place to sign. The hidden input holds what is sent, so that a refused form comes back with what was drawn.
  class Signature {
    constructor(root) {
      this.pad = root.querySelector("[data-pad]");
      this.canvas = root.querySelector("[data-canvas]");
      this.drawn = root.querySelector("[data-drawn]");
      this.typed = root.querySelector("[data-typed]");
      this.typedInput = this.typed.querySelector("input");
      this.toggle = root.querySelector("[data-switch]");
      this.strokes = this.restored();
      this.stroke = null;
      this.pointer = null;
      this.began = null;

      this.canvas.addEventListener("pointerdown", (event) => this.start(event));
      this.canvas.addEventListener("pointermove", (event) => this.move(event));
      for (const name of ["pointerup", "pointercancel"]) {
        this.canvas.addEventListener(name, (event) => this.end(event));
      }
      root.querySelector("[data-clear]").addEventListener("click", () => this.clear());
      this.toggle.addEventListener("click", () => {
        const typing = this.typed.hidden;
        this.choose(typing);
        (typing ? this.typedInput : this.canvas).focus();
      });
      new ResizeObserver(() => this.draw()).observe(this.canvas);

      this.toggle.hidden = false;
      this.choose(this.typedInput.value.trim() !== "" && this.strokes.length === 0);
    }

    // What was drawn before the form was refused; anything else is an empty pad.
    restored() {
      try {
        const strokes = JSON.parse(this.drawn.value).strokes;
        const sound = (point) => [point.x, point.y, point.t].every(Number.isFinite);
        return strokes.every((stroke) => stroke.every(sound)) ? strokes : [];
      } catch {
        return [];
      }
    }

    choose(typing) {
      this.pad.hidden = typing;
      this.typed.hidden = !typing;
      this.toggle.textContent = typing ? this.toggle.dataset.toDrawn : this.toggle.dataset.toTyped;
      if (typing) {
        this.drawn.value = "";
      } else {
        this.typedInput.value = "";
        this.keep();
        this.draw();
      }
    }

    at(event) {
      const box = this.canvas.getBoundingClientRect();
      const within = (place, room) => hundredth(Math.min(Math.max(place, 0), room) / this.scale());
      this.began ??= event.timeStamp - this.elapsed();
      return {
        x: within(event.clientX - box.left - this.canvas.clientLeft, this.canvas.clientWidth),
        y: within(event.clientY - box.top - this.canvas.clientTop, this.canvas.clientHeight),
        t: hundredth(Math.max(0, event.timeStamp - this.began)),
      };
    }

    // Strokes restored from a refused form come first in time.
    elapsed() {
      const last = this.strokes.at(-1)?.at(-1);
      return last ? last.t + 1 : 0;
    }

    full() {
      return this.strokes.reduce((sum, stroke) => sum + stroke.length, 0) >= MOST_POINTS;
    }

    start(event) {
      if (this.pointer !== null || (event.pointerType === "mouse" && event.button !== 0) || this.full()) return;
      event.preventDefault();
      this.pointer = event.pointerId;
      this.canvas.setPointerCapture(event.pointerId);
      this.stroke = [this.at(event)];
      this.strokes.push(this.stroke);
      this.draw();
    }

    move(event) {
      if (event.pointerId !== this.pointer || this.full()) return;
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const each of passed.length ? passed : [event]) {
        const point = this.at(each);
        const last = this.stroke.at(-1);
        if (Math.hypot(point.x - last.x, point.y - last.y) >= 0.8) this.stroke.push(point);
      }
      this.draw();
    }

    end(event) {
      if (event.pointerId !== this.pointer) return;
      this.pointer = null;
      this.stroke = null;
      this.keep();
    }

    keep() {
      this.drawn.value = this.strokes.length ? JSON.stringify({ strokes: this.strokes }) : "";
    }

    clear() {
      this.strokes = [];
      this.began = null;
      this.keep();
      this.draw();
    }

    // Strokes keep the coordinates they were drawn at; a pad that has become narrower shows them smaller.
    scale() {
      let across = this.canvas.clientWidth;
      let down = this.canvas.clientHeight;
      if (!across || !down) return 1;
      for (const stroke of this.strokes) {
        for (const point of stroke) {
          across = Math.max(across, point.x);
          down = Math.max(down, point.y);
        }
      }
      return Math.min(this.canvas.clientWidth / across, this.canvas.clientHeight / down);
    }

    draw() {
      const { clientWidth: width, clientHeight: height } = this.canvas;
      if (!width || !height) return;
      const density = window.devicePixelRatio || 1;
      this.canvas.width = Math.round(width * density);
      this.canvas.height = Math.round(height * density);
      const pen = this.canvas.getContext("2d");
      const scale = density * this.scale();
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      pen.lineWidth = WIDTH;
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = pen.fillStyle = INK;
      for (const stroke of this.strokes) this.drawStroke(pen, stroke);
    }

    // Through the midpoints between touches, so that a quick hand looks round.
    drawStroke(pen, stroke) {
      const first = stroke[0];
      pen.beginPath();
      if (stroke.length === 1) {
        pen.arc(first.x, first.y, WIDTH / 2, 0, 2 * Math.PI);
        pen.fill();
        return;
      }
      pen.moveTo(first.x, first.y);
      for (let index = 1; index < stroke.length - 1; index += 1) {
        const [here, next] = [stroke[index], stroke[index + 1]];
        pen.quadraticCurveTo(here.x, here.y, (here.x + next.x) / 2, (here.y + next.y) / 2);
      }
      pen.lineTo(stroke.at(-1).x, stroke.at(-1).y);
      pen.stroke();
    }
  }

  // As waivers/ages.py counts: under 18 on the day of the trip. null while the date is not whole.
  function isMinor(born, on) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(born) || born < "1900") return null;
    const birthdayToCome = on.slice(5) < born.slice(5);
    return on.slice(0, 4) - born.slice(0, 4) - (birthdayToCome ? 1 : 0) < 18;
  }

  // A minor sees the guardian's part and an adult the minors'; what is hidden is not sent.
  function followAge(form) {
    const birth = form.elements.namedItem("date_of_birth");
    const guardian = form.querySelector("[data-guardian]");
    const minors = form.querySelector("[data-minors]");
    const show = () => {
      const minor = isMinor(birth.value, form.dataset.tripDate);
      guardian.hidden = guardian.disabled = minor !== true;
      minors.hidden = minors.disabled = minor === true;
    };
    guardian.querySelector("[data-guardian-title]").textContent = "Your parent or guardian";
    guardian.querySelector("[data-guardian-lead]").textContent =
      "You are under 18 on the day of the trip, so a parent or legal guardian has to sign too.";
    birth.addEventListener("input", show);
    birth.addEventListener("change", show);
    show();
  }

  // The empty rows that stand there without script go; one is added at a time.
  function growMinors(fieldset) {
    const button = fieldset.querySelector("[data-add-minor]");
    const blank = [...fieldset.querySelectorAll("[data-minor]")].at(-1).cloneNode(true);
    const isEmpty = (row) => [...row.querySelectorAll("input")].every((input) => input.value === "");
    for (const row of fieldset.querySelectorAll("[data-minor]")) {
      if (isEmpty(row) && !row.querySelector(".error")) row.remove();
    }
    const number = () => fieldset.querySelectorAll("[data-minor]").length;
    button.hidden = false;
    button.addEventListener("click", () => {
      const row = blank.cloneNode(true);
      const next = number();
      row.setAttribute("aria-label", `Person ${next + 1} under 18`);
      for (const input of row.querySelectorAll("input")) {
        const id = input.id.replace(/\d+/, next);
        row.querySelector(`label[for="${input.id}"]`).htmlFor = id;
        input.id = id;
        input.value = "";
      }
      button.before(row);
      row.querySelector("input").focus();
    });
  }

  for (const root of document.querySelectorAll("[data-signature]")) new Signature(root);
  for (const form of document.querySelectorAll("[data-waiver]")) {
    followAge(form);
    growMinors(form.querySelector("[data-minors]"));
  }
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", () => {
      // A second tap would only send the same submission again; the button says that the first one counted.
      const button = form.querySelector("button[type=submit]");
      setTimeout(() => { button.disabled = true; });
      setTimeout(() => { button.disabled = false; }, 8000);
    });
  }
  document.querySelector("[data-problems]")?.focus();
})();
