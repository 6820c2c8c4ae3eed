"use strict";
// A document to read: each voice with its colour below what it says, lines as in the network, names that lead on.
const kgDocument = (() => {
  const { style, claims, at, make, named, link, button, tags, claimBlock, day, speaker } = kgPage;
  const VOICES = ["#0072b2", "#b35900", "#00755a", "#9a3f86", "#6b5b00", "#3f51b5", "#7a4a2b", "#00707f"];
  const VOICES_DARK = ["#5fb0e8", "#f09a4a", "#3fcba5", "#e08fcb", "#d3c04a", "#9aa8ff", "#d3a17f", "#4fc6d6"];
  const OTHERS = ["#5c6470", "#a2a9b4"]; // what is of no voice with a colour of its own
  let shown = null;

  const lightDark = ([light, dark]) => `light-dark(${light}, ${dark})`;
  const isOwn = (claim) => !claim.cue; // the outlet itself speaks
  const isPlain = (claim) => claim.polarity === "Positive" && claim.certainty === "Certain";
  const mood = (claim) => (claim.polarity === "Negative" ? "denied" : isPlain(claim) ? "" : "hedged");

  // Of claims that stand around each other, how deep each stands among those that are shown.
  function depth(doc, claim) {
    let deep = 0;
    for (let outer = doc.claims[claim.within]; outer; outer = doc.claims[outer.within]) deep += isMarked(outer) ? 1 : 0;
    return deep;
  }
  const isMarked = (claim) => !claim.elsewhere && (!isOwn(claim) || !isPlain(claim) || claim.contested);

  // Show a document as the server gives it; `wanted` is the IRI of the claim to begin at.
  function show(doc, wanted) {
    const here = kg.learn(doc.claims);
    const marked = doc.claims.map((claim, number) => ({ ...claim, number, place: here[number] })).filter(isMarked);
    const voices = new Map();
    for (const claim of marked) if (!isOwn(claim)) voices.set(speaker(claim), [...(voices.get(speaker(claim)) ?? []), claim]);
    const order = [...voices.keys()].sort((one, other) => voices.get(other).length - voices.get(one).length || (one < other ? -1 : 1));
    const tints = new Map(order.slice(0, VOICES.length).map((name, turn) => [name, lightDark([VOICES[turn], VOICES_DARK[turn]])]));
    const tint = (claim) => (isOwn(claim) ? lightDark(OTHERS) : tints.get(speaker(claim)) ?? lightDark(OTHERS));
    shown = { doc, marked, chosen: null, spans: new Map(), cards: new Map() };
    const paper = at("paper");
    const heading = make("h2", doc.title);
    heading.dir = "auto";
    const meta = make("p", undefined, "meta");
    const outlet = doc.publisherIri && doc.publisher ? make("a", doc.publisher) : null;
    if (outlet) outlet.href = `#node=${encodeURIComponent(doc.publisherIri)}`;
    const parts = [outlet, doc.date && make("span", day(doc.date)), doc.url ? link(doc.url, "source") : doc.id && named(doc.id.length > 60 ? `…${doc.id.slice(-60)}` : doc.id)].filter(Boolean);
    parts.forEach((part, turn) => meta.append(turn ? " · " : "", part));
    const list = make("ul", undefined, "voices");
    list.setAttribute("aria-label", "Who speaks; click one to see only what they say");
    for (const name of order) {
      const item = make("li");
      const toggle = button(undefined, () => sift(toggle, voices.get(name)));
      toggle.setAttribute("aria-pressed", "false");
      toggle.style.setProperty("--voice", tints.get(name) ?? lightDark(OTHERS));
      toggle.append(make("i"), named(name.slice(0, 80)), make("b", String(voices.get(name).length)));
      item.append(toggle);
      list.append(item);
    }
    const text = make("div", undefined, "text");
    text.id = "text";
    text.append(...paragraphs(doc, marked, tint));
    text.addEventListener("click", (event) => {
      const span = event.target.closest("a") ? null : event.target.closest("[data-claim]");
      if (span) choose(Number(span.dataset.claim), "card");
    });
    paper.replaceChildren(heading, meta, ...(order.length ? [list] : []), text);
    cards(doc, marked, tint);
    paper.scrollTop = 0;
    const first = marked.find((claim) => claim.claim === wanted);
    if (first) choose(first.number, "both");
    else if (wanted) flash(doc.claims.find((claim) => claim.claim === wanted));
  }

  // The text in paragraphs, cut where anything begins or ends; each piece lies in the claims that hold it, outermost first.
  function paragraphs(doc, marked, tint) {
    const letters = Array.from(doc.text); // places count code points
    const cuts = new Set([0, letters.length]);
    const cut = (place) => place >= 0 && place <= letters.length && cuts.add(place);
    for (const { start, end, spans } of marked) [start, end, ...Object.values(spans).flat()].forEach(cut);
    for (const { start, end } of doc.mentions) [start, end].forEach(cut);
    for (const gap of doc.gaps) gap.forEach(cut);
    const breaks = [];
    for (let place = 0; place < letters.length; place += 1) {
      if (letters[place] !== "\n") continue;
      let end = place;
      while (letters[end] === "\n") end += 1;
      if (end - place > 1) {
        breaks.push([place, end]);
        cut(place);
        cut(end);
      }
      place = end - 1;
    }
    const isBreak = (place) => breaks.some(([start, end]) => start <= place && place < end);
    const places = [...cuts].sort((one, other) => one - other);
    const holding = [...marked].sort((one, other) => one.start - other.start || other.end - one.end || depth(doc, one) - depth(doc, other));
    const made = [make("p")];
    made[0].dir = "auto";
    places.slice(0, -1).forEach((start, turn) => {
      const end = places[turn + 1];
      const gap = doc.gaps.find((one) => one[0] <= start && end <= one[1]);
      if (gap) {
        if (start === gap[0]) made.push(make("p", `[… ${gap[1] - gap[0]} characters that no claim quotes]`, "gap"), make("p"));
        return;
      }
      if (isBreak(start)) {
        if (made.at(-1).hasChildNodes()) made.push(make("p"));
        made.at(-1).dir = "auto";
        return;
      }
      let piece = document.createTextNode(letters.slice(start, end).join(""));
      piece = named_(doc, start, end, piece);
      piece = voiced(marked, start, end, piece, tint);
      const inside = holding.filter((claim) => claim.start <= start && end <= claim.end);
      for (const claim of inside.reverse()) {
        const span = make("span", undefined, ["said", mood(claim), claim.contested ? "contested" : ""].join(" ").trim());
        span.dataset.claim = claim.number;
        span.style.setProperty("--voice", tint(claim));
        span.title = `${speaker(claim)}${claim.cue ? ` “${claim.cue}”` : ""}`.slice(0, 300);
        span.append(piece);
        keep(claim.number, span);
        piece = span;
      }
      made.at(-1).append(piece);
      for (const claim of inside) if (claim.contested && claim.end === end) made.at(-1).append(flag(claim));
    });
    return made.filter((one) => one.hasChildNodes());
  }

  function keep(number, span) {
    shown.spans.set(number, [...(shown.spans.get(number) ?? []), span]);
  }

  function flag(claim) {
    const mark = button("≠", () => choose(claim.number, "card"));
    mark.className = "flag";
    mark.title = "Contested: another claim contradicts this";
    mark.setAttribute("aria-label", mark.title);
    return mark;
  }

  // The names in a piece, each a way to what is known of it; of names in one another the shortest.
  function named_(doc, start, end, piece) {
    const over = doc.mentions.filter((mention) => mention.start <= start && end <= mention.end);
    if (!over.length) return piece;
    const mention = over.reduce((best, one) => (one.end - one.start < best.end - best.start ? one : best));
    const anchor = make("a", undefined, mention.event ? "event" : "");
    anchor.href = `#node=${encodeURIComponent(mention.iri)}`;
    anchor.title = `${mention.name} · ${mention.type}`.slice(0, 200);
    const row = style.families[mention.family];
    anchor.style.setProperty("--tone", lightDark([row.light, row.dark]));
    anchor.append(piece);
    return anchor;
  }

  // The word that reports, and who is meant by it.
  function voiced(marked, start, end, piece, tint) {
    for (const part of ["source", "cue"]) {
      const claim = marked.find(({ spans }) => spans[part] && spans[part][0] <= start && end <= spans[part][1]);
      if (!claim) continue;
      const span = make("span", undefined, part);
      span.dataset.claim = claim.number;
      span.style.setProperty("--voice", tint(claim));
      span.append(piece);
      piece = span;
    }
    return piece;
  }

  // Beside the text --------------------------------------------------------------------------------------------------------

  function cards(doc, marked, tint) {
    const attributed = marked.filter((claim) => !isOwn(claim)).length;
    const margin = at("margin");
    const head = make("h3", `${attributed} claim${attributed === 1 ? "" : "s"} of others${marked.length > attributed ? `, ${marked.length - attributed} of its own that are hedged, denied or contested` : ""}`);
    margin.replaceChildren(head);
    for (const claim of marked) {
      const card = make("article", undefined, `card ${mood(claim)}`);
      card.style.setProperty("--voice", tint(claim));
      card.style.setProperty("--depth", Math.min(4, depth(doc, claim)));
      const head = button(undefined, () => choose(shown.chosen === claim.number ? null : claim.number, "text"));
      head.setAttribute("aria-expanded", "false");
      const who = named(speaker(claim));
      who.style.fontWeight = "600";
      head.append(who, claim.cue ? ` “${claim.cue}”` : " itself", make("span", claim.quote.length > 110 ? `${claim.quote.slice(0, 110)}…` : claim.quote));
      if (claim.contested) head.append(make("em", "contested", "tag bad"));
      if (mood(claim)) head.append(make("em", mood(claim), mood(claim) === "denied" ? "tag bad" : "tag hedged"));
      head.addEventListener("mouseenter", () => light(claim.number, true));
      head.addEventListener("mouseleave", () => light(claim.number, claim.number === shown.chosen));
      card.append(head);
      shown.cards.set(claim.number, { card, head, claim });
      margin.append(card);
    }
    if (!marked.length) margin.append(make("p", "Nobody is quoted here: all is said by the outlet itself, without reserve.", "kind"));
  }

  const light = (number, isLit) => (shown.spans.get(number) ?? []).forEach((span) => span.classList.toggle("lit", isLit));

  // Open one claim: marked in the text, with all about it beside. What was not clicked comes into sight.
  function choose(number, moving) {
    if (shown.chosen !== null) {
      light(shown.chosen, false);
      const { card, head } = shown.cards.get(shown.chosen);
      card.classList.remove("chosen");
      head.setAttribute("aria-expanded", "false");
      card.querySelector(".claim")?.remove();
    }
    shown.chosen = number;
    if (number === null) return;
    light(number, true);
    const { card, head, claim } = shown.cards.get(number);
    card.classList.add("chosen");
    head.setAttribute("aria-expanded", "true");
    card.append(details(claim));
    if (moving !== "card") shown.spans.get(number)?.[0].scrollIntoView({ block: "center" });
    if (moving !== "text") card.scrollIntoView({ block: "nearest" });
  }

  function details(claim) {
    const known = claims[claim.place];
    const block = make("article", undefined, "claim");
    if (known.addressee) block.append(make("p", `to ${known.addressee}`, "kind"));
    if (known.via) block.append(make("p", `via ${known.via.join(" ← ")}`, "kind"));
    block.append(tags(known));
    for (const [places, word, className] of [[known.contradicts, "contradicted by ", "against"], [known.corroborates, "also stated by ", "kind"]]) {
      for (const place of places) {
        const other = claims[place];
        const line = make("p", word, className);
        line.append(named(speaker(other)), other.quote ? ": “" : "", other.quote ? named(other.quote.slice(0, 200)) : "", other.quote ? "” " : " ");
        const leap = make("a", other.publisher && other.publisher !== speaker(other) ? `in ${other.publisher}` : "in its text");
        leap.href = `#claim=${encodeURIComponent(other.claim)}`;
        line.append(leap);
        block.append(line);
      }
    }
    const who = make("p", undefined, "kind");
    known.sources.forEach((iri, turn) => {
      const leap = make("a", turn ? `source ${turn + 1}` : "Its source in the network");
      leap.href = `#node=${encodeURIComponent(iri)}`;
      who.append(turn ? " · " : "", leap);
    });
    block.append(who);
    return block;
  }

  // Of a claim that has no line, the outlet's own: its place for a moment.
  function flash(claim) {
    if (!claim || claim.start === undefined) return;
    const walker = document.createTreeWalker(at("text"), NodeFilter.SHOW_TEXT);
    const wanted = claim.quote.trim().slice(0, 12);
    for (let one = walker.nextNode(); one; one = walker.nextNode()) {
      if (wanted && (one.textContent.includes(wanted) || wanted.startsWith(one.textContent.trim().slice(0, 12) || "\0"))) {
        one.parentElement.scrollIntoView({ block: "center" });
        return;
      }
    }
  }

  function sift(toggle, kept) {
    const isOn = toggle.getAttribute("aria-pressed") === "true";
    for (const other of toggle.closest("ul").querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
    toggle.setAttribute("aria-pressed", String(!isOn));
    at("text").classList.toggle("sifted", !isOn);
    const numbers = new Set(kept.map((claim) => claim.number));
    for (const [number, spans] of shown.spans) spans.forEach((span) => span.classList.toggle("kept", numbers.has(number)));
    for (const [number, { card }] of shown.cards) card.hidden = !isOn && !numbers.has(number);
  }

  function step(by) {
    if (!shown?.marked.length) return;
    const turn = shown.marked.findIndex((claim) => claim.number === shown.chosen);
    const next = turn < 0 ? (by > 0 ? 0 : shown.marked.length - 1) : (turn + by + shown.marked.length) % shown.marked.length;
    choose(shown.marked[next].number, "both");
  }

  return { show, step, close: () => shown && choose(null) };
})();
