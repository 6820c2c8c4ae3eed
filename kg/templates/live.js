"use strict";
// The store behind the explorer: what it is asked, and what the panel shows of a node from it.
const kgLive = (() => {
  const { claims, at, make, button, describe, headCount, claimBlock } = kgPage;
  let asking = 0;

  // Ask the server for one of its views (kg.explorer); a trouble is shown, and gives null.
  async function ask(view, values = {}) {
    asking += 1;
    at("busy").hidden = false;
    try {
      const response = await fetch(`/explore/${view}`, { method: "POST", body: new URLSearchParams(values) });
      if (!response.ok) throw new Error((await response.text()).trim());
      trouble(null);
      return await response.json();
    } catch (error) {
      trouble(error instanceof TypeError ? "no answer; is 'kg serve' still running?" : error.message);
      return null;
    } finally {
      asking -= 1;
      at("busy").hidden = asking === 0;
    }
  }

  function trouble(message) {
    at("trouble").hidden = message === null;
    at("trouble").firstElementChild.textContent = message ?? "";
  }
  at("trouble").lastElementChild.addEventListener("click", () => trouble(null));

  const near = (iri, known, group = "") => ask("near", { node: iri, known: known.join(" "), group });

  let latest = 0;
  // A node's facts come with the picture; its kinds of neighbours and all its claims from the store.
  async function panel(node, into, acts) {
    const number = (latest += 1);
    const row = make("div", undefined, "acts");
    const more = button("Bring neighbours", () => acts.expand());
    more.className = "act";
    more.title = "m, or double-click the node";
    row.append(more, button("Take out", acts.drop));
    if (node.kind === "entity" && node.claims.some((place) => claims[place].contested)) row.append(button("Disputes", () => (location.hash = `#contested=${encodeURIComponent(node.iri)}`)));
    const kinds = make("section");
    const told = make("section");
    const ties = make("section");
    into.append(row, kinds, told, ties);
    acts.ties(ties);
    const part = await ask("node", { node: node.iri });
    if (part === null || number !== latest) return;
    if (part.groups.length) {
      const list = make("ul", undefined, "kinds");
      for (const group of part.groups) {
        const chip = button(group.name, () => acts.expand(group.key));
        chip.append(make("b", group.number.toLocaleString("en")));
        chip.title = "Bring these into the picture";
        const item = make("li");
        item.append(chip);
        list.append(item);
      }
      kinds.append(make("h3", "Neighbours by kind"), list);
    }
    told.append(headCount(part.total, "claim"));
    listClaims(told, node.iri, part);
  }

  function listClaims(into, iri, part) {
    const here = kg.learn(part.claims);
    for (const place of part.order) into.append(claimBlock(claims[here[place]]));
    const next = part.start + part.order.length;
    if (next >= part.total || !part.order.length) return;
    const more = button(`Show more (${(part.total - next).toLocaleString("en")} left)`, async () => {
      more.disabled = true;
      const further = await ask("claims", { node: iri, start: next });
      if (further === null) return void (more.disabled = false);
      more.remove();
      listClaims(into, iri, further);
    });
    into.append(more);
  }

  return { ask, near, panel };
})();
