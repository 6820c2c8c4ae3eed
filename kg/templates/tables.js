"use strict";
// The visible part of the network as text for other tools.
const kgTables = (() => {
  const PREFIXES = {
    kg: "https://w3id.org/claimgraph/ontology#", rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#", rdfs: "http://www.w3.org/2000/01/rdf-schema#",
    oa: "http://www.w3.org/ns/oa#", prov: "http://www.w3.org/ns/prov#", dcterms: "http://purl.org/dc/terms/", owl: "http://www.w3.org/2002/07/owl#",
  };
  const INTO_EVENT = new Set(["actor", "participant"]); // roles that are drawn from the entity to the event

  const iri = (text) => `<${text.replace(/[\u0000-\u0020<>"{}|^`\\]/g, (one) => encodeURIComponent(one))}>`;
  const text = (value) => `"${value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
  const term = (name) => (/^[A-Za-z][A-Za-z0-9]*$/.test(name) ? `kg:${name}` : iri(PREFIXES.kg + name));

  function subject(name, pairs) {
    const lines = pairs.filter(([, values]) => values.length).map(([predicate, values]) => `${predicate} ${[...new Set(values)].join(", ")}`);
    return lines.length ? `${name} ${lines.join(" ;\n    ")} .\n` : "";
  }

  // As `kg export` does: the statements, each tied to the claims that make it; the claims with their words and source.
  function turtle(nodes, shown, claims) {
    const used = new Set();
    const parts = Object.entries(PREFIXES).map(([prefix, address]) => `@prefix ${prefix}: ${iri(address)} .\n`);
    for (const node of shown.nodes) {
      parts.push(subject(iri(node.iri), [["a", node.classes.map(term)], ["rdfs:label", [text(node.name)]], ["owl:sameAs", node.wikidata ? [iri(node.wikidata)] : []]]));
    }
    for (const edge of shown.edges) {
      for (const index of edge.claims) used.add(index);
      if (edge.kind !== "relation" && edge.kind !== "role") continue;
      const isTurned = edge.kind === "role" && INTO_EVENT.has(edge.predicate);
      const [from, to] = [nodes[edge.from], nodes[edge.to]].map((node) => iri(node.iri));
      const [start, end] = isTurned ? [to, from] : [from, to];
      parts.push(`${start} ${term(edge.predicate)} ${end} .\n`);
      parts.push(subject("[]", [["a", ["rdf:Statement"]], ["rdf:subject", [start]], ["rdf:predicate", [term(edge.predicate)]], ["rdf:object", [end]], ["kg:statedIn", edge.claims.map((index) => iri(claims[index].claim))]]));
    }
    for (const index of [...used].sort((one, other) => one - other)) {
      const claim = claims[index];
      parts.push(subject(iri(claim.claim), [
        ["a", ["kg:Claim"]], ["kg:source", claim.sources.map(iri)], ["kg:cue", claim.cue ? [text(claim.cue)] : []],
        ["kg:polarity", [term(claim.polarity)]], ["kg:certainty", [term(claim.certainty)]], ["oa:exact", claim.quote ? [text(claim.quote)] : []],
        ["kg:contradicts", claim.contradicts.filter((other) => used.has(other)).map((other) => iri(claims[other].claim))],
        ["prov:wasDerivedFrom", claim.document ? [iri(claim.document)] : []],
      ]));
    }
    const documents = new Map([...used].map((index) => [claims[index].document, claims[index]]));
    for (const [name, claim] of documents) {
      if (name) parts.push(subject(iri(name), [["a", ["kg:Document"]], ["dcterms:title", claim.title ? [text(claim.title)] : []], ["dcterms:issued", claim.date ? [text(claim.date)] : []], ["dcterms:source", claim.url ? [iri(claim.url)] : []]]));
    }
    return parts.join("");
  }

  // A spreadsheet would take what begins so for a formula; an apostrophe keeps it text.
  function cell(value) {
    const shown = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(shown) ? `"${shown.replace(/"/g, '""')}"` : shown;
  }

  // A line for each edge and claim.
  function csv(nodes, shown, claims) {
    const head = ["from", "relation", "to", "polarity", "certainty", "contested", "source", "cue", "quote", "title", "publisher", "date", "url", "from_iri", "to_iri", "claim_iri"];
    const rows = shown.edges.flatMap((edge) => edge.claims.map((index) => {
      const [claim, from, to] = [claims[index], nodes[edge.from], nodes[edge.to]];
      return [from.name, edge.full, to.name, edge.polarity, edge.certainty, String(edge.contested), claim.source, claim.cue, claim.quote, claim.title, claim.publisher, claim.date, claim.url, from.iri, to.iri, claim.claim];
    }));
    return [head, ...rows].map((row) => row.map((value) => cell(value ?? "")).join(",")).join("\r\n") + "\r\n";
  }

  return { turtle, csv };
})();
