"use strict";
// The drawing in `kg report`: the same marks as in the network, still, as SVG; drawn in light colours when it is printed.
(() => {
  const { content, at, dark, colour, make } = kgPage;
  const { SHAPES, Taken, wide, SvgPen, way, halfway, line, head, words, nodeLook, edgeLook, edgeMood, key, drawKey, drawFamily, drawMood } = kgPaint;
  const { nodes, edges } = content;
  const EDGE = 14;
  const WORDS_MOST = 90; // edges that are drawn with their words
  if (!nodes.length) {
    at("picture").replaceChildren(make("p", "Nothing to draw.", "kind"));
    return;
  }

  function draw() {
    const bounds = nodes.map(({ x, y, box }) => [x - box.half, y - box.above, x + box.half, y + box.below]);
    const [left, top] = [0, 1].map((side) => Math.min(...bounds.map((one) => one[side])) - EDGE);
    const [right, bottom] = [2, 3].map((side) => Math.max(...bounds.map((one) => one[side])) + EDGE);
    const [width, height] = [Math.round(right - left), Math.round(bottom - top)];
    const { families, edges: kinds } = kgPage.style;
    const { entries, height: more } = key([
      ...families.flatMap((row, family) => (nodes.some((node) => node.family === family) ? [[drawFamily(row), row.label]] : [])),
      ...kinds.flatMap((row) => (edges.some((edge) => edgeMood(edge) === row.mood) ? [[drawMood(row.mood), row.label]] : [])),
    ], width);
    const pen = new SvgPen(width, height + more + 44);
    pen.save();
    pen.setTransform(1, 0, 0, 1, -left, -top);
    const taken = new Taken(90);
    const drawn = edges.map((edge) => ({ edge, look: edgeLook(edge), way: way(nodes[edge.from], nodes[edge.to], edge.bend, nodes[edge.from].size, nodes[edge.to].size) }));
    for (const { look, way: one } of drawn) {
      pen.strokeStyle = pen.fillStyle = look.colour;
      pen.lineWidth = look.width;
      pen.setLineDash(look.dashes);
      pen.beginPath();
      line(pen, one);
      pen.stroke();
      pen.setLineDash([]);
      pen.beginPath();
      head(pen, one, 9);
      pen.fill();
    }
    for (const node of nodes) {
      const look = nodeLook(node);
      pen.fillStyle = look.fill;
      pen.strokeStyle = look.border;
      pen.lineWidth = look.width;
      pen.setLineDash(look.dashes);
      pen.beginPath();
      SHAPES[node.shape](pen, node.x, node.y, node.size);
      pen.fill();
      pen.stroke();
      const lines = node.label.split("\n");
      words(pen, lines, node.x, node.y + node.size + 4, node.font.size, colour("text"), colour("page"), 1);
      taken.add([node.x - node.box.half, node.y - node.size, node.x + node.box.half, node.y + node.box.below]);
    }
    for (const { edge, look, way: one } of edges.length > WORDS_MOST ? [] : drawn) {
      const { x, y } = halfway(one);
      const half = (wide(edge.label) * 11.5) / 2;
      const box = [x - half, y - 7, x + half, y + 7];
      if (!taken.isFree(box)) continue;
      taken.add(box);
      words(pen, [edge.label], x, y - 7, 11.5, look.isBad ? colour("bad") : colour("faint"), colour("page"), 1);
    }
    pen.restore();
    drawKey(pen, entries, height, colour("text"));
    at("picture").replaceChildren(document.importNode(pen.root, true));
  }
  draw();
  dark.addEventListener("change", draw);
  window.kg = { nodes, edges };
})();
