"use strict";
// What all pages of kg share: text from documents put in as text only (textContent), links only if they are http(s), claims.
const kgPage = (() => {
  const content = JSON.parse(document.getElementById("content").textContent);
  const { claims, style } = content;
  const at = (id) => document.getElementById(id);
  const CLAIMS_AT_ONCE = 40;
  const NARROW = 760; // pixels; as in graph.css
  const CERTAINTY = { Certain: "certain", Probable: "probable", Possible: "possible", UnknownCertainty: "certainty unknown" };
  const POLARITY = { Positive: "affirmed", Negative: "denied", UnknownPolarity: "neither affirmed nor denied" };

  // Light or dark: as the system has it, unless the reader chooses; the choice is kept, where the browser keeps anything.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const THEMES = { auto: "◐", light: "☀", dark: "☾" };
  const dark = {
    get matches() { return !isPrinting && (theme === "auto" ? system.matches : theme === "dark"); },
    listeners: [],
    addEventListener(kind, act) { this.listeners.push(act); },
  };
  let theme = "auto";
  let isPrinting = false; // on paper all is light
  function setTheme(name) {
    theme = Object.hasOwn(THEMES, name) ? name : "auto";
    document.documentElement.dataset.theme = isPrinting ? "light" : theme;
    at("theme").textContent = THEMES[theme];
    at("theme").title = `Colours: ${theme} (t)`;
    at("theme").setAttribute("aria-label", at("theme").title);
    dark.listeners.forEach((act) => act());
  }
  function kept() {
    try {
      return localStorage.getItem("kg-theme");
    } catch (error) {
      return null; // a browser that keeps nothing
    }
  }
  function nextTheme() {
    const names = Object.keys(THEMES);
    setTheme(names[(names.indexOf(theme) + 1) % names.length]);
    try {
      localStorage.setItem("kg-theme", theme);
    } catch (error) {
      // then the choice holds for this page
    }
  }
  setTheme(kept());
  at("theme").addEventListener("click", nextTheme);
  for (const [kind, isBegun] of [["beforeprint", true], ["afterprint", false]]) {
    window.addEventListener(kind, () => {
      isPrinting = isBegun;
      setTheme(theme);
    });
  }
  system.addEventListener("change", () => theme === "auto" && setTheme("auto"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "t" && !isTyping(event) && !event.ctrlKey && !event.metaKey && !event.altKey) nextTheme();
  });

  const isTyping = ({ target }) => target.matches?.("input:not([type=range]), textarea, select, [contenteditable]") ?? false;

  const tone = (row) => (dark.matches ? row.dark : row.light);
  // A colour of the style sheet as it is now, in light or dark, written as canvas and SVG take it.
  const probe = document.body.appendChild(document.createElement("i"));
  probe.hidden = true;
  function colour(name) {
    probe.style.color = `var(--${name})`;
    const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
    return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
  }

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

  function button(text, act) {
    const element = make("button", text);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  }

  // An item of a list of links: a button that leads to what its parts name.
  function jump(act, ...parts) {
    const item = make("li");
    const leap = button(undefined, act);
    leap.append(...parts);
    item.append(leap);
    return item;
  }

  const headCount = (number, one) => make("h3", number === 1 ? `1 ${one}` : `${number.toLocaleString("en")} ${one}s`);

  const press = (id, isPressed) => at(id).setAttribute("aria-pressed", String(isPressed));

  function tags(item) {
    const line = make("p");
    if (item.polarity) line.append(make("span", POLARITY[item.polarity] ?? item.polarity, item.polarity === "Negative" ? "tag bad" : item.polarity === "Positive" ? "tag" : "tag hedged"));
    if (item.certainty) line.append(make("span", CERTAINTY[item.certainty] ?? item.certainty, item.certainty === "Certain" ? "tag" : "tag hedged"));
    if (item.contested) line.append(make("span", "contested", "tag bad"));
    return line;
  }

  const speaker = (claim) => claim.source || claim.publisher || "the document";

  function claimBlock(claim) {
    const block = make("article", undefined, claim.contested || claim.polarity === "Negative" ? "claim bad" : "claim");
    const says = make("p");
    const source = named(speaker(claim));
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
      quotation.append(claim.prefix ?? "", make("mark", claim.quote), claim.suffix ?? "");
      block.append(quotation);
    }
    block.append(tags(claim));
    for (const index of claim.contradicts) {
      const other = claims[index];
      const against = make("p", "contradicted by ", "against");
      against.append(named(speaker(other)), other.quote ? ": “" : "", other.quote ? named(other.quote.slice(0, 300)) : "", other.quote ? "”" : "");
      block.append(against);
    }
    if (claim.corroborates.length) {
      const also = make("p", "also stated by ", "kind");
      [...new Set(claim.corroborates.map((index) => speaker(claims[index])))].forEach((name, turn) => also.append(turn ? ", " : "", named(name)));
      block.append(also);
    }
    const where = make("p", undefined, "where");
    where.append(claim.url ? link(claim.url, claim.title || claim.url) : named(claim.title || claim.document || ""));
    for (const part of [claim.publisher, claim.date && day(claim.date)]) if (part) where.append(" · ", named(part));
    if (reader.open && claim.claim) where.append(" ", button("In the text", () => reader.open(claim)));
    block.append(where);
    return block;
  }

  const UNSEEN = /[\u0000-\u001f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(UNSEEN, "").toLowerCase();

  // The rows whose names hold the words: those that begin so first, else as they stand.
  function holding(rows, text, most = 10) {
    const wanted = plain(text.trim());
    if (!wanted) return [];
    const rank = ({ names }) => Math.min(...names.map((name) => plain(name.slice(0, 500)).indexOf(wanted)).map((place) => (place < 0 ? 9 : place ? 1 : 0)));
    return rows.map((row) => [rank(row), row]).filter(([one]) => one < 9).sort((one, other) => one[0] - other[0]).slice(0, most).map(([, row]) => row);
  }

  const reader = { open: null }; // shows the place of a claim in its document, where there is one who can

  // A field that finds while one types: `find` is given the text and a function that takes rows of name and note; `take` a row.
  function finder(field, list, { find, take, none = "No such name" }) {
    let [rows, marked] = [[], 0];
    function hide() {
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
    }
    function show() {
      list.replaceChildren();
      rows.forEach((row, turn) => {
        const item = make("li");
        item.id = `${list.id}-${turn}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(turn === marked));
        if (row.picture) item.append(row.picture);
        item.append(named(row.name.slice(0, 120)), make("small", row.note));
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => choose(turn));
        list.append(item);
      });
      if (!rows.length && field.value.trim()) list.append(make("li", none));
      list.hidden = !field.value.trim();
      field.setAttribute("aria-expanded", String(!list.hidden));
      if (rows.length) field.setAttribute("aria-activedescendant", `${list.id}-${marked}`);
      else field.removeAttribute("aria-activedescendant");
    }
    function choose(turn) {
      if (rows[turn] === undefined) return;
      take(rows[turn]);
      hide();
    }
    field.addEventListener("input", () => {
      const asked = field.value;
      find(asked, (found) => {
        if (asked !== field.value) return;
        [rows, marked] = [found, 0];
        show();
      });
    });
    field.addEventListener("focus", () => field.value && show());
    field.addEventListener("blur", hide);
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        marked = Math.max(0, Math.min(rows.length - 1, marked + (event.key === "ArrowDown" ? 1 : -1)));
        show();
      } else if (event.key === "Enter") {
        choose(marked);
      } else if (event.key === "Escape") {
        field.value = "";
        field.blur();
      }
    });
  }

  function claimList(places, into) {
    into.append(headCount(places.length, "claim"));
    let start = 0;
    const next = () => {
      for (const index of places.slice(start, start + CLAIMS_AT_ONCE)) into.insertBefore(claimBlock(claims[index]), more);
      start += CLAIMS_AT_ONCE;
      more.hidden = start >= places.length;
    };
    const more = button("Show more claims", next);
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

  // The facts and claims of a node; a heading first.
  function describe(node, into) {
    const heading = make("h2", node.name);
    heading.dir = "auto";
    into.append(heading, make("p", node.type.slice(0, 200) + (node.affiliation ? ` · ${node.affiliation}` : ""), "kind"));
    if (node.kind === "event" || node.contested) into.append(tags(node));
    facts([
      ["also", node.kind === "event" ? null : node.aliases],
      ["position", node.positions],
      ["said as", node.kind === "event" ? node.aliases : null],
      ["when", node.time ? day(node.time) : node.time_text],
      ["how many", node.count],
      ["codes", node.codes],
      ["Wikidata", node.wikidata ? link(node.wikidata, node.wikidata.split("/").pop()) : null],
    ], into);
  }

  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  // An ISO 8601 day or time as people write the day; what is none stays as it is.
  function day(text) {
    const parts = /^(\d{4})-(\d\d)-(\d\d)(?:T|$)/.exec(text);
    const month = parts && MONTHS[Number(parts[2]) - 1];
    return month ? `${Number(parts[3])} ${month} ${parts[1]}` : text;
  }

  function save(data, kind, ending) {
    const anchor = make("a");
    anchor.href = URL.createObjectURL(data instanceof Blob ? data : new Blob([data], { type: kind }));
    anchor.download = `${content.file}.${ending}`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
  }

  return { content, claims, style, NARROW, at, dark, tone, colour, make, named, link, button, jump, finder, plain, holding, reader, isTyping, headCount, press, tags, claimBlock, claimList, facts, describe, day, speaker, save };
})();
