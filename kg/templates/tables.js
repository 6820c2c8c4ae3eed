"use strict";
// The visible part of the network as text for other tools.
const kgTables = (() => {
  const PREFIXES = {
    kg: "https://w3id.org/claimgraph/ontology#", rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#", rdfs: "http://www.w3.org/2000/01/rdf-schema#",
    oa: "http://www.w3.org/ns/oa#", prov: "http://www.w3.org/ns/prov#", dcterms: "http://purl.org/dc/terms/", owl: "http://www.w3.org/2002/07/owl#",
  };
  const MOODS = new Set(["polarity", "certainty", "tense"].map((name) => `<${PREFIXES.kg}${name}>`)); // of an event, as told
  const INTO_EVENT = new Set(["actor", "participant"]); // roles that are drawn from the entity to the event

  const iri = (text) => `<${text.replace(/[\u0000-\u0020<>"{}|^`\\]/g, (one) => encodeURIComponent(one))}>`;
  const text = (value) => `"${value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
  const pairs = (list) => list.flatMap((one, turn) => (turn % 2 ? [] : [[one, list[turn + 1]]]));
  const term = (name) => (/^[A-Za-z][A-Za-z0-9]*$/.test(name) ? `kg:${name}` : iri(PREFIXES.kg + name));

  function subject(name, pairs) {
    const lines = pairs.filter(([, values]) => values.length).map(([predicate, values]) => `${predicate} ${[...new Set(values)].join(", ")}`);
    return lines.length ? `${name} ${lines.join(" ;\n    ")} .\n` : "";
  }

  // Terms as N-Triples has them; in the page and from the server their beginnings are cut short (`kg.render.held`).
  const spelled = (terms, beginnings) => terms.map((one) => (one[0] in beginnings ? `<${beginnings[one[0]]}${one.slice(1)}>` : one));

  // As `kg export` does, of what is shown: the statements with the claims that make them, and these claims' words and sources. All
  // of it stands in the store. `terms` and `events` are as in `kg.render.held`.
  function turtle(nodes, shown, claims, { terms, events }) {
    const bare = (written) => written.slice(1, -1);
    const standing = (name) => events[name]?.node ?? name; // the node for an event: that of all that are the same
    const known = new Set(nodes.map((node) => node.iri));
    const drawn = new Set(shown.nodes.map((node) => node.iri));
    const used = new Set();
    const told = new Map(); // who says what is shown: by the tie, or by the event where events are edges
    for (const edge of shown.edges) {
      const isTurned = edge.kind === "role" && INTO_EVENT.has(edge.predicate);
      const [from, to] = [nodes[edge.from].iri, nodes[edge.to].iri];
      for (const name of edge.events ?? [`${isTurned ? to : from} ${edge.predicate} ${isTurned ? from : to}`]) told.set(name, [...(told.get(name) ?? []), ...edge.claims]);
      for (const place of edge.claims) used.add(place);
    }
    const says = (place, name) => (told.get(name) ?? []).includes(place);
    const isOf = (place, event) => drawn.has(standing(event)) || says(place, event);

    function isShown(place, [subject, predicate, object]) {
      const [who, whom] = [bare(subject), object.startsWith("<") && known.has(standing(bare(object))) ? standing(bare(object)) : null];
      if (says(place, who)) return whom === null || drawn.has(whom);
      if (whom !== null) return says(place, `${standing(who)} ${predicate.split(/[/#]/).pop().slice(0, -1)} ${whom}`);
      return drawn.has(standing(who)) && (!object.startsWith("<") || MOODS.has(predicate));
    }

    const order = [...used].sort((one, other) => one - other);
    const statements = new Map();
    const stated = new Map(order.map((place) => [place, new Set()])); // the events of each claim
    for (const place of order) {
      const parts = (claims[place].held?.triples ?? []).map((number) => terms[number]);
      for (let turn = 0; turn < parts.length; turn += 4) {
        const [subject, predicate, object, name] = parts.slice(turn, turn + 4);
        if (events[bare(subject)] && isOf(place, bare(subject))) stated.get(place).add(bare(subject));
        if (!isShown(place, [subject, predicate, object])) continue;
        const statement = statements.get(name) ?? { subject, predicate, object, claims: [] };
        statement.claims.push(iri(claims[place].claim));
        statements.set(name, statement);
      }
    }

    const parts = Object.entries(PREFIXES).map(([prefix, address]) => `@prefix ${prefix}: ${iri(address)} .\n`);
    for (const node of shown.nodes) {
      if (node.kind !== "entity") continue;
      parts.push(subject(iri(node.iri), [["a", node.classes.map(term)], ["rdfs:label", [text(node.name)]], ["owl:sameAs", node.wikidata ? [iri(node.wikidata)] : []]]));
    }
    for (const event of [...new Set([...stated.values()].flatMap((names) => [...names]))].sort()) {
      parts.push(subject(iri(event), [["a", events[event].classes.map(term)], ["rdfs:label", events[event].labels.map(text)]]));
    }
    for (const [name, statement] of statements) {
      parts.push(`${statement.subject} ${statement.predicate} ${statement.object} .\n`);
      parts.push(subject(name, [["a", ["rdf:Statement"]], ["rdf:subject", [statement.subject]], ["rdf:predicate", [statement.predicate]], ["rdf:object", [statement.object]], ["kg:statedIn", statement.claims]]));
    }
    for (const place of order) {
      const { held, ...claim } = claims[place];
      const about = (held?.about ?? []).map((number) => terms[number]);
      const outer = held?.within === undefined ? null : terms[held.within];
      parts.push(subject(iri(claim.claim), [
        ["a", ["kg:Claim"]], ["kg:source", claim.sources.map(iri)], ["kg:cue", claim.cue ? [text(claim.cue)] : []],
        ["kg:polarity", [term(claim.polarity)]], ["kg:certainty", [term(claim.certainty)]], ["oa:exact", claim.quote ? [text(claim.quote)] : []],
        ["kg:event", [...stated.get(place)].sort().map(iri)], ["kg:about", about.filter((one) => drawn.has(bare(one)))],
        ["kg:within", outer !== null && order.some((other) => iri(claims[other].claim) === outer) ? [outer] : []],
        ["kg:contradicts", claim.contradicts.filter((other) => used.has(other)).map((other) => iri(claims[other].claim))],
        ["prov:wasDerivedFrom", claim.document ? [iri(claim.document)] : []],
      ]));
    }
    const sources = new Map(order.flatMap((place) => pairs((claims[place].held?.sources ?? []).map((number) => terms[number]))));
    for (const [name, label] of sources) if (!drawn.has(bare(name))) parts.push(subject(name, [["rdfs:label", [label]]]));
    const documents = new Map(order.map((place) => [claims[place].document, claims[place]]));
    for (const [name, { held, url }] of documents) {
      const written = (number) => (number === undefined ? [] : [terms[number]]);
      if (name) parts.push(subject(iri(name), [["a", ["kg:Document"]], ["dcterms:title", written(held?.title)], ["dcterms:issued", written(held?.issued)], ["dcterms:source", url ? [iri(url)] : []]]));
    }
    return parts.join("");
  }

  // A spreadsheet would take what begins so for a formula; an apostrophe keeps it text.
  function cell(value) {
    const shown = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(shown) ? `"${shown.replace(/"/g, '""')}"` : shown;
  }

  // A line for each edge and claim; where events are edges, with the events that the claim tells of.
  function csv(nodes, shown, claims, { terms }) {
    const head = ["from", "relation", "to", "polarity", "certainty", "contested", "source", "cue", "quote", "title", "publisher", "date", "url", "kind", "from_iri", "to_iri", "event_iris", "claim_iri"];
    const rows = shown.edges.flatMap((edge) => edge.claims.map((index) => {
      const [claim, from, to] = [claims[index], nodes[edge.from], nodes[edge.to]];
      const told = new Set((claim.held?.triples ?? []).map((number) => terms[number]));
      const events = (edge.events ?? []).filter((event) => told.has(`<${event}>`)).join(" ");
      return [from.name, edge.full, to.name, edge.polarity, edge.certainty, String(edge.contested), claim.source, claim.cue, claim.quote, claim.title, claim.publisher, claim.date, claim.url, edge.kind, from.iri, to.iri, events, claim.claim];
    }));
    return [head, ...rows].map((row) => row.map((value) => cell(value ?? "")).join(",")).join("\r\n") + "\r\n";
  }

  return { spelled, turtle, csv };
})();
