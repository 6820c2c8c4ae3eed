"use strict";
// The slider of a page that has dates: two ends, and above them how much there is for each day.
const kgTime = (() => {
  const { at, day, colour, dark } = kgPage;
  const EDGE = 8; // half a knob

  // `counts` tells how much there is for each day, `act` is told the first and last of the places in `days` to show, `undated`
  // says in a few words what has no date, which is hidden unless all dates are shown.
  function slider({ counts, act, undated = () => "" }) {
    let [days, from, until] = [[], 0, -1];
    const isAll = () => from === 0 && until === days.length - 1;

    function tell() {
      const [first, last] = [day(days[from]), day(days[until])];
      const more = undated();
      const shown = isAll() ? `All dates: ${first} – ${last}` : from === until ? first : `${first} – ${last}`;
      at("period").textContent = more ? `${shown} · ${more}${isAll() ? "" : ", hidden"}` : shown;
    }

    function draw() {
      const canvas = at("histogram");
      const ratio = window.devicePixelRatio || 1;
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
      if (!width) return;
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      const pen = canvas.getContext("2d");
      pen.scale(ratio, ratio);
      const counted = counts(days);
      const most = Math.max(1, ...counted);
      const step = (width - 2 * EDGE) / Math.max(1, days.length - 1);
      const wide = Math.max(1, Math.min(12, step * 0.8));
      counted.forEach((number, place) => {
        if (!number) return;
        const high = Math.max(2, (height - 2) * Math.sqrt(number / most));
        pen.fillStyle = colour(place >= from && place <= until ? "accent" : "line");
        pen.fillRect(EDGE + place * step - wide / 2, height - high, wide, high);
      });
    }

    // Show what is between two places in `days`; without dates, everything.
    function set(one, other) {
      [from, until] = days.length < 2 ? [0, days.length - 1] : [Math.min(one, other), Math.max(one, other)];
      if (days.length > 1) {
        at("from").value = from;
        at("until").value = until;
        for (const [id, place] of [["from", from], ["until", until]]) at(id).setAttribute("aria-valuetext", day(days[place]));
        tell();
        draw();
      }
      act(from, until);
    }

    // Take these days, sorted; the slider is there if there are two or more.
    function take(known) {
      days = known;
      at("time").hidden = days.length < 2;
      for (const id of ["from", "until"]) at(id).max = Math.max(1, days.length - 1);
    }

    for (const id of ["from", "until"]) {
      at(id).addEventListener("input", () => {
        const [one, other] = [Number(at("from").value), Number(at("until").value)];
        // One end pushes the other along.
        set(id === "from" ? one : Math.min(one, other), id === "from" ? Math.max(one, other) : other);
      });
    }
    dark.addEventListener("change", draw);
    window.addEventListener("resize", draw);
    return { take, set, draw, isAll };
  }

  return { slider };
})();
