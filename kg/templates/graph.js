"use strict";
// The page of `kg render`. Text from documents is only ever put in as text (textContent), links only if they are http(s).
(() => {
  const content = JSON.parse(document.getElementById("content").textContent);
  const { nodes, edges, claims, style } = content;
  const at = (id) => document.getElementById(id);
  let thinness = 1; // vis draws outlines as wide at any zoom; from afar they would hide what they enclose
  let silent = new Set(); // edges that show no words, for want of room
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const FACE = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';
  const CLAIMS_AT_ONCE = 40;
  const WORDS_MOST = 60; // edges that show their words from the beginning
  const CROWDED_MOST = 400; // nodes among which room for words is looked for
  const NARROW = 760;
  const EDGE = 22; // pixels left free around the network
  const AIR = 5; // pixels that a node's box has more than its label
  const LEGIBLE_SCALE = 0.6;
  const MOST_SCALE = 1.3;
  const GLIDE = { duration: 350, easingFunction: "easeInOutQuad" };
  const UNSEEN = /[\u0000-\u001f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

  const around = nodes.map(() => ({ nodes: new Set(), edges: [] }));
  for (const edge of edges) {
    around[edge.from].nodes.add(edge.to);
    around[edge.to].nodes.add(edge.from);
    around[edge.from].edges.push(edge.id);
    if (edge.from !== edge.to) around[edge.to].edges.push(edge.id);
  }
  const moods = Object.fromEntries(style.edges.map((row) => [row.mood, row]));
  const state = {
    all: nodes.every((node) => node.core), // are all nodes shown, or the most important ones?
    hiddenFamilies: new Set(), hiddenMoods: new Set(),
    lit: null, // {nodes, edges} to stand out, or null
    chosen: null, // {node} or {edge}: what the panel shows
    words: edges.filter((edge) => nodes[edge.from].core && nodes[edge.to].core).length <= WORDS_MOST,
  };

  // Colours ------------------------------------------------------------------------------------------------------------

  const tone = (row) => (dark.matches ? row.dark : row.light);
  const page = () => getComputedStyle(document.body).getPropertyValue("--page").trim();
  const ink = () => getComputedStyle(document.body).getPropertyValue("--text").trim();
  function faded(colour, share) {
    const [red, green, blue] = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
    return `rgba(${red}, ${green}, ${blue}, ${share})`;
  }

  function nodeLook(node) {
    const isFaint = state.lit !== null && !state.lit.nodes.has(node.id);
    const colour = tone(style.families[node.family]);
    const share = isFaint ? 0.13 : 1;
    const isDenied = node.kind === "event" && node.polarity === "Negative";
    const isHedged = node.kind === "event" && !isDenied && (node.polarity !== "Positive" || node.certainty !== "Certain");
    const border = node.contested || isDenied ? tone(moods.contested) : dark.matches ? "#0b0d10" : "#ffffff";
    const fill = isDenied ? page() : colour;
    const shown = { background: faded(fill, share), border: faded(border, share) };
    return {
      id: node.id,
      shape: node.shape,
      size: node.size,
      label: node.label,
      borderWidth: (node.contested || isDenied ? 3 : 1.5) * thinness,
      shapeProperties: { borderDashes: isDenied ? [2, 3] : isHedged ? [6, 4] : false },
      color: { ...shown, highlight: { background: faded(fill, 1), border: ink() }, hover: { background: faded(fill, 1), border: ink() } },
      font: { size: node.font.size, face: FACE, color: faded(ink(), isFaint ? 0.16 : 1), strokeWidth: isFaint ? 0 : 4, strokeColor: page(), vadjust: -2 },
      hidden: !isShown(node),
    };
  }

  function edgeMood(edge) {
    return edge.kind === "statement" && edge.mood === "affirmed" ? "statement" : edge.mood;
  }

  function edgeLook(edge) {
    const isLit = state.lit !== null && state.lit.edges.has(edge.id);
    const isFaint = state.lit !== null && !isLit;
    const row = moods[edgeMood(edge)];
    const isBad = edge.contested || edge.mood === "denied";
    const colour = isBad ? tone(moods.contested) : edge.kind === "statement" ? tone(moods.statement) : tone(row);
    const bend = edge.bend;
    return {
      id: edge.id,
      width: edge.kind === "statement" ? 1.2 : edge.mood === "denied" ? 2.4 : 1.8,
      color: { color: faded(colour, isFaint ? 0.1 : 0.9), highlight: colour, hover: colour },
      dashes: row.dashes.length ? row.dashes : false,
      smooth: bend === 0 ? { enabled: false } : { enabled: true, type: bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.min(0.9, 0.16 * Math.abs(bend)) },
      label: isLit || (state.words && !isFaint && !silent.has(edge.id)) ? edge.label : " ",
      font: { size: 11.5, face: FACE, color: faded(isBad ? colour : ink(), isFaint ? 0.1 : 0.85), strokeWidth: 4, strokeColor: page(), align: "horizontal" },
      hidden: state.hiddenMoods.has(edgeMood(edge)) || !isShown(nodes[edge.from]) || !isShown(nodes[edge.to]),
    };
  }

  function isShown(node) {
    return (state.all || node.core) && !state.hiddenFamilies.has(node.family);
  }

  // The drawing --------------------------------------------------------------------------------------------------------

  const place = (node) => (state.all && node.all ? { x: node.all[0], y: node.all[1] } : { x: node.x, y: node.y });
  const drawnNodes = new vis.DataSet(nodes.map((node) => ({ ...nodeLook(node), ...place(node) })));
  const drawnEdges = new vis.DataSet(edges.map((edge) => ({ from: edge.from, to: edge.to, ...edgeLook(edge) })));
  const network = new vis.Network(at("network"), { nodes: drawnNodes, edges: drawnEdges }, content.options);

  function redraw() {
    drawnNodes.update(nodes.map(nodeLook));
    drawnEdges.update(edges.map(edgeLook));
  }

  // After anything but a hover: see again which words have room.
  function rearrange() {
    silent = nodes.filter(isShown).length > CROWDED_MOST ? new Set() : crowded();
    redraw();
  }

  // vis' own fit looks at the middles of nodes only; here labels count, and what the legend or the panel covers does not.
  function fit(animated) {
    const shown = nodes.filter(isShown);
    const { clientWidth: width, clientHeight: height } = at("network");
    if (!shown.length || !width || !height) return;
    const boxes = shown.map((node) => box(node));
    const left = Math.min(...boxes.map((one) => one[0]));
    const top = Math.min(...boxes.map((one) => one[1]));
    const right = Math.max(...boxes.map((one) => one[2]));
    const bottom = Math.max(...boxes.map((one) => one[3]));
    const isWide = width > NARROW;
    const cover = { left: isWide && at("legend").open ? at("legend").offsetWidth + 12 : 0, right: 0, top: at("notice").hidden ? 0 : 40, bottom: 0 };
    if (!at("panel").hidden) isWide ? (cover.right = at("panel").offsetWidth) : (cover.bottom = at("panel").offsetHeight);
    const free = { width: width - cover.left - cover.right - 2 * EDGE, height: height - cover.top - cover.bottom - 2 * EDGE };
    const scale = Math.max(0.02, Math.min(free.width / (right - left), free.height / (bottom - top), MOST_SCALE));
    network.moveTo({
      scale,
      position: { x: (left + right) / 2 - (cover.left - cover.right) / 2 / scale, y: (top + bottom) / 2 - (cover.top - cover.bottom) / 2 / scale },
      animation: animated && !calm.matches ? GLIDE : false,
    });
    if (!animated) thin();
  }

  // What a node and its label take up: left, top, right, bottom.
  function box(node) {
    const { x, y } = network.getPosition(node.id);
    const { half, above, below } = node.box;
    return [x - half, y - above, x + half, y + below];
  }

  // Edges whose words would lie over a node or over other words; they show them when the mouse is on them.
  function crowded() {
    const shown = nodes.filter(isShown);
    const silent = new Set();
    if (!state.words) return silent;
    const taken = shown.flatMap((node) => {
      const { x, y } = network.getPosition(node.id);
      const [left, , right, bottom] = box(node);
      return [[x - node.size, y - node.size, x + node.size, y + node.size], [left + AIR, y + node.size, right - AIR, bottom - AIR]];
    });
    const urgent = (edge) => (edge.mood === "denied" ? 0 : edge.contested ? 1 : edge.kind === "statement" ? 2 : 3);
    for (const edge of [...edges].sort((one, other) => urgent(one) - urgent(other) || one.id - other.id)) {
      if (!isShown(nodes[edge.from]) || !isShown(nodes[edge.to]) || state.hiddenMoods.has(edgeMood(edge))) continue;
      const [from, to] = [network.getPosition(edge.from), network.getPosition(edge.to)];
      const [across, down] = [to.x - from.x, to.y - from.y];
      const bend = edge.bend * 0.08; // how far the curve's middle lies beside the straight line, as a share of its length
      const x = (from.x + to.x) / 2 + down * bend;
      const y = (from.y + to.y) / 2 - across * bend;
      const half = edge.label.length * 2.9 + 2;
      const area = [x - half, y - 7, x + half, y + 7];
      if (taken.some((one) => one[0] < area[2] && area[0] < one[2] && one[1] < area[3] && area[1] < one[3])) silent.add(edge.id);
      else taken.push(area);
    }
    return silent;
  }

  function showAll(all) {
    state.all = all;
    if (all && edges.length > WORDS_MOST) {
      state.words = false;
      press("words", false);
    }
    drawnNodes.update(nodes.map((node) => ({ id: node.id, ...place(node) })));
    rearrange();
    notice();
    fit(false);
  }

  function notice() {
    const core = nodes.filter((node) => node.core).length;
    at("notice").hidden = core === nodes.length;
    at("notice").firstElementChild.textContent = state.all ? `All ${nodes.length.toLocaleString("en")} nodes.` : `The ${core} most important of ${nodes.length.toLocaleString("en")} nodes.`;
    at("all").textContent = state.all ? "Show fewer" : "Show all";
  }

  function thin() {
    const wanted = Math.max(0.15, Math.min(1, network.getScale() / 0.45));
    if (Math.abs(wanted - thinness) < 0.08) return;
    thinness = wanted;
    drawnNodes.update(nodes.map(nodeLook));
  }

  function light(lit) {
    state.lit = lit;
    redraw();
  }

  const nodeAndNear = (id) => ({ nodes: new Set([id, ...around[id].nodes]), edges: new Set(around[id].edges) });
  const edgeAndEnds = (id) => ({ nodes: new Set([edges[id].from, edges[id].to]), edges: new Set([id]) });
  function chosenLit() {
    if (state.chosen === null) return null;
    return "node" in state.chosen ? nodeAndNear(state.chosen.node) : edgeAndEnds(state.chosen.edge);
  }

  network.on("hoverNode", (event) => light(nodeAndNear(event.node)));
  network.on("hoverEdge", (event) => light(edgeAndEnds(event.edge)));
  network.on("blurNode", () => light(chosenLit()));
  network.on("blurEdge", () => light(chosenLit()));
  network.on("click", (event) => {
    if (event.nodes.length) choose({ node: event.nodes[0] });
    else if (event.edges.length) choose({ edge: event.edges[0] });
    else choose(null);
  });

  // The panel ----------------------------------------------------------------------------------------------------------

  function make(tag, text, className) {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function named(text) {
    const element = make("bdi", text);
    element.dir = "auto";
    return element;
  }

  function link(address, text) {
    let url = null;
    try {
      url = new URL(address);
    } catch (error) {
      url = null;
    }
    if (url === null || !["http:", "https:"].includes(url.protocol)) return named(text);
    const element = make("a", text);
    element.href = url.href;
    element.target = "_blank";
    element.rel = "noopener noreferrer";
    return element;
  }

  const CERTAINTY = { Certain: "certain", Probable: "probable", Possible: "possible", UnknownCertainty: "certainty unknown" };
  const POLARITY = { Positive: "affirmed", Negative: "denied", UnknownPolarity: "neither affirmed nor denied" };

  function tags(item) {
    const line = make("p");
    if (item.polarity) line.append(make("span", POLARITY[item.polarity] ?? item.polarity, item.polarity === "Negative" ? "tag bad" : item.polarity === "Positive" ? "tag" : "tag hedged"));
    if (item.certainty) line.append(make("span", CERTAINTY[item.certainty] ?? item.certainty, item.certainty === "Certain" ? "tag" : "tag hedged"));
    if (item.contested) line.append(make("span", "contested", "tag bad"));
    return line;
  }

  function claimBlock(claim) {
    const block = make("article", undefined, claim.contested || claim.polarity === "Negative" ? "claim bad" : "claim");
    const says = make("p");
    const source = named(claim.source || claim.publisher || "the document");
    source.style.fontWeight = "600";
    says.append(source);
    if (claim.cue) says.append(" “", named(claim.cue), "”");
    else says.append(make("span", " in its own voice", "kind"));
    if (claim.addressee) says.append(make("span", " to ", "kind"), named(claim.addressee));
    block.append(says);
    if (claim.via) block.append(make("p", "via ", "kind"));
    if (claim.via) claim.via.forEach((name, turn) => block.lastChild.append(turn ? " ← " : "", named(name)));
    if (claim.quote) {
      const quotation = make("blockquote");
      quotation.dir = "auto";
      const marked = make("mark", claim.quote);
      quotation.append(claim.prefix ?? "", marked, claim.suffix ?? "");
      block.append(quotation);
    }
    block.append(tags(claim));
    for (const index of claim.contradicts) {
      const other = claims[index];
      const against = make("p", "contradicted by ", "against");
      against.append(named(other.source || other.publisher || "the document"), other.quote ? ": “" : "", other.quote ? named(other.quote.slice(0, 300)) : "", other.quote ? "”" : "");
      block.append(against);
    }
    if (claim.corroborates.length) {
      const sources = [...new Set(claim.corroborates.map((index) => claims[index].source || claims[index].publisher || "another document"))];
      const also = make("p", "also stated by ", "kind");
      sources.forEach((name, turn) => also.append(turn ? ", " : "", named(name)));
      block.append(also);
    }
    const where = make("p", undefined, "where");
    where.append(claim.url ? link(claim.url, claim.title || claim.url) : named(claim.title || claim.document || ""));
    for (const part of [claim.publisher, claim.date]) if (part) where.append(" · ", named(part));
    block.append(where);
    return block;
  }

  function claimList(places, into) {
    into.append(make("h3", places.length === 1 ? "1 claim" : `${places.length} claims`));
    let start = 0;
    const more = make("button", "Show more claims");
    more.type = "button";
    const next = () => {
      for (const index of places.slice(start, start + CLAIMS_AT_ONCE)) into.insertBefore(claimBlock(claims[index]), more);
      start += CLAIMS_AT_ONCE;
      more.hidden = start >= places.length;
    };
    more.addEventListener("click", next);
    into.append(more);
    next();
  }

  function facts(pairs, into) {
    const list = make("dl", undefined, "facts");
    for (const [name, value] of pairs) {
      if (!value || (Array.isArray(value) && !value.length)) continue;
      list.append(make("dt", name));
      const held = make("dd");
      held.dir = "auto";
      if (value instanceof Node) held.append(value);
      else held.textContent = Array.isArray(value) ? value.join(", ") : value;
      list.append(held);
    }
    if (list.childElementCount) into.append(list);
  }

  function jump(target, ...parts) {
    const item = make("li");
    const button = make("button");
    button.type = "button";
    button.append(...parts);
    button.addEventListener("click", () => choose(target, true));
    item.append(button);
    return item;
  }

  function nodePanel(node, into) {
    const heading = make("h2", node.name);
    heading.dir = "auto";
    into.append(heading, make("p", node.type.slice(0, 200) + (node.affiliation ? ` · ${node.affiliation}` : ""), "kind"));
    if (node.kind === "event" || node.contested) into.append(tags(node));
    facts([
      ["also", node.kind === "event" ? null : node.aliases],
      ["position", node.positions],
      ["said as", node.kind === "event" ? node.aliases : null],
      ["when", node.time ?? node.time_text],
      ["how many", node.count],
      ["Wikidata", node.wikidata ? link(node.wikidata, node.wikidata.split("/").pop()) : null],
    ], into);
    claimList(node.claims, into);
    const ties = around[node.id].edges.map((id) => edges[id]);
    into.append(make("h3", ties.length === 1 ? "1 connection" : `${ties.length} connections`));
    const list = make("ul", undefined, "links");
    for (const edge of ties) {
      const isOut = edge.from === node.id;
      const other = nodes[isOut ? edge.to : edge.from];
      const word = make("i", isOut ? `${edge.full} →` : `← ${edge.full}`, edge.contested || edge.mood === "denied" ? "bad" : "");
      list.append(jump({ node: other.id }, word, named(other.name.slice(0, 200))));
    }
    into.append(list);
  }

  function edgePanel(edge, into) {
    const heading = make("h2");
    heading.append(named(nodes[edge.from].name.slice(0, 300)), make("span", ` ${edge.full} → `, "kind"), named(nodes[edge.to].name.slice(0, 300)));
    into.append(heading, tags(edge));
    const list = make("ul", undefined, "links");
    for (const id of [edge.from, edge.to]) list.append(jump({ node: id }, named(nodes[id].name.slice(0, 200))));
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
      if (!state.all && !node.core) showAll(true);
      if (state.hiddenFamilies.delete(node.family)) drawLegend();
      nodePanel(node, details);
      network.selectNodes([node.id]);
    } else {
      edgePanel(edges[target.edge], details);
      network.selectEdges([target.edge]);
    }
    panel.scrollTop = 0;
    light(chosenLit());
    if (moveThere && "node" in target) {
      glideTo([target.node], Math.max(network.getScale(), 0.9));
    } else {
      // What lies under the panel that its click has opened comes out from below it.
      const ends = "node" in target ? [target.node] : [edges[target.edge].from, edges[target.edge].to];
      if (ends.some(isCovered)) glideTo(ends, network.getScale());
    }
  }

  function isCovered(id) {
    const { x, y } = network.canvasToDOM(network.getPosition(id));
    const { clientWidth: width, clientHeight: height } = at("network");
    return width > NARROW ? x > width - at("panel").offsetWidth - 60 : y > height - at("panel").offsetHeight - 40;
  }

  // Move nodes to the middle of what the panel leaves free.
  function glideTo(ids, scale) {
    const isWide = at("network").clientWidth > NARROW;
    const offset = isWide ? { x: -at("panel").offsetWidth / 2, y: 0 } : { x: 0, y: -at("panel").offsetHeight / 2 };
    const places = ids.map((id) => network.getPosition(id));
    const middle = (axis) => places.reduce((sum, one) => sum + one[axis], 0) / places.length;
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
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    draw(context);
    return canvas;
  }

  const corners = (count, radius, turn, inner) => Array.from({ length: count }, (_, place) => {
    const angle = turn + (2 * Math.PI * place) / count;
    const reach = inner && place % 2 ? inner : radius;
    return [17 + reach * Math.cos(angle), 9 + reach * Math.sin(angle)];
  });
  const SHAPES = {
    square: corners(4, 8.5, Math.PI / 4), diamond: corners(4, 8.5, 0), hexagon: corners(6, 8, 0),
    triangle: corners(3, 8.5, -Math.PI / 2), triangleDown: corners(3, 8.5, Math.PI / 2), star: corners(10, 9, -Math.PI / 2, 4),
  };

  function drawShape(shape, colour) {
    return (context) => {
      context.beginPath();
      if (SHAPES[shape]) SHAPES[shape].forEach(([x, y], turn) => (turn ? context.lineTo(x, y) : context.moveTo(x, y)));
      else context.arc(17, 9, 7, 0, 2 * Math.PI);
      context.closePath();
      context.fillStyle = colour;
      context.fill();
    };
  }

  function drawLine(mood) {
    return (context) => {
      context.strokeStyle = tone(moods[mood]);
      context.fillStyle = tone(moods[mood]);
      context.lineWidth = mood === "statement" ? 1.2 : 2;
      context.setLineDash(moods[mood].dashes.map((length) => length * 0.8));
      context.beginPath();
      context.moveTo(1, 9);
      context.lineTo(27, 9);
      context.stroke();
      context.beginPath();
      context.moveTo(33, 9);
      context.lineTo(26, 5.5);
      context.lineTo(26, 12.5);
      context.fill();
    };
  }

  function entry(list, hidden, key, picture, label, count) {
    const item = make("li");
    const button = make("button");
    button.type = "button";
    button.dataset.key = key;
    button.setAttribute("aria-pressed", String(!hidden.has(key)));
    button.title = "Click to hide or show";
    button.append(sample(picture), make("span", label), make("b", count.toLocaleString("en")));
    button.addEventListener("click", () => {
      if (!hidden.delete(key)) hidden.add(key);
      button.setAttribute("aria-pressed", String(!hidden.has(key)));
      rearrange();
    });
    item.append(button);
    list.append(item);
  }

  function drawLegend() {
    at("families").replaceChildren();
    at("moods").replaceChildren();
    style.families.forEach((row, family) => {
      const count = nodes.filter((node) => node.family === family).length;
      if (count) entry(at("families"), state.hiddenFamilies, family, drawShape(row.shape, tone(row)), row.label, count);
    });
    for (const row of style.edges) {
      const count = edges.filter((edge) => edgeMood(edge) === row.mood).length;
      if (count) entry(at("moods"), state.hiddenMoods, row.mood, drawLine(row.mood), row.label, count);
    }
  }

  // Search -------------------------------------------------------------------------------------------------------------

  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(UNSEEN, "").toLowerCase();
  const searchable = nodes.map((node) => [node.name, ...node.aliases].map((name) => plain(name.slice(0, 500))));
  let found = [];
  let marked = 0;

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

  function showFound() {
    const list = at("found");
    list.replaceChildren();
    found.forEach((id, turn) => {
      const item = make("li");
      item.id = `found-${turn}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(turn === marked));
      item.append(named(nodes[id].name.slice(0, 120)), make("small", nodes[id].type));
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(turn));
      list.append(item);
    });
    if (!found.length && at("search").value.trim()) list.append(make("li", "No such name"));
    list.hidden = !at("search").value.trim();
    at("search").setAttribute("aria-expanded", String(!list.hidden));
    if (found.length) at("search").setAttribute("aria-activedescendant", `found-${marked}`);
    else at("search").removeAttribute("aria-activedescendant");
  }

  function take(turn) {
    if (found[turn] === undefined) return;
    choose({ node: found[turn] }, true);
    at("found").hidden = true;
    at("search").setAttribute("aria-expanded", "false");
  }

  at("search").addEventListener("input", () => {
    found = search(at("search").value);
    marked = 0;
    showFound();
  });
  at("search").addEventListener("focus", () => at("search").value && showFound());
  at("search").addEventListener("blur", () => (at("found").hidden = true));
  at("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      marked = Math.max(0, Math.min(found.length - 1, marked + (event.key === "ArrowDown" ? 1 : -1)));
      showFound();
    } else if (event.key === "Enter") {
      take(marked);
    } else if (event.key === "Escape") {
      at("search").value = "";
      at("search").blur();
    }
  });

  // Buttons and keys ---------------------------------------------------------------------------------------------------

  const press = (id, isPressed) => at(id).setAttribute("aria-pressed", String(isPressed));
  let moves = false;
  const actions = {
    fit: () => fit(true),
    words: () => {
      state.words = !state.words;
      press("words", state.words);
      rearrange();
    },
    physics: () => {
      moves = !moves;
      press("physics", moves);
      network.setOptions({ physics: { ...content.options.physics, enabled: moves } });
    },
    all: () => showAll(!state.all),
    close: () => {
      choose(null);
      at("network").focus();
    },
    download: () => {
      const drawn = at("network").querySelector("canvas");
      const picture = make("canvas");
      picture.width = drawn.width;
      picture.height = drawn.height;
      const context = picture.getContext("2d");
      context.fillStyle = page();
      context.fillRect(0, 0, picture.width, picture.height);
      context.drawImage(drawn, 0, 0);
      const anchor = make("a");
      anchor.href = picture.toDataURL("image/png");
      anchor.download = content.file;
      anchor.click();
    },
  };
  for (const [id, act] of Object.entries(actions)) at(id).addEventListener("click", act);

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === "Escape" && !isTyping) actions.close();
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const canvasMoves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "/") {
      event.preventDefault();
      at("search").focus();
    } else if (event.key === "0") fit(true);
    else if (event.key === "w") actions.words();
    else if (event.key === "p") actions.physics();
    else if (event.key === "+" || event.key === "-") network.moveTo({ scale: network.getScale() * (event.key === "+" ? 1.2 : 1 / 1.2) });
    else if (canvasMoves[event.key] && document.activeElement === at("network")) {
      const view = network.getViewPosition();
      const [right, down] = canvasMoves[event.key];
      network.moveTo({ position: { x: view.x + (60 * right) / network.getScale(), y: view.y + (60 * down) / network.getScale() } });
      event.preventDefault();
    }
  });

  dark.addEventListener("change", () => {
    drawLegend();
    redraw();
  });
  if (at("network").clientWidth <= NARROW) at("legend").open = false;
  press("words", state.words);
  drawLegend();
  notice();
  rearrange();
  fit(false);
  if (nodes.length && at("network").clientWidth <= NARROW && network.getScale() < LEGIBLE_SCALE) {
    // A small screen begins with what matters most, large enough to read; "Fit" shows the whole.
    const first = nodes.reduce((best, node) => (node.core && node.size > best.size ? node : best));
    network.moveTo({ position: network.getPosition(first.id), scale: LEGIBLE_SCALE });
  }
  let zoomed = 0;
  const thinSoon = () => {
    clearTimeout(zoomed);
    zoomed = setTimeout(thin, 120);
  };
  network.on("zoom", thinSoon);
  network.on("animationFinished", thinSoon);
  network.on("dragEnd", (event) => event.nodes.length && rearrange());
  at("legend").addEventListener("toggle", () => at("network").clientWidth > NARROW && fit(true));
  window.addEventListener("resize", () => fit(false));
  window.kg = { network, nodes, edges, claims, state, choose, search, isShown }; // for tests and curious people
})();
