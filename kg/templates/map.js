"use strict";
// The page of `kg map`: an equirectangular map, true to scale at the middle of what is shown, drawn as SVG.
(() => {
  const { content, NARROW, at, dark, tone, make, named, jump, finder, holding, isTyping, headCount, claimList, describe, facts, style } = kgPage;
  const { nodes, events, lines, land } = content;
  const FAR = 0.04; // the share of what happens that may lie out of the first view, on each side
  const NEAR = 40; // pixels a degree, at which a place that is sought is shown
  const SVG = "http://www.w3.org/2000/svg";
  const map = at("map");
  if (!nodes.length) return;
  const { contested: bad, statement: plain } = kgPaint.moods;

  function draw(tag, values, into) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
    into.append(element);
    return element;
  }

  const latitudes = nodes.map((node) => node.point[0]).sort((one, other) => one - other);
  const squeeze = Math.cos((Math.min(60, Math.abs(latitudes[latitudes.length >> 1])) * Math.PI) / 180);
  const WHERE = new Set(["place", "origin", "destination"]); // roles of places where something happens
  const project = ([latitude, longitude]) => ({ x: longitude * squeeze, y: -latitude });
  const view = { x: 0, y: 0, scale: 1 }; // the middle, and pixels a degree

  const ground = draw("g", { class: "land" }, map);
  for (const ring of land) {
    let path = "";
    for (let turn = 0; turn < ring.length; turn += 2) path += `${turn ? "L" : "M"}${(ring[turn] * squeeze).toFixed(2)} ${-ring[turn + 1]}`;
    draw("path", { d: `${path}Z` }, ground);
  }
  const tracks = draw("g", { class: "tracks" }, map);
  const marks = draw("g", { class: "marks" }, map);
  const ways = lines.map(([from, to, event]) => {
    const element = draw("path", { fill: "none" }, tracks);
    element.addEventListener("click", () => choose({ event }));
    return { from, to, event, element };
  });
  const order = nodes.map((node, id) => ({ id, node, place: project(node.point), size: 4 + Math.min(14, 2.2 * Math.sqrt(node.claims.length + node.events.length)) }));
  order.sort((one, other) => other.size - one.size || one.id - other.id);
  const spots = order.map((spot) => {
    const group = draw("g", { class: "spot", tabindex: 0, role: "button", "aria-label": spot.node.name.slice(0, 120) }, marks);
    const isState = style.families[spot.node.family].class === "State";
    const mark = isState ? draw("rect", { x: -spot.size, y: -spot.size, width: 2 * spot.size, height: 2 * spot.size, rx: 3 }, group) : draw("circle", { r: spot.size }, group);
    const words = draw("text", { y: spot.size + 13, "text-anchor": "middle" }, group);
    words.textContent = spot.node.label;
    const act = () => choose({ node: spot.id });
    group.addEventListener("click", act);
    group.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), act()));
    return { ...spot, group, mark, words, happened: spot.node.events.filter(([, role]) => WHERE.has(role)).length };
  });

  // What the slider leaves: places of which something is told on these days, lines of events that are told of then.
  const days = [...new Set([...nodes, ...events].flatMap((one) => one.days))].filter((text) => /^\d{4}-\d\d-\d\d$/.test(text)).sort();
  let range = null; // all
  const isInTime = (one) => range === null || one.days.some((text) => text >= range[0] && text <= range[1]);

  const onScreen = (place) => ({ x: map.clientWidth / 2 + (place.x - view.x) * view.scale, y: map.clientHeight / 2 + (place.y - view.y) * view.scale });

  function move() {
    const origin = onScreen({ x: 0, y: 0 });
    ground.setAttribute("transform", `translate(${origin.x} ${origin.y}) scale(${view.scale})`);
    const taken = new kgPaint.Taken(90);
    for (const { node, group } of spots) group.classList.toggle("out", !isInTime(node));
    for (const { event, element } of ways) element.classList.toggle("out", !isInTime(events[event]));
    const seen = spots.filter(({ node }) => isInTime(node)).map((spot) => ({ spot, ...onScreen(spot.place) }));
    for (const { spot: { group, size }, x, y } of seen) {
      group.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      taken.add([x - size, y - size, x + size, y + size]);
    }
    // A name stands below its mark, or else above or beside it, or waits until there is room.
    for (const { spot, x, y } of seen) {
      const { size, words } = spot;
      const long = kgPaint.wide(spot.node.label) * 12;
      const ways = [["middle", 0, size + 13], ["middle", 0, -size - 5], ["start", size + 4, 4], ["end", -size - 4, 4]];
      const way = ways.find(([anchor, right, down]) => {
        const left = x + right - (anchor === "middle" ? long / 2 : anchor === "end" ? long : 0);
        const box = [left, y + down - 11, left + long, y + down + 4];
        if (!taken.isFree(box)) return false;
        taken.add(box);
        return true;
      });
      words.setAttribute("visibility", way ? "visible" : "hidden");
      for (const [turn, name] of ["text-anchor", "x", "y"].entries()) words.setAttribute(name, (way ?? ways[0])[turn]);
    }
    for (const { from, to, element } of ways) {
      const [start, end] = [onScreen(project(nodes[from].point)), onScreen(project(nodes[to].point))];
      const [across, down] = [end.x - start.x, end.y - start.y];
      element.setAttribute("d", `M${start.x.toFixed(1)} ${start.y.toFixed(1)}Q${((start.x + end.x) / 2 + down * 0.18).toFixed(1)} ${((start.y + end.y) / 2 - across * 0.18).toFixed(1)} ${end.x.toFixed(1)} ${end.y.toFixed(1)}`);
    }
  }

  const isContested = (node) => node.contested || node.events.some(([turn]) => events[turn].contested);
  function dress() {
    for (const { mark, node } of spots) {
      mark.setAttribute("fill", tone(style.families[node.family]));
      mark.setAttribute("stroke", isContested(node) ? tone(bad) : "var(--raised)");
      mark.setAttribute("stroke-width", isContested(node) ? 3 : 1.5);
    }
    for (const { element, event } of ways) {
      const isBad = events[event].contested || events[event].polarity === "Negative";
      element.setAttribute("stroke", tone(isBad ? bad : plain));
      element.setAttribute("stroke-dasharray", events[event].polarity === "Negative" ? "2 4" : events[event].certainty === "Certain" ? "none" : "9 5");
    }
  }

  function show(places, air) {
    const xs = places.map((place) => place.x);
    const ys = places.map((place) => place.y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const below = at("time").hidden ? 0 : at("time").offsetHeight;
    const covered = !at("panel").hidden && map.clientWidth > NARROW ? at("panel").offsetWidth : 0;
    view.scale = Math.max(1, Math.min((map.clientWidth - covered - air) / Math.max(4, right - left), (map.clientHeight - below - air) / Math.max(4, bottom - top)));
    view.x = (left + right) / 2 + covered / 2 / view.scale;
    view.y = (top + bottom) / 2 + below / 2 / view.scale;
    move();
  }
  // The first view is of where most happens, and leaves out what lies far from it: a little of the weight on either side.
  function middle() {
    const weight = spots.some((spot) => spot.happened) ? (spot) => spot.happened : (spot) => spot.size ** 2;
    const share = (axis) => {
      const sorted = [...spots].sort((one, other) => one.place[axis] - other.place[axis]);
      const whole = sorted.reduce((sum, spot) => sum + weight(spot), 0);
      let sum = 0;
      const kept = sorted.filter((spot) => {
        sum += weight(spot);
        return weight(spot) && sum > FAR * whole && sum - weight(spot) < (1 - FAR) * whole;
      });
      return [kept[0].place[axis], kept.at(-1).place[axis]];
    };
    const [xs, ys] = [share("x"), share("y")];
    show([{ x: xs[0], y: ys[0] }, { x: xs[1], y: ys[1] }], 160);
  }
  const fit = () => show(spots.map((spot) => spot.place), 120);

  // What the panel covers, or what is out of sight, comes to the middle of the free part.
  function uncover(places) {
    const isWide = map.clientWidth > NARROW;
    const free = { x: map.clientWidth - (isWide ? at("panel").offsetWidth : 0), y: map.clientHeight - (isWide ? 0 : at("panel").offsetHeight) };
    if (places.every((place) => ((spot) => spot.x > 20 && spot.x < free.x - 20 && spot.y > 20 && spot.y < free.y - 30)(onScreen(place)))) return;
    const middle = (axis) => (Math.min(...places.map((place) => place[axis])) + Math.max(...places.map((place) => place[axis]))) / 2;
    view.x = middle("x") + (map.clientWidth - free.x) / 2 / view.scale;
    view.y = middle("y") + (map.clientHeight - free.y) / 2 / view.scale;
    move();
  }

  function zoom(factor, x = map.clientWidth / 2, y = map.clientHeight / 2) {
    const scale = Math.max(1, Math.min(400, view.scale * factor));
    view.x += (x - map.clientWidth / 2) * (1 / view.scale - 1 / scale);
    view.y += (y - map.clientHeight / 2) * (1 / view.scale - 1 / scale);
    view.scale = scale;
    move();
  }

  function eventItem(turn, role) {
    const event = events[turn];
    const word = make("i", role, event.contested || event.polarity === "Negative" ? "bad" : "");
    return jump(() => choose({ event: turn }), word, named(event.name.slice(0, 200)));
  }

  function choose(target) {
    if (target !== null && !isInTime("node" in target ? nodes[target.node] : events[target.event])) slider.set(0, days.length - 1);
    const details = at("details");
    details.replaceChildren();
    at("panel").hidden = target === null;
    const near = target === null ? null : "node" in target ? new Set([target.node]) : new Set(nodes.flatMap((node, id) => (node.events.some(([turn]) => turn === target.event) ? [id] : [])));
    for (const spot of spots) spot.group.classList.toggle("faint", near !== null && !near.has(spot.id) && !("node" in target));
    for (const way of ways) way.element.classList.toggle("faint", near !== null && ("node" in target ? way.from !== target.node && way.to !== target.node : way.event !== target.event));
    for (const spot of spots) spot.group.classList.toggle("chosen", near !== null && near.has(spot.id));
    if (target === null) return;
    uncover([...near].map((id) => project(nodes[id].point)));
    if ("event" in target) {
      describe(events[target.event], details);
      claimList(events[target.event].claims, details);
    } else {
      const node = nodes[target.node];
      describe(node, details);
      facts([["where", `${Math.abs(node.point[0]).toFixed(2)}° ${node.point[0] < 0 ? "S" : "N"}, ${Math.abs(node.point[1]).toFixed(2)}° ${node.point[1] < 0 ? "W" : "E"}`]], details);
      details.append(headCount(node.events.length, "event"));
      const list = make("ul", undefined, "links");
      for (const [turn, role] of node.events) list.append(eventItem(turn, role));
      details.append(list);
      claimList(node.claims, details);
    }
    at("panel").scrollTop = 0;
  }

  let held = null;
  const fingers = new Map();
  map.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, event);
    held = { x: event.clientX, y: event.clientY, moved: false };
  });
  map.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = [...fingers.values()];
    fingers.set(event.pointerId, event);
    const after = [...fingers.values()];
    if (after.length === 2) {
      const apart = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      const { left, top } = map.getBoundingClientRect();
      zoom(apart(after) / apart(before), (after[0].clientX + after[1].clientX) / 2 - left, (after[0].clientY + after[1].clientY) / 2 - top);
      return;
    }
    if (Math.hypot(event.clientX - held.x, event.clientY - held.y) > 3 || held.moved) {
      if (!held.moved) map.setPointerCapture(event.pointerId);
      view.x -= (event.clientX - held.x) / view.scale;
      view.y -= (event.clientY - held.y) / view.scale;
      held = { x: event.clientX, y: event.clientY, moved: true };
      move();
    }
  });
  for (const kind of ["pointerup", "pointercancel"]) map.addEventListener(kind, (event) => fingers.delete(event.pointerId));
  map.addEventListener("click", (event) => !held?.moved && !event.target.closest(".spot, .tracks path") && choose(null));
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { left, top } = map.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 500), event.clientX - left, event.clientY - top);
  }, { passive: false });
  finder(at("search"), at("found"), {
    find: (text, show) => show(holding(nodes.map((node, id) => ({ id, name: node.name, names: [node.name, ...node.aliases], note: node.type })), text)),
    take({ id }) {
      const { x, y } = project(nodes[id].point);
      Object.assign(view, { x, y, scale: Math.max(view.scale, NEAR) });
      move();
      choose({ node: id });
    },
    none: "No such place",
  });
  at("fit").addEventListener("click", fit);
  const world = () => show([project([75, -170]), project([-58, 180])], 40);
  at("world").addEventListener("click", world);
  at("close").addEventListener("click", () => choose(null));
  document.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (isTyping(event)) return;
    if (event.key === "/") {
      event.preventDefault();
      at("search").focus();
    } else if (event.key === "Escape") choose(null);
    else if (event.key === "0") fit();
    else if (event.key === "w") world();
    else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 1.3 : 1 / 1.3);
    else if (moves[event.key] && document.activeElement === map) {
      view.x += (60 * moves[event.key][0]) / view.scale;
      view.y += (60 * moves[event.key][1]) / view.scale;
      move();
    }
  });
  // The legend names what is there.
  function key() {
    const sign = (tag, values) => {
      const frame = draw("svg", { viewBox: "-17 -9 34 18", width: 34, height: 18, "aria-hidden": "true" }, make("span"));
      draw(tag, values, frame);
      return frame;
    };
    const line = (values) => sign("path", { d: "M-16 0H16", fill: "none", "stroke-width": 2, ...values });
    const plainTone = tone(style.families[spots[0].node.family]);
    const rows = [
      [spots.some(({ mark }) => mark.tagName === "circle"), sign("circle", { r: 6, fill: tone(style.families[(spots.find(({ mark }) => mark.tagName === "circle") ?? spots[0]).node.family]) }), "place"],
      [spots.some(({ mark }) => mark.tagName === "rect"), sign("rect", { x: -6, y: -6, width: 12, height: 12, rx: 2, fill: tone(style.families[(spots.find(({ mark }) => mark.tagName === "rect") ?? spots[0]).node.family]) }), "state"],
      [spots.some(({ node }) => isContested(node)), sign("circle", { r: 6, fill: plainTone, stroke: tone(bad), "stroke-width": 3 }), "with a contested event"],
      [ways.length, line({ stroke: tone(plain) }), "event, from where to where"],
      [ways.some(({ event }) => events[event].certainty !== "Certain" && events[event].polarity !== "Negative"), line({ stroke: tone(plain), "stroke-dasharray": "9 5" }), "hedged or unknown"],
      [ways.some(({ event }) => events[event].polarity === "Negative"), line({ stroke: tone(bad), "stroke-dasharray": "2 4" }), "denied"],
    ];
    at("key").replaceChildren();
    for (const [isThere, picture, words] of rows) {
      if (!isThere) continue;
      const item = make("li");
      item.append(picture, words);
      at("key").append(item);
    }
    at("key").append(make("li", "the larger, the more is told", "note"));
  }

  const slider = kgTime.slider({
    counts: (known) => known.map((text) => [...nodes, ...events].filter((one) => one.days.includes(text)).length),
    act(from, until) {
      range = days.length < 2 || (from === 0 && until === days.length - 1) ? null : [days[from], days[until]];
      move();
    },
    undated() {
      const number = nodes.filter((node) => !node.days.some((text) => days.includes(text))).length;
      return number ? `${number.toLocaleString("en")} place${number > 1 ? "s have" : " has"} no date` : "";
    },
  });
  slider.take(days);
  if (map.clientWidth <= NARROW) at("legend").open = false;
  dark.addEventListener("change", () => {
    dress();
    key();
  });
  window.addEventListener("resize", move);
  dress();
  key();
  middle();
  slider.set(0, days.length - 1);
  window.kg = { nodes, events, lines, view, choose, fit, spots, setDays: slider.set, isInTime };
})();
