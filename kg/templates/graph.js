"use strict";
// The network of `kg render`. vis-network gives panning, zooming, dragging and physics; what is seen is painted here (paint.js),
// so that labels can make room for each other at any zoom and a picture of thousands of nodes stays quick.
(() => {
  const { content, claims, style, NARROW, at, dark, tone, colour, make, named, button, jump, finder, plain, isTyping, headCount, press, tags, claimList, describe, day, save } = kgPage;
  const { SHAPES, Taken, wide, way, halfway, line, head, distance, words, nodeLook, edgeLook, edgeMood, drawFamily, drawMood } = kgPaint;
  const { nodes, edges } = content;
  let { days } = content;
  content.terms = kgTables.spelled(content.terms, content.beginnings);
  const live = typeof kgLive === "undefined" ? null : kgLive; // a store that answers: there is more to the picture than this page holds
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const WORDS_MOST = 60; // edges that show their words from the beginning
  const CROWDED_MOST = 600; // edges among which room for words is looked for
  const ARROWS_MOST = 3000; // edges that keep their arrow heads from afar
  const TIES_MOST = 100; // connections listed in the panel
  const EXPANDED_MOST = 12; // neighbours that one click brings
  const EDGE = 22; // pixels left free around the network
  const SIDES_MOST = 1000; // nodes whose labels may stand above or beside them
  const LEGIBLE_SCALE = 0.6;
  const LEAST_LETTER = 11; // pixels on the screen
  const MOST_SCALE = 1.3;
  const REACH = 7; // pixels beside an edge that count as on it
  const GLIDE = { duration: 350, easingFunction: "easeInOutQuad" };
  const count = (number) => number.toLocaleString("en");

  const around = [];
  function tie(edge) {
    around[edge.from].nodes.add(edge.to);
    around[edge.to].nodes.add(edge.from);
    around[edge.from].edges.push(edge.id);
    if (edge.from !== edge.to) around[edge.to].edges.push(edge.id);
  }
  for (const node of nodes) around[node.id] = { nodes: new Set(), edges: [] };
  edges.forEach(tie);
  const { moods, lineWidth } = kgPaint;
  const weighed = () => nodes.map((node) => node.id).sort((one, other) => nodes[other].size - nodes[one].size || one - other);
  let byWeight = weighed();
  const core = nodes.filter((node) => node.core).map((node) => node.id);
  const state = {
    open: new Set(core), // nodes that are in the picture; the others wait in the page's data
    hiddenFamilies: new Set(), hiddenMoods: new Set(),
    from: 0, until: days.length - 1, // places in `days`
    lit: null, // {nodes, edges} to stand out, or null
    chosen: null, // {node} or {edge}: what the panel shows
    words: edges.filter((edge) => nodes[edge.from].core && nodes[edge.to].core).length <= WORDS_MOST,
  };
  const places = nodes.map((node) => ({ x: node.x, y: node.y }));
  let shown = { nodes: [], edges: [] };
  let version = 0; // counts what changes labels: what is shown, lit or moved

  const isAllDays = () => state.from === 0 && state.until === days.length - 1;
  const isInTime = (edge) => isAllDays() || edge.days.some((place) => place >= state.from && place <= state.until);
  const isAll = () => state.open.size === nodes.length;

  function isShown(node) {
    return state.open.has(node.id) && !state.hiddenFamilies.has(node.family) && (isAllDays() || around[node.id].edges.some((id) => isInTime(edges[id])));
  }

  // vis-network --------------------------------------------------------------------------------------------------------

  // vis knows where nodes are and how large; it paints nothing.
  const blank = { shape: "custom", ctxRenderer: ({ id }) => ({ drawNode() {}, nodeDimensions: { width: 2.2 * nodes[id].size, height: 2.2 * nodes[id].size } }) };
  const held = new vis.DataSet([]);
  const springs = new vis.DataSet([]); // edges, only while the nodes move by themselves
  const network = new vis.Network(at("network"), { nodes: held, edges: springs }, { ...content.options, nodes: blank });

  function position(id) {
    const known = network.body.nodes[id];
    if (known) {
      places[id].x = known.x;
      places[id].y = known.y;
    }
    return places[id];
  }

  // After anything that changes what there is to see.
  function rebuild() {
    shown.nodes = byWeight.filter((id) => isShown(nodes[id])).map((id) => nodes[id]);
    const ids = new Set(shown.nodes.map((node) => node.id));
    shown.edges = edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to) && !state.hiddenMoods.has(edgeMood(edge)) && isInTime(edge));
    const gone = held.getIds().filter((id) => !ids.has(id));
    gone.forEach(position);
    held.remove(gone);
    held.update(shown.nodes.filter((node) => !held.get(node.id)).map((node) => ({ id: node.id, size: node.size, ...places[node.id] })));
    if (moves) spring();
    for (const tally of tallies) tally();
    notice();
    refresh();
  }

  function refresh() {
    version += 1;
    network.redraw();
  }

  // Painting -----------------------------------------------------------------------------------------------------------

  const keyed = (look) => ({ look, key: `${look.colour} ${look.width} ${look.dashes}` });
  let looks = { nodes: [], edges: [] };
  function dress() {
    looks = { nodes: nodes.map(nodeLook), edges: edges.map((edge) => keyed(edgeLook(edge))), page: colour("page"), ink: colour("text"), bad: colour("bad") };
  }

  const ways = (edge) => way(position(edge.from), position(edge.to), edge.bend, nodes[edge.from].size, nodes[edge.to].size);

  // Paint the part of the picture inside `area` (left, top, right, bottom), at this scale.
  function paint(pen, area, scale) {
    const isIn = (one, other) => Math.max(one.x, other.x) > area[0] - 60 && Math.min(one.x, other.x) < area[2] + 60 && Math.max(one.y, other.y) > area[1] - 60 && Math.min(one.y, other.y) < area[3] + 60;
    // Thousands of edges seen from afar are drawn as plain lines, and left out where they would be faint.
    const isMany = shown.edges.length > ARROWS_MOST && scale < 0.3;
    const groups = new Map();
    for (const edge of shown.edges) {
      const isFaint = state.lit !== null && !state.lit.edges.has(edge.id);
      if (isMany && isFaint) continue;
      const [from, to] = [position(edge.from), position(edge.to)];
      if (!isIn(from, to)) continue;
      const { key, look } = looks.edges[edge.id];
      const group = groups.get(isFaint ? `faint ${key}` : key) ?? { look, isFaint, edges: [] };
      if (!group.edges.length) groups.set(isFaint ? `faint ${key}` : key, group);
      group.edges.push([edge, isMany ? { start: from, end: to } : ways(edge)]);
    }
    for (const { look, isFaint, edges: group } of [...groups.values()].sort((one, other) => other.isFaint - one.isFaint)) {
      pen.globalAlpha = isFaint ? 0.1 : isMany && state.lit === null ? 0.45 : 0.9;
      pen.strokeStyle = look.colour;
      pen.fillStyle = look.colour;
      pen.lineWidth = Math.max(look.width, (isMany ? 0.5 : 0.8) / scale);
      pen.setLineDash(isMany ? [] : look.dashes);
      pen.beginPath();
      for (const [, one] of group) line(pen, one);
      pen.stroke();
      pen.setLineDash([]);
      if (!isMany) {
        pen.beginPath();
        for (const [, one] of group) head(pen, one, 9);
        pen.fill();
      }
      if (content.sides) cross(pen, group.filter(([edge]) => edge.polarity === "Negative"));
    }
    for (let place = shown.nodes.length - 1; place >= 0; place -= 1) paintNode(pen, shown.nodes[place], isIn, scale);
    pen.setLineDash([]);
    for (const word of wording(scale)) {
      if (word.x + word.half < area[0] || word.x - word.half > area[2] || word.y > area[3] || word.y + word.height < area[1]) continue;
      words(pen, word.lines, word.x, word.y, word.size, word.isBad ? looks.bad : looks.ink, word.isFaint ? null : looks.page, word.isFaint ? 0.16 : 1);
    }
    pen.globalAlpha = 1;
  }

  function paintNode(pen, node, isIn, scale) {
    const { x, y } = position(node.id);
    if (!isIn({ x, y }, { x, y })) return;
    const look = looks.nodes[node.id];
    pen.globalAlpha = state.lit !== null && !state.lit.nodes.has(node.id) ? 0.13 : 1;
    pen.fillStyle = look.fill;
    pen.beginPath();
    if (node.size * scale < 2) {
      pen.rect(x - node.size, y - node.size, 2 * node.size, 2 * node.size);
      pen.fill();
      return;
    }
    SHAPES[node.shape](pen, x, y, node.size);
    pen.fill();
    const isChosen = state.chosen !== null && state.chosen.node === node.id;
    pen.strokeStyle = isChosen ? looks.ink : look.border;
    // From afar, outlines as wide as from near would hide what they enclose.
    pen.lineWidth = (isChosen ? 3 : look.width) * Math.max(0.3, Math.min(1, scale / 0.45));
    pen.setLineDash(look.dashes);
    pen.stroke();
  }

  // In a comparison line styles tell who speaks, so what is denied bears a cross.
  function cross(pen, group) {
    pen.beginPath();
    for (const [, one] of group) {
      const { x, y } = halfway(one);
      for (const down of [4.5, -4.5]) {
        pen.moveTo(x - 4.5, y - down);
        pen.lineTo(x + 4.5, y + down);
      }
    }
    pen.lineWidth = 2.2;
    pen.stroke();
  }

  let worded = { scale: 0, version: -1, found: [] };
  // Labels and words on edges that have room: what is lit first, then by importance; from afar they are written larger.
  function wording(scale) {
    if (worded.version === version && Math.abs(worded.scale - scale) < 1e-9) return worded.found;
    const found = [];
    const taken = new Taken(90 / scale);
    const isLit = (node) => state.lit === null || state.lit.nodes.has(node.id);
    const order = state.lit === null ? shown.nodes : [...shown.nodes.filter(isLit), ...shown.nodes.filter((node) => !isLit(node))];
    if (scale > 0.35) {
      for (const { id, size } of shown.nodes) {
        const { x, y } = position(id);
        taken.add([x - size, y - size, x + size, y + size]);
      }
    }
    const isRoomy = shown.nodes.length <= SIDES_MOST;
    for (const node of order) {
      const middle = position(node.id);
      const size = Math.max(node.font.size, LEAST_LETTER / scale);
      const lines = node.label.split("\n");
      const [half, height] = [(Math.max(...lines.map(wide)) * size) / 2 + 1, lines.length * size * 1.2];
      // Below its mark, or else above or beside it.
      const [under, beside] = [node.size + 4, node.size + 4 + half];
      const ways = isRoomy ? [[0, under], [0, -under - height], [beside, -height / 2], [-beside, -height / 2]] : [[0, under]];
      for (const [right, down] of ways) {
        const [x, y] = [middle.x + right, middle.y + down];
        const box = [x - half - 1, y - 1, x + half + 1, y + height + 1];
        if (!taken.isFree(box)) continue;
        taken.add(box);
        found.push({ lines, x, y, size, half, height, isFaint: !isLit(node), node: node.id });
        break;
      }
    }
    const isWordy = state.words && shown.edges.length <= CROWDED_MOST && scale > 0.45;
    const urgent = (edge) => (edge.mood === "denied" ? 0 : edge.contested ? 1 : edge.kind === "statement" ? 2 : 3);
    const spoken = shown.edges.filter((edge) => (state.lit === null ? isWordy : state.lit.edges.has(edge.id) && scale > 0.3));
    for (const edge of spoken.sort((one, other) => urgent(one) - urgent(other) || one.id - other.id)) {
      const { x, y } = halfway(ways(edge));
      const size = Math.max(11.5, 9.5 / scale);
      const half = (wide(edge.label) * size) / 2;
      const box = [x - half, y - size * 0.6, x + half, y + size * 0.6];
      if (!taken.isFree(box)) continue;
      taken.add(box);
      found.push({ lines: [edge.label], x, y: y - size * 0.6, size, half, height: size * 1.2, isFaint: false, isBad: looks.edges[edge.id].look.isBad });
    }
    worded = { scale, version, found };
    return found;
  }

  network.on("beforeDrawing", (pen) => {
    const [topLeft, bottomRight] = [network.DOMtoCanvas({ x: 0, y: 0 }), network.DOMtoCanvas({ x: at("network").clientWidth, y: at("network").clientHeight })];
    paint(pen, [topLeft.x, topLeft.y, bottomRight.x, bottomRight.y], network.getScale());
  });

  // What is in sight ---------------------------------------------------------------------------------------------------

  // vis' own fit looks at the middles of nodes only; here labels count, and what the legend or the panel covers does not.
  function fit(animated) {
    const { clientWidth: width, clientHeight: height } = at("network");
    if (!shown.nodes.length || !width || !height) return;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const node of shown.nodes) {
      const one = box(node);
      [left, top, right, bottom] = [Math.min(left, one[0]), Math.min(top, one[1]), Math.max(right, one[2]), Math.max(bottom, one[3])];
    }
    const isWide = width > NARROW;
    const cover = { left: isWide && at("legend").open ? at("legend").offsetWidth + 12 : 0, right: 0, top: at("notice").hidden && !live ? 0 : 40, bottom: 0 };
    if (!at("panel").hidden) isWide ? (cover.right = at("panel").offsetWidth) : (cover.bottom = at("panel").offsetHeight);
    if (!at("time").hidden) cover.bottom = Math.max(cover.bottom, at("time").offsetHeight + 8);
    const free = { width: width - cover.left - cover.right - 2 * EDGE, height: height - cover.top - cover.bottom - 2 * EDGE };
    const scale = Math.max(0.02, Math.min(free.width / (right - left), free.height / (bottom - top), MOST_SCALE));
    network.moveTo({
      scale,
      position: { x: (left + right) / 2 - (cover.left - cover.right) / 2 / scale, y: (top + bottom) / 2 - (cover.top - cover.bottom) / 2 / scale },
      animation: animated && !calm.matches ? GLIDE : false,
    });
  }

  // What a node and its label take up: left, top, right, bottom.
  function box(node) {
    const { x, y } = position(node.id);
    const { half, above, below } = node.box;
    return [x - half, y - above, x + half, y + below];
  }

  function notice() {
    at("notice").hidden = live !== null || core.length === nodes.length;
    const some = state.open.size === core.length ? `The ${count(core.length)} most important of` : `${count(state.open.size)} of`;
    at("notice").firstElementChild.textContent = isAll() ? `All ${count(nodes.length)} nodes.` : `${some} ${count(nodes.length)} nodes. Double-click one for its neighbours.`;
    at("all").textContent = isAll() ? "Show fewer" : "Show all";
  }

  function showAll(all) {
    state.open = new Set(all ? nodes.map((node) => node.id) : core);
    held.clear();
    nodes.forEach((node) => ([places[node.id].x, places[node.id].y] = all && node.all ? node.all : [node.x, node.y]));
    if (all && edges.length > WORDS_MOST) {
      state.words = false;
      press("words", false);
    }
    rebuild();
    if (state.chosen !== null) choose(state.chosen);
    fit(false);
  }

  const waiting = (id) => byWeight.filter((other) => around[id].nodes.has(other) && !state.open.has(other));

  // Bring nodes that were left out into the picture: each to the nearest free place around what it belongs to.
  function reveal(ids, centre) {
    const taken = new Taken(220);
    shown.nodes.forEach((node) => taken.add(box(node)));
    for (const id of ids) {
      const near = centre ?? byWeight.find((other) => around[id].nodes.has(other) && state.open.has(other));
      const middle = near === undefined ? { x: 0, y: 0 } : position(near);
      const { half, above, below } = nodes[id].box;
      const wide = live ? 34 : 0; // a picture that grows needs room for words on its lines
      for (let turn = live ? 24 : 3; turn < 20_000; turn += 1) {
        const [angle, far] = [turn * 2.399963, 34 * Math.sqrt(turn)];
        const [x, y] = [Math.round(middle.x + 1.3 * far * Math.cos(angle)), Math.round(middle.y + far * Math.sin(angle))];
        const room = [x - half - wide, y - above - wide, x + half + wide, y + below + wide];
        if (!taken.isFree(room)) continue;
        taken.add(room);
        places[id] = { x, y };
        break;
      }
      state.open.add(id);
    }
    rebuild();
  }

  function expand(id, group) {
    if (live) return live.near(nodes[id].iri, nodes.filter((node) => state.open.has(node.id)).map((node) => node.iri), group).then((part) => part && grow(part));
    reveal(waiting(id).slice(0, EXPANDED_MOST), id);
    choose({ node: id });
  }

  // More than the page began with -------------------------------------------------------------------------------------

  const CERTAINTIES = ["UnknownCertainty", "Possible", "Probable", "Certain"];
  const claimPlaces = new Map(claims.map((claim, place) => [claim.claim, place]));
  const nodePlaces = new Map(nodes.map((node) => [node.iri, node.id]));
  const edgePlaces = new Map(); // by ends and key, as the store names them

  // Take claims in that number each other by their own places, and terms by those in `more`; give their places here.
  function learn(told, more = { terms: [], beginnings: {}, events: {} }) {
    const first = content.terms.length;
    content.terms.push(...kgTables.spelled(more.terms, more.beginnings));
    Object.assign(content.events, more.events);
    const moved = (held) => Object.fromEntries(Object.entries(held).map(([name, value]) => [name, Array.isArray(value) ? value.map((number) => number + first) : value + first]));
    const here = told.map((claim) => {
      if (!claimPlaces.has(claim.claim)) claimPlaces.set(claim.claim, claims.push({ ...claim, contradicts: [], corroborates: [] }) - 1);
      return claimPlaces.get(claim.claim);
    });
    told.forEach((claim, turn) => {
      if (claim.held) claims[here[turn]].held = moved(claim.held);
      for (const name of ["contradicts", "corroborates"]) {
        const known = claims[here[turn]];
        known[name] = [...new Set([...known[name], ...claim[name].map((other) => here[other])])];
      }
    });
    return here;
  }

  // Add a part of the network, as the server gives it, to the picture; what was there stays where it is.
  function grow(part, isCentred) {
    const here = learn(part.claims, part);
    const isFirst = state.open.size === 0;
    const isAll = isAllDays();
    const fresh = [];
    for (const { x, y, ...node } of part.nodes) {
      const told = node.claims.map((place) => here[place]);
      const known = nodePlaces.has(node.iri) ? nodes[nodePlaces.get(node.iri)] : null;
      if (known) {
        // An event is affirmed if anybody affirms it, as sure as the surest says (kg.network).
        const surer = CERTAINTIES.indexOf(node.certainty) > CERTAINTIES.indexOf(known.certainty);
        Object.assign(known, { contested: known.contested || node.contested, claims: [...new Set([...known.claims, ...told])] });
        if (node.polarity === "Positive") known.polarity = node.polarity;
        if (surer) known.certainty = node.certainty;
        if (!state.open.has(known.id)) fresh.push(known.id);
      } else {
        const id = nodes.length;
        nodePlaces.set(node.iri, id);
        nodes.push({ ...node, id, core: true, claims: told });
        around[id] = { nodes: new Set(), edges: [] };
        places[id] = { x: x ?? 0, y: y ?? 0 };
        fresh.push(id);
      }
    }
    for (const edge of part.edges) {
      const [from, to] = [nodePlaces.get(edge.from), nodePlaces.get(edge.to)];
      const name = `${edge.from} ${edge.to} ${edge.key}`;
      const told = edge.claims.map((place) => here[place]);
      if (edgePlaces.has(name)) {
        const known = edges[edgePlaces.get(name)];
        Object.assign(known, { contested: known.contested || edge.contested, claims: [...new Set([...known.claims, ...told])], when: [...new Set([...known.when, ...edge.when])] });
        continue;
      }
      // The first edge of two nodes is straight, the next ones bend more and more to either side.
      const turn = edges.filter((other) => (other.from === from && other.to === to) || (other.from === to && other.to === from)).length;
      const bend = Math.ceil(turn / 2) * (turn % 2 ? 1 : -1);
      const added = { ...edge, id: edges.length, from, to, claims: told, bend: from < to ? bend : -bend };
      edgePlaces.set(name, added.id);
      edges.push(added);
      tie(added);
    }
    days = [...new Set(edges.flatMap((edge) => edge.when))].filter((text) => /^\d{4}-\d\d-\d\d$/.test(text)).sort();
    const turns = new Map(days.map((text, turn) => [text, turn]));
    for (const edge of edges) edge.days = edge.when.filter((text) => turns.has(text)).map((text) => turns.get(text));
    slider.take(days);
    if (isAll) [state.from, state.until] = [0, days.length - 1];
    byWeight = weighed();
    dress();
    if (isFirst) fresh.forEach((id) => state.open.add(id));
    else {
      // What is new stands around what it belongs to, which may be new itself.
      const middle = nodePlaces.get(part.centre);
      if (fresh.includes(middle)) reveal([middle]);
      reveal(fresh.filter((id) => id !== middle), middle);
    }
    drawLegend();
    slider.set(state.from, state.until);
    const centre = nodePlaces.get(part.centre);
    if (centre !== undefined) choose({ node: centre });
    if (isFirst || isCentred || fresh.length) fit(!isFirst);
    return fresh;
  }

  // Take everything out of the picture; what was learnt stays known.
  function clear() {
    choose(null);
    state.open.clear();
    rebuild();
  }

  function drop(id) {
    state.open.delete(id);
    choose(null);
    rebuild();
  }

  // Pointing and choosing ----------------------------------------------------------------------------------------------

  function light(lit) {
    state.lit = lit;
    refresh();
  }

  const nodeAndNear = (id) => ({ nodes: new Set([id, ...around[id].nodes]), edges: new Set(around[id].edges) });
  const edgeAndEnds = (id) => ({ nodes: new Set([edges[id].from, edges[id].to]), edges: new Set([id]) });
  function chosenLit() {
    if (state.chosen === null) return null;
    return "node" in state.chosen ? nodeAndNear(state.chosen.node) : edgeAndEnds(state.chosen.edge);
  }

  function edgeAt(point) {
    const reach = REACH / network.getScale();
    let [best, least] = [null, reach];
    for (const edge of shown.edges) {
      const [from, to] = [position(edge.from), position(edge.to)];
      const room = reach + 50 * Math.abs(edge.bend);
      if (point.x < Math.min(from.x, to.x) - room || point.x > Math.max(from.x, to.x) + room || point.y < Math.min(from.y, to.y) - room || point.y > Math.max(from.y, to.y) + room) continue;
      const far = distance(point, ways(edge));
      if (far < least) [best, least] = [edge.id, far];
    }
    return best;
  }

  let hovered = null;
  function hover(key, lit) {
    if (hovered === key) return;
    hovered = key;
    at("network").style.cursor = key === null ? "" : "pointer";
    light(lit ?? chosenLit());
  }
  network.on("hoverNode", (event) => hover(`n${event.node}`, nodeAndNear(event.node)));
  network.on("blurNode", () => hover(null, null));
  let asked = 0;
  at("network").addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse" || event.buttons || asked || hovered?.[0] === "n") return;
    const { left, top } = at("network").getBoundingClientRect();
    asked = requestAnimationFrame(() => {
      asked = 0;
      if (hovered?.[0] === "n") return;
      const edge = edgeAt(network.DOMtoCanvas({ x: event.clientX - left, y: event.clientY - top }));
      hover(edge === null ? null : `e${edge}`, edge === null ? null : edgeAndEnds(edge));
    });
  });
  network.on("click", (event) => {
    const edge = event.nodes.length ? null : edgeAt(event.pointer.canvas);
    if (event.nodes.length) choose({ node: event.nodes[0] });
    else choose(edge === null ? null : { edge });
  });
  network.on("doubleClick", (event) => event.nodes.length && expand(event.nodes[0]));
  network.on("dragging", (event) => event.nodes.length && (version += 1));
  network.on("dragEnd", (event) => event.nodes.length && refresh());

  const jumpTo = (id, ...parts) => jump(() => choose({ node: id }, true), ...parts);

  function nodePanel(node, into) {
    describe(node, into);
    if (live) return live.panel(node, into, { expand: (group) => expand(node.id, group), drop: () => drop(node.id), ties: (box) => listTies(node, box) });
    const more = waiting(node.id);
    if (more.length) into.append(button(`Show ${more.length > EXPANDED_MOST ? `${EXPANDED_MOST} of ${count(more.length)}` : count(more.length)} more neighbour${more.length > 1 ? "s" : ""}`, () => expand(node.id)));
    claimList(node.claims, into);
    listTies(node, into);
  }

  function listTies(node, into) {
    const ties = around[node.id].edges.map((id) => edges[id]).filter((edge) => !live || (state.open.has(edge.from) && state.open.has(edge.to)));
    into.append(headCount(ties.length, "connection"));
    const list = make("ul", undefined, "links");
    for (const edge of ties.slice(0, TIES_MOST)) {
      const isOut = edge.from === node.id;
      const other = nodes[isOut ? edge.to : edge.from];
      const word = make("i", isOut ? `${edge.full} →` : `← ${edge.full}`, edge.contested || edge.mood === "denied" ? "bad" : "");
      list.append(jumpTo(other.id, word, named(other.name.slice(0, 200))));
    }
    into.append(list);
    if (ties.length > TIES_MOST) into.append(make("p", `… and ${count(ties.length - TIES_MOST)} more in the picture`, "kind"));
  }

  function edgePanel(edge, into) {
    const heading = make("h2");
    heading.append(named(nodes[edge.from].name.slice(0, 300)), make("span", ` ${edge.full} → `, "kind"), named(nodes[edge.to].name.slice(0, 300)));
    into.append(heading);
    if (edge.side) into.append(make("p", moods[edge.side].label, "kind"));
    into.append(tags(edge));
    const list = make("ul", undefined, "links");
    for (const id of [edge.from, edge.to]) list.append(jumpTo(id, named(nodes[id].name.slice(0, 200))));
    claimList(edge.claims, into);
    into.append(make("h3", "Ends"), list);
  }

  function choose(target, moveThere) {
    state.chosen = target;
    const panel = at("panel");
    const details = at("details");
    details.replaceChildren();
    panel.hidden = target === null;
    if (target === null) {
      network.unselectAll();
      light(null);
      return;
    }
    if ("node" in target) {
      const node = nodes[target.node];
      if (state.hiddenFamilies.delete(node.family)) drawLegend();
      if (!state.open.has(node.id)) reveal([node.id]);
      if (!isShown(node)) slider.set(0, days.length - 1);
      if (!held.get(node.id)) rebuild();
      nodePanel(node, details);
      network.selectNodes([node.id]);
    } else {
      edgePanel(edges[target.edge], details);
      network.unselectAll();
    }
    panel.scrollTop = 0;
    light(chosenLit());
    if (moveThere && "node" in target) {
      glideTo([target.node], Math.max(network.getScale(), 0.9));
    } else {
      // What lies under the panel that its click has opened comes out from below it.
      const ends = "node" in target ? [target.node] : [edges[target.edge].from, edges[target.edge].to];
      if (ends.some(isCovered)) uncover(ends);
    }
  }

  function isCovered(id) {
    const { x, y } = network.canvasToDOM(position(id));
    const { clientWidth: width, clientHeight: height } = at("network");
    return width > NARROW ? x > width - at("panel").offsetWidth - 60 : y > height - at("panel").offsetHeight - 40;
  }

  // Move the picture no farther than it takes to bring nodes out from below the panel.
  function uncover(ids) {
    const { clientWidth: width, clientHeight: height } = at("network");
    const scale = network.getScale();
    const view = network.getViewPosition();
    const spots = ids.map((id) => network.canvasToDOM(position(id)));
    const [far, low] = [Math.max(...spots.map((spot) => spot.x)), Math.max(...spots.map((spot) => spot.y))];
    const moved = width > NARROW ? { x: view.x + (far - (width - at("panel").offsetWidth - 140)) / scale, y: view.y } : { x: view.x, y: view.y + (low - (height - at("panel").offsetHeight - 70)) / scale };
    network.moveTo({ position: moved, scale, animation: calm.matches ? false : GLIDE });
  }

  // Move nodes to the middle of what the panel leaves free.
  function glideTo(ids, scale) {
    const isWide = at("network").clientWidth > NARROW;
    const offset = at("panel").hidden ? { x: 0, y: 0 } : isWide ? { x: -at("panel").offsetWidth / 2, y: 0 } : { x: 0, y: -at("panel").offsetHeight / 2 };
    const middle = (axis) => ids.reduce((sum, id) => sum + position(id)[axis], 0) / ids.length;
    network.moveTo({ position: { x: middle("x"), y: middle("y") }, scale, offset, animation: calm.matches ? false : GLIDE });
  }

  // The legend ---------------------------------------------------------------------------------------------------------

  function sample(draw) {
    const canvas = make("canvas");
    const ratio = window.devicePixelRatio || 1;
    canvas.width = 34 * ratio;
    canvas.height = 18 * ratio;
    canvas.style.width = "34px";
    canvas.style.height = "18px";
    canvas.setAttribute("aria-hidden", "true");
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    draw(pen, 17, 9);
    return canvas;
  }

  // `parts` gives how many are in the picture, and how many there are.
  function entry(list, hidden, key, picture, label, parts) {
    const item = make("li");
    const toggle = button(undefined, () => {
      if (!hidden.delete(key)) hidden.add(key);
      toggle.setAttribute("aria-pressed", String(!hidden.has(key)));
      rebuild();
    });
    toggle.dataset.key = key;
    toggle.setAttribute("aria-pressed", String(!hidden.has(key)));
    toggle.title = "Click to hide or show";
    const number = make("b");
    toggle.append(sample(picture), make("span", label), number);
    tallies.push(() => (number.textContent = [...new Set(parts())].map(count).join(" of ")));
    tallies.at(-1)();
    item.append(toggle);
    list.append(item);
  }

  let [families, kinds, tallies] = [[], [], []];

  function drawLegend() {
    const isOpen = (edge) => state.open.has(edge.from) && state.open.has(edge.to);
    // Of a store that answers there is no whole, of a page there is.
    const parts = (all, isIn) => () => [all.filter(isIn).length, ...(live ? [] : [all.length])];
    families = style.families.map((row, family) => ({ row, family, parts: parts(nodes.filter((node) => node.family === family), (node) => state.open.has(node.id)) }));
    kinds = style.edges.map((row) => ({ row, parts: parts(edges.filter((edge) => edgeMood(edge) === row.mood), isOpen) }));
    [families, kinds] = [families, kinds].map((rows) => rows.filter((one) => one.parts().at(-1)));
    at("families").replaceChildren();
    at("moods").replaceChildren();
    tallies = [];
    for (const { row, family, parts: both } of families) entry(at("families"), state.hiddenFamilies, family, drawFamily(row), row.label, both);
    for (const { row, parts: both } of kinds) entry(at("moods"), state.hiddenMoods, row.mood, drawMood(row.mood), row.label, both);
    if (content.sides && edges.some((edge) => edge.polarity === "Negative")) at("moods").append(make("li", "× on a line: denied", "note"));
  }

  // Time ---------------------------------------------------------------------------------------------------------------

  const slider = kgTime.slider({
    counts(known) {
      const counted = known.map(() => 0);
      for (const edge of edges) for (const place of edge.days) counted[place] += 1;
      return counted;
    },
    act(from, until) {
      [state.from, state.until] = [from, until];
      rebuild();
    },
    undated() {
      const number = edges.filter((edge) => !edge.days.length).length;
      return number ? `${count(number)} line${number > 1 ? "s have" : " has"} no date` : "";
    },
  });
  slider.take(days);

  // Search -------------------------------------------------------------------------------------------------------------

  const searchable = nodes.map((node) => [node.name, ...node.aliases].map((name) => plain(name.slice(0, 500))));

  function search(text) {
    const wanted = plain(text.trim());
    if (!wanted) return [];
    const ranks = [];
    searchable.forEach((names, id) => {
      let rank = 9;
      names.forEach((name, turn) => {
        const place = name.indexOf(wanted);
        if (place < 0) return;
        const isWordStart = place === 0 || name[place - 1] === " " || name[place - 1] === "-";
        rank = Math.min(rank, (name === wanted ? 0 : place === 0 ? 1 : isWordStart ? 2 : 3) + (turn ? 0.5 : 0));
      });
      if (rank < 9) ranks.push([rank, -nodes[id].claims.length, id]);
    });
    ranks.sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2]);
    return ranks.slice(0, 10).map((row) => row[2]);
  }

  if (!live) {
    finder(at("search"), at("found"), {
      find: (text, show) => show(search(text).map((id) => ({ id, name: nodes[id].name, note: nodes[id].type }))),
      take: ({ id }) => choose({ node: id }, true),
    });
  }

  // Saving -------------------------------------------------------------------------------------------------------------

  // Paint what is in sight with its title and the part of the legend that it needs, to be understood on its own.
  function poster(makePen) {
    const { clientWidth, clientHeight } = at("network");
    const width = Math.max(640, clientWidth);
    const scale = network.getScale();
    const view = network.getViewPosition();
    const seen = [
      ...families.filter(({ family }) => shown.nodes.some((node) => node.family === family)).map(({ row }) => [drawFamily(row), row.label]),
      ...kinds.filter(({ row }) => shown.edges.some((edge) => edgeMood(edge) === row.mood)).map(({ row }) => [drawMood(row.mood), row.label]),
    ];
    const { entries, height: y } = kgPaint.key(seen, width);
    const [above, below] = [46, y + 40];
    const pen = makePen(width, above + clientHeight + below);
    pen.fillStyle = looks.page;
    pen.beginPath();
    pen.rect(0, 0, width, above + clientHeight + below);
    pen.fill();
    pen.save();
    pen.setTransform(pen.ratio * scale, 0, 0, pen.ratio * scale, pen.ratio * (width / 2 - view.x * scale), pen.ratio * (above + clientHeight / 2 - view.y * scale));
    const [half, high] = [width / 2 / scale, clientHeight / 2 / scale];
    paint(pen, [view.x - half, view.y - high, view.x + half, view.y + high], scale);
    pen.restore();
    for (const edge of [[0, 0, width, above], [0, above + clientHeight, width, below]]) {
      pen.fillStyle = looks.page;
      pen.beginPath();
      pen.rect(...edge);
      pen.fill();
    }
    words(pen, [content.title.slice(0, 90)], width / 2, 12, 19, looks.ink, null, 1);
    kgPaint.drawKey(pen, entries, above + clientHeight, looks.ink);
    return pen;
  }

  function svg() {
    return poster((width, height) => Object.assign(new kgPaint.SvgPen(width, height), { ratio: 1 }));
  }

  function png() {
    const canvas = make("canvas");
    const ratio = 2;
    poster((width, height) => {
      canvas.width = ratio * width;
      canvas.height = ratio * height;
      const pen = canvas.getContext("2d");
      pen.scale(ratio, ratio);
      return Object.assign(pen, { ratio });
    });
    canvas.toBlob((picture) => save(picture, "image/png", "png"));
  }

  // Buttons and keys ---------------------------------------------------------------------------------------------------

  let moves = false;
  function spring() {
    springs.clear();
    if (moves) springs.add(shown.edges.map((edge) => ({ id: edge.id, from: edge.from, to: edge.to, color: "transparent", arrows: "", chosen: false })));
  }
  network.on("startStabilizing", () => moves && (version += 1));
  network.on("afterDrawing", () => moves && (version += 1));

  const saved = (act) => () => {
    at("save").open = false;
    act();
  };
  const actions = {
    fit: () => fit(true),
    words: () => {
      state.words = !state.words;
      press("words", state.words);
      refresh();
    },
    physics: () => {
      moves = !moves;
      press("physics", moves);
      spring();
      network.setOptions({ physics: { ...content.options.physics, enabled: moves } });
    },
    all: () => showAll(!isAll()),
    close: () => {
      choose(null);
      at("network").focus();
    },
    png: saved(png),
    svg: saved(() => save(svg().toString(), "image/svg+xml", "svg")),
    turtle: saved(() => save(kgTables.turtle(nodes, shown, claims, content), "text/turtle", "ttl")),
    csv: saved(() => save(kgTables.csv(nodes, shown, claims, content), "text/csv", "csv")),
    keys: () => at("help").showModal(),
  };
  for (const [id, act] of Object.entries(actions)) at(id).addEventListener("click", act);

  // The next node by importance, for those who use no mouse.
  function step(by) {
    const turn = shown.nodes.findIndex((node) => node.id === state.chosen?.node);
    const next = shown.nodes[(turn + by + shown.nodes.length) % shown.nodes.length];
    if (next) choose({ node: next.id }, true);
  }

  const keys = {
    "/": () => at("search").focus(), 0: () => fit(true), w: actions.words, p: actions.physics, "?": actions.keys, n: () => step(1), b: () => step(-1),
    m: () => state.chosen && "node" in state.chosen && expand(state.chosen.node),
    "+": () => network.moveTo({ scale: network.getScale() * 1.2 }), "-": () => network.moveTo({ scale: network.getScale() / 1.2 }),
  };
  document.addEventListener("keydown", (event) => {
    if (at("network").offsetParent === null) return; // another view is open
    const typing = isTyping(event);
    if (event.key === "Escape" && !typing && !at("help").open) actions.close();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || at("help").open) return;
    const canvasMoves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    } else if (canvasMoves[event.key] && document.activeElement === at("network")) {
      const view = network.getViewPosition();
      const [right, down] = canvasMoves[event.key];
      network.moveTo({ position: { x: view.x + (60 * right) / network.getScale(), y: view.y + (60 * down) / network.getScale() } });
      event.preventDefault();
    }
  });

  dark.addEventListener("change", () => {
    dress();
    drawLegend();
    refresh();
  });
  const isNarrow = at("network").clientWidth <= NARROW;
  if (isNarrow) at("legend").open = false;
  press("words", state.words);
  dress();
  drawLegend();
  slider.set(0, days.length - 1);
  fit(false);
  if (nodes.length && isNarrow && network.getScale() < LEGIBLE_SCALE) {
    // A small screen begins with what matters most, large enough to read; "Fit" shows the whole.
    network.moveTo({ position: position(shown.nodes[0].id), scale: LEGIBLE_SCALE });
  }
  at("legend").addEventListener("toggle", () => at("network").clientWidth > NARROW && fit(true));
  window.addEventListener("resize", () => fit(false));
  window.kg = { dropChosen: () => state.chosen && "node" in state.chosen && drop(state.chosen.node), grow, learn, clear, fit, sample, drawFamily, nodePlaces, network, nodes, edges, claims, state, choose, search, isShown, expand, setDays: slider.set, shown: () => shown, wording: () => wording(network.getScale()), svg: () => svg().toString() }; // for tests and curious people
})();
