"use strict";
// Drawing: the same marks on a canvas and in an SVG file.
const kgPaint = (() => {
  const FACE = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';

  // How wide a text is in this face, in ems: as this browser draws it.
  const ruler = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  function wide(text) {
    if (!widths.has(text)) {
      ruler.font = `100px ${FACE}`;
      widths.set(text, ruler.measureText(text).width / 100);
    }
    return widths.get(text);
  }

  // The few methods of a canvas that the pictures need, writing SVG; text enters it as text.
  class SvgPen {
    constructor(width, height) {
      this.root = document.implementation.createDocument("http://www.w3.org/2000/svg", "svg").documentElement;
      for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`]]) this.root.setAttribute(name, value);
      Object.assign(this, { path: "", dashes: [], fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, font: "10px sans-serif", textAlign: "start", globalAlpha: 1, group: this.root, groups: [] });
    }
    add(tag, values) {
      const element = this.root.ownerDocument.createElementNS(this.root.namespaceURI, tag);
      for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
      this.group.append(element);
      return element;
    }
    save() { this.groups.push(this.group); }
    restore() { this.group = this.groups.pop(); }
    setTransform(scale, b, c, d, x, y) { this.group = this.add("g", { transform: `matrix(${scale} ${b} ${c} ${d} ${round(x)} ${round(y)})` }); }
    beginPath() { this.path = ""; }
    moveTo(x, y) { this.path += `M${round(x)} ${round(y)}`; }
    lineTo(x, y) { this.path += `L${round(x)} ${round(y)}`; }
    quadraticCurveTo(a, b, x, y) { this.path += `Q${round(a)} ${round(b)} ${round(x)} ${round(y)}`; }
    arc(x, y, r) { this.path += `M${round(x - r)} ${round(y)}a${round(r)} ${round(r)} 0 1 0 ${round(2 * r)} 0a${round(r)} ${round(r)} 0 1 0 ${round(-2 * r)} 0`; }
    rect(x, y, width, height) { this.path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`; }
    closePath() { this.path += "Z"; }
    setLineDash(dashes) { this.dashes = dashes; }
    fill() { if (this.path) this.add("path", { d: this.path, fill: this.fillStyle, opacity: this.globalAlpha }); }
    stroke() {
      const values = { d: this.path, fill: "none", stroke: this.strokeStyle, "stroke-width": round(this.lineWidth), opacity: this.globalAlpha };
      if (this.dashes.length) values["stroke-dasharray"] = this.dashes.map(round).join(" ");
      if (this.path) this.add("path", values);
    }
    text(words, x, y, paint) {
      const [, size] = /([\d.]+)px/.exec(this.font);
      const anchor = { center: "middle", start: "start", end: "end" }[this.textAlign];
      this.add("text", { x: round(x), y: round(y), "font-size": round(Number(size)), "font-family": FACE, "text-anchor": anchor, opacity: this.globalAlpha, ...paint }).textContent = words;
    }
    fillText(words, x, y) { this.text(words, x, y, { fill: this.fillStyle }); }
    strokeText(words, x, y) { this.text(words, x, y, { fill: "none", stroke: this.strokeStyle, "stroke-width": round(this.lineWidth), "stroke-linejoin": "round" }); }
    toString() { return new XMLSerializer().serializeToString(this.root); }
  }

  const round = (number) => Math.round(number * 100) / 100;

  const polygon = (corners, turn) => (pen, x, y, r) => {
    for (let corner = 0; corner < corners; corner += 1) {
      const angle = turn + (2 * Math.PI * corner) / corners;
      pen[corner ? "lineTo" : "moveTo"](x + r * Math.cos(angle), y + r * Math.sin(angle));
    }
    pen.closePath();
  };
  const SHAPES = {
    dot: (pen, x, y, r) => {
      pen.moveTo(x + r, y);
      pen.arc(x, y, r, 0, 2 * Math.PI);
    },
    square: (pen, x, y, r) => pen.rect(x - 0.88 * r, y - 0.88 * r, 1.76 * r, 1.76 * r),
    diamond: polygon(4, -Math.PI / 2),
    triangle: (pen, x, y, r) => polygon(3, -Math.PI / 2)(pen, x, y + 0.18 * r, 1.15 * r),
    triangleDown: (pen, x, y, r) => polygon(3, Math.PI / 2)(pen, x, y - 0.18 * r, 1.15 * r),
    hexagon: polygon(6, 0),
    star: (pen, x, y, r) => {
      for (let corner = 0; corner < 10; corner += 1) {
        const [angle, reach] = [-Math.PI / 2 + (Math.PI * corner) / 5, corner % 2 ? 0.5 * r : 1.15 * r];
        pen[corner ? "lineTo" : "moveTo"](x + reach * Math.cos(angle), y + reach * Math.sin(angle));
      }
      pen.closePath();
    },
  };

  // An edge's way: from near the border of one mark to near that of the other, through a middle that lies beside the straight
  // line if there are several edges.
  function way(from, to, bend, fromSize, toSize) {
    const [across, down] = [to.x - from.x, to.y - from.y];
    const length = Math.hypot(across, down) || 1;
    const aside = bend * Math.min(0.16 * length, 46);
    const middle = { x: (from.x + to.x) / 2 + (down / length) * aside, y: (from.y + to.y) / 2 - (across / length) * aside };
    const step = (point, size) => {
      const [dx, dy] = [middle.x - point.x, middle.y - point.y];
      const far = Math.hypot(dx, dy) || 1;
      const share = Math.min(size / far, 0.9);
      return { x: point.x + dx * share, y: point.y + dy * share };
    };
    const start = step(from, fromSize + 3);
    const end = step(to, toSize + 4);
    return { start, middle, end, isBent: bend !== 0 };
  }

  // The point halfway along it.
  function halfway({ start, middle, end }) {
    return { x: (start.x + 2 * middle.x + end.x) / 4, y: (start.y + 2 * middle.y + end.y) / 4 };
  }

  function line(pen, { start, middle, end, isBent }) {
    pen.moveTo(start.x, start.y);
    if (isBent) pen.quadraticCurveTo(middle.x, middle.y, end.x, end.y);
    else pen.lineTo(end.x, end.y);
  }

  function head(pen, { middle, end }, size) {
    const angle = Math.atan2(end.y - middle.y, end.x - middle.x);
    pen.moveTo(end.x, end.y);
    for (const turn of [0.42, -0.42]) pen.lineTo(end.x - size * Math.cos(angle + turn), end.y - size * Math.sin(angle + turn));
    pen.closePath();
  }

  function distance(point, { start, middle, end, isBent }) {
    const steps = isBent ? 8 : 1;
    let least = Infinity;
    let last = start;
    for (let step = 1; step <= steps; step += 1) {
      const share = step / steps;
      const next = isBent
        ? { x: (1 - share) ** 2 * start.x + 2 * share * (1 - share) * middle.x + share ** 2 * end.x, y: (1 - share) ** 2 * start.y + 2 * share * (1 - share) * middle.y + share ** 2 * end.y }
        : end;
      const [dx, dy] = [next.x - last.x, next.y - last.y];
      const along = Math.max(0, Math.min(1, ((point.x - last.x) * dx + (point.y - last.y) * dy) / (dx * dx + dy * dy || 1)));
      least = Math.min(least, Math.hypot(point.x - last.x - along * dx, point.y - last.y - along * dy));
      last = next;
    }
    return least;
  }

  // Boxes that are taken, in squares so that asking stays quick.
  class Taken {
    constructor(side) {
      this.side = side;
      this.squares = new Map();
    }
    *near([left, top, right, bottom]) {
      for (let column = Math.floor(left / this.side); column <= Math.floor(right / this.side); column += 1) {
        for (let row = Math.floor(top / this.side); row <= Math.floor(bottom / this.side); row += 1) yield column * 1e6 + row;
      }
    }
    isFree(box) {
      for (const key of this.near(box)) {
        for (const other of this.squares.get(key) ?? []) {
          if (other[0] < box[2] && box[0] < other[2] && other[1] < box[3] && box[1] < other[3]) return false;
        }
      }
      return true;
    }
    add(box) {
      for (const key of this.near(box)) {
        const held = this.squares.get(key);
        if (held) held.push(box);
        else this.squares.set(key, [box]);
      }
    }
  }

  function words(pen, lines, x, y, size, fill, halo, alpha) {
    pen.font = `${round(size)}px ${FACE}`;
    pen.textAlign = "center";
    pen.globalAlpha = alpha;
    lines.forEach((text, turn) => {
      const down = y + (turn + 0.82) * size * 1.2;
      if (halo) {
        pen.strokeStyle = halo;
        pen.lineWidth = size / 4;
        pen.setLineDash([]);
        pen.strokeText(text, x, down);
      }
      pen.fillStyle = fill;
      pen.fillText(text, x, down);
    });
    pen.globalAlpha = 1;
  }

  // How nodes and edges look, by what is claimed of them.

  const moods = Object.fromEntries(kgPage.style.edges.map((row) => [row.mood, row]));
  const { tone, colour, dark } = kgPage;
  const edgeMood = (edge) => edge.side ?? (edge.kind === "statement" && edge.mood === "affirmed" ? "statement" : edge.mood);

  function nodeLook(node) {
    const isDenied = node.kind === "event" && node.polarity === "Negative";
    const isHedged = node.kind === "event" && !isDenied && (node.polarity !== "Positive" || node.certainty !== "Certain");
    const isBad = node.contested || isDenied;
    return {
      fill: isDenied ? colour("page") : tone(kgPage.style.families[node.family]),
      border: isBad ? tone(moods.contested) : dark.matches ? "#0b0d10" : "#ffffff",
      width: isBad ? 3 : 1.5,
      dashes: isDenied ? [2, 3] : isHedged ? [6, 4] : [],
    };
  }

  const WIDTHS = { both: 2.8, clash: 2.8, statement: 1.2, denied: 2.4 };
  // How wide the line is of what is so marked; the first mark that has a width of its own counts.
  const lineWidth = (...marks) => WIDTHS[marks.find((mark) => mark in WIDTHS)] ?? 1.8;

  function edgeLook(edge) {
    const row = moods[edgeMood(edge)];
    const isBad = edge.side ? edge.side === "clash" : edge.contested || edge.mood === "denied";
    const plain = edge.kind === "statement" ? moods.statement : row;
    return {
      colour: edge.side ? tone(row) : isBad ? tone(moods.contested) : tone(plain),
      width: lineWidth(edge.side, edge.kind, edge.mood),
      dashes: row.dashes,
      isBad,
    };
  }

  // What a legend shows of a row for nodes or edges: the mark around a point.
  const drawFamily = (row) => (pen, x, y) => {
    pen.fillStyle = tone(row);
    pen.beginPath();
    SHAPES[row.shape](pen, x, y, 7);
    pen.fill();
  };

  const drawMood = (mood) => (pen, x, y) => {
    const row = moods[mood];
    pen.strokeStyle = pen.fillStyle = tone(row);
    pen.lineWidth = lineWidth(mood);
    pen.setLineDash(row.dashes);
    pen.beginPath();
    pen.moveTo(x - 16, y);
    pen.lineTo(x + 10, y);
    pen.stroke();
    pen.setLineDash([]);
    pen.beginPath();
    head(pen, { middle: { x: x - 16, y }, end: { x: x + 16, y } }, 8);
    pen.fill();
  };

  // A legend below a picture: rows of marks and words, as wide as the picture; drawn from `top` on.
  function key(rows, width) {
    let [x, y] = [22, 0];
    const entries = rows.map(([draw, label]) => {
      const long = 46 + wide(label) * 13 + 14;
      if (x > 22 && x + long > width - 10) [x, y] = [22, y + 24];
      x += long;
      return { draw, label, x: x - long, y };
    });
    return { entries, height: y };
  }
  function drawKey(pen, entries, top, ink) {
    for (const { draw, label, x, y } of entries) {
      draw(pen, x + 17, top + y + 22);
      pen.textAlign = "start";
      pen.font = `13px ${FACE}`;
      pen.fillStyle = ink;
      pen.fillText(label, x + 40, top + y + 26.5);
    }
  }

  return { drawFamily, drawMood, key, drawKey, moods, lineWidth, edgeMood, nodeLook, edgeLook, SvgPen, SHAPES, Taken, FACE, wide, way, halfway, line, head, distance, words };
})();
