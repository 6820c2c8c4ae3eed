"use strict";
// The page of `kg timeline`. vis-timeline lays out and moves; all text is put in as text.
(() => {
  const { content, at, make, named, finder, holding, isTyping, claimList, describe, facts, day } = kgPage;
  const { nodes, items, lanes } = content;
  const DAY = 86_400_000;
  if (!items.length) return;

  const when = (text) => new Date(`${(text + "-01-01").slice(0, 10)}T00:00:00`);
  const label = (item) => {
    const node = nodes[item.event];
    const element = named(node.says);
    element.className = "event";
    return element;
  };
  const days = items.map((item) => when(item.day).getTime());
  const [first, last] = [Math.min(...days), Math.max(...days)];
  const air = Math.max(2 * DAY, (last - first) * 0.06);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const calendar = [...new Set(items.map((item) => item.day))].sort();
  let range = [0, calendar.length - 1];
  const isIn = (text) => text >= calendar[range[0]] && text <= calendar[range[1]];
  const held = new vis.DataSet(items.map((item, id) => ({ id, group: item.lane, start: when(item.day), event: item.event, type: "box", className: `${nodes[item.event].mood}${nodes[item.event].is_dated ? "" : " reported"}`, content: "", day: item.day })));
  const groups = new vis.DataSet(lanes.map((name, id) => ({ id, name, content: "" })));
  const [heldIn, groupsIn] = [new vis.DataView(held, { filter: ({ day: text }) => isIn(text) }), new vis.DataView(groups, { filter: ({ id }) => items.some((item) => item.lane === id && isIn(item.day)) })];
  const timeline = new vis.Timeline(
    at("timeline"),
    heldIn,
    groupsIn,
    {
      template: label, groupTemplate: (group) => (group ? named(group.name) : make("span")), xss: { disabled: false },
      height: "100%", verticalScroll: true, zoomKey: "ctrlKey", horizontalScroll: false, orientation: { axis: "top", item: "top" }, margin: { item: { horizontal: 4, vertical: 4 }, axis: 6 },
      min: new Date(first - 20 * air), max: new Date(last + 20 * air),
      zoomMin: DAY, showCurrentTime: false, groupOrder: "id", selectable: true, multiselect: false, tooltip: { followMouse: false },
    },
  );

  function choose(event) {
    at("panel").hidden = event === null;
    at("details").replaceChildren();
    if (event === null) return timeline.setSelection([]);
    const node = nodes[event];
    describe(node, at("details"));
    if (!node.is_dated) at("details").append(make("p", "Its own time is not told; it stands where it was first reported.", "kind"));
    facts(node.ties, at("details"));
    claimList(node.claims, at("details"));
    at("panel").scrollTop = 0;
  }

  timeline.on("select", ({ items: [id] }) => choose(id === undefined ? null : items[id].event));
  // By keyboard: each event can be reached with Tab and opened with Enter.
  timeline.on("changed", () => {
    for (const box of at("timeline").querySelectorAll(".vis-item.vis-box:not([tabindex])")) box.tabIndex = 0;
  });
  at("timeline").addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".vis-item");
    if (!box || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    const { item } = timeline.getEventProperties({ target: box, clientX: 0, clientY: 0, type: "click", preventDefault() {} });
    if (item !== null) {
      timeline.setSelection([item]);
      choose(items[item].event);
    }
  });
  const names = nodes.map((node, event) => ({ event, name: node.says, names: [node.says, ...node.aliases, ...node.ties.map(([, name]) => name)], note: [node.ties.map(([, name]) => name).join(", ").slice(0, 40), day(items.find((item) => item.event === event).day)].filter(Boolean).join(" · ") }));
  finder(at("search"), at("found"), {
    find: (text, show) => show(holding(names, text)),
    take({ event }) {
      if (!items.some((item) => item.event === event && isIn(item.day))) slider.set(0, calendar.length - 1);
      const places = items.flatMap((item, id) => (item.event === event ? [id] : []));
      timeline.setSelection(places);
      timeline.focus(places[0], { animation: !calm, zoom: false });
      choose(event);
    },
    none: "No such event",
  });
  // What the slider shows, with air for the words; of one day its week.
  function fit(animation) {
    const [from, until] = range.map((place) => when(calendar[place]).getTime());
    const beside = Math.max(3 * DAY, (until - from) * 0.06);
    timeline.setWindow(new Date(from - beside), new Date(until + 1.6 * beside), { animation });
  }
  const slider = kgTime.slider({
    counts: (days) => days.map((text) => items.filter((item) => item.day === text).length),
    act(from, until) {
      range = [from, until];
      for (const view of [groupsIn, heldIn]) view.refresh();
      fit(false);
    },
  });
  at("fit").addEventListener("click", () => fit(!calm));
  at("close").addEventListener("click", () => choose(null));
  document.addEventListener("keydown", (event) => {
    if (isTyping(event)) return;
    if (event.key === "/") {
      event.preventDefault();
      at("search").focus();
    } else if (event.key === "Escape") choose(null);
    else if (event.key === "0") fit(!calm);
    else if (event.key === "+") timeline.zoomIn(0.4);
    else if (event.key === "-") timeline.zoomOut(0.4);
  });

  const marks = [["affirmed", "affirmed"], ["hedged", "hedged or unknown"], ["denied", "denied"], ["contested", "contested"], ["reported", "time not told: day of the first report"]];
  for (const [name, words] of marks) {
    const has = nodes.some((node) => (name === "reported" ? !node.is_dated : node.mood === name));
    if (!has) continue;
    const item = make("li");
    item.append(make("i", undefined, `mark ${name}`), words);
    at("key").append(item);
  }
  slider.take(calendar);
  slider.set(0, calendar.length - 1);
  window.kg = { timeline, setDays: slider.set, shown: () => heldIn.getIds(), nodes, items, lanes, choose };
})();
