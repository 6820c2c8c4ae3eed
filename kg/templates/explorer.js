"use strict";
// The explorer: which view is open (the address says so), and what stands in those that are lists.
(() => {
  const { content, at, make, named, button, finder, reader, isTyping, day, style } = kgPage;
  const { ask, near } = kgLive;
  const VIEWS = ["network", "documents", "document", "contested", "questions"];
  const LONG = 50; // letters in a cell from which on its column is wide
  const count = (number) => number.toLocaleString("en");
  const picture = (family) => kg.sample(kg.drawFamily(style.families[family]));

  function anchor(key, value, ...parts) {
    const made = make("a");
    made.href = `#${key}=${encodeURIComponent(value)}`;
    made.append(...parts);
    return made;
  }

  // Views -----------------------------------------------------------------------------------------------------------------

  function open(view) {
    for (const name of VIEWS) at(`view-${name}`).hidden = name !== view;
    const tab = view === "document" ? "documents" : view;
    for (const link of document.querySelectorAll("nav [data-view]")) {
      if (link.dataset.view === tab) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (view === "network") {
      const isEmpty = kg.state.open.size === 0;
      at("front").hidden = !isEmpty;
      at("canvas-tools").hidden = at("legend").hidden = isEmpty;
      kg.network.redraw();
    }
  }

  let latest = 0;
  async function follow() {
    const number = (latest += 1);
    const isLate = () => number !== latest;
    const [key, value = ""] = location.hash.slice(1).split(/=(.*)/s);
    let wanted = "";
    try {
      wanted = decodeURIComponent(value);
    } catch (error) {
      wanted = value;
    }
    if (key === "node" && wanted) return showNode(wanted, isLate);
    if (key === "document" || key === "claim") {
      const doc = await ask("document", { [key]: wanted });
      if (doc === null || isLate()) return;
      open("document");
      document.title = doc.title.slice(0, 200);
      kgDocument.show(doc, key === "claim" ? wanted : null);
      at("paper").focus({ preventScroll: true });
      return;
    }
    document.title = content.title;
    if (key === "documents") return void (open("documents"), listDocuments());
    if (key === "contested") return void (open("contested"), listDisputes(wanted));
    if (key === "questions") return void (open("questions"), showQuestion(wanted));
    open("network");
    if (key === "") kg.clear();
    if (kg.state.open.size === 0) showFront();
    open("network");
  }

  async function showNode(iri, isLate) {
    const known = kg.nodePlaces.get(iri);
    if (known !== undefined && kg.state.open.has(known)) {
      open("network");
      kg.choose({ node: known }, true);
      return;
    }
    const part = await near(iri, kg.nodes.filter((node) => kg.state.open.has(node.id)).map((node) => node.iri));
    if (part === null || isLate()) return;
    const isThere = part.nodes.some((node) => node.iri === part.centre);
    const isFirst = kg.state.open.size === 0;
    if (isThere) at("front").hidden = true;
    open("network");
    at("front").hidden = isThere || kg.state.open.size > 0;
    if (isThere) kg.grow(part);
    open("network");
    if (isFirst) kg.fit(false); // beside the legend, which is there now
    document.title = (part.nodes.find((node) => node.iri === part.centre)?.name ?? content.title).slice(0, 200);
  }

  const go = (key, value) => {
    const address = `#${key}=${encodeURIComponent(value)}`;
    if (location.hash === address) follow();
    else location.hash = address;
  };
  reader.open = (claim) => go("claim", claim.claim);

  // The front -------------------------------------------------------------------------------------------------------------

  async function showFront() {
    const found = await ask("front");
    if (found === null) return;
    const { numbers } = found;
    const several = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;
    const lead = make("p", `${several(numbers.documents, "document", "documents")}, ${several(numbers.claims, "attributed claim", "attributed claims")}, ${several(numbers.entities, "entity", "entities")}, ${several(numbers.events, "told event", "told events")}. Every line of the picture is somebody's claim; one click shows whose, and in which words.`, "lead");
    const grid = make("div", undefined, "grid");
    grid.append(
      column(`Most spoken of${found.newest < numbers.documents ? `, in the newest ${found.newest} documents` : ""}`, found.entities.map((one) => anchor("node", one.iri, picture(one.family), named(one.name), make("small", several(one.claims, "claim", "claims"))))),
      column("Newest documents", found.documents.map(documentRow)),
    );
    if (numbers.contradictions) {
      const note = make("p", undefined, "lead");
      const leap = make("a", `${several(numbers.contradictions, "contradiction", "contradictions")} between claims`);
      leap.href = "#contested";
      note.append("Where sources disagree: ", leap, ".");
      at("front").replaceChildren(make("h2", "Who said what"), lead, note, grid);
      leap.style.color = "var(--accent)";
      lead.style.marginBottom = "4px";
    } else {
      at("front").replaceChildren(make("h2", "Who said what"), lead, grid);
    }
    if (!numbers.documents) at("front").replaceChildren(make("h2", "Who said what"), make("p", "There are no documents in this store yet; add some with 'kg build'.", "lead"));
  }

  function column(title, rows) {
    const made = make("section");
    const list = make("ul", undefined, "rows");
    for (const row of rows) list.appendChild(make("li")).append(row);
    made.append(make("h3", title), list);
    return made;
  }

  const documentRow = (one) => anchor("document", one.iri, named(one.name.slice(0, 200)), make("small", [one.publisher.slice(0, 40), one.date && day(one.date)].filter(Boolean).join(" · ")));

  // Searching -------------------------------------------------------------------------------------------------------------

  let waiting = 0;
  finder(at("search"), at("found"), {
    find(text, show) {
      clearTimeout(waiting);
      if (!text.trim()) return show([]);
      waiting = setTimeout(async () => {
        const found = await ask("search", { q: text });
        if (found !== null) show(found.found.map((one) => (one.document
          ? { ...one, note: ["document", one.date && day(one.date)].filter(Boolean).join(", ") }
          : { ...one, picture: picture(one.family), name: one.called ? `${one.name} (${one.called})` : one.name, note: `${one.type}, ${count(one.claims)}` })));
      }, 120);
    },
    take(one) {
      at("search").value = "";
      at("search").blur();
      go(one.document ? "document" : "node", one.iri);
    },
    none: "Nothing is called so",
  });

  // Documents -------------------------------------------------------------------------------------------------------------

  async function listDocuments(start = 0) {
    const asked = at("documents-search").value;
    const found = await ask("documents", { q: asked, start });
    if (found === null || asked !== at("documents-search").value) return;
    const list = at("documents-list");
    if (!start) list.replaceChildren();
    for (const one of found.documents) {
      const item = make("li");
      item.append(documentRow(one));
      list.append(item);
    }
    at("documents-count").textContent = `${count(found.total)} document${found.total === 1 ? "" : "s"}`;
    at("documents-more").hidden = start + found.documents.length >= found.total;
  }
  at("documents-search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(listDocuments, 150);
  });
  at("documents-more").addEventListener("click", () => listDocuments(at("documents-list").childElementCount));

  // Contested events ------------------------------------------------------------------------------------------------------

  let about = "";
  async function listDisputes(iri, start = 0) {
    const found = await ask("contested", { node: iri, start });
    if (found === null) return;
    about = iri;
    const list = at("contested-list");
    if (!start) list.replaceChildren();
    list.append(...found.disputes.map(dispute));
    const line = at("contested-count");
    line.textContent = `${count(found.total)} contested event${found.total === 1 ? "" : "s"}${iri ? ` with ${found.name}` : ""}`;
    if (iri) {
      const all = make("a", "Show all");
      all.href = "#contested";
      line.append(" · ", all);
    }
    at("contested-more").hidden = start + found.disputes.length >= found.total;
  }
  at("contested-more").addEventListener("click", () => listDisputes(about, at("contested-list").childElementCount));

  function dispute(one) {
    const made = make("article", undefined, "dispute");
    const head = make("header");
    const title = make("h3", one.event.charAt(0).toUpperCase() + one.event.slice(1));
    title.dir = "auto";
    head.append(title, make("span", one.rules.join(", "), "tag"), button("In the network", () => go("node", one.node)));
    const sides = make("div", undefined, "sides");
    for (const side of one.sides) sides.append(sideOf(side));
    made.append(head, sides);
    return made;
  }

  function sideOf(side) {
    const made = make("section", undefined, side.says === "not so" ? "side against" : "side");
    const title = make("h4", side.says.charAt(0).toUpperCase() + side.says.slice(1));
    title.dir = "auto";
    made.append(title, make("p", `${side.independentSources} independent source${side.independentSources === 1 ? "" : "s"}`, "kind"));
    for (const { root, quotes } of side.sources) {
      for (const quote of quotes) {
        const block = make("blockquote");
        const words = make("p", `“${quote.words}”`);
        words.dir = "auto";
        const foot = make("footer");
        foot.append(named(quote.source || root), quote.cue ? ` “${quote.cue}”` : "", quote.via.length ? ` via ${quote.via.join(" ← ")}` : "");
        if (quote.outlet && quote.outlet !== quote.source) foot.append(", in ", named(quote.outlet));
        if (quote.date) foot.append(`, ${day(quote.date)}`);
        foot.append(" ", button("In the text", () => go("claim", quote.claim)));
        block.append(words, foot);
        made.append(block);
      }
    }
    return made;
  }

  // Questions: saved queries ----------------------------------------------------------------------------------------------

  for (const query of content.queries) {
    const item = make("li");
    const link = anchor("questions", query.name, query.title);
    link.dataset.name = query.name;
    item.append(link);
    at("questions-list").append(item);
  }

  function showQuestion(name) {
    const query = content.queries.find((one) => one.name === name);
    for (const link of at("questions-list").querySelectorAll("a")) {
      if (link.dataset.name === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const into = at("question");
    if (!query) return void into.replaceChildren(make("p", "Choose a question.", "kind"));
    const form = make("form");
    const fields = query.parameters.map((parameter) => {
      const label = make("label", `${parameter.name}: ${parameter.text}`);
      const input = Object.assign(make("input"), { value: parameter.default, required: !parameter.optional && !parameter.default, autocomplete: "off" });
      input.dataset.name = parameter.name;
      label.append(input);
      form.append(label);
      return input;
    });
    const run = Object.assign(make("button", "Ask", "act"), { type: "submit" });
    form.append(run);
    const answer = make("div", undefined, "answer");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answerTo(query, fields, answer, run);
    });
    const title = make("h3", query.title);
    into.replaceChildren(title, make("p", query.description, "kind"), form, answer);
    if (form.checkValidity()) answerTo(query, fields, answer, run);
  }

  async function answerTo(query, fields, answer, run) {
    const given = new URLSearchParams(fields.filter((field) => field.value.trim()).map((field) => [field.dataset.name, field.value]));
    run.disabled = true;
    at("busy").hidden = false;
    try {
      const response = await fetch(`/saved/${encodeURIComponent(query.name)}?${given}`, { headers: { Accept: "application/sparql-results+json, text/turtle;q=0.9" } });
      const text = await response.text();
      if (!response.ok || !response.headers.get("content-type").includes("json")) answer.replaceChildren(make("pre", text));
      else answer.replaceChildren(...table(JSON.parse(text)));
    } catch (error) {
      answer.replaceChildren(make("pre", `${error.message}; is 'kg serve' still running?`));
    }
    run.disabled = false;
    at("busy").hidden = true;
  }

  function table(answer) {
    if ("boolean" in answer) return [make("p", answer.boolean ? "yes" : "no")];
    const { vars } = answer.head;
    const rows = answer.results.bindings;
    const made = make("table");
    const head = make("tr");
    const isLong = (name) => rows.some((row) => row[name]?.type === "literal" && row[name].value.length > LONG);
    const long = new Set(vars.filter(isLong));
    head.append(...vars.map((name) => Object.assign(make("th", name.replaceAll("_", " "), long.has(name) ? "long" : ""), { scope: "col" })));
    made.append(make("thead"), make("tbody"));
    made.tHead.append(head);
    for (const row of rows) {
      const line = make("tr");
      line.append(...vars.map((name) => cell(row[name])));
      made.tBodies[0].append(line);
    }
    return [make("p", `${count(rows.length)} row${rows.length === 1 ? "" : "s"}`, "kind"), made];
  }

  function cell(term) {
    const made = make("td");
    made.dir = "auto";
    if (!term) return made;
    const local = term.type === "uri" && /\/(document|claim|event|person|state|agency|weapon|place|group)\/(.+)$/.exec(term.value);
    if (local) {
      const key = { document: "document", claim: "claim" }[local[1]] ?? "node";
      made.append(anchor(key, term.value, `${local[1]}:${local[2]}`));
    } else {
      made.textContent = typeof term.value === "string" ? term.value.replace(/^https:\/\/w3id\.org\/claimgraph\/ontology#/, "kg:") : JSON.stringify(term.value);
      if (/#(integer|decimal|double|float)$/.test(term.datatype ?? "")) made.className = "number";
    }
    return made;
  }

  // Keys ------------------------------------------------------------------------------------------------------------------

  at("clear").addEventListener("click", () => (location.hash = ""));
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || at("help").open) return;
    const isReading = !at("view-document").hidden;
    if (event.key === "/") {
      event.preventDefault();
      at("search").focus();
    } else if (event.key === "?" && at("view-network").hidden) at("help").showModal();
    else if (isReading && (event.key === "n" || event.key === "b")) kgDocument.step(event.key === "n" ? 1 : -1);
    else if (isReading && event.key === "Escape") kgDocument.close();
    else if (!at("view-network").hidden && event.key === "x") at("clear").click();
    else if (!at("view-network").hidden && event.key === "Delete") kg.dropChosen();
  });

  window.addEventListener("hashchange", follow);
  follow();
})();
